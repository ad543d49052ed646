"""How crowds gather: the closed form against the stack, parts switched off against whole layers, leaders by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import problems

import tokendynamics as td
from tokendynamics.geometry import blocks, common_cosine, leaders, pair_cosines, residual
from tokendynamics.stack import normalised


@pytest.mark.parametrize("n, scale", [(2, 1.0), (5, 0.0), (16, 4.0), (9, -0.5)])
def test_tokens_at_right_angles_keep_one_cosine_and_it_is_the_closed_forms(n, scale):
    eye = np.eye(n)
    states = td.trajectories(eye, [(eye, eye, eye)] * 60, step=0.05, method="rk4", norm="sphere", include_self=True, scale=scale)
    cosines = pair_cosines(states)
    assert np.ptp(cosines, axis=-1).max() < 1e-12
    np.testing.assert_allclose(cosines[:, 0], common_cosine(0.05 * np.arange(61), n, scale=scale), atol=1e-6)
    assert cosines[-1, 0] > 0.2


@given(problems(n_min=1, batched=True), st.integers(1, 3))
def test_with_all_parts_and_no_norm_blocks_are_layers(p, count):
    layers = [(p.Q, p.K, p.V)] * count
    whole = td.trajectories(p.tokens, layers, **p.options)
    np.testing.assert_allclose(blocks(p.tokens, layers, norm=None, **p.options), whole, rtol=1e-12, atol=1e-12)
    pure = blocks(p.tokens, layers[:1], skip=False, norm=None, **p.options)
    np.testing.assert_allclose(pure[1], whole[1] - whole[0], rtol=1e-9, atol=1e-11)


@given(problems(n_min=2))
def test_an_mlp_acts_on_each_token_alone(p):
    d = p.tokens.shape[1]
    W1, W2 = p.rng.standard_normal((3, d)), p.rng.standard_normal((d, 3))
    mute = (p.Q, p.K, np.zeros((d, d)))
    ours = blocks(p.tokens, [mute], mlps=[(W1, W2)], norm=None)[1]
    by_hand = [t + W2 @ [max(0, w @ t) for w in W1] for t in p.tokens]
    np.testing.assert_allclose(ours, by_hand, rtol=1e-10, atol=1e-10)
    dropped = blocks(p.tokens, [(p.Q, p.K, p.V)], mlps=[(W1, W2)], skip=False, norm="sphere")[1]
    given_to = normalised(td.content(normalised(p.tokens, "sphere"), p.Q, p.K, p.V, include_self=True), "sphere")
    by_hand = normalised(np.array([W2 @ [max(0, w @ t) for w in W1] for t in given_to]), "sphere")
    np.testing.assert_allclose(dropped, by_hand, atol=1e-8)


@given(problems(n_min=2))
def test_residual_is_none_for_equal_tokens_and_all_for_centred_ones(p):
    same = np.broadcast_to(p.tokens[:1], p.tokens.shape)
    assert residual(same) < 1e-14 and residual(np.zeros((3, 2))) == 0
    assert residual(p.tokens - p.tokens.mean(axis=0)) == pytest.approx(1)
    both = residual(np.stack([p.tokens, same]))
    mean = p.tokens.mean(axis=0)
    assert both[0] ** 2 == pytest.approx(1 - len(p.tokens) * (mean @ mean) / (p.tokens**2).sum())


def test_pure_attention_cubes_its_residual_and_a_skip_stops_that():
    rng = np.random.default_rng(0)
    tokens = rng.standard_normal((32, 32))
    layers = [tuple(rng.standard_normal((3, 32, 32)) / 32**0.5) for _ in range(5)]
    logs = np.log(residual(blocks(tokens, layers, skip=False, scale=32**-0.5)))
    small = (logs[:-1] < -2) & (logs[1:] > -34)
    assert small.any() and np.abs((logs[1:] / logs[:-1])[small] - 3).max() < 0.6
    assert residual(blocks(tokens, layers, scale=32**-0.5))[-1] > 0.5


@given(st.integers(1, 15), st.integers(0, 2**32 - 1), st.floats(0.1, 2))
def test_leaders_by_hand(n, seed, distance):
    x = np.random.default_rng(seed).standard_normal((n, 2))
    centres, strong = leaders(x, distance), leaders(x, distance, strong=True)
    for k in range(n):
        near = [j for j in range(k) if np.hypot(*(x[j] - x[k])) <= distance]
        assert (k in centres) == (not any(j in centres for j in near))
        assert (k in strong) == (not near)
    assert set(strong) <= set(centres) and centres[0] == 0


@pytest.mark.parametrize("call, holds", [
    (lambda: common_cosine([0, 1], 1), "n must be a whole number of at least 2"),
    (lambda: common_cosine([1, 0], 3), "times must be"),
    (lambda: common_cosine([0, 1], 3, scale="x"), "scale must be one number"),
    (lambda: blocks(np.ones((2, 2)), [(np.eye(2),) * 3], mlps=[]), "mlps must be one (W1, W2) for each of the 1 layers; got 0"),
    (lambda: blocks(np.ones((2, 2)), [], norm="ball"), "norm must be one of"),
    (lambda: blocks(np.ones((2, 2)), [], skip=1), "skip must be True or False"),
    (lambda: leaders(np.ones((2, 2, 2)), 1), "tokens must have shape (n, d), one crowd"),
    (lambda: leaders(np.ones((2, 2)), -1), "distance must be one finite number of at least 0"),
    (lambda: residual([1.0]), "states must have shape"),
])  # fmt: skip
def test_bad_input_is_said_in_words(call, holds):
    with pytest.raises(ValueError) as caught:
        call()
    assert holds in str(caught.value)
