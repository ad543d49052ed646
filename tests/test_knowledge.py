"""M = V (QᵀK)⁻¹, equation (5), against other ways to the same matrix; M(QᵀK) = V, equation (13). On tokens: test_force.py."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import invertible, rotation

import tokendynamics as td

SIZES = st.integers(1, 8)
SEEDS = st.integers(0, 2**32 - 1)


@given(SIZES, st.integers(0, 3), SEEDS)
def test_it_is_V_times_the_inverse(d, more_rows, seed):
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d + more_rows)
    V, index = rng.standard_normal((d, d)), Q.T @ K
    M = td.knowledge(Q, K, V)
    np.testing.assert_allclose(M, V @ np.linalg.inv(index), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(M, np.linalg.lstsq(index.T, V.T, rcond=None)[0].T, rtol=1e-10, atol=1e-12)
    assert td.knowledge_residual(Q, K, V) <= 1e-13


@given(SIZES, st.integers(0, 3), SEEDS)
def test_equation_13_index_in_content_out(d, more_rows, seed):
    """M(QᵀK) = V where QᵀK is invertible: each column of QᵀK, asked of M, answers with the column of V."""
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d + more_rows)
    V, index = rng.standard_normal((d, d)), Q.T @ K
    M = td.knowledge(Q, K, V)
    assert np.linalg.norm(M @ index - V) <= 1e-9 * np.linalg.norm(V)
    np.testing.assert_allclose(td.lookup(M, index.T), V.T, rtol=1e-9, atol=1e-10)


@given(st.integers(2, 8), st.data(), SEEDS)
def test_where_rank_is_lost_it_is_the_pseudo_inverse(d, data, seed):
    """Singular values are within [0.25, 4] or exactly nothing, so that no routine can disagree about the rank."""
    rng = np.random.default_rng(seed)
    rank = data.draw(st.integers(1, d - 1))
    Q, K = low_rank(rng, d, rank)
    V = rng.standard_normal((d, d))
    M, index = td.knowledge(Q, K, V), Q.T @ K
    np.testing.assert_allclose(M, V @ np.linalg.pinv(index, rcond=1e-10), rtol=1e-9, atol=1e-11)
    # of all M that come closest to M QᵀK = V it is the shortest: what lstsq returns
    np.testing.assert_allclose(M, np.linalg.lstsq(index.T, V.T, rcond=1e-10)[0].T, rtol=1e-9, atol=1e-11)
    # the same index written with d rows, where the lost directions are rounding and not missing rows
    np.testing.assert_allclose(td.knowledge(index.T, np.eye(d), V), M, rtol=1e-8, atol=1e-10)


@given(st.integers(2, 8), st.data(), SEEDS)
def test_the_residual_is_the_part_of_V_outside_the_row_space_of_K(d, data, seed):
    """V − M QᵀK = V (I − P), P the projector on the rows of QᵀK: those of K, where Q has full row rank."""
    rng = np.random.default_rng(seed)
    Q, K = low_rank(rng, d, data.draw(st.integers(1, d - 1)))
    V = rng.standard_normal((d, d))
    rows = np.linalg.qr(K.T)[0]
    missed = np.linalg.norm(V - V @ rows @ rows.T) / np.linalg.norm(V)
    assert td.knowledge_residual(Q, K, V) == pytest.approx(missed, rel=1e-10)
    assert 1e-6 < missed <= 1
    assert td.knowledge_residual(Q, K, V @ rows @ rows.T) <= 1e-13  # a V that reads only what the index sees
    assert td.knowledge_residual(Q, K, V - V @ rows @ rows.T) == pytest.approx(1, rel=1e-10)


@given(SIZES, SIZES, st.floats(1e-3, 1e3), SEEDS)
def test_ridge_solves_the_normal_equations_and_is_the_minimum(d, d_head, ridge, seed):
    rng = np.random.default_rng(seed)
    Q, K = rng.standard_normal((2, d_head, d))
    V, index = rng.standard_normal((d, d)), Q.T @ K
    M = td.knowledge(Q, K, V, ridge=ridge)
    normal = index @ index.T + ridge * np.eye(d)  # M normal = V indexᵀ
    np.testing.assert_allclose(M @ normal, V @ index.T, rtol=1e-9, atol=1e-11 * np.linalg.norm(normal) * np.linalg.norm(V))

    def cost(M):
        return np.linalg.norm(M @ index - V) ** 2 + ridge * np.linalg.norm(M) ** 2

    for size in (1e-1, 1e-3):
        assert cost(M + size * rng.standard_normal((d, d))) > cost(M)


@given(SIZES, SEEDS)
def test_ridge_damps_and_no_ridge_is_its_limit(d, seed):
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d)
    V = rng.standard_normal((d, d))
    sizes = [np.linalg.norm(td.knowledge(Q, K, V, ridge=r)) for r in (0, 1e-3, 1e-1, 10)]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < sizes[0]
    np.testing.assert_allclose(td.knowledge(Q, K, V, ridge=1e-12), td.knowledge(Q, K, V), rtol=1e-8, atol=1e-8)


@given(SIZES, SEEDS)
def test_turning_the_space_turns_M(d, seed):
    rng = np.random.default_rng(seed)
    Q, K = invertible(rng, d, d + 1)
    V, R = rng.standard_normal((d, d)), rotation(rng, d)
    turned = td.knowledge(Q @ R.T, K @ R.T, R @ V @ R.T)
    np.testing.assert_allclose(turned, R @ td.knowledge(Q, K, V) @ R.T, rtol=1e-9, atol=1e-11)


def test_an_index_of_nothing_gives_nothing():
    """QᵀK = 0 finds no entry: M = 0, quietly, and all of V is missed. V = 0 is never missed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (td.knowledge(np.zeros((2, 3)), np.ones((2, 3)), np.eye(3)) == 0).all()
        assert td.knowledge_residual(np.zeros((2, 3)), np.ones((2, 3)), np.eye(3)) == 1
        assert td.knowledge_residual(np.ones((2, 3)), np.ones((2, 3)), np.zeros((3, 3))) == 0


@pytest.mark.parametrize("dtype, tiny", [(np.float64, 1e-100), (np.float32, 1e-15)])
def test_small_and_large_indices_are_inverted_all_the_same(dtype, tiny):
    """The square of a singular value may vanish or overflow where its inverse does neither."""
    eye = np.eye(2, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for size in (tiny, 1 / tiny):
            M = td.knowledge(eye * dtype(size), eye * dtype(size), eye)
            np.testing.assert_allclose(M * dtype(size) * dtype(size), eye, rtol=1e-6)


@pytest.mark.parametrize("dtype, tiny", [(np.float64, 1e-200), (np.float32, 1e-25)])
def test_the_residual_does_not_depend_on_the_size_of_V(dtype, tiny):
    Q = K = np.array([[1, 0]], dtype=dtype)
    for size in (tiny, 1, 1 / tiny):
        assert td.knowledge_residual(Q, K, np.eye(2, dtype=dtype) * dtype(size)) == pytest.approx(0.5**0.5, rel=1e-6)


def low_rank(rng, d, rank):
    """Q and K of shape (rank, d) whose QᵀK has `rank` singular values in [0.25, 4] and the rest nothing."""
    return tuple(rotation(rng, rank) * rng.uniform(0.5, 2, rank) @ np.linalg.qr(rng.standard_normal((d, rank)))[0].T for _ in "QK")
