"""The encyclopedia's JavaScript is the numpy package: its table, its memories, its random entries, and what the widget draws."""

import numpy as np
import pytest
from agreement import SEEDS, agree
from hypothesis import assume, given
from hypothesis import strategies as st
from node import JavaScriptError
from problems import rotation

import tokendynamics as td
from tokendynamics import seeded
from tokendynamics.widgets import Encyclopedia

SIZES = st.integers(1, 12)


@given(d=SIZES, d_head=SIZES, ridge=st.sampled_from([0.0, 0.3]), rank=st.none() | st.integers(1, 12), seed=SEEDS)
def test_entries(node, d, d_head, ridge, rank, seed):
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((d_head, d)), rng.standard_normal((d_head, d)), rng.standard_normal((d, d))
    options = {"ridge": ridge, "rank": rank}
    theirs = td.entries(Q, K, V, **options)
    assume(theirs.sigma[-1] > 1e-3 * theirs.sigma[0])
    # a direction is as sure as its σ stands apart from the next
    gaps = np.abs(np.diff(theirs.sigma)) / theirs.sigma[0]
    assume(gaps.min(initial=1) > 1e-2)
    # the sign of a row is set by its first large number: near a tie rounding may choose another
    size = np.abs(theirs.index) / np.abs(theirs.index).max(axis=1, keepdims=True)
    assume((np.abs(size - 0.5) > 1e-6).all())
    ours = node.call("knowledge", "entries", Q, K, V, **options)
    for name in theirs._fields:
        agree(ours[name], getattr(theirs, name), 1e-9)


@given(d=SIZES, wide=SIZES, n=SIZES, seed=SEEDS)
def test_lookup(node, d, wide, n, seed):
    rng = np.random.default_rng(seed)
    M, index = rng.standard_normal((wide, d)), rng.standard_normal((n, d))
    agree(node.call("knowledge", "lookup", M, index), td.lookup(M, index))


@given(d=SIZES, wide=SIZES, n=SIZES, ridge=st.sampled_from([0.0, 0.3]), seed=SEEDS)
def test_store_and_recall(node, d, wide, n, ridge, seed):
    rng = np.random.default_rng(seed)
    keys, contents, question = (rng.standard_normal(shape) for shape in ((n, d), (n, wide), (5, d)))
    assume(np.linalg.cond(keys) < 1e3)
    outer, theirs = td.store(keys, contents), td.store(keys, contents, method="pseudo-inverse", ridge=ridge)
    agree(node.call("knowledge", "store", keys, contents), outer)
    agree(node.call("knowledge", "store", keys, contents, method="pseudo-inverse", ridge=ridge), theirs, 1e-9)
    agree(node.call("knowledge", "recall", theirs, question), td.recall(theirs, question))
    for scale in (0.0, 1.0, 30.0, -2.0):
        ours = node.call("knowledge", "recall", [keys, contents], question, scale=scale)
        agree(ours, td.recall((keys, contents), question, scale=scale))


@given(d=st.integers(1, 8), n=st.integers(1, 20), m=st.integers(1, 20), seed=SEEDS)
def test_nearest(node, d, n, m, seed):
    rng = np.random.default_rng(seed)
    answers, contents = rng.standard_normal((m, d)), rng.standard_normal((n, d))
    if d == 1:
        contents = np.sign(contents[:1])  # along a line all lengths tie
    assert node.call("knowledge", "nearest", answers, contents).tolist() == td.nearest(answers, contents).tolist()


def test_an_answer_of_no_length_is_nearest_to_the_first(node):
    arguments = [[0, 0]], [[1, 0], [0, 1]]
    assert node.call("knowledge", "nearest", *arguments).tolist() == td.nearest(*arguments).tolist() == [0]


