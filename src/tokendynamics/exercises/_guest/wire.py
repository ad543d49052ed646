"""Answers as JSON, between where a student's code runs and where they are judged.

Numbers, arrays, texts, and lists and dicts of such cross as what they are; a widget as its link; a function stays where it is, and is known by
its place in a list. Of anything else the other side gets its name alone.
"""

import base64
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

DEEPEST = 12  # lists in lists
LONGEST = 4_000_000  # bytes of an array, and letters of a text
EXACT: dict[str, Callable[[str], Any]] = {"fraction": Fraction, "decimal": Decimal}
SEVERAL: dict[str, Any] = {"list": list, "tuple": tuple, "set": (set, frozenset)}


class Stranger:
    """In place of what cannot cross; it prints as the thing did."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def packed(value: Any, functions: list[Any], depth: int = 0) -> Any:
    """`value` as what JSON can hold. A function is put into `functions`. Fails only if looking at the value does."""
    if value is None or type(value) in (bool, float):
        return value
    if type(value) is int:
        return value if abs(value) < 2**63 else _strange(value)
    if type(value) is str:
        return {"text": value[:LONGEST]}
    for name, exact in EXACT.items():
        if type(value) is exact:
            return {name: str(value)}
    if type(value) is complex:
        return {"complex": [value.real, value.imag]}
    if depth < DEEPEST:
        for name, kind in SEVERAL.items():
            if isinstance(value, kind):
                return {name: [packed(each, functions, depth + 1) for each in value]}
        if isinstance(value, range):
            return packed(list(value[:LONGEST]), functions, depth)
        if isinstance(value, dict):
            return {"dict": [[packed(part, functions, depth + 1) for part in pair] for pair in value.items()]}
    if hasattr(type(value), "from_link"):
        return {"widget": type(value).__name__, "link": value.link()}
    if isinstance(value, np.ndarray | np.generic) or hasattr(value, "__array__"):
        return _array(np.asarray(value)) or _strange(value)
    if callable(value):
        functions.append(value)
        return {"function": len(functions) - 1}
    return _strange(value)


def _array(array):
    if array.dtype.kind not in "biufc" or array.nbytes > LONGEST:
        return None
    array = array.astype(array.dtype.newbyteorder("<"))
    return {"array": base64.b64encode(array.tobytes()).decode(), "type": array.dtype.str, "shape": list(array.shape)}


def _strange(value):
    try:
        text = repr(value)
    except Exception:
        text = "something that cannot be printed"
    return {"stranger": text[:200], "type": type(value).__name__}


def opened(node: Any, function: Callable[[int], Any], widget: Callable[[str, str], Any]) -> Any:
    """What `packed` made a node of; ValueError where it made none of the kind. `function` and `widget` make what stands for one."""
    try:
        return _opened(node, function, widget)
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"it is not an answer: {type(error).__name__}") from None


def _opened(node, function, widget):
    if node is None or isinstance(node, bool | int | float):
        return node
    kind = next(iter(node))
    inside = node[kind]
    if kind == "text":
        return str(inside)
    if kind in EXACT:
        return EXACT[kind](inside)
    if kind == "complex":
        return complex(*inside)
    if kind in SEVERAL:
        return {"list": list, "tuple": tuple, "set": frozenset}[kind](_opened(each, function, widget) for each in inside)
    if kind == "dict":
        return {_opened(key, function, widget): _opened(value, function, widget) for key, value in inside}
    if kind == "array":
        array = np.frombuffer(base64.b64decode(inside), np.dtype(node["type"])).reshape(node["shape"])
        if array.dtype.kind not in "biufc":
            raise ValueError("an array holds numbers")
        return array.copy() if array.ndim else array[()]
    if kind == "function":
        return function(int(inside))
    if kind == "widget":
        return widget(str(inside), str(node["link"]))
    return type(str(node.get("type")), (Stranger,), {})(str(inside))
