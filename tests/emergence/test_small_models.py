"""The two small models of the emergence chapter: gradients against finite differences, forward passes against the book's own
attention, the tasks against their definition, and training that is the same to the bit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tokendynamics as td
from tokendynamics.emergence import pairs, roles
from tokendynamics.learning import cross_entropy, softmax

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=25, deadline=None)


def slopes(loss_and_gradients, parameters, rng):
    """Along one random direction in each parameter: by central differences, twice extrapolated, and by the gradient."""
    _, gradients = loss_and_gradients(parameters)
    assert set(gradients) == set(parameters)
    for name, value in parameters.items():
        direction = rng.standard_normal(value.shape)
        at = lambda h: loss_and_gradients(parameters | {name: value + h * direction})[0]  # noqa: B023, E731
        coarse, fine = ((at(h) - at(-h)) / (2 * h) for h in (2e-3, 1e-3))
        yield name, (4 * fine - coarse) / 3, (gradients[name] * direction).sum()


@given(seed=seeds, heads=st.integers(1, 4), width=st.integers(1, 3), streams=st.sampled_from([1, 2]), words=st.integers(2, 9),
       wanted=st.integers(1, 4), spare=st.integers(0, 3), count=st.integers(1, 5))  # fmt: skip
@few
def test_gradients_of_the_roles_model_are_slopes(seed, heads, width, streams, words, wanted, spare, count):
    rng = np.random.default_rng(seed)
    shape = {"roles": wanted, "words": words}
    p = roles.parameters(rng, d=heads * width, **shape)
    batch = roles.sentences(rng, count, length=wanted + spare, **shape)
    for name, slope, gradient in slopes(lambda q: roles.loss_and_gradients(q, batch, heads=heads, streams=streams), p, rng):
        assert gradient == pytest.approx(slope, rel=1e-6, abs=1e-8), name


@given(seed=seeds, layers=st.integers(1, 3), heads=st.integers(1, 3), width=st.integers(1, 3), number=st.integers(1, 4),
       spare=st.integers(0, 3), count=st.integers(1, 4))  # fmt: skip
@few
def test_gradients_of_the_pairs_model_are_slopes(seed, layers, heads, width, number, spare, count):
    rng = np.random.default_rng(seed)
    shape = {"pairs": number, "words": 2 * number + spare}
    p = pairs.parameters(rng, layers=layers, d=heads * width, **shape)
    batch = pairs.sequences(rng, count, **shape)
    for name, slope, gradient in slopes(lambda q: pairs.loss_and_gradients(q, batch, heads=heads), p, rng):
        assert gradient == pytest.approx(slope, rel=1e-6, abs=1e-8), name


@given(seed=seeds)
@few
def test_one_question_of_the_roles_model_by_the_books_attention(seed):
    rng = np.random.default_rng(seed)
    p, batch = roles.parameters(rng, words=7, d=12), roles.sentences(rng, 1, words=7)
    logits, attention, _ = roles.forward(p, batch, heads=3)
    tokens = p["embedding"][batch.words[0]] + p["embedding"][7 + batch.tags[0]]
    crowd, h = np.vstack([p["query"], tokens]), p["query"].copy()
    for head in range(3):
        Q, K, V = (p[name][4 * head : 4 * head + 4] for name in "QKV")
        weights = td.attention_weights(crowd, Q, K, scale=0.5)[0, 1:]  # the question does not see itself
        np.testing.assert_allclose(attention[0, :, head], weights, rtol=1e-9)
        h += p["O"][:, 4 * head : 4 * head + 4] @ V @ (weights @ tokens)
    np.testing.assert_allclose(logits[0], p["readout"] @ h + p["bias"], rtol=1e-9, atol=1e-12)


@given(seed=seeds)
@few
def test_the_pairs_model_by_the_books_trajectories(seed):
    rng = np.random.default_rng(seed)
    p, batch = pairs.parameters(rng, layers=3, d=8), pairs.sequences(rng, 2)
    heads = lambda layer: [  # noqa: E731
        (p["Q"][layer, rows], p["K"][layer, rows], p["O"][layer][:, rows] @ p["V"][layer, rows]) for rows in (slice(0, 4), slice(4, 8))
    ]
    start = p["embedding"][batch.tokens] + p["position"]
    path = td.trajectories(start, [heads(layer) for layer in range(3)], include_self=True, causal=True, scale=0.5)
    logits = path[-1][:, 12::2] @ p["readout"].T
    np.testing.assert_allclose(pairs.forward(p, batch.tokens, heads=2)[0], logits, rtol=1e-8, atol=1e-10)


@given(seed=seeds, wanted=st.integers(1, 5), spare=st.integers(0, 4))
@few
def test_sentences_hold_each_role_once_and_answers_are_its_words(seed, wanted, spare):
    batch = roles.sentences(np.random.default_rng(seed), 6, roles=wanted, words=9, length=wanted + spare)
    for words, tags, answers in zip(*batch):
        assert sorted(tags) == [0] * spare + list(range(1, wanted + 1))
        assert [words[list(tags).index(role)] for role in range(1, wanted + 1)] == list(answers)


@given(seed=seeds, number=st.integers(1, 6), spare=st.integers(0, 5))
@few
def test_a_repeated_a_is_followed_by_its_b(seed, number, spare):
    for tokens, asked in zip(*pairs.sequences(np.random.default_rng(seed), 6, pairs=number, words=2 * number + spare)):
        told = [tuple(pair) for pair in tokens[: 2 * number].reshape(-1, 2)]
        assert len(set(tokens[: 2 * number])) == 2 * number
        assert [tuple(pair) for pair in tokens[2 * number :].reshape(-1, 2)] == [told[j] for j in asked]


class Counted(np.ndarray):
    """An array that counts the multiply-adds of its matrix products."""

    done = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [np.asarray(x) for x in inputs]
        found = getattr(ufunc, method)(*plain, **options, **({} if out is None else {"out": tuple(np.asarray(x) for x in out)}))
        if ufunc is np.matmul:
            Counted.done += found.size * plain[0].shape[-1]
        return found.view(Counted) if isinstance(found, np.ndarray) else found


@pytest.mark.parametrize("layers, number, words, d, heads", [(2, 6, 24, 32, 1), (1, 2, 5, 8, 2), (3, 4, 9, 6, 3)])
def test_multiply_adds_are_those_of_the_matrix_products(layers, number, words, d, heads):
    shape = {"layers": layers, "pairs": number, "words": words, "d": d}
    p = {name: value.view(Counted) for name, value in pairs.parameters(np.random.default_rng(0), **shape).items()}
    batch = pairs.sequences(np.random.default_rng(1), 1, pairs=number, words=words)
    wanted, Counted.done = pairs.multiply_adds(**shape), 0
    pairs._forward(p, batch.tokens, heads=heads)
    assert Counted.done == wanted
    Counted.done = 0
    pairs._loss_and_gradients(p, batch, heads=heads)
    rows = 4 * number * words * d  # the product with one-hot rows, which adds up the embedding's gradient, is a sum and not counted
    assert Counted.done == 3 * wanted + rows


@given(seed=seeds, heads=st.integers(1, 4), size=st.sampled_from([1.0, 3.0, 10.0]))
@few
def test_few_heads_of_two_streams_can_give_few_patterns_of_answers(seed, heads, size):
    """R answers, each on one side of a plane in H dimensions, make at most so many patterns as R planes make regions."""
    rng = np.random.default_rng(seed)
    p = {name: size * value for name, value in roles.parameters(rng, words=2, d=12).items()}
    words = np.array(list(np.ndindex(*[2] * 8)))  # every sentence there is, but for its order, which does not matter
    tags = np.tile([1, 2, 3, 4, 0, 0, 0, 0], (256, 1))
    logits, _, _ = roles.forward(p, roles.Sentences(words, tags, words[:, :4]), heads=heads, streams=2)
    said = {tuple(row) for row in logits.argmax(axis=-1)}
    assert len(said) <= sum(math.comb(4, i) for i in range(heads + 1))


def test_one_layer_of_one_head_is_wrong_in_one_of_four_sequences():
    """(a b)(c d), (a d)(c b), (c d)(a b), (c b)(a d), and then a: b, d, b, d are never all preferred. By chance they would be, once in 16."""
    a, b, c, d = range(4)
    tokens = np.array([[a, b, c, d], [a, d, c, b], [c, d, a, b], [c, b, a, d]])
    rest = [[a, b, a, b], [a, d, a, d], [a, b, a, b], [a, d, a, d]]
    found = {1: 0, 2: 0}
    for seed in range(300):
        for heads in found:
            p = pairs.parameters(np.random.default_rng(seed), layers=1, pairs=2, words=4, d=8)
            p = {name: 3 * value for name, value in p.items()}
            logits = pairs.forward(p, np.hstack([tokens, rest]), heads=heads).logits[:, 0]  # of the first question
            prefers_b = logits[:, b] > logits[:, d]
            found[heads] += prefers_b.tolist() in ([True, False, True, False], [False, True, False, True])
    assert found[1] == 0 < found[2]  # the argument is about one head: with two it does not hold


@pytest.mark.parametrize("number, words", [(6, 24), (2, 7)])
def test_one_layer_by_hand_is_right_and_needs_each_of_its_heads(number, words):
    p = pairs.one_layer_by_hand(pairs=number, words=words)
    batch = pairs.sequences(np.random.default_rng(3), 60, pairs=number, words=words)
    assert pairs.measure(p, batch, heads=number + 1).accuracy == 1
    for head in range(number + 1):
        O = p["O"].reshape(1, -1, number + 1, words + 1).copy()
        O[:, :, head] = 0
        assert pairs.measure(p | {"O": O.reshape(p["O"].shape)}, batch, heads=number + 1).accuracy < 0.75, head


def test_scores_of_heads_that_do_one_thing():
    batch = pairs.sequences(np.random.default_rng(0), 5, pairs=3, words=9)
    places = np.arange(12)
    back = np.zeros((5, 1, 12, 12))
    back[..., places[1:], places[1:] - 1] = 1
    found = np.zeros((5, 1, 12, 12))
    for row, asked in enumerate(batch.asked):
        found[row, 0, places[6::2], 2 * asked + 1] = 1
    previous, induction = pairs.scores([back, found], batch.asked)
    np.testing.assert_array_equal(previous, [[1], [0]])
    assert induction[1, 0] == 1 and induction[0, 0] < 0.5


def test_heads_by_roles_of_heads_that_do_one_thing():
    batch = roles.sentences(np.random.default_rng(0), 50, roles=3)
    attention = np.stack([batch.tags == 2, np.full(batch.tags.shape, 1 / 8)], axis=2).astype(float)
    np.testing.assert_allclose(roles.heads_by_roles(attention, batch.tags, 3), [[0, 1, 0], [1 / 8] * 3])


@given(seed=seeds, size=st.sampled_from([1.0, 300.0, 1e5]))
@few
def test_cross_entropy_is_minus_the_log_of_the_share(seed, size):
    rng = np.random.default_rng(seed)
    logits, wanted = size * rng.standard_normal((3, 4, 5)), rng.integers(5, size=(3, 4))
    loss, gradient = cross_entropy(logits, wanted)
    assert np.isfinite(loss).all() and (loss >= 0).all()
    np.testing.assert_allclose(gradient * 12, softmax(logits) - np.eye(5)[wanted], atol=1e-12)
    if size == 1:
        np.testing.assert_allclose(loss, -np.log(np.take_along_axis(softmax(logits), wanted[..., None], axis=2)[..., 0]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("module, small", [(roles, {"words": 5, "d": 8, "heads": 2}), (pairs, {"d": 8})])
def test_training_is_the_same_to_the_bit_and_keeps_its_precision(module, small, dtype):
    one, two = (module.train(**small, steps=30, every=10, seed=3, dtype=dtype) for _ in range(2))
    for name, value in one.parameters.items():
        assert value.dtype == dtype
        np.testing.assert_array_equal(value, two.parameters[name])
    assert list(one.steps) == [0, 10, 20, 30]
    np.testing.assert_array_equal(one.log_probability, two.log_probability)
    other = module.train(**small, steps=30, every=10, seed=4, dtype=dtype)
    assert (other.log_probability != one.log_probability).all()


def test_parameters_do_not_depend_on_the_number_of_heads_and_four_heads_learn_four_roles():
    assert sum(v.size for v in roles.parameters(np.random.default_rng(0), words=64).values()) == 25_120
    run = roles.train(words=8, d=24, heads=4, streams=2, steps=600, seed=1, dtype=np.float32)
    assert run.accuracy[0] < 0.3 and run.all_right[-1, -1] > 0.95
    assert (np.diff(run.all_right, axis=1) <= 0).all()  # more answers are never easier


def test_one_layer_stays_at_chance_and_two_do_not():
    one, two = (pairs.train(layers=layers, pairs=3, words=8, d=16, steps=600, every=600, seed=0) for layers in (1, 2))
    assert one.accuracy[-1] < 0.5 < 0.9 < two.accuracy[-1]
    assert two.induction[-1].max() > 0.8


def test_few_sentences_are_learnt_by_heart():
    run = roles.train(words=32, heads=4, count=32, steps=400, every=400, seed=0, dtype=np.float32)
    assert run.trained > 0.95 and run.accuracy[-1] < 0.4


def test_decay_of_the_roles_model_keeps_its_weights_small():
    runs = [roles.train(words=8, d=12, count=40, steps=200, every=200, seed=3, **decay) for decay in ({}, {"decay": 0}, {"decay": 3})]
    for name, value in runs[0].parameters.items():
        np.testing.assert_array_equal(value, runs[1].parameters[name])
        assert np.square(runs[2].parameters[name]).mean() < 0.7 * np.square(value).mean()


def test_a_loss_that_is_no_number_stops_the_run():
    with np.errstate(all="ignore"):
        run = roles.train(words=4, d=8, heads=1, steps=500, every=100, rate=1e300, seed=0)
    assert run.steps[-1] < 500


@pytest.mark.parametrize("wrong, named", [
    ({"heads": 5}, "heads"), ({"heads": 0}, "heads"), ({"heads": 2.0}, "heads"), ({"roles": 9}, "roles"), ({"words": True}, "words"),
    ({"streams": 3}, "streams"), ({"count": 0}, "count"), ({"rate": -1}, "rate"), ({"steps": "9"}, "steps"), ({"batch": 0}, "batch"),
    ({"decay": -0.1}, "decay"),
])  # fmt: skip
def test_bad_arguments_of_the_roles_model_are_told_by_name(wrong, named):
    with pytest.raises(ValueError, match=rf"^{named} must .*got"):
        roles.train(**wrong)


@pytest.mark.parametrize("wrong, named", [
    ({"layers": 0}, "layers"), ({"heads": 3}, "heads"), ({"words": 11}, "words"), ({"pairs": 1.5}, "pairs"), ({"count": -1}, "count"),
    ({"decay": -0.1}, "decay"), ({"rate": None}, "rate"), ({"warm_up": 0}, "warm_up"),
])  # fmt: skip
def test_bad_arguments_of_the_pairs_model_are_told_by_name(wrong, named):
    with pytest.raises(ValueError, match=rf"^{named} must .*got"):
        pairs.train(**wrong)
