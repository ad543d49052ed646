"""The JavaScript engine is the numpy package: same names, same arguments, same numbers.

A difference is measured against the largest entry of numpy's result. Both sides round differently: sums run in
another order, and the two SVDs choose other signs, which no result here depends on.
"""

import numpy as np
import pytest
from agreement import MANY_STEPS, ONE_STEP, SEEDS, agree
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import invertible, problems, rotation

import tokendynamics as td
from tokendynamics.stack import normalised

big = problems(n_max=64, d_max=16)


@pytest.mark.parametrize("function", ["attention_weights", "potential", "force"])
@given(p=big)
def test_weights_potential_force(node, function, p):
    agree(node.call("attention", function, *p.qk, **p.options), getattr(td, function)(*p.qk, **p.options))


@given(p=big)
def test_small_weights_agree_too(node, p):
    """Entry by entry: a weight of 1e-20 is held to its own size, as its logarithm is a score."""
    ours = node.call("attention", "attention_weights", *p.qk, **p.options)
    np.testing.assert_allclose(ours, td.attention_weights(*p.qk, **p.options), rtol=ONE_STEP, atol=0)


@given(p=big, scale=st.sampled_from([-100.0, 0.0, 100.0]))
def test_large_scores(node, p, scale):
    options = {**p.options, "scale": scale}
    for function in ("attention_weights", "potential"):
        agree(node.call("attention", function, *p.qk, **options), getattr(td, function)(*p.qk, **options))


@given(p=big, step=st.sampled_from([1.0, 0.1, -0.5]))
def test_content_update(node, p, step):
    agree(node.call("attention", "content", *p.qkv, **p.options), td.content(*p.qkv, **p.options))
    ours = node.call("attention", "update", *p.qkv, step=step, **p.options)
    agree(ours, td.update(*p.qkv, step=step, **p.options))


@pytest.mark.parametrize("function", ["potential_at", "potential_gradient_at"])
@given(p=big, count=st.integers(1, 20), data=st.data())
def test_landscape(node, function, p, count, data):
    n, d = p.tokens.shape
    points = 2 * p.rng.standard_normal((count, d))
    options = {"scale": p.options["scale"], "exclude": data.draw(st.none() | st.integers(-n, n - 1))}
    agree(node.call("attention", function, points, *p.qk, **options), getattr(td, function)(points, *p.qk, **options))


@pytest.mark.parametrize("function", ["attention_weights", "potential", "force", "content", "update", "trajectories"])
@given(p=problems(options={"include_self": False, "causal": False, "scale": 1.0}))
def test_defaults(node, function, p):
    if function == "trajectories":
        layers = [(p.Q, p.K, 0.3 * p.V)] * 2
        return agree(node.call("stack", function, p.tokens, layers), td.trajectories(p.tokens, layers))
    arguments = p.qkv if function in ("content", "update") else p.qk
    agree(node.call("attention", function, *arguments), getattr(td, function)(*arguments))


# M. Where a singular value is near the threshold of the rank, or the matrix near singular, the two SVDs may rightly
# disagree by more than any bar. So QᵀK is well conditioned (values within a factor 4), or short of rank by values
# that are nothing at all, or damped by a ridge that outweighs the small ones, or cut at a rank where values fall by half.


@given(d=st.integers(1, 16), more_rows=st.integers(0, 4), seed=SEEDS)
def test_knowledge_of_an_invertible_index(node, d, more_rows, seed):
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d + more_rows)
    V = rng.standard_normal((d, d))
    agree(node.call("knowledge", "knowledge", Q, K, V), td.knowledge(Q, K, V))
    assert abs(node.call("knowledge", "knowledge_residual", Q, K, V) - td.knowledge_residual(Q, K, V)) <= ONE_STEP


