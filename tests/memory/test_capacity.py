"""Storing and recalling: outer products, the pseudo-inverse, attention; and the shipped countries."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokendynamics as td
from tokendynamics.memory import capacity, countries
from tokendynamics.real import minilm

SIZES = st.integers(1, 8)
SEEDS = st.integers(0, 2**32 - 1)
with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@given(SIZES, SIZES, SIZES, SEEDS)
def test_the_outer_product_is_a_sum_over_pairs(n, d, d_content, seed):
    rng = np.random.default_rng(seed)
    keys, contents = rng.standard_normal((2, n, d)), rng.standard_normal((2, n, d_content))
    W = td.store(keys, contents)
    for i in range(2):
        np.testing.assert_allclose(W[i], sum(np.outer(c, k) for k, c in zip(keys[i], contents[i])), atol=1e-12)
    q = rng.standard_normal((3, d))
    slow = [[sum((k @ x) * c for k, c in zip(keys[i], contents[i])) for x in q] for i in range(2)]
    np.testing.assert_allclose(td.recall(W, q), slow, atol=1e-11)


@given(SIZES, st.data(), SEEDS)
def test_the_outer_product_is_exact_for_orthonormal_keys_and_only_there(d, data, seed):
    rng = np.random.default_rng(seed)
    n = data.draw(st.integers(1, d))
    keys, contents = np.linalg.qr(rng.standard_normal((d, d)))[0][:n], rng.standard_normal((n, 5))
    np.testing.assert_allclose(td.recall(td.store(keys, contents), keys), contents, atol=1e-12)
    leaning = keys + 0.3 * rng.standard_normal((n, d))
    assert np.abs(td.recall(td.store(leaning, contents), leaning) - contents).max() > 1e-6


@given(st.integers(1, 12), SIZES, st.one_of(st.just(0.0), st.floats(1e-2, 10)), SEEDS)
def test_the_pseudo_inverse_is_the_least_squares_memory(n, d, ridge, seed):
    rng = np.random.default_rng(seed)
    keys, contents = rng.standard_normal((n, d)), rng.standard_normal((n, 3))
    W = td.store(keys, contents, method="pseudo-inverse", ridge=ridge)
    stacked = np.concatenate([keys, math.sqrt(ridge) * np.eye(d)])
    wanted = np.linalg.lstsq(stacked, np.concatenate([contents, np.zeros((d, 3))]), rcond=None)[0].T
    np.testing.assert_allclose(W, wanted, rtol=1e-6, atol=1e-8 * np.abs(wanted).max())


@given(SIZES, st.data(), SEEDS)
def test_the_pseudo_inverse_is_exact_up_to_n_equal_d_and_not_past_it(d, data, seed):
    rng = np.random.default_rng(seed)
    n = data.draw(st.integers(1, d))
    keys = np.linalg.qr(rng.standard_normal((d, d)))[0][:n] * rng.uniform(0.5, 2, (n, 1)) @ (np.eye(d) + 0.1 * rng.standard_normal((d, d)))
    contents = rng.standard_normal((n, 4))
    np.testing.assert_allclose(td.recall(td.store(keys, contents, method="pseudo-inverse"), keys), contents, atol=1e-7)
    more, contents = rng.standard_normal((d + 1, d)), rng.standard_normal((d + 1, 4))
    assert np.abs(td.recall(td.store(more, contents, method="pseudo-inverse"), more) - contents).max() > 1e-8


@given(SIZES, SIZES, st.sampled_from([0.0, 0.3]), SEEDS)
def test_M_is_the_pseudo_inverse_memory_of_the_columns(d, d_head, ridge, seed):
    rng = np.random.default_rng(seed)
    Q, K = rng.standard_normal((2, 3, d_head, d))
    V = rng.standard_normal((3, d, d))
    columns = np.swapaxes(np.swapaxes(Q, 1, 2) @ K, 1, 2), np.swapaxes(V, 1, 2)
    M = td.knowledge(Q, K, V, ridge=ridge)
    np.testing.assert_allclose(td.store(*columns, method="pseudo-inverse", ridge=ridge), M, atol=1e-10 * np.abs(M).max())


@given(SIZES, SIZES, SIZES, st.sampled_from([0.0, 1.0, -0.5, 7.0]), SEEDS)
def test_attention_reads_the_weighted_mean(n, d, d_content, scale, seed):
    rng = np.random.default_rng(seed)
    keys, contents, q = rng.standard_normal((n, d)), rng.standard_normal((n, d_content)), rng.standard_normal((3, d))
    found = td.recall((keys, contents), q, scale=scale)
    for x, answer in zip(q, found):
        weights = [math.exp(scale * sum(a * b for a, b in zip(k, x))) for k in keys]
        np.testing.assert_allclose(answer, sum(w * c for w, c in zip(weights, contents)) / sum(weights), rtol=1e-9, atol=1e-11)


@given(st.integers(2, 8), SIZES, SEEDS)
def test_attention_recall_is_a_head_of_the_package(n, d, seed):
    """The question as one token more, (q, 0), among pairs (key, content): the content the head gives it is the recall."""
    rng = np.random.default_rng(seed)
    keys, contents, q = rng.standard_normal((n, d)), rng.standard_normal((n, d)), rng.standard_normal(d)
    tokens = np.concatenate([np.concatenate([keys, contents], axis=1), [np.concatenate([q, np.zeros(d)])]])
    read_key = np.concatenate([np.eye(d), np.zeros((d, d))], axis=1)
    V = np.zeros((2 * d, 2 * d))
    V[:d, d:] = np.eye(d)
    given_to_question = td.content(tokens, read_key, read_key, V, scale=2.0)[-1, :d]
    np.testing.assert_allclose(given_to_question, td.recall((keys, contents), q[None], scale=2.0)[0], rtol=1e-9, atol=1e-11)


@given(st.integers(1, 12), SEEDS)
def test_a_large_beta_picks_one_entry_and_a_large_score_does_not_overflow(n, seed):
    rng = np.random.default_rng(seed)
    keys, contents = rng.standard_normal((n, 4)), rng.standard_normal((n, 3))
    q = keys / np.linalg.norm(keys, axis=1, keepdims=True)
    winner = (q @ keys.T).argmax(axis=1)
    np.testing.assert_allclose(td.recall((keys, contents), q, scale=1e8), contents[winner], atol=1e-9)
    np.testing.assert_allclose(td.recall((keys, contents), q, scale=0), np.broadcast_to(contents.mean(axis=0), (n, 3)), atol=1e-12)


@given(SIZES, st.integers(2, 8), SEEDS)
def test_nearest_is_by_angle(n, d, seed):
    rng = np.random.default_rng(seed)
    contents, answers = rng.standard_normal((n, d)), rng.standard_normal((6, d))
    slow = [max(range(n), key=lambda j: a @ contents[j] / math.sqrt(contents[j] @ contents[j])) for a in answers]
    assert td.nearest(answers, contents).tolist() == slow
    assert td.nearest(3 * answers, contents * rng.uniform(0.1, 10, (n, 1))).tolist() == slow
    assert td.nearest(np.zeros((1, d)), contents).tolist() == [0]


def test_dtype_is_kept_and_leading_axes_broadcast():
    keys, contents = np.ones((2, 3, 4), np.float32), np.ones((3, 5), np.float32)
    assert td.store(keys, contents).shape == (2, 5, 4)
    for memory in (td.store(keys, contents, method="pseudo-inverse"), (keys, contents)):
        answer = (
            td.recall(memory, np.ones((6, 4), np.float32), scale=0.5)
            if isinstance(memory, tuple)
            else td.recall(memory, np.ones((6, 4), np.float32))
        )
        assert answer.dtype == np.float32 and answer.shape == (2, 6, 5)


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: td.store(np.ones((3, 2)), np.ones((4, 2))), r"contents must have one row for each of the 3 keys; got shape \(4, 2\)"),
        (lambda: td.store(np.ones((3, 2)), np.ones((3, 2)), method="hebb"), "method must be one of 'outer', 'pseudo-inverse'; got 'hebb'"),
        (lambda: td.store(np.ones((3, 2)), np.ones((3, 2)), ridge=1), "ridge must be 0 for the method 'outer'"),
        (lambda: td.store(np.ones((3, 2)), np.ones((3, 2)), method="pseudo-inverse", ridge=-1), "ridge must be .* at least 0"),
        (
            lambda: td.recall((np.ones((3, 2)),), np.ones((1, 2))),
            r"memory must be a matrix or a tuple \(keys, contents\); got a tuple of 1",
        ),
        (
            lambda: td.recall((np.ones((3, 2)), np.ones((3, 2))), np.ones((1, 3))),
            r"question must have shape \(…, n, 2\); got shape \(1, 3\)",
        ),
        (lambda: td.recall(np.eye(2), [1.0, np.inf]), "question must have shape"),
        (lambda: td.recall((np.full((1, 1), 1e300), np.ones((1, 1))), np.full((1, 1), 1e300)), "too large for float64"),
        (lambda: td.store(np.ones((0, 2)), np.ones((0, 2))), r"keys must have shape \(…, n, d\) with nothing of length 0"),
        (lambda: td.nearest(np.ones((1, 2)), np.ones((1, 3))), r"answers must have shape \(…, n, 3\)"),
        (
            lambda: capacity.recall_rate(np.eye(2), np.eye(2), capacity.readers()["outer"], np.random.default_rng(0), noise=-1),
            "noise must be",
        ),
    ],
)
def test_bad_input_is_told_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_capacity_the_curves_have_the_shape_that_theory_gives():
    d, draw = 32, lambda rng, n: capacity.random_pairs(rng, n, 32)  # noqa: E731
    read = capacity.readers(ridge=0.1, scales=(8,))
    exact = capacity.curve(draw, [8, d], read["pseudo-inverse"], seeds=5)
    assert (exact == 1).all()
    noisy = capacity.curve(draw, [d // 2, d, 2 * d], read["pseudo-inverse"], noise=0.5, seeds=5).mean(axis=0)
    damped = capacity.curve(draw, [d // 2, d, 2 * d], read["ridge 0.1"], noise=0.5, seeds=5).mean(axis=0)
    assert noisy[1] < 0.6 < 0.75 < min(noisy[0], noisy[2]) and damped[1] > 0.9  # a dip at n = d, which ridge takes away
    assert (capacity.curve(draw, [256], read["attention, β = 8"], noise=0.5, seeds=3) > 0.98).all()
    assert (capacity.curve(draw, [256], read["nothing"], seeds=3) < 0.05).all()


@pytest.mark.parametrize("d", [32, 64, 128])
def test_capacity_the_outer_product_follows_its_estimate(d):
    """The Gaussian estimate is a little low in few dimensions, where random directions cannot be as alike as Gaussians can."""
    sizes = [d // 2, d, 2 * d, 4 * d]
    measured = capacity.curve(lambda rng, n: capacity.random_pairs(rng, n, d), sizes, capacity.readers()["outer"], seeds=5).mean(axis=0)
    estimate = np.array([capacity.outer_rate(n, d) for n in sizes])
    assert np.abs(measured - estimate).max() < {32: 0.15, 64: 0.1, 128: 0.08}[d]
    assert capacity.outer_rate(1, d) == pytest.approx(1)


def test_noise_has_the_length_it_is_given_and_each_key_is_asked_once():
    asked = []

    def spy(keys, contents, questions):
        asked.append(questions)
        return questions

    keys = 3 * np.eye(5)
    capacity.recall_rate(keys, keys, spy, np.random.default_rng(1), noise=0.25)
    pushes = asked[0][:, None] - keys
    lengths = np.linalg.norm(pushes, axis=2)
    assert np.sort(lengths.argmin(axis=0)).tolist() == list(range(5))
    np.testing.assert_allclose(lengths.min(axis=0), 0.75)
    capacity.recall_rate(keys, keys, spy, np.random.default_rng(1), questions=12)
    assert len(asked[1]) == 12 and (np.bincount(asked[1].argmax(axis=1)) >= 2).all()


def test_limit_reads_between_two_sizes():
    assert capacity.limit([1, 10, 100], [[1.0, 1.0, 0.8]]) == pytest.approx(10**1.5)
    assert capacity.limit([1, 10], [[1.0, 0.9], [1.0, 0.95]]) == np.inf
    assert capacity.limit([4, 10], [[0.5, 0.2]]) == 4


def test_the_countries_are_pairs_that_spelling_cannot_give_away():
    names, capitals = countries.read_names()
    assert len(names) >= 40 and len(set(names)) == len(names) and len(set(capitals)) == len(capitals)
    for name, capital in zip(names, capitals):
        a, b = name.lower(), capital.lower()
        assert a not in b and b not in a and not set(a.split()) & set(b.split()), (name, capital)


def test_the_shipped_vectors_are_of_these_countries_and_say_where_they_come_from():
    raw, centred = countries.countries(centred=False), countries.countries()
    assert raw.country.shape == raw.capital.shape == raw.question.shape == (len(raw.names), 128)
    for name in ("country", "capital", "question"):
        table = getattr(raw, name)
        assert (table**2).sum(axis=1).mean() == pytest.approx(raw.about["kept"][name], abs=2e-3)
        wanted = table - table.mean(axis=0)
        wanted /= np.linalg.norm(wanted, axis=1)[:, None]
        np.testing.assert_allclose(getattr(centred, name), wanted, atol=1e-12)
    assert raw.about["model"]["sha256"] == minilm.SHA256 and raw.about["model"]["licence"] == "Apache-2.0"
    assert countries.SHIPPED.stat().st_size < 300e3


@with_weights
def test_the_shipped_vectors_are_what_the_model_gives():
    """In the full space: cosines between a few texts, which no choice of basis changes."""
    shipped = countries.countries(centred=False)
    some = [0, 41, 100, 172]
    model = minilm.load(packed=False)
    asked = [countries.QUESTION.format(shipped.names[i]) for i in some]
    for table, texts in (
        (shipped.country, [shipped.names[i] for i in some]),
        (shipped.capital, [shipped.capitals[i] for i in some]),
        (shipped.question, asked),
    ):
        again = countries.sentence_vectors(model, texts)
        np.testing.assert_allclose(np.linalg.norm(again, axis=1), 1, atol=1e-12)
        gram, lost = table[some] @ table[some].T, 1 - (table[some] ** 2).sum(axis=1)
        bound = np.sqrt(np.outer(lost, lost)) + 5e-3  # what was cut off cannot change a product by more
        assert (np.abs(gram - again @ again.T) <= bound).all()


@with_weights
def test_the_command_keeps_what_it_says(monkeypatch, tmp_path, capsys):
    names, capitals = (column[:6] for column in countries.read_names())
    monkeypatch.setattr(countries, "read_names", lambda: (names, capitals))
    countries.main(["--out", str(tmp_path / "few.npz")])
    with np.load(tmp_path / "few.npz") as stored:
        assert stored["country"].shape == (6, 12)  # twelve names span no more
        np.testing.assert_allclose(np.linalg.norm(stored["country"].astype(float), axis=1), 1, atol=2e-3)
    assert "6 countries" in capsys.readouterr().out
