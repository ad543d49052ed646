"""Ways to judge an answer: each finds that it is right, or which misconception it shows, or neither.

A misconception is kept as what it leads to: the function that a student who has it would write, or the number that comes out. An
answer that agrees with it on the hidden cases shows it. A judge is called with an answer and returns a `Finding`.

What `Numbers`, `Table` and some of `State` go by is plain data, their `rules`: a page without Python judges by the same data
(site/exercises/judge.js), and a test holds the two together.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ._reading import Unreadable, describe, letter, numbers

SAYINGS = json.loads(Path(__file__).with_name("sayings.json").read_text("utf8"))  # the sentences of a verdict, a page's too
RIGHT = "right"
COARSE = "rounded more coarsely"  # no misconception, and not wrong
PER_CENT = "per cent taken for shares"
PER_CENT_WORDS = "The size is that of per cents. Shares from 0 to 1 are wanted, or a sign % behind each number."


class Finding(NamedTuple):
    name: str | None  # RIGHT, COARSE, a misconception, or None: wrong in a way that nobody foresaw
    note: str = ""


class Unanswered(Exception):
    """There is no answer yet."""


def nothing():
    """What most judges need before they read an answer."""


@dataclass(frozen=True)
class Function:
    """The answer is a function, called with hidden cases and compared with the right one and with those of each misconception.

    right : the function.  wrong : {misconception: (function, words)}.  cases : rng → list of argument tuples.
    extreme : None, or (cases, as `wrong`): where numbers are large, and a function right elsewhere may give NaN.
    as_good : None, or a function of the answer that says whether it does what is asked in another way.
    """

    right: Callable
    wrong: dict
    cases: Callable
    extreme: tuple | None = None
    tolerance: float = 1e-4
    as_good: Callable | None = None

    @property
    def misconceptions(self):
        known = self.wrong | (self.extreme[1] if self.extreme else {})
        return {name: words for name, (_, words) in known.items()}

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
        if self.as_good and not any(isinstance(output, str) or output is None for output in outputs) and self.as_good(answer):
            return Finding(RIGHT, "It does it in another way, as well as is asked.")
        return Finding(None, self._shape_note(outputs, cases))

    def _at_extremes(self, answer):
        if not self.extreme:
            return None
        cases, wrong = self.extreme
        cases = cases(np.random.default_rng(1))
        try:
            outputs = [self._output(answer, case) for case in cases]
        except _Failed as failed:
            return Finding(None, f"For ordinary numbers it is right. For large ones it fails. {failed}")
        if self._agrees(outputs, self.right, cases):
            return None
        alike = (name for name, (function, _) in wrong.items() if self._agrees(outputs, function, cases))
        return Finding(next(alike, None), "For ordinary numbers it is right, and for large ones it is not.")

    def _output(self, answer, case):
        try:
            given = answer(*(np.array(part) if isinstance(part, np.ndarray) else part for part in case))
        except Exception as error:
            shapes = ", ".join(str(np.shape(part)) for part in case)
            raise _Failed(f"Called with arguments of shapes {shapes}, it raised {_said(error)}.") from None
        return None if given is None else _parts(given, self.right(*case))

    def _agrees(self, outputs, function, cases):
        return all(output is not None and self._close(output, _parts(function(*case))) for output, case in zip(outputs, cases))

    def _close(self, ours, theirs):
        if isinstance(ours, str) or len(ours) != len(theirs):
            return False
        size = max((float(np.abs(part[np.isfinite(part)]).max(initial=0)) for part in theirs), default=0)
        most = self.tolerance * max(size, 1e-9)  # where all is 0, rounding is not
        near = lambda a, b: (np.abs(a - b) <= most) | ~(np.isfinite(a) | np.isfinite(b))  # what overflows alike is alike
        return all(a.shape == b.shape and bool(near(a, b).all()) for a, b in zip(ours, theirs))

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


def _parts(output, like=None):
    """What a function returned, as a list of arrays: one, or those of a tuple, or of a list where `like` is a tuple; or words for what is no number."""
    try:
        several = isinstance(output, tuple) if like is None else isinstance(like, tuple) and isinstance(output, (tuple, list))
        parts = [_real(part) for part in (output if several else (output,))]
        return parts or describe(output)
    except _Complex:
        return "numbers with imaginary parts"
    except Exception:  # anything may come back, and what it does when it is read is its own affair
        return describe(output)


class _Complex(Exception):
    """Numbers have imaginary parts that no rounding makes."""


def _real(part):
    array = np.asarray(part)
    if array.dtype == object and any(isinstance(each, (complex, np.complexfloating)) for each in array.flat):
        array = array.astype(complex)
    if np.iscomplexobj(array):
        if not (np.abs(array.imag) <= 1e-9 * max(1e-9, np.abs(array).max(initial=0))).all():
            raise _Complex
        array = array.real
    return array.astype(float)


def _shapes(shapes):
    return ", ".join(map(str, shapes))


# ------------------------------------------------------------------ numbers
@dataclass(frozen=True)
class Numbers:
    """The answer is a number or an array, judged entry by entry.

    right : () → array.
    wrong : {misconception: (() → array, or several of them, words)}, or with a tolerance of its own at the end, or one for each.
    tolerance : how far off, one for all or one an entry.  low, high : an array each, in the place of right ± tolerance.
    decimals : how many are wanted, one for all or one an entry; None for numbers that are counted.
    entries : what each entry is called.  shares : whether per cents are told as such.
    before : misconceptions that are looked for before the right answer.  none : whether an entry may be None.
    """

    right: Callable
    wrong: dict
    entries: tuple
    tolerance: Any = 0.01
    decimals: Any = 2
    low: Any = None
    high: Any = None
    shares: bool = False
    before: tuple = ()
    none: bool = False

    @property
    def misconceptions(self):
        known = {name: words for name, (_, words, *_) in self.wrong.items() if name != COARSE}
        return known | ({PER_CENT: PER_CENT_WORDS} if self.shares else {})

    @cached_property
    def rules(self):
        """All that it goes by, as plain data; boxes are [low, high], an entry each."""
        right = np.asarray(self.right(), dtype=float)
        spread = lambda value: np.broadcast_to(np.asarray(value, dtype=float), right.shape)
        tolerance = spread(self.tolerance)
        low = right - tolerance if self.low is None else spread(self.low)
        high = right + tolerance if self.high is None else spread(self.high)
        known = []
        for name, (values, words, *own) in self.wrong.items():
            several = values if isinstance(values, tuple) else (values,)
            margins = own[0] if own and isinstance(own[0], tuple) else (own[0] if own else tolerance,) * len(several)
            boxes = [_box(spread(value()) - spread(margin), spread(value()) + spread(margin)) for value, margin in zip(several, margins)]
            known.append({"name": name, "words": words, "boxes": boxes, "first": name in self.before})
        if self.shares:
            known.append({"name": PER_CENT, "words": PER_CENT_WORDS, "boxes": [_box(100 * low, 100 * high)], "first": False})
        decimals = None if self.decimals is None else np.broadcast_to(self.decimals, right.shape).ravel().tolist()
        return {
            "kind": "numbers",
            "shape": list(right.shape),
            "entries": list(self.entries),
            "none": self.none,
            "decimals": decimals,
            "values": right.ravel().tolist(),
            "right": _box(low, high),
            "known": known,
        }

    def __call__(self, answer):
        return judged(self.rules, self._read(answer))

    def _read(self, answer):
        given, shape = numbers(answer), tuple(self.rules["shape"])
        if given.shape != shape and np.squeeze(given).shape not in (np.zeros(shape).squeeze().shape, (len(self.entries),)):
            raise Unreadable(f"got {'one number' if given.ndim == 0 else f'shape {given.shape}'}")
        return given.ravel().tolist()


def _box(low, high):
    return [np.ravel(low).tolist(), np.ravel(high).tolist()]


def _within(given, box):
    return [x is not None and low <= x <= high for x, low, high in zip(given, *box)]


def judged(rules, given):
    """The finding about numbers by rules of `Numbers`, entry by entry. site/exercises/judge.js does the same."""
    for known in rules["known"]:
        if known["first"] and any(all(_within(given, box)) for box in known["boxes"]):
            return Finding(known["name"])
    inside = _within(given, rules["right"])
    if all(inside):
        return Finding(RIGHT)
    for known in rules["known"]:
        if any(all(_within(given, box)) for box in known["boxes"]):
            return Finding(known["name"])
    coarse = [not right and _coarse(*each) for right, *each in zip(inside, given, rules["values"], rules["decimals"] or [0] * len(given))]
    if all(right or rough for right, rough in zip(inside, coarse)) and any(given):
        return Finding(COARSE)
    if not any(inside):
        return Finding(None)
    groups = {"entries_right": inside, "entries_coarse": coarse, "entries_off": [not (a or b) for a, b in zip(inside, coarse)]}
    named = {key: [name for name, there in zip(rules["entries"], group) if there] for key, group in groups.items()}
    return Finding(None, " ".join(SAYINGS[key].format(names="; ".join(names)) for key, names in named.items() if names))


def _coarse(given, value, decimals):
    """Whether a number is the right one, rounded to fewer decimals than are wanted, and at least to one."""
    if given is None or decimals < 2:
        return False
    for k in range(1, decimals):
        unit = 10.0**k
        if given == 0 and k < decimals - 1:  # how many of its decimals were written is not known
            continue
        if abs(given * unit - np.floor(given * unit + 0.5)) < 1e-6 and abs(given - value) <= 0.5 / unit + 1e-9:
            return True
    return False


# ------------------------------------------------------------------ words and marks
@dataclass(frozen=True)
class Table:
    """The answer is one of a few, which `read` turns into a key; found : {key: RIGHT or a misconception}.

    fields : (label, options) each, what a page asks.  form : "selects", one of the options each, or "boxes", any of them.
    ordered : whether it matters which field says what.  notes : {key: what is said of one that is no known mistake}.
    """

    read: Callable
    found: dict
    misconceptions: dict
    fields: tuple
    form: str = "selects"
    ordered: bool = True
    notes: dict = field(default_factory=dict)

    @property
    def rules(self):
        fields = [{"label": label, "options": list(options)} for label, options in self.fields]
        return {
            "kind": "table",
            "form": self.form,
            "fields": fields,
            "ordered": self.ordered,
            "found": self.found,
            "words": self.misconceptions,
            "notes": self.notes,
        }

    def __call__(self, answer):
        key = self.read(answer)
        return Finding(self.found[key]) if key in self.found else Finding(None, self.notes.get(key, ""))


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
    """The answer is a state of a widget: the widget itself, or a link that its button copied. `find(widget)` and `first` as for `Custom`.

    page : None, or () → what a page's judge of such states needs to know beside the state, with its name, `find`.
    """

    widget: str
    find: Callable
    misconceptions: dict
    first: Callable = nothing
    page: Callable | None = None

    @property
    def rules(self):
        """What a page's judge needs; None where only Python can tell."""
        from .. import widgets

        if self.page is None:
            return None
        kind = getattr(widgets, self.widget)
        first = kind().state()
        starts = {name: kind.preset(name).state() for name in kind.presets} or {"": first}
        return {"kind": "state", "view": kind.view, "first": first, "starts": starts, "words": self.misconceptions, **self.page()}

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
        return Finding(self.choices[self.letters.index(letter(answer, self.letters))][1])
