"""What the package says to bad input: the argument, what it got, what it needs."""

from collections.abc import Collection
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ._typing import Array, Integers

MOST = 10_000_000  # steps or things; more take longer than anyone waits


class OutOfRange(ValueError):
    """Each argument is what it must be, but no float holds the answer. A journey stops here; whoever asked for all of it is told."""


def array(name: str, value: object, *, ndim_min: int, shape: str) -> Array:
    """`value` as a finite float32 or float64 array of at least `ndim_min` axes.

    `shape` is the wording of what is needed, for the message: "(…, n, d)".
    """
    try:
        result = np.asarray(value)
        if result.dtype.kind not in "biuf" or isinstance(value, np.ma.MaskedArray):  # not complex, nor digits in quotes, nor None
            raise TypeError
        if result.dtype not in (np.float32, np.float64):
            with np.errstate(over="ignore"):  # a longer float past what float64 holds
                result = result.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be real numbers in an array of shape {shape}; got {_describe(value)}") from None
    if result.ndim < ndim_min:
        raise ValueError(f"{name} must have shape {shape}; got shape {result.shape}")
    if result.size == 0:
        raise ValueError(f"{name} must have shape {shape} with nothing of length 0; got shape {result.shape}")
    if not np.isfinite(result).all():
        raise ValueError(f"{name} must be finite; got {_count_bad(result)} of shape {result.shape}")
    return result


def tokens(value: object, name: str = "tokens") -> Array:
    """Tokens or points, rows of (…, n, d)."""
    return array(name, value, ndim_min=2, shape="(…, n, d)")


def points_among(points: Array, d: int) -> None:
    """Points, as an array, stand among tokens of d numbers."""
    if points.shape[-1] != d:
        raise ValueError(f"points must have shape (…, p, {d}), as the tokens have d = {d}; got shape {points.shape}")


def query_key(Q: object, K: object, d: int | None) -> tuple[Array, Array]:
    """Q and K of one shape (…, d_head, d), where the tokens fix d (None: K is held to Q)."""
    Q = array("Q", Q, ndim_min=2, shape="(…, d_head, d)")
    K = array("K", K, ndim_min=2, shape="(…, d_head, d)")
    d, who = (Q.shape[-1], "Q has") if d is None else (d, "the tokens have")
    for name, matrix in (("Q", Q), ("K", K)):
        if matrix.shape[-1] != d:
            raise ValueError(f"{name} must have shape (…, d_head, {d}), as {who} d = {d}; got shape {matrix.shape}")
    if Q.shape[-2] != K.shape[-2]:
        raise ValueError(f"K must have as many rows as Q, (…, {Q.shape[-2]}, {d}); got shape {K.shape}")
    return Q, K


def value_matrix(V: object, d: int) -> Array:
    """V, square, (…, d, d)."""
    V = array("V", V, ndim_min=2, shape="(…, d, d)")
    if V.shape[-2:] != (d, d):
        raise ValueError(f"V must have shape (…, {d}, {d}); got shape {V.shape}")
    return V


def number(name: str, value: Any, *, minimum: float | None = None) -> float:
    """One finite real number, as a Python float so that it never widens float32."""
    try:
        if isinstance(value, (str, bytes)) or np.ndim(value) > 0:
            raise TypeError
        result = float(value)
    except (TypeError, ValueError, OverflowError):  # the last for whole numbers of hundreds of digits
        raise ValueError(f"{name} must be one number; got {_describe(value)}") from None
    if not np.isfinite(result) or (minimum is not None and result < minimum):
        at_least = "" if minimum is None else f" of at least {minimum:g}"
        raise ValueError(f"{name} must be one finite number{at_least}; got {result}")
    return result


def whole(name: str, value: Any, *, minimum: int = 0, maximum: int | None = None, optional: bool = False) -> Any:
    """A whole number of at least `minimum`, and at most `maximum` where there is one; True and 2.0 are none. None where `optional`."""
    if optional and value is None:
        return None
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or value < minimum or (maximum is not None and value > maximum):
        span = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ValueError(f"{name} must be {'None or ' * optional}a whole number {span}; got {_shown(value)}")
    return int(value)


def seed(value: object) -> int:
    """What a random generator starts from."""
    return whole("seed", value, maximum=2**63)


def count(name: str, value: object, *, minimum: int = 0) -> int:
    """A whole number that a loop comes to the end of."""
    result = whole(name, value, minimum=minimum)
    return result if result <= MOST else whole(name, value, minimum=minimum, maximum=MOST)


def sizes(**values: object) -> None:
    """Each of `values` (name=number) is a whole number of at least 1; the first that is not is named, and one that no machine could hold."""
    for name, value in values.items():
        count(name, value, minimum=1)


def index(name: str, value: object, count: int, of: str, *, optional: bool = False) -> Any:
    """The index of one of `count` things, called `of`; negative ones count from the end. None where `optional`."""
    if optional and value is None:
        return None
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not -count <= value < count:
        raise ValueError(f"{name} must be {'None or ' * optional}the index of one of the {count} {of}; got {_shown(value)}")
    return int(value)


def integers(name: str, value: object, *, shape: str, low: int = 0, high: int | None = None, ndim: int | None = None) -> Integers:
    """An array of whole numbers from `low` to `high`, with `ndim` axes (None: at least one); `shape` is the wording of what is needed."""
    try:
        result = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} must be whole numbers of shape {shape}; got {_describe(value)}") from None
    axes = result.ndim >= 1 if ndim is None else result.ndim == ndim
    if isinstance(value, np.ma.MaskedArray) or result.dtype.kind not in "iu" or not axes or not result.size:
        raise ValueError(f"{name} must be whole numbers of shape {shape}; got {result.dtype} of shape {result.shape}")
    if result.min() < low or (high is not None and result.max() > high):
        to = "up" if high is None else f"to {high}"
        raise ValueError(f"{name} must be numbers from {low} {to}; got {result.min()} to {result.max()}")
    return result


