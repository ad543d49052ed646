"""The page's tiny transformer is numpy's: same parameters, same words, same numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node import JavaScriptError

from tokendynamics.heads import corpus, four_tasks, transformer
from tokendynamics.widgets.heads_and_tasks import engine, packed

BAR = 1e-10
SEEDS = st.integers(0, 2**32 - 1)


def model(seed, *, words=20, places=9, d=12, heads=3, layers=2, mlp=0):
    rng = np.random.default_rng(seed)
    sizes = {"words": words, "places": places, "d": d, "heads": heads, "layers": layers, "mlp": mlp}
    p = transformer.initial(rng, tasks={"next": words, "entity": 4, "class": 3, "sentiment": 2}, dtype=np.float64, **sizes)
    return {name: value + 0.3 * rng.standard_normal(value.shape) for name, value in p.items()}, rng


def sent(parameters):
    return {name: value.tolist() for name, value in parameters.items()}


def agree(ours, theirs):
    assert np.shape(ours) == np.shape(theirs)
    assert np.abs(ours - theirs).max() <= BAR * max(1, np.abs(theirs).max())


def agree_by_task(ours, theirs):
    assert list(ours) == list(theirs)
    for task in theirs:
        agree(ours[task], theirs[task])


@settings(max_examples=25)
@given(
    seed=SEEDS, n=st.integers(1, 9), layers=st.integers(1, 3), mlp=st.sampled_from([0, 10]), switched=st.booleans(), instead=st.booleans()
)
def test_forward(node, seed, n, layers, mlp, switched, instead):
    p, rng = model(seed, layers=layers, mlp=mlp)
    words = rng.integers(20, size=n)
    options = {}
    if switched:
        options["keep"] = rng.choice([0.0, 0.4, 1.0], size=(layers, 3))
        if instead:
            options["instead"] = rng.standard_normal((layers, 3, 4))
    ours, theirs = node.call("heads_and_tasks/transformer", "forward", sent(p), words, **options), transformer.forward(p, words, **options)
    for name in ("attention", "segments", "stream", "final"):
        agree(ours[name], getattr(theirs, name))
    agree_by_task(ours["logits"], theirs.logits)
    agree_by_task(
        node.call("heads_and_tasks/engine", "answers", sent(p), words, n - 1, **options), engine.answers(p, words, n - 1, **options)
    )


@settings(max_examples=15)
@given(seed=SEEDS, n=st.integers(2, 9))
def test_what_a_head_adds(node, seed, n):
    p, rng = model(seed)
    words, keep, instead = rng.integers(20, size=n), rng.integers(2, size=(2, 3)), rng.standard_normal((2, 3, 4))
    agree_by_task(node.call("heads_and_tasks/engine", "added", sent(p), words, 1), engine.added(p, words, 1))
    options = {"keep": keep, "instead": instead}
    agree_by_task(node.call("heads_and_tasks/engine", "added", sent(p), words, 1, **options), engine.added(p, words, 1, **options))


@settings(max_examples=15)
@given(
    seed=SEEDS, turns=st.tuples(*[st.sampled_from([0, 37.5, 90, -180])] * 3), stretches=st.tuples(*[st.sampled_from([0, 0.3, 1, 2])] * 3)
)
def test_a_bent_head(node, seed, turns, stretches):
    p, rng = model(seed)
    layer, head, which = int(rng.integers(2)), int(rng.integers(3)), int(rng.integers(10_001))
    ours = node.call("heads_and_tasks/engine", "bent", sent(p), layer, head, list(turns), list(stretches), which)
    theirs = engine.bent(p, layer, head, turns, stretches, which)
    assert list(ours) == list(theirs)
    for name in theirs:
        agree(ours[name], theirs[name])


def test_accuracy_of_the_shipped_model(node):
    p = {name: value.astype(np.float64) for name, value in four_tasks.load().items()}
    some = corpus.part(corpus.split().test, np.arange(40))
    sentences = [
        {"words": some.words[i, :n], "targets": {task: target[i, :n] for task, target in some.targets.items()}}
        for i, n in enumerate(some.lengths)
    ]
    keep = np.ones((2, 4))
    for off in (None, (0, 1), (1, 2)):
        if off:
            keep[off] = 0
        ours, theirs = (
            node.call("heads_and_tasks/engine", "accuracy", sent(p), sentences, keep=keep),
            four_tasks.accuracy(p, some, keep=keep),
        )
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_words_of_a_text(node):
    text = "did Jordan say that the film was good."
    ours = node.call("heads_and_tasks/engine", "numbers", text, list(corpus.VOCABULARY), corpus.PLACES)
    np.testing.assert_array_equal(ours, corpus.numbers(text))


@pytest.mark.parametrize("text", ["the zebra was good .", "", "the " * 25, "the Film was good .", "the film , was good ."])
def test_a_text_that_cannot_be_is_refused_in_the_words_of_numpy(node, text):
    with pytest.raises(ValueError) as numpys:
        corpus.numbers(text)
    with pytest.raises(JavaScriptError) as pages:
        node.call("heads_and_tasks/engine", "numbers", text, list(corpus.VOCABULARY), corpus.PLACES)
    assert str(pages.value) == str(numpys.value) and pages.value.kind == "RangeError"


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        ("bent", (2, 0), "layer must be a whole number from 0 to 1; got 2"), ("bent", (0, -1), "head must be a whole number from 0 to 2"),
        ("bent", (0, 0, [0, 0]), "turns must"), ("bent", (0, 0, [0, 0, 0], [1, -1, 1]), "stretches must be from 0 to 1000"),
        ("bent", (0, 0, [0, 0, 0], [1, 1, 1], 10_001), "seed must be a whole number from 0 to 10"),
        ("answers", ([1, 2], 2), "token must be the index of one of the 2 words; got 2"),
        ("answers", ([1, 20], 0), "words must be numbers from 0 to 19; got 1 to 20"),
        ("answers", (list(range(10)), 0), "words must be whole numbers of shape"),
    ],
)  # fmt: skip
def test_bad_input_in_both_languages(node, function, arguments, said):
    p, _ = model(0)
    with pytest.raises(ValueError, match=said):
        getattr(engine, function)(p, *arguments)
    with pytest.raises(JavaScriptError, match=said):
        node.call("heads_and_tasks/engine", function, sent(p), *arguments)


@given(seed=SEEDS, half=st.booleans())
@settings(max_examples=15)
def test_packed_weights_arrive(node, seed, half):
    p, rng = model(seed)
    p["tiny"] = 2.0 ** rng.integers(-24, -13, size=5)  # where half precision has fewer digits
    p = {name: value.astype(np.float16 if half else np.float32).astype(np.float64) for name, value in p.items()}
    sent_over = packed.pack(p)
    assert sent_over["dtype"] == ("float16" if half else "float32")
    back = packed.unpack(sent_over)
    ours = node.call("heads_and_tasks/packed", "unpack", sent_over)
    assert list(ours) == list(back) == list(p)
    for name in p:
        np.testing.assert_array_equal(back[name], p[name])
        np.testing.assert_array_equal(ours[name], p[name])


def spoilt(change):
    good = packed.pack({"a": np.arange(6.0).reshape(2, 3)})
    return good | change(good)


@pytest.mark.parametrize(
    "change",
    [lambda g: {"data": "B" + g["data"][1:]}, lambda g: {"data": g["data"][4:]}, lambda g: {"data": g["data"][:-3] + "!!!"},
     lambda g: {"crc32": 1}, lambda g: {"dtype": "float8"}, lambda g: {"arrays": [["a", [2, 4]]]}, lambda g: {"data": None}],
)  # fmt: skip
def test_damaged_weights_are_refused_in_the_same_words(node, change):
    with pytest.raises(ValueError) as numpys:
        packed.unpack(spoilt(change))
    with pytest.raises(JavaScriptError) as pages:
        node.call("heads_and_tasks/packed", "unpack", spoilt(change))
    assert str(pages.value) == str(numpys.value) and "weights" in str(numpys.value) and pages.value.kind == "RangeError"


def test_what_is_no_number_is_not_packed():
    with pytest.raises(ValueError, match="parameters must be finite; got 1 that are not in 'a'"):
        packed.pack({"a": [1.0, np.nan]})
