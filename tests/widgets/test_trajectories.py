"""Trajectories in Python: its parts stay together, bad input is told, its states are the package's, its still says numbers."""

import re
from io import BytesIO

import numpy as np
import pytest
import traitlets
from PIL import Image

import tokendynamics as td
from tokendynamics import seeded
from tokendynamics.widgets import Trajectories
from tokendynamics.widgets.trajectories import PRESETS

LAYER = {"scale": 1.5, "causal": True, "include_self": True}


def test_tokens_are_drawn_from_the_seed():
    widget = Trajectories(n=7, d=2, seed=5)
    np.testing.assert_array_equal(widget.tokens, seeded.drawn_tokens(7, 2, 5))
    np.testing.assert_array_equal(widget.V, np.eye(2))
    np.testing.assert_array_equal(Trajectories(tokens=[[1, 2], [3, 4], [5, 6]]).Q, np.eye(2))


@pytest.mark.parametrize("method, options", [("layer", {"step": 1.0}), ("euler", {"step": 0.3}), ("rk4", {"step": 0.3, "method": "rk4"})])
@pytest.mark.parametrize("norm", [None, "sphere", "layernorm"])
def test_states_are_those_of_the_stack(method, options, norm):
    rng = np.random.default_rng(0)
    Q, K, V = 0.4 * rng.standard_normal((3, 3, 3))
    widget = Trajectories(n=9, Q=Q, K=K, V=V, step=0.3, layers=12, method=method, norm=norm, **LAYER)
    states = widget.states()
    np.testing.assert_array_equal(states, td.trajectories(states[0], [(Q, K, V)] * 12, norm=norm, **LAYER, **options))
    if norm is None:
        np.testing.assert_array_equal(states[0], widget.tokens)


def test_drawn_layers_are_the_seeds():
    widget = Trajectories(n=5, weights="drawn", seed=3, layers=6)
    layers = [tuple(layer) for layer in seeded.drawn_layers(6, 3, 3)]
    expected = td.trajectories(widget.states()[0], layers, step=0.5, norm="sphere", include_self=True, scale=4.0)
    np.testing.assert_array_equal(widget.states(), expected)
    assert not np.allclose(
        Trajectories(n=5, weights="drawn", seed=3, layers=6).heads()[0], Trajectories(n=5, weights="drawn", seed=4, layers=6).heads()[0]
    )


def test_presets_do_what_their_words_say():
    meters = {name: Trajectories.preset(name).meters() for name in PRESETS}
    states = {name: Trajectories.preset(name).states() for name in PRESETS}
    assert 2 <= meters["clusters"]["clusters"][-1] <= 6 and meters["clusters"]["clusters"][0] > 25
    late = meters["clusters"]["clusters"][20:]
    assert late.min() == late.max()  # they hardly move
    assert meters["collapse"]["rank"][-1] < 1.1 and meters["collapse"]["clusters"][-1] == 1
    assert (states["leaders"][:, 0] == states["leaders"][0, 0]).all() or np.allclose(states["leaders"][:, 0], states["leaders"][0, 0])
    assert 1 < meters["leaders"]["clusters"][-1] < 16
    growth = np.log(np.abs(states["divergence"][-1]).max() / np.abs(states["divergence"][-5]).max())
    assert growth == pytest.approx(4 * np.log(1.25), rel=0.05)  # e-fold in unit time, as Euler steps of a quarter see it
    assert (np.diff(meters["repulsion"]["energy"][:12]) < 0).all() and meters["repulsion"]["clusters"][-1] >= 23
    turned = np.unwrap(np.arctan2(states["rotation"][:, 1, 1], states["rotation"][:, 1, 0]))
    assert abs(turned[-1] - turned[0]) > np.pi


def test_parts_follow_the_tokens():
    widget = Trajectories(n=20, selected=15, layer=20)
    widget.tokens = seeded.drawn_tokens(4, 2, 0)
    assert widget.selected == 3 and widget.Q.shape == widget.V.shape == (2, 2)
    widget.layers = 8
    assert widget.layer == 8


def test_a_message_from_the_page_brings_another_space_at_once():
    widget, two = Trajectories(n=4), np.eye(2).tolist()
    widget.set_state({"tokens": [[1, 2], [3, 4], [5, 6]], "Q": two, "K": two, "V": [[0, -1], [1, 0]], "norm": None})
    np.testing.assert_array_equal(widget.V, [[0, -1], [1, 0]])
    assert widget.norm is None and widget.tokens.shape == (3, 2)


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("tokens", np.zeros((2, 2)), r"tokens must be 3 to 64 rows of 2 or 3 numbers; got shape \(2, 2\)"),
        ("tokens", np.zeros((65, 3)), r"got shape \(65, 3\)"),
        ("tokens", np.zeros((5, 4)), r"got shape \(5, 4\)"),
        ("Q", np.eye(2), r"Q must have shape \(3, 3\), as the tokens have d = 3; got shape \(2, 2\)"),
        ("V", [[1, np.inf, 0], [0, 1, 0], [0, 0, 1]], "V must be finite"),
        ("selected", 24, "selected must be the index of one of the 24 tokens"),
        ("layer", 33.0, "layer must be a number from 0 to 32"),
        ("layers", 65, "layers must be a whole number from 1 to 64"),
        ("scale", -1.0, "scale must be a finite number of at least 0"),
        ("step", 0.0, "step must be a finite number of at least 0.001"),
        ("method", "magic", "method must be one of 'layer', 'euler', 'rk4'; got 'magic'"),
        ("norm", "ball", "norm must be one of None, 'sphere', 'layernorm'"),
        ("weights", "mine", "weights must be one of 'shared', 'drawn'"),
        ("seed", -1, "seed must be a whole number from 0"),
        ("turn", [1, 2, 3], r"turn must have shape \(2,\); got shape \(3,\)"),
    ],
)
def test_bad_input_is_told_and_the_state_is_kept(name, value, words):
    widget = Trajectories()
    before = widget.state()
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(widget, name, value)
    assert widget.state() == before


def test_unknown_preset():
    with pytest.raises(ValueError, match="name must be one of 'clusters'"):
        Trajectories.preset("nonsense")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", PRESETS)
def test_the_still_is_small_and_its_words_carry_the_numbers(name):
    widget = Trajectories.preset(name, layer=9.5, selected=2)
    picture, text = widget.still()
    assert len(picture) <= 60_000 and Image.open(BytesIO(picture)).width == 720
    meters = widget.meters()
    near = 10
    said = [float(x) for x in re.search(r"energy ln E (\S+) at the start, (\S+) at layer 10, (\S+) at layer", text).groups()]
    np.testing.assert_allclose(said, meters["energy"][[0, near, -1]], atol=0.0051)
    said = [int(x) for x in re.search(r"clusters (\d+) at the start, (\d+) at layer 10, (\d+) at", text).groups()]
    assert said == meters["clusters"][[0, near, -1]].tolist()
    assert f"{len(widget.tokens)} tokens" in text and "Token 3 is at" in text


def test_on_paper_a_run_that_has_not_begun_is_drawn_to_its_end():
    widget = Trajectories.preset("clusters")
    assert widget.still() == Trajectories.preset("clusters", layer=32).still() and widget.layer == 0