@given(d=st.integers(2, 16), data=st.data(), seed=SEEDS)
def test_knowledge_where_rank_is_lost(node, d, data, seed):
    rng = np.random.default_rng(seed)
    rank = data.draw(st.integers(1, d - 1))
    Q, K = (rng.uniform(0.5, 2, (rank, 1)) * rotation(rng, d)[:rank] for _ in "QK")
    V = rng.standard_normal((d, d))
    for options in ({}, {"ridge": 0.1}):
        agree(node.call("knowledge", "knowledge", Q, K, V, **options), td.knowledge(Q, K, V, **options))
        ours = node.call("knowledge", "knowledge_residual", Q, K, V, **options)
        assert ours == pytest.approx(td.knowledge_residual(Q, K, V, **options), rel=ONE_STEP)


@given(p=problems(d_max=16), ridge=st.sampled_from([1e-2, 1.0, 100.0]))
def test_knowledge_with_a_ridge(node, p, ridge):
    ours = node.call("knowledge", "knowledge", p.Q, p.K, p.V, ridge=ridge)
    agree(ours, td.knowledge(p.Q, p.K, p.V, ridge=ridge))


@given(d=st.integers(1, 16), rank=st.integers(1, 20), ridge=st.sampled_from([0.0, 0.1]), seed=SEEDS)
def test_knowledge_cut_at_a_rank(node, d, rank, ridge, seed):
    rng = np.random.default_rng(seed)
    Q = rotation(rng, d) * 2.0 ** -np.arange(d) @ rotation(rng, d)
    K, V = rotation(rng, d), rng.standard_normal((d, d))
    options = {"rank": rank, "ridge": ridge}
    agree(node.call("knowledge", "knowledge", Q, K, V, **options), td.knowledge(Q, K, V, **options))
    ours = node.call("knowledge", "knowledge_residual", Q, K, V, **options)
    assert abs(ours - td.knowledge_residual(Q, K, V, **options)) <= ONE_STEP


def test_knowledge_of_nothing(node):
    zero, eye = np.zeros((3, 3)), np.eye(3)
    assert (node.call("knowledge", "knowledge", zero, eye, eye) == 0).all()
    assert node.call("knowledge", "knowledge_residual", zero, eye, eye) == 1
    assert node.call("knowledge", "knowledge_residual", eye, eye, zero) == 0


# Trajectories


@pytest.mark.parametrize("norm", [None, "sphere", "layernorm"])
@pytest.mark.parametrize("method", ["euler", "rk4"])
@settings(max_examples=15)
@given(p=big, heads=st.integers(1, 3), data=st.data())
def test_trajectories_of_32_steps(node, method, norm, p, heads, data):
    """A norm, or small steps: free tokens grow e-fold again and again, and any rounding with them."""
    step = data.draw(st.sampled_from([0.1, 1.0] if norm else [0.02]))
    d = p.tokens.shape[-1]
    layers = [[(p.Q, p.K, p.rng.standard_normal((d, d)) / d**0.5) for _ in range(heads)] for _ in range(32)]
    options = {"step": step, "method": method, "norm": norm, **p.options}
    theirs = td.trajectories(p.tokens, layers, **options)
    ours = node.call("stack", "trajectories", p.tokens, layers, **options)
    agree(ours, theirs, MANY_STEPS)
    agree(ours[:2], theirs[:2])


@given(p=big)
def test_a_lone_triple_and_a_list_of_heads(node, p):
    triple = (p.Q, p.K, p.V)
    for layers in ([triple], [[triple]], [[triple] * 3], [triple, [triple, triple]], []):
        options = {"norm": "sphere", "step": 0.1, **p.options}
        agree(node.call("stack", "trajectories", p.tokens, layers, **options), td.trajectories(p.tokens, layers, **options))


@pytest.mark.parametrize("norm", [None, "sphere", "layernorm"])
@given(p=big, size=st.sampled_from([1.0, 1e-200, 1e200]))
def test_normalised(node, norm, p, size):
    tokens = size * p.tokens
    tokens[0] = 0.3 * size  # constant but for rounding: no direction for layernorm
    tokens[0, :1] *= 1 + 2e-16
    tokens[-1] *= 0
    agree(node.call("stack", "normalised", tokens, norm), normalised(tokens, norm))
