"""What the package says to bad input: the argument, what it got, what it needs."""

from collections.abc import Collection
from typing import Any

import numpy as np

from ._typing import Array


def array(name: str, value: object, *, ndim_min: int, shape: str) -> Array:
    """`value` as a finite float32 or float64 array of at least `ndim_min` axes.

    `shape` is the wording of what is needed, for the message: "(…, n, d)".
    """
    try:
        result = np.asarray(value)
        if result.dtype not in (np.float32, np.float64):
            if result.dtype.kind not in "biuf":  # not complex, nor digits in quotes, nor None
                raise TypeError
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
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be one number; got {_describe(value)}") from None
    if not np.isfinite(result) or (minimum is not None and result < minimum):
        at_least = "" if minimum is None else f" of at least {minimum:g}"
        raise ValueError(f"{name} must be one finite number{at_least}; got {result}")
    return result


def whole(name: str, value: object, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`; True and 2.0 are none."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < minimum:
        raise ValueError(f"{name} must be a whole number of at least {minimum}; got {_describe(value)}")
    return int(value)


def sizes(**values: object) -> None:
    """Each of `values` (name=number) is a whole number of at least 1; the first that is not is named."""
    for name, value in values.items():
        whole(name, value, minimum=1)


def index(name: str, value: object, count: int, of: str, *, optional: bool = False) -> int | None:
    """The index of one of `count` things, called `of`; negative ones count from the end. None where `optional`."""
    if optional and value is None:
        return None
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not -count <= value < count:
        raise ValueError(f"{name} must be {'None or ' * optional}the index of one of the {count} {of}; got {value!r}")
    return int(value)


def flag(name: str, value: object) -> bool:
    """True or False: a word or an array would count as true, which is seldom what was meant."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False; got {_describe(value)}")
    return bool(value)


def choice(name: str, value: object, allowed: Collection[str | None]) -> Any:
    """One of a few words (or None)."""
    if not isinstance(value, (str, type(None))) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}")
    return value


def finite(result: Array, what: str) -> Array:
    """A result, unless it overflowed; `what` says what gave it: "tokens and V give a content"."""
    if not np.isfinite(result).all():
        raise ValueError(f"{what} too large for {result.dtype}: use smaller values")
    return result


def broadcast(**arrays: Array) -> tuple[int, ...]:
    """Check that leading axes agree; `arrays` are name=array, matrices in the last two axes."""
    try:
        return np.broadcast_shapes(*(a.shape[:-2] for a in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in arrays.items())
        raise ValueError(f"the leading axes of {', '.join(arrays)} must broadcast; got {shapes}") from None


def _describe(value):
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '…'}"


def _count_bad(array):
    nan, inf = int(np.isnan(array).sum()), int(np.isinf(array).sum())
    return " and ".join(f"{n} {word}" for n, word in ((nan, "NaN"), (inf, "infinite")) if n) + f" in {array.size} entries"
