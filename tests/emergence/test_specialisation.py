"""The specialisation score: its bounds, what it ignores, and an independent value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokendynamics.emergence.specialisation import filled, specialisation


@given(seed=st.integers(0, 2**32 - 1), heads=st.integers(1, 6), roles=st.integers(2, 6))
def test_bounded_and_blind_to_order_and_size(seed, heads, roles):
    rng = np.random.default_rng(seed)
    matrix = rng.dirichlet(np.full(roles, 0.3), size=heads)
    score = specialisation(matrix)
    assert 0 <= score <= min(1, np.log(heads) / np.log(roles)) + 1e-12
    mixed = (matrix * rng.uniform(0.1, 1, (heads, 1)))[rng.permutation(heads)][:, rng.permutation(roles)]
    assert specialisation(mixed) == pytest.approx(score, abs=1e-12)
    assert 0 <= filled(matrix) <= min(heads, roles) and filled(mixed) == filled(matrix)


@given(seed=st.integers(0, 2**32 - 1))
def test_it_is_the_mutual_information_of_scikit_learn(seed):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    counts = np.random.default_rng(seed).multinomial(60, [0.5, 0.2, 0.2, 0.1], size=3)  # rows of one sum: heads weigh the same
    expected = metrics.mutual_info_score(None, None, contingency=counts) / np.log(4)
    assert specialisation(counts.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_known_matrices():
    assert specialisation(np.eye(4)) == pytest.approx(1) and filled(np.eye(4)) == 4
    assert specialisation(np.full((4, 4), 0.25)) == 0 and filled(np.full((4, 4), 0.25)) == 0
    assert specialisation(np.repeat(np.eye(4), 2, axis=0)) == pytest.approx(1)  # spare heads double up
    assert specialisation(np.eye(4)[[0, 1, 2, 3, 0, 1]]) == pytest.approx(0.959, abs=5e-4)  # which six cannot do evenly
    halves = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    assert specialisation(halves) == pytest.approx(0.5) and filled(halves) == 0
    np.testing.assert_allclose(specialisation(np.stack([np.eye(2), np.zeros((2, 2))])), [1, 0])  # a head that looks elsewhere


@pytest.mark.parametrize("function", [specialisation, filled])
@pytest.mark.parametrize("bad", [[1.0, 2.0], [[1.0, -0.1]], [[np.nan, 1]], "loud"])
def test_bad_matrices_are_told_by_name(function, bad):
    with pytest.raises(ValueError, match="^matrix must"):
        function(bad)


def test_one_role_and_a_share_below_half_are_refused():
    with pytest.raises(ValueError, match="at least 2 roles"):
        specialisation([[1.0]])
    with pytest.raises(ValueError, match="share must .* 0.5"):
        filled(np.eye(2), share=0.3)


def test_found_topics_that_are_the_true_ones_or_mixtures_of_them():
    from tokendynamics.emergence.topics import documents, found_by_true

    counts, true = documents(np.random.default_rng(0), 20, topics=3, words=12)
    assert (counts.sum(axis=1) == 50).all()
    apart = np.kron(np.eye(3), [0.5, 0.3, 0.2])  # topics that share no word
    np.testing.assert_allclose(found_by_true(apart[[2, 0, 1]], apart), np.eye(3)[[2, 0, 1]])
    np.testing.assert_allclose(found_by_true(apart[:2].mean(axis=0, keepdims=True), apart), [[0.5, 0.5, 0]])
    np.testing.assert_allclose(found_by_true(true, true).sum(axis=1), 1)
