"""Who attends to whom: the weights, the potential, and what every function keeps."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import attend_by_hand, problems, rotation

import tokendynamics as td

SELF = {"include_self": False, "causal": False, "scale": 1.0}


@given(problems())
def test_weights_and_potential_are_those_by_hand(p):
    weights, potentials = attend_by_hand(*p.qk, **p.options)
    np.testing.assert_allclose(td.attention_weights(*p.qk, **p.options), weights, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(td.potential(*p.qk, **p.options), potentials, rtol=1e-11, atol=1e-12)


@given(problems(n_min=2))
def test_content_and_update_are_those_by_hand(p):
    weights, _ = attend_by_hand(*p.qk, **p.options)
    given_to = np.array([sum((w * (p.V @ t) for w, t in zip(row, p.tokens)), np.zeros(len(p.V))) for row in weights])
    np.testing.assert_allclose(td.content(*p.qkv, **p.options), given_to, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(td.update(*p.qkv, step=0.3, **p.options), p.tokens + 0.3 * given_to, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(td.update(*p.qkv, **p.options), p.tokens + given_to, rtol=1e-10, atol=1e-12)


@given(problems(batched=True))
def test_rows_sum_to_one_where_there_is_somebody(p):
    sums = td.attention_weights(*p.qk, **p.options).sum(axis=-1)
    n = sums.shape[-1]
    alone = (n == 1 or p.options["causal"]) and not p.options["include_self"]
    expected = np.ones(n)
    expected[0] -= alone
    np.testing.assert_allclose(sums, np.broadcast_to(expected, sums.shape), atol=1e-14 * n)


@given(problems(batched=True))
def test_nobody_sees_what_is_hidden(p):
    weights = td.attention_weights(*p.qk, **p.options)
    n = weights.shape[-1]
    if p.options["causal"]:
        assert (weights[..., *np.triu_indices(n, 1)] == 0).all()
    if not p.options["include_self"]:
        assert (np.diagonal(weights, axis1=-2, axis2=-1) == 0).all()
    elif not p.options["causal"]:
        assert (weights > 0).all()


@given(problems(n_min=3, options={**SELF, "causal": True}), st.data())
def test_the_past_does_not_depend_on_the_future(p, data):
    k = data.draw(st.integers(1, len(p.tokens) - 1))
    later = p.tokens.copy()
    later[k:] += p.rng.standard_normal(later[k:].shape)
    before, after = td.update(*p.qkv, **p.options), td.update(later, p.Q, p.K, p.V, **p.options)
    np.testing.assert_allclose(after[:k], before[:k], rtol=1e-13, atol=1e-13)
    assert not np.allclose(after[k:], before[k:])


@given(problems(n_min=2), st.sampled_from([1e4, -1e4]))
def test_large_scores_neither_overflow_nor_blur(p, scale):
    options = {**p.options, "scale": scale}
    weights, potentials = attend_by_hand(*p.qk, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours, phi = td.attention_weights(*p.qk, **options), td.potential(*p.qk, **options)
    scores = scale * (p.tokens @ p.Q.T) @ (p.tokens @ p.K.T).T
    rounding = 1e-14 * np.abs(scores).max()  # of a score, hence of the logarithm of a weight
    np.testing.assert_allclose(ours, weights, rtol=10 * rounding, atol=10 * rounding)
    np.testing.assert_allclose(phi, potentials, atol=10 * rounding)

    n = len(p.tokens)
    seen = np.tril(np.ones((n, n), bool)) if p.options["causal"] else np.ones((n, n), bool)
    seen &= ~np.eye(n, dtype=bool) | p.options["include_self"]
    with np.errstate(invalid="ignore"):
        by_numpy = np.logaddexp.reduce(np.where(seen, scores, -np.inf), axis=-1)
    np.testing.assert_allclose(phi, by_numpy, rtol=1e-13, atol=10 * rounding)


@given(problems(n_min=2), st.floats(-50, 50))
def test_a_score_added_to_all_keys_changes_no_weight(p, shift):
    """Moving every key by one vector adds, for each query, one number to all its scores: φ moves by it, a stays."""
    Qt = p.tokens @ p.Q.T
    extra = shift * p.rng.standard_normal(p.Q.shape[0])
    # one more dimension, in which every token stands at 1, carries the constant part of the key
    tokens = np.hstack([p.tokens, np.ones((len(p.tokens), 1))])
    Q = np.hstack([p.Q, np.zeros((len(p.Q), 1))])
    K = np.hstack([p.K, extra[:, None]])
    plain, moved = td.attention_weights(*p.qk, **p.options), td.attention_weights(tokens, Q, K, **p.options)
    size = 1 + abs(p.options["scale"]) * np.abs(Qt @ extra).max()
    np.testing.assert_allclose(moved, plain, atol=1e-13 * size)
    phi = td.potential(*p.qk, **p.options) + p.options["scale"] * Qt @ extra
    np.testing.assert_allclose(td.potential(tokens, Q, K, **p.options), phi, atol=1e-13 * size)


@given(problems(n_min=2))
def test_turning_the_space_turns_the_motion(p):
    R = rotation(p.rng, p.tokens.shape[-1])
    turned = (p.tokens @ R.T, p.Q @ R.T, p.K @ R.T)
    same = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(td.attention_weights(*turned, **p.options), td.attention_weights(*p.qk, **p.options), **same)
    np.testing.assert_allclose(td.potential(*turned, **p.options), td.potential(*p.qk, **p.options), **same)
    np.testing.assert_allclose(td.force(*turned, **p.options), td.force(*p.qk, **p.options) @ R.T, **same)
    V = R @ p.V @ R.T
    np.testing.assert_allclose(td.update(*turned, V, **p.options), td.update(*p.qkv, **p.options) @ R.T, **same)


@given(problems(n_min=2))
def test_order_does_not_matter_without_a_causal_mask(p):
    options = {**p.options, "causal": False}
    order = p.rng.permutation(len(p.tokens))
    moved = td.update(p.tokens[order], p.Q, p.K, p.V, **options)
    np.testing.assert_allclose(moved, td.update(*p.qkv, **options)[order], rtol=1e-11, atol=1e-13)


FUNCTIONS = {
    "attention_weights": lambda p: td.attention_weights(*p.qk, **p.options),
    "potential": lambda p: td.potential(*p.qk, **p.options),
    "force": lambda p: td.force(*p.qk, **p.options),
    "content": lambda p: td.content(*p.qkv, **p.options),
    "update": lambda p: td.update(*p.qkv, step=0.5, **p.options),
    "potential_at": lambda p: td.potential_at(p.tokens + 1, *p.qk, scale=p.options["scale"]),
    "potential_gradient_at": lambda p: td.potential_gradient_at(p.tokens + 1, *p.qk, scale=p.options["scale"]),
    "knowledge": lambda p: td.knowledge(p.Q, p.K, p.V, ridge=0.1),
    "knowledge_residual": lambda p: td.knowledge_residual(p.Q, p.K, p.V),
    "trajectories": lambda p: td.trajectories(p.tokens, [(p.Q, p.K, p.V)] * 2, step=0.5, **p.options),
    "trajectories on the sphere": lambda p: td.trajectories(p.tokens, [(p.Q, p.K, p.V)], method="rk4", norm="sphere", **p.options),
    "trajectories with layernorm": lambda p: td.trajectories(p.tokens, [(p.Q, p.K, p.V)], method="rk4", norm="layernorm", **p.options),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(p=problems(batched=True))
def test_leading_axes_are_a_loop(name, p):
    whole = FUNCTIONS[name](p)
    if name.startswith("trajectories"):
        whole = np.moveaxis(whole, 0, -3)  # states behind the leading axes
    parts = [a.shape[:-2] for a in (p.Q, p.K, p.V)] + ([] if "knowledge" in name else [p.tokens.shape[:-2]])
    if name in ("attention_weights", "potential", "force") or name.endswith("_at"):
        parts = [a.shape[:-2] for a in p.qk]
    lead = np.broadcast_shapes(*parts)
    assert whole.shape[: len(lead)] == lead
    arrays = {x: np.broadcast_to(a, lead + a.shape[-2:]) for x, a in zip("tQKV", p.qkv) if _fits(a, lead)}
    for index in np.ndindex(lead):
        one = type(p)(*(arrays[x][index] if x in arrays else a for x, a in zip("tQKV", p.qkv)), p.options, p.rng)
        np.testing.assert_allclose(whole[index], FUNCTIONS[name](one), rtol=1e-10, atol=1e-11)


def _fits(array, lead):
    try:
        return np.broadcast_shapes(array.shape[:-2], lead) == lead
    except ValueError:
        return False


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_dtype_is_kept_and_inputs_are_left_alone(name, dtype, data):
    p = data.draw(problems(batched=True, dtype=dtype))
    before = [a.copy() for a in p.qkv]
    for array in p.qkv:
        array.flags.writeable = False
    result = FUNCTIONS[name](p)
    assert result.dtype == dtype
    for array, copy in zip(p.qkv, before):
        np.testing.assert_array_equal(array, copy)
    if dtype == np.float32 and "knowledge" not in name:  # a rank can differ between the two precisions
        exact = FUNCTIONS[name](type(p)(*(a.astype(np.float64) for a in p.qkv), p.options, p.rng))
        np.testing.assert_allclose(result, exact, rtol=2e-4, atol=2e-4)


def test_integers_become_float64():
    assert td.attention_weights([[1, 0], [0, 1]], [[1, 0]], [[0, 1]]).dtype == np.float64
    assert td.update(np.ones((2, 2), np.float32), *[np.eye(2)] * 3).dtype == np.float64


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_token_alone_feels_nothing_and_says_so_quietly(dtype, causal):
    """One token; and, under a causal mask, the first of three. Warnings are errors here."""
    n = 3 if causal else 1
    rng = np.random.default_rng(0)
    tokens = rng.standard_normal((2, n, 4)).astype(dtype)
    Q, K, V = (rng.standard_normal((4, 4)).astype(dtype) for _ in range(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (td.attention_weights(tokens, Q, K, causal=causal)[:, 0] == 0).all()
        assert (td.potential(tokens, Q, K, causal=causal)[:, 0] == -np.inf).all()
        assert (td.force(tokens, Q, K, causal=causal)[:, 0] == 0).all()
        assert (td.content(tokens, Q, K, V, causal=causal)[:, 0] == 0).all()
        assert (td.update(tokens, Q, K, V, causal=causal)[:, 0] == tokens[:, 0]).all()
        assert (td.trajectories(tokens, [(Q, K, V)] * 3, causal=causal)[:, :, 0] == tokens[:, 0]).all()
        assert (td.potential_at(tokens, tokens[:, :1], Q, K, exclude=0) == -np.inf).all()
        assert (td.potential_gradient_at(tokens, tokens[:, :1], Q, K, exclude=-1) == 0).all()
        assert (td.attention_weights(tokens, Q, K, causal=causal, include_self=True)[:, 0, 0] > 0).all()


def test_scores_that_overflow_downwards_are_not_taken_for_solitude():
    """The one key in sight scores −10⁴⁰⁰: its weight is 1, and a float cannot say it. An error must, not a zero."""
    far = [[1e200, 0.0], [-1e200, 0.0]]
    for function in (td.attention_weights, td.potential, td.force):
        with pytest.raises(ValueError, match="scores too large"):
            function(far, np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match="scores too large"):
        td.potential_at([[1e200, 0.0]], [[-1e200, 0.0]], np.eye(2), np.eye(2))
