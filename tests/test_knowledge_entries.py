"""M as a table of entries, equations (5) and (13) entry by entry, and looking things up in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import invertible, rotation

import tokendynamics as td

SIZES = st.integers(1, 8)
SEEDS = st.integers(0, 2**32 - 1)


def random_problem(d, d_head, seed, lead=()):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((*lead, d_head, d)), rng.standard_normal((*lead, d_head, d)), rng.standard_normal((*lead, d, d)), rng


@given(SIZES, SIZES, SEEDS)
def test_each_entry_is_what_it_says(d, d_head, seed):
    Q, K, V, _ = random_problem(d, d_head, seed)
    table, index, r = td.entries(Q, K, V), Q.T @ K, min(d, d_head)
    assert table.sigma.shape == table.loudness.shape == (r,)
    assert table.index.shape == table.keys.shape == table.contents.shape == table.answers.shape == (r, d)
    assert (np.diff(table.sigma) <= 0).all()
    np.testing.assert_allclose(table.index @ table.index.T, np.eye(r), atol=1e-12)
    np.testing.assert_allclose(table.keys @ table.keys.T, np.eye(r), atol=1e-12)
    np.testing.assert_allclose(table.keys @ index.T, table.sigma[:, None] * table.index, atol=1e-11)  # QᵀK v = σ u
    np.testing.assert_allclose(table.contents, [V @ v for v in table.keys], atol=1e-12)
    np.testing.assert_allclose(table.loudness * table.sigma, 1, rtol=1e-9)
    np.testing.assert_allclose(table.answers * table.sigma[:, None], table.contents, rtol=1e-9, atol=1e-11)  # M u = V v / σ


@given(SIZES, SIZES, st.one_of(st.just(0.0), st.floats(1e-2, 10)), st.one_of(st.none(), SIZES), SEEDS)
def test_the_entries_add_up_to_M(d, d_head, ridge, rank, seed):
    Q, K, V, _ = random_problem(d, d_head, seed, lead=(2,))
    table = td.entries(Q, K, V, ridge=ridge, rank=rank)
    M = td.knowledge(Q, K, V, ridge=ridge, rank=rank)
    scale = np.abs(M).max()
    for i in range(2):
        sum_of_entries = sum(np.outer(answer, u) for answer, u in zip(table.answers[i], table.index[i]))
        np.testing.assert_allclose(sum_of_entries, M[i], atol=1e-11 * scale)
    np.testing.assert_allclose(td.lookup(M, table.index), table.answers, atol=1e-10 * scale)


@given(SIZES, SIZES, SEEDS)
def test_ridge_turns_the_loudness_down(d, d_head, seed):
    Q, K, V, rng = random_problem(d, d_head, seed)
    ridge = rng.uniform(0.1, 2)
    plain, damped = td.entries(Q, K, V), td.entries(Q, K, V, ridge=ridge)
    np.testing.assert_allclose(damped.loudness, plain.sigma / (plain.sigma**2 + ridge), rtol=1e-9)
    assert damped.loudness.max() <= 0.5 / np.sqrt(ridge) + 1e-12  # whatever σ is


@given(st.integers(2, 8), st.data(), SEEDS)
def test_truncation_keeps_the_largest_sigmas_and_costs_what_V_gives_to_the_others(d, data, seed):
    Q, K, V, _ = random_problem(d, d, seed)
    rank = data.draw(st.integers(1, d - 1))
    table = td.entries(Q, K, V, rank=rank)
    assert ((table.loudness > 0) == (np.arange(d) < rank)).all()
    U, s, Wt = np.linalg.svd(Q.T @ K)
    nearest = U[:, :rank] * s[:rank] @ Wt[:rank]  # Eckart and Young: the nearest QᵀK of that rank
    np.testing.assert_allclose(td.knowledge(Q, K, V, rank=rank), V @ np.linalg.pinv(nearest, rcond=1e-9), rtol=1e-6, atol=1e-8)
    lost = np.linalg.norm(table.contents[rank:]) / np.linalg.norm(V)  # V vᵣ of the entries cut away
    assert td.knowledge_residual(Q, K, V, rank=rank) == pytest.approx(lost, rel=1e-7)


@given(SIZES, st.floats(1e-3, 10), SEEDS)
def test_what_ridge_costs_equation_13(d, ridge, seed):
    """V − M QᵀK = Σ V v vᵀ λ/(σ² + λ): each content is short by that factor."""
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d)
    V = rng.standard_normal((d, d))
    table = td.entries(Q, K, V)
    short = np.linalg.norm(table.contents * (ridge / (table.sigma**2 + ridge))[:, None]) / np.linalg.norm(V)
    assert td.knowledge_residual(Q, K, V, ridge=ridge) == pytest.approx(short, rel=1e-8)


@given(st.integers(2, 8), st.data(), SEEDS)
def test_with_few_rows_the_lookup_is_right_on_the_row_space_only(d, data, seed):
    """d_head < d: M QᵀK t = V P t, P the projector on the rows of K."""
    Q, K, V, rng = random_problem(d, data.draw(st.integers(1, d - 1)), seed)
    t = rng.standard_normal((5, d))
    P = np.linalg.pinv(K, rcond=1e-10) @ K
    found = td.lookup(td.knowledge(Q, K, V), t @ K.T @ Q)
    np.testing.assert_allclose(found, t @ P.T @ V.T, rtol=1e-5, atol=1e-6)
    assert np.abs(found - t @ V.T).max() > 1e-6


@given(SIZES, SEEDS)
def test_looking_up_an_index_finds_the_content(d, seed):
    """Equation (13), and Fig. 4: index in, content out, for a weighted mean of tokens as for each of them."""
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d + 1)
    V, tokens = rng.standard_normal((d, d)), rng.standard_normal((4, d))
    M = td.knowledge(Q, K, V)
    np.testing.assert_allclose(td.lookup(M, td.force(tokens, Q, K)), td.content(tokens, Q, K, V), rtol=1e-8, atol=1e-9)


@given(SIZES, SIZES, SEEDS)
def test_signs_are_fixed_and_turning_all_of_a_space_turns_the_table(d, d_head, seed):
    Q, K, V, rng = random_problem(d, d_head, seed)
    table = td.entries(Q, K, V)
    for u in table.index:
        assert u[np.flatnonzero(np.abs(u) >= np.abs(u).max() / 2)[0]] > 0
    R = rotation(rng, d)
    turned = td.entries(Q @ R.T, K @ R.T, R @ V @ R.T)
    np.testing.assert_allclose(turned.sigma, table.sigma, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.abs(np.sum(turned.index * (table.index @ R.T), axis=1)), 1, atol=1e-5)


def test_an_entry_that_cannot_be_addressed_is_silent():
    Q = K = np.diag([2.0, 0.0])
    table = td.entries(Q, K, np.eye(2))
    assert table.sigma.tolist() == [4, 0] and table.loudness.tolist() == [0.25, 0]
    assert table.answers.tolist() == [[0.25, 0], [0, 0]]
    assert np.abs(table.contents).tolist() == [[1, 0], [0, 1]]  # V has a content for it, and no question reaches it


def test_float32_stays_float32():
    Q, K, V, _ = random_problem(4, 2, 0)
    assert all(a.dtype == np.float32 for a in td.entries(*(a.astype(np.float32) for a in (Q, K, V))))


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: td.entries(np.eye(2), np.eye(3), np.eye(2)), r"K must have shape \(…, d_head, 2\).*got shape \(3, 3\)"),
        (lambda: td.entries(np.eye(2), np.eye(2), np.eye(2), rank=0), "rank must be None or a whole number of at least 1; got 0"),
        (lambda: td.knowledge(np.eye(2), np.eye(2), np.eye(2), rank=1.5), "rank must be .* got 1.5"),
        (lambda: td.entries(np.eye(2), np.eye(2), np.eye(2), ridge=-1), "ridge must be .* at least 0"),
        (lambda: td.lookup(np.eye(2), np.ones((1, 3))), r"index must have shape \(…, n, 2\); got shape \(1, 3\)"),
        (lambda: td.lookup(np.eye(2), [1.0, 2.0]), r"index must have shape \(…, n, 2\); got shape \(2,\)"),
        (lambda: td.lookup(np.full((2, 2), np.nan), np.ones((1, 2))), "M must be finite; got 4 NaN"),
    ],
)
def test_bad_input_is_told_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call()
