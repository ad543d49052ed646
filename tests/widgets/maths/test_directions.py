"""The directions along which clouds of states vary, in JavaScript beside numpy: projections, what they show of a vector, and pairs of states."""

import numpy as np
import pytest
from agreement import agree
from hypothesis import given, settings
from hypothesis import strategies as st
from node import JavaScriptError

from tokendynamics import geometry

SIX = 1e-6
SHAPES = [(1, 3, 3), (2, 5, 4), (7, 1, 384), (7, 2, 40), (3, 40, 5), (7, 60, 384), (7, 12, 384)]


def states_of(shape, seed=0):
    """Layers that differ in size, with a mean far from 0, as a model's have."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * np.linspace(1, 3, shape[0])[:, None, None] + 5 * rng.standard_normal(shape[-1])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_projections(node, shape):
    states = states_of(shape)
    ours, theirs = node.call("geometry", "projection", states), geometry.projection(states)
    for name, wanted in theirs.items():
        agree(ours[name], wanted, SIX)
    for layer, wanted in zip(states, geometry.project(theirs, states), strict=True):
        agree(node.call("geometry", "project", ours, layer), wanted, SIX)
    vectors = np.vstack([states[-1] - states[0], np.zeros(shape[-1])])
    agree(node.call("geometry", "share_seen", ours, vectors), geometry.share_seen(theirs, vectors), SIX)


@pytest.mark.parametrize("rank", [0, 1, 2])
@pytest.mark.parametrize("shape", [(3, 2, 8), (3, 20, 6)], ids=str)
def test_states_on_a_point_a_line_or_a_plane(node, shape, rank):
    """What is left over is any direction at right angles to the rest, with none of the variation."""
    rng = np.random.default_rng(1)
    states = rng.standard_normal((*shape[:2], rank)) @ rng.standard_normal((rank, shape[-1])) + 2
    ours, theirs = node.call("geometry", "projection", states), geometry.projection(states)
    agree(ours["directions"][:rank], theirs["directions"][:rank], SIX)
    agree(ours["directions"] @ ours["directions"].T, np.eye(3), SIX)
    assert np.abs(ours["each"] - theirs["each"]).max() < SIX and np.abs(ours["by_layer"] - theirs["by_layer"]).max() < SIX


@given(n=st.integers(3, 12), d=st.integers(3, 12), seed=st.integers(0, 2**30))
@settings(max_examples=30)
def test_the_largest_number_of_a_direction_is_above_0(node, n, d, seed):
    directions = node.call("geometry", "projection", states_of((2, n, d), seed))["directions"]
    assert (directions[np.arange(3), np.abs(directions).argmax(axis=1)] > 0).all()


@given(n=st.integers(2, 9), d=st.integers(1, 9), seed=st.integers(0, 2**30))
@settings(max_examples=30)
def test_pairs(node, n, d, seed):
    states = np.random.default_rng(seed).standard_normal((n, d))
    states[-1] *= seed % 2  # a row of zeros, now and then
    for name in ("pair_cosines", "pair_distances"):
        agree(node.call("geometry", name, states), getattr(geometry, name)(states))


@pytest.mark.parametrize("states", [np.ones((1, 2, 5)), np.ones((3, 2, 2))], ids=["two states", "two numbers"])
def test_too_little_for_three_directions(node, states):
    with pytest.raises(ValueError) as theirs:
        geometry.projection(states)
    with pytest.raises(JavaScriptError) as ours:
        node.call("geometry", "projection", states)
    assert str(ours.value) == str(theirs.value)
