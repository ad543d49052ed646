"""Right answers in every usual form are right, and wrong ones in any form are not."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from exercise_answers import FACING, TOPIC
from hypothesis import given
from hypothesis import strategies as st

from tokendynamics.exercises import EXERCISES, check
from tokendynamics.exercises._reading import Unreadable, number, numbers, several

THIRDS = [[-0.6, 0.55], [-1.4, 1.0]]
WEIGHTS = [0.0204, 0.0415, 0.0046, 0.0043, 0.007, 0.0363]


def kutta(f, x, h):
    """The rule of three eighths: another method of order 4."""
    a = f(x)
    b = f(x + h * a / 3)
    c = f(x + h * (b - a / 3))
    d = f(x + h * (a - b + c))
    return x + h * (a + 3 * b + 3 * c + d) / 8


def twice(f, x, h):
    for _ in range(2):
        a = f(x)
        b = f(x + h / 4 * a)
        c = f(x + h / 4 * b)
        x = x + h / 12 * (a + 2 * b + 2 * c + f(x + h / 2 * c))
    return x


def renamed(Q, K, V, W, order):
    return [Q[order], K[order], V[order], np.concatenate([np.split(W, len(order), axis=1)[h] for h in order], axis=1)]


def repaired(V, dtype=complex):
    values, vectors = np.linalg.eigh((V + V.T) / 2)
    return (V - (vectors * np.minimum(values, 0)) @ vectors.T).astype(dtype)


@pytest.mark.parametrize("exercise, answer", [
    ("1.0", "d)"), ("1.0", "(D)"), ("1.0", " d. "),
    ("1.5", THIRDS), ("1.5", tuple(map(tuple, THIRDS))), ("1.5", np.array(THIRDS)), ("1.5", [-0.6, 0.55, -1.4, 1]),
    ("2.1", [1, Fraction(1, 10), 1, 10]), ("2.1", "1; 0,1; 1; 10"), ("2.1", "1, 0.1, 1, 10"), ("2.1", (1, "10 %", 1, 10)),
    ("3.1", ("0.12 %", "6,65 %")), ("3.1", (0.001, 0.067)),
    ("3.2", [Fraction(-1, 2), Fraction(-1, 3)]), ("3.2", [Decimal("-0.5"), Decimal("-0.33")]), ("3.2", "−1/2, −1/3"),
    ("3.3", repaired), ("3.6", kutta), ("3.6", twice), ("4.1", renamed),
    ("4.2", "2.3."), ("4.2", 2.3), ("4.2", Decimal("2.3")), ("4.2", (2, 3)), ("4.2", ["2.3"]), ("4.2", "layer 2, head 3"),
    ("4.3", ["2.2", "1.1"]), ("4.3", {"1.1", "2.2"}), ("4.3", np.array([1.1, 2.2])), ("4.3", [(1, 1), (2, 2)]), ("4.3", "1.1 and 2.2."), ("4.3", "1.1,2.2"),
    ("4.5", (False, True)), ("4.5", np.array([False, True])), ("4.5", "no, yes"), ("4.5", [0, 1]), ("4.5", ["False", "True"]),
    ("5.1", 0.953), ("5.1", [0.953]), ("5.1", "95,3 %"), ("5.1", np.float32(0.953)), ("5.1", 0.953 + 0j),
    ("5.2", "0,50 0,71 0,84 0,92"), ("5.3", (Fraction(1, 8), Fraction(5, 8))), ("5.3", "1/8, 5/8"), ("5.3", ["12.5 %", "62.5 percent"]),
    ("5.4", (0.14, 0.09)), ("5.5", [0.999, 0.513, 0.171]),
    ("6.2", TOPIC), ("6.2", TOPIC | {"light": "None", "apple": np.float64(5)}),
    ("6.3", {"shuffled", "shuffled model"}), ("6.3", ["Shuffled", "random weights"]), ("6.3", "shuffled, random weights"), ("6.3", np.array(["shuffled", "random weights"])),
    ("6.4", WEIGHTS), ("6.4", [f"{100 * w:.1f} %" for w in WEIGHTS]), ("6.5", np.array([28.0, 22.0])), ("6.6", ("62", "38")),
])  # fmt: skip
def test_a_right_answer_is_right_in_any_form(exercise, answer):
    verdict = check(exercise, answer)
    assert verdict.right, verdict


def complex_parts(V):
    return repaired(V) + 0.1j


@pytest.mark.parametrize("exercise, answer, words", [
    ("3.3", complex_parts, "imaginary parts"), ("5.1", 0.953 + 0.1j, "imaginary parts"), ("5.1", [0.953, 0.1j], "cannot be read"),
    ("3.6", lambda f, x, h: (x + h * f(x + h / 2 * f(x))) + h**3 / 1e4, "not the right numbers"),
    ("5.1", True, "got bool"), ("5.2", "0.5 0.71 0.84 much", "“much” is not a number"), ("5.5", [1, 0.5, 1 / 6], "chance for a measurement"),
    ("5.4", (1 / 6, 1 / 6), "chance for a measurement"), ("4.2", "2.31", "names no head"), ("4.3", ("1.1", "1.1"), "one head for a pair"),
    ("4.3", ("1.2", "1.3"), "Another pair is farther"), ("1.0", "de", "cannot be read"),
])  # fmt: skip
def test_what_is_wrong_is_told_as_that(exercise, answer, words):
    verdict = check(exercise, answer)
    assert not verdict.right and words in verdict.words, verdict


@pytest.mark.parametrize("exercise, answer", [
    ("1.1", (FACING, 2.1)), ("1.4", [[0.4, -0.4], [0.6, 0.4]]), ("5.1", 0.95), ("5.2", [0.5, 0.7, 0.8, 0.9]), ("5.5", (1, 0.5, 0.17)), ("6.4", [0.02, 0.04, 0, 0, 0.01, 0.04]),
])  # fmt: skip
def test_right_but_rounded_too_coarsely_is_told_as_that(exercise, answer):
    verdict = check(exercise, answer)
    assert verdict.coarse and not verdict.right and verdict.misconception is None
    assert "the numbers are right, and rounded more coarsely" in verdict.words and "decimals" in verdict.words


def test_the_entries_that_are_off_are_named_and_not_what_they_should_be():
    said = check("5.2", [0.5, 0.71, 0.6, 0.9]).words
    assert "These are right: n = 1; n = 2. These are right, but rounded more coarsely than is asked: n = 8. These are not: n = 4." in said
    assert "0.84" not in said


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 6))
def test_a_number_is_read_as_it_is_written(value, decimals):
    text = f"{value:.{decimals}f}"
    assert number(text) == number(text.replace(".", ",")) == number(text.replace("-", "−")) == float(text)
    assert number(f"{text} %") == float(text) / 100
    assert numbers([text, text.replace(".", ",")]).tolist() == [float(text)] * 2


def test_a_text_of_several_numbers_comes_apart():
    assert several("0,5; 0,71") == several("0,5 0,71") == several("(0,5, 0,71)") == ["0,5", "0,71"]
    assert several("0.5,0.71") == ["0.5", "0.71"] and several("12 % 13 %") == ["12%", "13%"]
    for text in ("", "1/0", "1e999", "one", "0.5.", "--1"):
        with pytest.raises(Unreadable):
            number(text)


def test_tries_are_counted_and_the_last_check_counts():
    before = check("5.1", 1).tries
    assert check("5.1").tries == before and "Try" not in repr(check("5.1"))
    verdict = check("5.1", 0.953)
    assert verdict.tries == before + 1 and "Try" not in verdict.words
    assert repr(verdict).endswith(f"Try {before + 1}. The last\ncheck counts.") or f"Try {before + 1}." in repr(verdict)
    assert f"<p>Try {before + 1}. The last check counts.</p>" in verdict._repr_html_()


def test_an_exercise_at_hand_does_not_hold_its_answer():
    for exercise in EXERCISES.values():
        assert not hasattr(exercise, "judge") and "lambda" not in repr(exercise)
