"""Heads and tasks in Python: what it computes against definitions, its traits, its still, the numbers that come with it."""

import json
import re
from io import BytesIO

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tokendynamics.heads import corpus, four_tasks, transformer
from tokendynamics.widgets import HeadsAndTasks
from tokendynamics.widgets.heads_and_tasks import PRESETS, engine, packed, still
from tokendynamics.widgets.heads_and_tasks import model as heads_model

PARAMETERS = {name: value.astype(np.float64) for name, value in four_tasks.load().items()}
SENTENCE = "did Phoenix say that the superb meal for Aurora was never dull ."
WORDS = corpus.numbers(SENTENCE)


@given(
    layer=st.integers(0, 1), head=st.integers(0, 3), seed=st.integers(0, 10_000),
    turns=st.tuples(*[st.floats(-360, 360)] * 3), stretches=st.tuples(*[st.floats(0, 3)] * 3),
)  # fmt: skip
def test_a_bent_head_turns_as_far_as_it_is_told_and_no_other_moves(layer, head, seed, turns, stretches):
    changed = engine.bent(PARAMETERS, layer, head, turns, stretches, seed)
    assert list(changed) == list(PARAMETERS)
    for name in PARAMETERS:
        if name not in [f"{layer}.{which}" for which in "QKV"]:
            assert changed[name] is PARAMETERS[name]
    for which, turn, stretch in zip("QKV", np.deg2rad(turns), stretches, strict=True):
        before, after = PARAMETERS[f"{layer}.{which}"], changed[f"{layer}.{which}"]
        np.testing.assert_array_equal(np.delete(before, head, axis=0), np.delete(after, head, axis=0))
        size = np.linalg.norm(before[head])
        assert np.linalg.norm(after[head]) == pytest.approx(stretch * size, abs=1e-9 * size)
        assert (after[head] * before[head]).sum() == pytest.approx(stretch * np.cos(turn) * size**2, abs=1e-9 * size**2)


def test_another_seed_is_another_matrix_and_every_head_has_its_own():
    made = [
        engine.bent(PARAMETERS, l, h, (90, 90, 90), seed=seed)[f"{l}.{w}"][h]
        for seed in range(3)
        for l in range(2)
        for h in range(4)
        for w in "QKV"
    ]
    directions = np.array([m.ravel() / np.linalg.norm(m) for m in made])
    assert np.abs(directions @ directions.T - np.eye(len(made))).max() < 0.4


def test_what_a_head_adds_is_the_confidence_with_it_minus_without():
    keep = np.ones((2, 4))
    keep[0, 3] = 0
    now = engine.answers(PARAMETERS, WORDS, 8, keep=keep)
    table = engine.added(PARAMETERS, WORDS, 8, keep=keep)
    with_it, without = keep.copy(), keep.copy()
    with_it[0, 3], without[1, 2] = 1, 0
    for task, p in now.items():
        best = p.argmax()
        assert table[task][0, 3] == pytest.approx(engine.answers(PARAMETERS, WORDS, 8, keep=with_it)[task][best] - p[best])
        assert table[task][1, 2] == pytest.approx(p[best] - engine.answers(PARAMETERS, WORDS, 8, keep=without)[task][best])


def test_class_and_sentiment_are_read_at_the_last_word_wherever_one_asks():
    one, other = (engine.answers(PARAMETERS, WORDS, token) for token in (2, 8))
    for task in ("class", "sentiment"):
        np.testing.assert_array_equal(one[task], other[task])
    assert np.abs(one["next"] - other["next"]).max() > 0.1
    for p in one.values():
        assert p.sum() == pytest.approx(1) and p.min() >= 0


def test_the_shipped_numbers_are_those_of_the_weights():
    made = heads_model.model_for(four_tasks.load(), corpus.split().test)
    shipped = heads_model.shipped()
    assert set(made) == set(shipped)
    for name in ("weights", "tasks", "places", "averaged", "held", "examples"):
        assert made[name] == shipped[name], name
    np.testing.assert_allclose(made["means"], shipped["means"], atol=1e-5)
    for task in made["average"]:
        np.testing.assert_allclose(made["average"][task], shipped["average"][task], atol=1e-4)
    back = packed.unpack(shipped["weights"])
    assert all((back[name] == value).all() for name, value in PARAMETERS.items())
    assert shipped["weights"]["dtype"] == "float16" and len(json.dumps(shipped)) < 80_000


def test_numbers_of_other_weights_are_refused(tmp_path):
    stored = json.loads((heads_model.DATA / "heads_and_tasks.json").read_text(encoding="utf-8"))
    stored["about"]["sha256"] = "0" * 64
    (tmp_path / "heads_and_tasks.json").write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match="was measured on other weights"):
        heads_model.shipped(tmp_path)


