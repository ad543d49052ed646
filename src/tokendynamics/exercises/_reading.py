"""Answers as students write them, read as what is asked for: numbers, a letter, names of heads, True and False.

A number may be a text: "12 %", "0,71", "5/32", "−1". A page's fields hand in such texts; site/exercises/reading.js reads each as `number` does.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np


class Unreadable(Exception):
    """The answer is not of the kind that was asked for; the words say what it is instead."""


NUMBER = re.compile(r"([+-]?)(\d+(?:[.,]\d*)?|[.,]\d+)(e[+-]?\d{1,3})?(?:/(\d+(?:[.,]\d*)?))?(%?)", re.IGNORECASE | re.ASCII)
NONE = ("none", "-", "–", "—")
HEAD = re.compile(r"(?:layer\s*)?(?<![\w.])([12])(?:[.]|[,\s]*head\s*)([1-4])(?!\w|[.]\d)", re.IGNORECASE)
YES, NO = ("true", "yes"), ("false", "no")


def describe(value):
    """A short name for whatever was handed in; never fails."""
    try:
        text = repr(value)
    except Exception:
        text = "something that cannot be printed"
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '…'}"


def number(text: str) -> float:
    """The number that a text says. Unreadable where it says none."""
    plain = re.sub(r"\s", "", text).replace("−", "-").replace("percent", "%")
    found = NUMBER.fullmatch(plain)
    if not found:
        raise Unreadable(f"“{text.strip()[:30]}” is not a number")
    sign, digits, power, under, share = found.groups()
    value = float(digits.replace(",", ".") + (power or ""))
    if under:
        below = float(under.replace(",", "."))
        value = value / below if below else np.inf
    value = -value if sign == "-" else value
    value = value / 100 if share else value
    if not np.isfinite(value):
        raise Unreadable(f"“{text.strip()[:30]}” is not a finite number")
    return value


def several(text: str) -> list[str]:
    """A text of several numbers, apart: at semicolons and spaces; at commas too where the numbers have points or a space follows."""
    text = text.strip().strip("()[]").replace(" %", "%")
    comma = r",(?=\s)" if "." not in text else ","
    return [part for part in re.split(rf"{comma}|[;\s]", text) if part]


def numbers(value: Any) -> np.ndarray:
    """`value` as a float64 array; Unreadable where it is not finite real numbers."""
    try:
        if isinstance(value, str):
            parts = several(value)
            value = [number(part) for part in parts] if len(parts) > 1 else number(value)
        array = _array(value)
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(f"got {describe(value)}") from None
    if not np.isfinite(array).all():
        raise Unreadable(f"got {describe(value)}, which is not finite everywhere")
    return array


def _array(value):
    array = np.asarray(value)
    if array.dtype.kind == "c":
        if np.any(array.imag):
            raise Unreadable("it has imaginary parts, and real numbers are asked for")
        array = array.real
    if array.dtype.kind in "OU":  # fractions, decimals, texts, or a mixture
        array = np.array([_one(each) for each in array.ravel()], dtype=float).reshape(array.shape)
    if array.dtype.kind not in "iuf":  # no dates, no True and False
        raise TypeError
    return array.astype(float)


def _one(value):
    if isinstance(value, str):
        return number(value)
    if isinstance(value, (bool, np.bool_, type(None), bytes, np.ndarray)):
        raise TypeError
    return float(value)  # a complex number raises, None and lists do


def exact(value: Any) -> bool:
    """Whether a value is a plain whole number, of Python or numpy."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))


def letter(value: Any, letters: str) -> str:
    """One of the letters: "d", "D", "d)", "(d)". Unreadable where it is none."""
    found = re.fullmatch(r"\W*([a-z])\W*", value, re.IGNORECASE | re.ASCII) if isinstance(value, str) else None
    if not found or found[1].lower() not in letters:
        raise Unreadable(f"got {describe(value)}")
    return found[1].lower()


def items(value: Any) -> list[Any]:
    """What a list, a tuple, a set or an array holds; Unreadable where it is none of them."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise Unreadable(f"got {describe(value)}")
    return list(value)


def heads(value: Any) -> tuple[str, ...]:
    """Heads such as "2.3" in whatever is handed in: a text, a number, (2, 3), or several of them."""
    parts = [value] if isinstance(value, str) or not isinstance(value, Iterable) else items(value)
    if len(parts) == 2 and all(exact(part) for part in parts):
        parts = [f"{parts[0]}.{parts[1]}"]
    texts = []
    for part in parts:
        if not isinstance(part, (str, float, Fraction)) and isinstance(part, Iterable):
            part = ".".join(str(each) for each in items(part))
        texts.append(str(float(part)) if isinstance(part, Fraction) else str(part))
    names = [f"{layer}.{head}" for text in texts for layer, head in HEAD.findall(text)]
    if not names:
        raise Unreadable(f"it names no head: got {describe(value)}")
    return tuple(sorted(names))


def flags(value: Any) -> list[bool]:
    """Some of True and False: as they are, as 1 and 0, or as the words, with yes and no for them."""
    parts = re.split(r"[\s,;]+", value.strip().strip("()[]")) if isinstance(value, str) else items(value)
    read = [each.strip().lower() if isinstance(each, str) else each for each in parts]
    if not all(isinstance(each, (bool, np.bool_)) or each in (*YES, *NO) or (exact(each) and each in (0, 1)) for each in read):
        raise Unreadable(f"got {describe(value)}")
    return [each in YES if isinstance(each, str) else bool(each) for each in read]
