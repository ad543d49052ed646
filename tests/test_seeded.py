"""Random entries that the page draws alike: uniform, apart, the same each time; and what the memories find of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import tokendynamics as td
from tokendynamics import seeded

SEEDS = st.integers(0, 2**30 - 1)


@given(n=st.integers(1, 40), d=st.integers(1, 64), seed=SEEDS)
def test_rows_have_length_1_and_more_entries_keep_the_first(n, d, seed):
    few, many = seeded.drawn(n, d, seed), seeded.drawn(n + 3, d, seed)
    for one, other in zip(few, many):
        assert one.shape == (n, d)
        np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, rtol=1e-12)
        np.testing.assert_array_equal(one, other[:n])


def test_mulberry32_is_the_published_one():
    """The published function, in Python's own integers: seed 1 gives its known first numbers."""

    def published(a):
        while True:
            a = (a + 0x6D2B79F5) % 2**32
            t = (a ^ a >> 15) * (a | 1) % 2**32
            t = (t + (t ^ t >> 7) * (t | 61) % 2**32 ^ t) % 2**32
            yield t ^ t >> 14

    numbers = published(1)
    expected = [next(numbers) for _ in range(200)]
    counter = np.uint32(1) + np.arange(200, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    assert seeded._scramble(counter).tolist() == expected


def test_the_normals_are_normal_and_streams_are_apart():
    """Kolmogorov and Smirnov against the normal law, and no correlation between neighbouring streams."""
    streams = [seeded._normals(20_000, stream) for stream in range(8)]
    for normals in streams:
        assert stats.kstest(normals, "norm").pvalue > 1e-3
        assert abs(np.corrcoef(normals[:-1], normals[1:])[0, 1]) < 0.03
    assert np.abs(np.corrcoef(streams) - np.eye(8)).max() < 0.03


def test_directions_are_uniform_on_the_sphere():
    keys = np.concatenate([seeded.drawn(40, 3, seed).keys for seed in range(100)])
    for axis in range(3):  # Archimedes: a coordinate of a point on the sphere in space is uniform
        assert stats.kstest(keys[:, axis], "uniform", args=(-1, 2)).pvalue > 1e-3


@given(n=st.integers(1, 12), extra=st.integers(1, 12), seed=SEEDS)
def test_the_pseudo_inverse_finds_all_where_keys_are_independent_and_asked_exactly(n, extra, seed):
    right = seeded.found(n, n + extra, seed)
    assert set(right) == set(seeded.MEMORIES)
    assert right["pseudo-inverse"].all()


@given(n=st.integers(2, 40), d=st.integers(8, 64), seed=SEEDS)
def test_attention_at_a_large_beta_finds_the_nearest_key(n, d, seed):
    """At β without end attention hands out the content of the key nearest the question, Ramsauer et al. 2020."""
    keys, contents, pushes = seeded.drawn(n, d, seed)
    nearest = ((keys + 0.5 * pushes)[:, None] * keys).sum(-1).argmax(1)
    right = seeded.found(n, d, seed, noise=0.5, scale=1e5)["attention"]
    assert right[nearest == np.arange(n)].all()
    assert not right[nearest != np.arange(n)].any()


@given(n=st.integers(2, 40), d=st.integers(2, 64), seed=SEEDS)
def test_found_is_by_cosine_in_loops(n, d, seed):
    keys, contents, pushes = seeded.drawn(n, d, seed)
    right = seeded.found(n, d, seed, noise=0.3, scale=4)["outer"]
    for i in range(n):
        q = keys[i] + 0.3 * pushes[i]
        answer = sum(content * (key @ q) for key, content in zip(keys, contents))
        cosines = [answer @ content for content in contents]
        others = max(c for k, c in enumerate(cosines) if k != i)
        if abs(cosines[i] - others) > 1e-9:
            assert right[i] == (cosines[i] > others)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: seeded.drawn(0, 2, 0), "n must be a whole number from 1 to 1048576; got 0"),
        (lambda: seeded.drawn(2, 2.0, 0), "d must be a whole number from 1 to 1024; got 2.0"),
        (lambda: seeded.drawn(2, 2, 2**30), "seed must be a whole number from 0 to 1073741823"),
        (lambda: seeded.drawn(True, 2, 0), "n must be a whole number .* got True"),
        (lambda: seeded.found(2, 2, 0, noise=-1), "noise must be one finite number of at least 0; got -1"),
        (lambda: seeded.found(2, 2, 0, scale=np.nan), "scale must be one finite number; got nan"),
    ],
)
def test_bad_input_is_told_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_memories_are_the_packages():
    keys, contents, pushes = seeded.drawn(20, 12, 1)
    q = keys + 0.2 * pushes
    W = td.store(keys, contents, method="pseudo-inverse")
    expected = td.nearest(td.recall(W, q), contents) == np.arange(20)
    assert (seeded.found(20, 12, 1, noise=0.2)["pseudo-inverse"] == expected).all()
    assert 0 < expected.sum() < 20
