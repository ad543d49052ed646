"""Ways to judge an answer: each finds that it is right, or which misconception it shows, or neither.

A misconception is kept as what it leads to: the function that a student who has it would write, or the number that comes out. An
answer that agrees with it on the hidden cases shows it. A judge is called with an answer and returns a `Finding`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

RIGHT = "right"


class Finding(NamedTuple):
    name: str | None  # RIGHT, a misconception, or None: wrong in a way that nobody foresaw
    note: str = ""


class Unreadable(Exception):
    """The answer is not of the kind that was asked for; the words say what it is instead."""


class Unanswered(Exception):
    """There is no answer yet."""


def nothing():
    """What most judges need before they read an answer."""


def describe(value):
    """A short name for whatever was handed in; never fails."""
    try:
        text = repr(value)
    except Exception:
        text = "something that cannot be printed"
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '…'}"


def numbers(value):
    """`value` as a float64 array; Unreadable where it is not finite real numbers."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":  # no text, no None, no complex numbers, no ragged lists
            raise TypeError
    except (TypeError, ValueError):
        raise Unreadable(f"got {describe(value)}") from None
    array = array.astype(float)
    if not np.isfinite(array).all():
        raise Unreadable(f"got {describe(value)}, which is not finite everywhere")
    return array


@dataclass(frozen=True)
class Function:
    """The answer is a function, called with hidden cases and compared with the right one and with those of each misconception.

    right : the function.  wrong : {misconception: (function, words)}.  cases : rng → list of argument tuples.
    extreme : None, or (cases, misconception, words): where numbers are large, and a function right elsewhere may give NaN.
    """

    right: Callable
    wrong: dict
    cases: Callable
    extreme: tuple | None = None
    tolerance: float = 1e-4

    @property
    def misconceptions(self):
        words = {name: words for name, (_, words) in self.wrong.items()}
        return words | ({self.extreme[1]: self.extreme[2]} if self.extreme else {})

    def __call__(self, answer):
        if not callable(answer):
            raise Unreadable(f"got {describe(answer)}")
        cases = self.cases(np.random.default_rng(0))
        try:
            outputs = [self._output(answer, case) for case in cases]
        except _Failed as failed:
            return Finding(None, str(failed))
        if all(output is None for output in outputs):
            raise Unanswered
        if self._agrees(outputs, self.right, cases):
            return self._at_extremes(answer) or Finding(RIGHT, f"It agrees on {len(cases)} hidden cases.")
        for name, (function, _) in self.wrong.items():
            if self._agrees(outputs, function, cases):
                return Finding(name)
        return Finding(None, self._shape_note(outputs, cases))

    def _at_extremes(self, answer):
        if not self.extreme:
            return None
        cases, name, _ = self.extreme
        cases = cases(np.random.default_rng(1))
        try:
            outputs = [self._output(answer, case) for case in cases]
        except _Failed:
            return Finding(name)
        return None if self._agrees(outputs, self.right, cases) else Finding(name)

    def _output(self, answer, case):
        try:
            given = answer(*(np.array(part) if isinstance(part, np.ndarray) else part for part in case))
        except Exception as error:
            shapes = ", ".join(str(np.shape(part)) for part in case)
            raise _Failed(f"Called with arguments of shapes {shapes}, it raised {_said(error)}.") from None
        return None if given is None else _parts(given)

    def _agrees(self, outputs, function, cases):
        return all(output is not None and self._close(output, _parts(function(*case))) for output, case in zip(outputs, cases))

    def _close(self, ours, theirs):
        if isinstance(ours, str) or len(ours) != len(theirs):
            return False
        size = max(float(np.abs(part).max()) for part in theirs)
        most = self.tolerance * max(size, 1e-9)  # where all is 0, rounding is not
        return all(a.shape == b.shape and bool((np.abs(a - b) <= most).all()) for a, b in zip(ours, theirs))

    def _shape_note(self, outputs, cases):
        for output, case in zip(outputs, cases):
            wanted = [part.shape for part in _parts(self.right(*case))]
            if isinstance(output, str) or output is None:
                return f"It returned {output or 'nothing'}; numbers in shape {_shapes(wanted)} are needed."
            if [part.shape for part in output] != wanted:
                return f"It returned shape {_shapes(part.shape for part in output)} where {_shapes(wanted)} is needed."
        return "It returns numbers of the right shape, and not the right numbers."