def parameter(parameters: dict[str, Any], name: str, *shape: int | str) -> Array:
    """The array `name` of a model's parameters, finite and of a `shape`; a word in that stands for any size."""
    value, needed = parameters.get(name), f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
    if not isinstance(value, np.ndarray) or isinstance(value, np.ma.MaskedArray) or value.dtype.kind != "f":
        got = "nothing" if value is None else type(value).__name__
        raise ValueError(f"parameters must hold {name!r}, real numbers of shape {needed}; got {got}")
    if value.ndim != len(shape) or not value.size or any(isinstance(n, int) and n != m for n, m in zip(shape, value.shape)):
        raise ValueError(f"parameters must hold {name!r}, real numbers of shape {needed}; got shape {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError(f"parameters must be finite; got {_count_bad(value)} of {name!r}")
    return value


def names(name: str, value: object, allowed: Collection[str], *, least: int = 0) -> list[str]:
    """At least so many of a few words, in a list."""
    if isinstance(value, str) or not isinstance(value, Collection) or isinstance(value, np.ndarray) or len(value) < least:
        raise ValueError(f"{name} must be a list of at least {least} of {', '.join(map(repr, allowed))}; got {_describe(value)}")
    return [choice(f"each of {name}", each, allowed) for each in value]


def path(name: str, value: object) -> Path:
    """Where a file or a folder is."""
    if not isinstance(value, (str, PathLike)):
        raise ValueError(f"{name} must be a path; got {_describe(value)}")
    return Path(value)


def generator(name: str, value: object) -> np.random.Generator:
    """What random numbers are drawn from."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} must be a numpy.random.Generator; got {_describe(value)}")
    return value


def floats(name: str, value: object) -> np.dtype[Any]:
    """float32 or float64, by name or type."""
    for dtype in (np.float32, np.float64):
        if value is dtype or (isinstance(value, (str, np.dtype)) and value == np.dtype(dtype).name):
            return np.dtype(dtype)
    raise ValueError(f"{name} must be float32 or float64; got {_describe(value)}")


def mapping(name: str, value: object, of: str, keys: Collection[str] = ()) -> dict[str, Any]:
    """A dict of at least one thing by name, with all of `keys`; `of` says what it holds."""
    if not isinstance(value, dict) or not value or not all(isinstance(key, str) for key in value) or not value.keys() >= set(keys):
        raise ValueError(f"{name} must be a dict of {of}{' with ' * bool(keys)}{', '.join(keys)}; got {_describe(value)}")
    return value


def one_each(name: str, value: Any, count: int, of: str) -> list[str]:
    """Words, one for each of `count` things, called `of`."""
    if not isinstance(value, (list, tuple, str, np.ndarray)) or len(value) != count or not all(isinstance(word, str) for word in value):
        got = len(value) if isinstance(value, (list, tuple)) else _describe(value)
        raise ValueError(f"{name} must be one for each of the {count} {of}; got {got}")
    return list(value)


def labels(**values: object) -> None:
    """Each of `values` (name=text) is text; the first that is not is named."""
    for name, value in values.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} must be text; got {_describe(value)}")


def words(name: str, value: Any) -> list[str]:
    """A list of words."""
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{name} must be a list of words; got {_describe(value)}")
    return list(value)


def shaped(name: str, value: object, *wanted: int | None) -> Array:
    """Finite numbers in an array of the shape `wanted`, None for a length of any size."""
    shape = f"({', '.join('any' if n is None else str(n) for n in wanted)}{',' * (len(wanted) == 1)})"
    found = array(name, value, ndim_min=0, shape=shape)
    if found.ndim != len(wanted) or any(n not in (None, m) for n, m in zip(wanted, found.shape)):
        raise ValueError(f"{name} must have shape {shape}; got shape {found.shape}")
    return found


def flag(name: str, value: object) -> bool:
    """True or False: a word or an array would count as true, which is seldom what was meant."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False; got {_describe(value)}")
    return bool(value)


def choice(name: str, value: object, allowed: Collection[str | None]) -> Any:
    """One of a few words (or None)."""
    if not isinstance(value, (str, type(None))) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {_shown(value)}")
    return value


def finite(result: Array, what: str) -> Array:
    """A result, unless it overflowed; `what` says what gave it: "tokens and V give a content"."""
    if not np.isfinite(result).all():
        raise OutOfRange(f"{what} too large for {result.dtype}: use smaller values")
    return result


def held(state: Array, otherwise: str) -> Array:
    """A state on its way, unless it left the range of numbers; `otherwise` is what is said then."""
    if not np.isfinite(state).all():
        raise OutOfRange(otherwise)
    return state


def broadcast(**arrays: Array) -> tuple[int, ...]:
    """Check that leading axes agree; `arrays` are name=array, matrices in the last two axes."""
    try:
        return np.broadcast_shapes(*(a.shape[:-2] for a in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in arrays.items())
        raise ValueError(f"the leading axes of {', '.join(arrays)} must broadcast; got {shapes}") from None


def _describe(value):
    return f"{type(value).__name__} {_shown(value)}"


def _shown(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _count_bad(array):
    nan, inf = int(np.isnan(array).sum()), int(np.isinf(array).sum())
    return " and ".join(f"{n} {word}" for n, word in ((nan, "NaN"), (inf, "infinite")) if n) + f" in {array.size} entries"
