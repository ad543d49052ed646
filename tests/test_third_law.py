"""Action is not reaction: the updates of all tokens do not sum to zero, but for symmetric constellations they do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from problems import problems

import tokendynamics as td


@given(problems(n_min=3))
def test_updates_do_not_sum_to_zero(p):
    """Not even with the tokens centred: the columns of the weights, unlike the rows, do not sum to 1."""
    tokens = p.tokens - p.tokens.mean(axis=0)
    moved = td.content(tokens, p.Q, p.K, p.V, **p.options)
    assert np.linalg.norm(moved.sum(axis=0)) > 1e-6 * np.linalg.norm(moved, axis=1).sum()


@given(problems(n_min=2))
def test_the_sum_is_V_times_tokens_weighted_by_the_attention_each_receives(p):
    received = td.attention_weights(*p.qk, **p.options).sum(axis=0)
    total = td.content(*p.qkv, **p.options).sum(axis=0)
    np.testing.assert_allclose(total, p.V @ (received @ p.tokens), rtol=1e-10, atol=1e-12)


@given(problems(n_min=1, n_max=6), st.booleans())
def test_they_do_where_every_token_has_its_mirror_image(p, include_self):
    """Turning t into −t changes no score, so mirror images are moved in mirror images, and cancel.

    Holds for any Q, K and V, and for a token at the centre; not under a causal mask, which is not symmetric.
    """
    tokens = np.vstack([p.tokens, -p.tokens, np.zeros((1, p.tokens.shape[-1]))])
    options = {"include_self": include_self, "scale": p.options["scale"]}
    moved = td.content(tokens, p.Q, p.K, p.V, **options)
    size = np.linalg.norm(p.V) * np.linalg.norm(tokens, axis=1).sum()
    assert np.abs(moved.sum(axis=0)).max() <= 1e-13 * size
    if len(p.tokens) > 1:
        causal = td.content(tokens, p.Q, p.K, p.V, causal=True, **options)
        assert np.abs(causal.sum(axis=0)).max() > 1e-6 * np.abs(causal).max()


@given(problems(n_min=2))
def test_they_do_for_centred_tokens_that_attend_evenly(p):
    """With Q = 0 every weight is 1/(n−1), the weights are symmetric, and the sum is V Σ t."""
    tokens = p.tokens - p.tokens.mean(axis=0)
    moved = td.content(tokens, np.zeros_like(p.Q), p.K, p.V)
    assert np.abs(moved.sum(axis=0)).max() <= 1e-13 * np.linalg.norm(p.V) * np.linalg.norm(tokens, axis=1).sum()


@given(st.integers(3, 9), st.integers(0, 2**32 - 1))
def test_they_do_for_a_regular_polygon_when_Q_K_and_V_turn_with_it(n, seed):
    """QᵀK and V of the form a + bJ, J a quarter turn, commute with rotations of the plane."""
    a, b, c, e = np.random.default_rng(seed).standard_normal(4)
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    angle = 2 * np.pi * np.arange(n) / n
    tokens = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moved = td.content(tokens, np.eye(2), a * np.eye(2) + b * J, c * np.eye(2) + e * J)
    assert np.abs(moved.sum(axis=0)).max() <= 1e-13 * n * np.hypot(c, e)
    assert np.linalg.norm(moved, axis=1).min() > 1e-6 * np.hypot(c, e)