class _Failed(Exception):
    """A student's function raised something."""


def _said(error):
    try:
        return f"{type(error).__name__}: {error}".removesuffix(": ").rstrip(".")
    except Exception:  # an error of the student's own may not be printable
        return type(error).__name__


def _parts(output):
    """What a function returned, as a list of arrays (one, or those of a tuple); or words for what is no number."""
    try:
        parts = [np.asarray(part, dtype=float) for part in (output if isinstance(output, tuple) else (output,))]
        return parts or describe(output)
    except Exception:  # anything may come back, and what it does when it is read is its own affair
        return describe(output)


def _shapes(shapes):
    return ", ".join(map(str, shapes))


@dataclass(frozen=True)
class Numbers:
    """The answer is a number or an array. right : () → array; wrong : {misconception: (() → array, words)}; tolerance : how far off."""

    right: Callable
    wrong: dict
    tolerance: Any = 0.01

    @property
    def misconceptions(self):
        return {name: words for name, (_, words) in self.wrong.items()}

    def __call__(self, answer):
        given, right = numbers(answer), np.asarray(self.right(), dtype=float)
        if given.shape != right.shape:
            raise Unreadable(f"got {'one number' if given.ndim == 0 else f'shape {given.shape}'}")
        if self._near(given, right):
            return Finding(RIGHT)
        return Finding(next((name for name, (value, _) in self.wrong.items() if self._near(given, value())), None))

    def _near(self, given, value):
        value = np.asarray(value, dtype=float)
        return value.shape == given.shape and bool((np.abs(given - value) <= self.tolerance).all())


@dataclass(frozen=True)
class Custom:
    """The answer is judged by `find(answer)`, which returns RIGHT, the name of a misconception, or None, or raises Unreadable.

    A `Finding` has a note beside the name. `first` is called before the clock starts.
    """

    find: Callable
    misconceptions: dict = field(default_factory=dict)
    first: Callable = nothing

    def __call__(self, answer):
        found = self.find(answer)
        return found if isinstance(found, Finding) else Finding(found)


def shown(widget, answer):
    """The widget of that class that an answer is, or that its copied link makes; Unreadable where it is neither."""
    from .. import widgets

    kind = getattr(widgets, widget)
    if isinstance(answer, str):
        try:
            answer = kind.from_link(answer)
        except Exception as error:  # a link may hold anything
            raise Unreadable(f"got a link that cannot be read: {error}") from None
    if not isinstance(answer, kind):
        raise Unreadable(f"got {describe(answer)}")
    return answer


@dataclass(frozen=True)
class State:
    """The answer is a state of a widget: the widget itself, or a link that its button copied. `find(widget)` and `first` as for `Custom`."""

    widget: str
    find: Callable
    misconceptions: dict
    first: Callable = nothing

    def __call__(self, answer):
        found = self.find(shown(self.widget, answer))
        return found if isinstance(found, Finding) else Finding(found)


@dataclass(frozen=True)
class Choice:
    """A question with choices. choices : (text, misconception or RIGHT, words that answer it) each; the answer is a letter."""

    question: str
    choices: tuple

    @property
    def misconceptions(self):
        return {name: words for _, name, words in self.choices if name != RIGHT}

    @property
    def letters(self):
        return "abcdefgh"[: len(self.choices)]

    def __call__(self, answer):
        if not isinstance(answer, str) or answer.strip().lower() not in tuple(self.letters):
            raise Unreadable(f"got {describe(answer)}")
        return Finding(self.choices[self.letters.index(answer.strip().lower())][1])