def test_the_widget_answers_as_the_model_does():
    lab = HeadsAndTasks(sentence=SENTENCE, token=8, off=[[1, 0], [0, 2]], instead="mean", head=[1, 3], turns=[30, 0, 0])
    keep = np.ones((2, 4))
    keep[1, 0] = keep[0, 2] = 0
    bent = engine.bent(PARAMETERS, 1, 3, [30, 0, 0])
    run = transformer.forward(bent, WORDS, keep=keep, instead=np.array(lab.model["means"]))
    for task, p in lab.answers().items():
        logits = run.logits[task][8 if task in ("next", "entity") else -1]
        np.testing.assert_allclose(p, np.exp(logits) / np.exp(logits).sum(), rtol=1e-9)
    assert lab.off == [[0, 2], [1, 0]]


def said(name):
    return {task: corpus.TASKS[task][p.argmax()] for task, p in HeadsAndTasks.preset(name).answers().items()}


def test_what_the_presets_say_is_so():
    whole = said("whole")
    assert whole | {"next": ""} == {"next": "", "entity": "organisation", "class": "question", "sentiment": "positive"}
    for name, changed in {
        "no-entity": {"entity": "place"}, "no-class": {"class": "request"}, "no-sentiment": {"sentiment": "negative"},
    }.items():  # fmt: skip
        assert said(name) | {"next": ""} == whole | {"next": ""} | changed
    assert said("random-query")["entity"] == "place"
    lab = HeadsAndTasks.preset("silent")
    assert len(lab.off) == 8 and set(PRESETS) == {"whole", "no-entity", "no-class", "no-sentiment", "random-query", "silent"}
    with pytest.raises(ValueError, match="name must be one of 'whole'"):
        HeadsAndTasks.preset("loud")


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("sentence", "the zebra was good .", "'zebra' is not"),
        ("sentence", "", "words must be 1 to 24 words; got 0"),
        ("sentence", "the " * 25, "words must be 1 to 24 words; got 25"),
        ("token", 13, "token must be the index of one of the 13 words; got 13"),
        ("off", [[2, 0]], r"off must name heads as \[layer, head\], layers 0 to 1, heads 0 to 3; got \[2, 0\]"),
        ("off", [[0]], "off must name heads"),
        ("head", [0, 4], "head must name heads"),
        ("instead", "half", "instead must be one of 'zero', 'mean'; got 'half'"),
        ("turns", [0, 0], r"turns must have shape \(3"),
        ("turns", [0, 0, np.nan], "turns must be finite"),
        ("stretches", [1, -1, 1], "stretches must be three numbers from 0 to 1000"),
        ("seed", 10_001, "seed must be a whole number from 0 to 10,000; got 10001"),
    ],
)
def test_bad_input_to_the_widget_is_told_and_the_state_is_kept(name, value, words):
    lab = HeadsAndTasks()
    before = lab.state()
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(lab, name, value)
    assert lab.state() == before


def test_a_damaged_model_is_refused_by_the_widget():
    model = heads_model.shipped()
    data = model["weights"]["data"]
    spoilt = model | {"weights": model["weights"] | {"data": ("A" if data[0] != "A" else "B") + data[1:]}}
    with pytest.raises(ValueError, match="weights are damaged: their checksum is"):
        HeadsAndTasks(model=spoilt)


def test_a_shorter_sentence_keeps_the_token_inside():
    lab = HeadsAndTasks()
    lab.sentence = "the book was good ."
    assert lab.token == 4 and HeadsAndTasks(sentence="the book was good .").token == 0


def test_the_link_carries_the_state_and_no_weights():
    lab = HeadsAndTasks.preset("no-class", turns=[1, 2, 3])
    assert set(lab.state()) == set(HeadsAndTasks.state_names) and "model" not in lab.state()
    assert len(json.dumps(lab.state())) < 400


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", PRESETS)
def test_still_and_words(name):
    lab = HeadsAndTasks.preset(name)
    picture, words = lab.still()
    assert len(picture) <= 60_000 and Image.open(BytesIO(picture)).width == 720
    told = [float(x) for x in re.findall(r"with (\d\.\d\d)", words)]
    np.testing.assert_allclose(told, [p.max() for p in lab.answers().values()], atol=0.0051)
    assert lab.sentence in words and ("Switched off" in words) == bool(lab.off)
    assert still.alt(lab) == words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((2, 0), "layer must be"), ((0, True), "head must be"), ((0, 0, [0, 0]), "turns must have shape"), ((0, 0, "abc"), "turns must be real numbers"),
     ((0, 0, [0] * 3, [1, 1, -1]), "stretches must be from 0 to 1000"), ((0, 0, [0] * 3, [1] * 3, 1.5), "seed must be")],
)  # fmt: skip
def test_bad_input_to_bent(arguments, said):
    with pytest.raises(ValueError, match=said):
        engine.bent(PARAMETERS, *arguments)
    with pytest.raises(ValueError, match="token must be the index of one of the 13 words; got 13"):
        engine.answers(PARAMETERS, WORDS, 13)
