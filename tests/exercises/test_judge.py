"""The judge behind the door: what it says of an answer that crossed is what `check` says of it, and nothing but an answer can cross."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from exercise_answers import WRONG, right

from tokendynamics.exercises import EXERCISES, check
from tokendynamics.exercises._guest import door, outside, wire
from tokendynamics.exercises._judges import Choice, Function, Numbers
from tokendynamics.exercises._verdict import judge_of
from tokendynamics.exercises.grading._judge import MOST_CHECKS, Judge

MADE = [number for number, exercise in EXERCISES.items() if isinstance(judge_of(exercise), (Function, Numbers, Choice))]
OWN = {number for number, exercise in EXERCISES.items() if "sentence" in exercise.wants or judge_of(exercise).__class__.__name__ == "State"}


def alike(one, other):
    """But for how many tries there were, which is the session's affair."""
    return one._replace(tries=0) == other._replace(tries=0)


@pytest.fixture
def said(monkeypatch):
    """What a judge says of answers that go through its door in this process."""
    heard = []
    monkeypatch.setattr(door, "_through", Judge(["1 + 1"], heard.append).answer)
    return heard


@pytest.mark.parametrize("number", MADE)
def test_a_right_answer_is_right_on_the_other_side(said, number):
    assert alike(outside.check(number, right(EXERCISES[number])), check(number, right(EXERCISES[number])))
    assert said[-1]["verdict"]["right"]


@pytest.mark.parametrize("key", [key for key in WRONG if key[0] not in OWN], ids=lambda key: f"{key[0]} {key[1]}")
def test_a_wrong_answer_is_told_the_same_words(said, key):
    assert alike(outside.check(key[0], WRONG[key]), check(key[0], WRONG[key]))


def test_a_widget_crosses_as_its_link(said):
    from tokendynamics.widgets import ForceLab

    lab = ForceLab(tokens=[[1, 0], [-1, 0], [0, 0.5]])
    assert alike(outside.check("1.2", lab), check("1.2", lab)) and alike(outside.check("1.2", lab.link()), check("1.2", lab))


def test_a_function_that_fails_or_never_ends_is_told_so(said):
    for answer in (lambda *case: 1 / 0, lambda *case: "text", lambda *case: None, lambda: 1, print):
        assert alike(outside.check("3.5", answer), check("3.5", answer))
    assert "no answer within 0.2 seconds" in outside.check("3.5", lambda *case: [0 for _ in iter(int, 1)], seconds=0.2).words
    assert outside.check("1.0", "d").right  # the next one is heard


@pytest.mark.parametrize("value", [
    1, -0.5, 2**70, None, True, "β", [1, (2, {3})], {"light": None, "bat": 3}, Fraction(1, 3), Decimal("0.1"), 1 + 2j, range(3),
    np.eye(2, dtype=np.float32), np.float64(0.25), np.arange(3)[::-1], float("nan"), np.array(["a"]), object(), np.ma.array([1.0], mask=[1]),
])  # fmt: skip
def test_what_crosses_is_what_was_sent_or_its_name(value):
    packed = json.loads(json.dumps(wire.packed(value, [])))
    back = wire.opened(packed, None, None)
    if "stranger" in packed if isinstance(packed, dict) else False:
        assert repr(back) == repr(value)[:200] and type(back).__name__ == type(value).__name__
    elif isinstance(value, np.ndarray):
        assert back.dtype == value.dtype and np.array_equal(back, np.asarray(value))
    else:
        wanted = list(value) if isinstance(value, range) else value
        assert str(back) == str(wanted).replace("{3}", "frozenset({3})")


def test_what_cannot_be_looked_at_costs_nothing(said):
    class Trap:
        def __getattribute__(self, name):
            raise RuntimeError

        def __repr__(self):
            raise RuntimeError

    loop = []
    loop.append(loop)
    for answer in (Trap(), loop, [Trap()], {"a": Trap()}):
        verdict = outside.check("2.3", answer)
        assert not verdict.right and verdict.answered is check("2.3", 0).answered


@pytest.mark.parametrize("request_", [
    b"", b"{", b"[]", b"1", b'{"check": "1.0"}', b'{"gave": 1}', b'{"inner": 0, "given": []}', b'{"late": true}', b"\xff",
    b'{"check": "1.0", "seconds": "x"}', b"[" * 100_000,
])  # fmt: skip
def test_what_is_no_request_gets_no_answer(request_):
    heard = []
    with pytest.raises(ValueError):
        Judge([], heard.append).answer(request_)
    assert heard == []


def test_nobody_can_say_a_verdict_or_read_an_answer():
    heard = []
    judge = Judge([], heard.append)
    assert json.loads(judge.answer(b'{"verdict": {"exercise": "1.0", "right": true}}')) == {} and heard == []
    assert set(json.loads(judge.answer(b'{"exercises": true}'))["exercises"]) == set(EXERCISES)
    question = json.loads(judge.answer(b'{"question": "1.0"}'))["said"]
    assert not any(words in question for words in EXERCISES["1.0"].misconceptions.values())
    assert "no such question" in json.loads(judge.answer(b'{"question": "1.3"}'))["said"]


def test_guessing_for_ever_is_ended():
    judge = Judge([], lambda said: None)
    judge.checks = MOST_CHECKS
    with pytest.raises(ValueError, match="too often"):
        judge.answer(b'{"check": "1.0", "answer": {"text": "a"}, "seconds": 1}')


@pytest.mark.parametrize("node", [
    {"array": "AAAA", "type": "O", "shape": [1]}, {"array": "AAAAAAAA8D8=", "type": "<f8", "shape": [10**9]}, {"fraction": "1/0"}, {},
    {"widget": "os", "link": "#"}, {"decimal": []}, {"complex": [1]}, {"function": "x"}, {"array": "AAAAAAAA8D8=", "type": "<f8", "shape": [-1]},
])  # fmt: skip
def test_a_forged_answer_is_unreadable_and_no_more(said, node):
    reply = json.loads(door._through(json.dumps({"check": "2.3", "answer": node, "seconds": 1}).encode()))
    assert reply["verdict"]["right"] is False