@pytest.mark.parametrize(
    "function, arguments, options",
    [
        ("lookup", ([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), {}),
        ("store", ([[1.0, 2.0]], [[1.0], [2.0]]), {}),
        ("store", ([[1.0, 2.0]], [[1.0]]), {"method": "magic"}),
        ("store", ([[1.0, 2.0]], [[1.0]]), {"ridge": 0.5}),
        ("store", ([[1e200, 2.0]], [[1e200]]), {}),
        ("recall", ([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), {}),
        ("nearest", ([[1.0, 2.0]], [[1.0]]), {}),
    ],
)
def test_bad_input_in_the_words_of_numpy(node, function, arguments, options):
    with pytest.raises(ValueError) as theirs:
        getattr(td, function)(*arguments, **options)
    with pytest.raises(JavaScriptError) as ours:
        node.call("knowledge", function, *arguments, **options)
    assert ours.value.kind == "RangeError"
    same = str(theirs.value).replace("(…, ", "(")
    assert str(ours.value).split("; got")[0] == same.split("; got")[0]


# ---------------------------------------------------------------- entries drawn alike


@given(n=st.integers(1, 40), d=st.integers(1, 64), seed=st.integers(0, 2**30 - 1))
def test_drawn(node, n, d, seed):
    ours, theirs = node.call("seeded", "drawn", n, d, seed), seeded.drawn(n, d, seed)
    for name in theirs._fields:
        np.testing.assert_allclose(ours[name], getattr(theirs, name), rtol=1e-12, atol=1e-14)


@given(
    n=st.integers(3, 40), d=st.integers(2, 64), seed=st.integers(0, 2**30 - 1),
    noise=st.sampled_from([0.0, 0.1, 0.5, 2.0]), scale=st.sampled_from([0.0, 1.0, 16.0, 64.0]),
)  # fmt: skip
def test_found(node, n, d, seed, noise, scale):
    """From three entries on: with two and β = 0 the answer is their mean, as near to the one as to the other."""
    ours, theirs = node.call("seeded", "found", n, d, seed, noise=noise, scale=scale), seeded.found(n, d, seed, noise=noise, scale=scale)
    assert set(ours) == set(theirs) == set(seeded.MEMORIES)
    for name, right in theirs.items():
        assert (ours[name].astype(bool) == right).all(), name


@pytest.mark.parametrize("bad", [(0, 2, 0), (2, 0, 0), (2, 2, -1), (2, 2, 2**30), (2.5, 2, 0)])
def test_drawn_refuses_in_the_words_of_numpy(node, bad):
    with pytest.raises(ValueError) as theirs:
        seeded.drawn(*bad)
    with pytest.raises(JavaScriptError) as ours:
        node.call("seeded", "drawn", *bad)
    assert str(ours.value) == str(theirs.value)


# ---------------------------------------------------------------- what the widget draws


@st.composite
def states(draw):
    rng = np.random.default_rng(draw(SEEDS))
    n = draw(st.integers(1, 12))
    sigma = rng.uniform(0.1, 3, 2)
    sigma[draw(st.integers(0, 1))] *= draw(st.sampled_from([1.0, 0.0, 0.01]))
    return {
        "tokens": rng.normal(size=(n, 2)).tolist(), "question": rng.normal(size=2).tolist(), "sigma": sigma.tolist(),
        "q_angle": rng.uniform(-180, 180), "k_angle": rng.uniform(-180, 180), "V": rng.normal(size=(2, 2)).tolist(),
        "rank": draw(st.integers(1, 2)), "ridge": draw(st.sampled_from([0.0, 0.05, 1.0])), "noise": draw(st.sampled_from([0.0, 0.1, 1.0])),
    }  # fmt: skip


@given(state=states())
def test_a_measured_head_is_the_package(node, state):
    assume(abs(np.diff(state["sigma"])[0]) > 1e-2)  # with rank 1 a tie is decided by rounding
    head, widget = node.call("encyclopedia/engine", "measure_head", state), Encyclopedia(**state)
    Q, K, V, options = widget.Q, widget.K, widget.V, {"ridge": widget.ridge, "rank": widget.rank}
    tokens = np.vstack([widget.tokens, widget.question])
    index, contents = tokens @ (Q.T @ K).T, tokens @ V.T
    answers = td.lookup(widget.M, index)
    assert np.linalg.svd(Q.T @ K)[1] == pytest.approx(sorted(state["sigma"], reverse=True), abs=1e-12)
    for name, theirs in {
        "Q": Q, "K": K, "M": widget.M, "map": Q.T @ K, "index": index, "contents": contents, "answers": answers,
    }.items():  # fmt: skip
        np.testing.assert_allclose(head[name], theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max(initial=1), err_msg=name)
    gaps = np.linalg.norm(contents - answers, axis=1)
    np.testing.assert_allclose(head["gaps"], gaps, rtol=1e-9, atol=1e-10)
    assert head["gap"] == pytest.approx(gaps[-1], rel=1e-9, abs=1e-10)
    assert head["residual"] == pytest.approx(td.knowledge_residual(Q, K, V, **options), rel=1e-9, abs=1e-10)
    condition = max(state["sigma"]) / min(state["sigma"]) if min(state["sigma"]) else np.inf
    assert float(head["condition"]) == pytest.approx(condition, rel=1e-9)
    for r in range(2):
        u = head["directions"][r]
        np.testing.assert_allclose(Q.T @ K @ K.T @ Q @ u, state["sigma"][r] ** 2 * u, atol=1e-9)  # u is a left singular vector
        np.testing.assert_allclose(head["images"][r], widget.M @ u, rtol=1e-9, atol=1e-9 * np.abs(widget.M).max(initial=1))
        kept = state["sigma"][r] > 0 and (state["rank"] == 2 or state["sigma"][r] == max(state["sigma"]))
        assert head["loudness"][r] == pytest.approx(state["sigma"][r] / (state["sigma"][r] ** 2 + state["ridge"]) if kept else 0)


@given(state=states(), seed=SEEDS)
def test_noise_carries_the_answer_no_further_than_said(node, state, seed):
    head = node.call("encyclopedia/engine", "measure_head", state)
    radius = state["noise"] * np.linalg.norm(head["index"][-1])
    assert head["radius"] == pytest.approx(radius)
    angles = np.linspace(0, 2 * np.pi, 721)
    errors = radius * np.stack([np.cos(angles), np.sin(angles)], 1) @ head["M"].T
    furthest = np.linalg.norm(errors, axis=1).max()
    assert furthest <= head["blur"] * (1 + 1e-9) + 1e-12
    assert furthest == pytest.approx(head["blur"], rel=1e-3, abs=1e-12)  # and some noise does carry it that far


@given(seed=SEEDS)
def test_token_at_puts_a_token_where_the_hand_is(node, seed):
    rng = np.random.default_rng(seed)
    place, token, map_ = rng.normal(size=2), rng.normal(size=2), rng.normal(size=(2, 2))
    assume(np.linalg.cond(map_) < 1e4)
    moved = node.call("encyclopedia/engine", "token_at", place, token, map_)
    np.testing.assert_allclose(map_ @ moved, place, rtol=1e-8, atol=1e-8)


@given(seed=SEEDS)
def test_token_at_keeps_what_a_lost_direction_holds(node, seed):
    rng = np.random.default_rng(seed)
    u, v = rotation(rng, 2)[0], rotation(rng, 2)
    map_ = 1.5 * np.outer(u, v[0])
    place, token = rng.normal(size=2), rng.normal(size=2)
    moved = node.call("encyclopedia/engine", "token_at", place, token, map_)
    assert v[1] @ moved == pytest.approx(v[1] @ token, abs=1e-9)
    np.testing.assert_allclose(map_ @ moved, u * (u @ place), atol=1e-9)
