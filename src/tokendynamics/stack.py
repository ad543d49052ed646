"""The attention stack: layers as steps in time, and the trajectories that tokens draw; section 3.

Options that are shared, beside those of `attention`:

layers : L layers, each a (Q, K, V) triple or a list of them: heads, whose contents are summed.
step   : the time that one layer takes. One layer of a transformer is an Euler step of 1.
method : "euler", tᵢ ← tᵢ + step V T aᵢ (equation 14), or "rk4", the classical Runge–Kutta step.
norm   : after each layer, None; "sphere", each token scaled to length 1; "layernorm", each token
         centred and scaled to variance 1. With "rk4" the motion is held to that surface inside the
         step too, so that both methods approach the same flow as `step` shrinks.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from . import _checks
from ._typing import Array, ArrayLike
from .attention import content

METHODS = ("euler", "rk4")
NORMS = (None, "sphere", "layernorm")
_RUNAWAY = "use a smaller step, or a norm"


class Journey(NamedTuple):
    """The states that were reached, and why there are no more."""

    states: np.ndarray  # (T + 1, …, n, d), the first as given
    velocities: np.ndarray | None  # of the same shape; None where the motion has none
    stopped: int | None  # after how many steps it stopped; None where all were taken
    reason: str  # why it stopped, in words; "" where it did not


def trajectories(
    tokens: ArrayLike, layers: Iterable[Any], *, step: float = 1.0, method: str = "euler", norm: str | None = None,
    include_self: bool = False, causal: bool = False, scale: float = 1.0,
) -> Array:  # fmt: skip
    """Every state of the tokens on their way through the layers.

    Parameters
    ----------
    tokens : (…, n, d) array
        The first state, kept as given.
    layers : L layers
    step : float, default 1
    method : "euler" or "rk4", default "euler"
    norm : None, "sphere" or "layernorm", default None
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (L + 1, …, n, d) array

    Raises
    ------
    ValueError
        For bad input, and with the number of the layer where the tokens leave the range of numbers; `journey` stops there.
    """
    found = journey(tokens, layers, step=step, method=method, norm=norm, include_self=include_self, causal=causal, scale=scale)
    if found.stopped is not None:
        raise _checks.OutOfRange(f"layers[{found.stopped}]: {found.reason}")
    return found.states


def journey(
    tokens: ArrayLike, layers: Iterable[Any], *, step: float = 1.0, method: str = "euler", norm: str | None = None,
    far: float | None = None, include_self: bool = False, causal: bool = False, scale: float = 1.0,
) -> Journey:  # fmt: skip
    """`trajectories` as far as they go.

    Parameters
    ----------
    far : float or None, default None
        The journey stops before a coordinate is larger.
    others : those of `trajectories`

    Returns
    -------
    Journey

    Raises
    ------
    ValueError
        For bad input.
    """
    tokens = _checks.tokens(tokens)
    step = _checks.number("step", step)
    method = _checks.choice("method", method, METHODS)
    norm = _checks.choice("norm", norm, NORMS)
    options = {
        "include_self": _checks.flag("include_self", include_self),
        "causal": _checks.flag("causal", causal),
        "scale": _checks.number("scale", scale),
    }
    stack = _layers(layers)

    def onward(number, state):
        try:
            after = _advance(state, _heads(stack[number]), step, method, norm, options)
        except _checks.OutOfRange:
            raise
        except ValueError as error:
            raise ValueError(f"layers[{number}]: {error}") from None
        return (after,)

    return walk((tokens,), onward, len(stack), far=far, away=f"the tokens run away: {_RUNAWAY}")


def walk(start: tuple[Array, ...], onward: Callable[..., tuple[Array, ...]], steps: int, *, far: float | None, away: str) -> Journey:
    """A `Journey` of any kind, as far as it goes.

    Parameters
    ----------
    start : tuple of arrays
        The state, (…, n, d); its velocities, where the motion has them; what else `onward` needs to know of it.
    onward : function (number of steps taken, *parts of the last state) → parts of the next
        The journey stops where it raises `OutOfRange`.
    steps : int
    far : float or None
        The journey stops before a coordinate is larger, and the reason is `away`.
    away : str
    """
    if not isinstance(start, tuple) or not start:
        raise ValueError(f"start must be a tuple of arrays; got {type(start).__name__}")
    start, steps = tuple(_checks.tokens(part, "start") for part in start), _checks.count("steps", steps)
    far = np.inf if far is None else _checks.number("far", far, minimum=0)
    reached, stopped, reason = [start], None, ""
    for number in range(steps):
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # said in words by held and finite
                after = onward(number, *reached[-1])
        except _checks.OutOfRange as error:
            stopped, reason = number, str(error)
            break
        if np.abs(after[0]).max() > far:
            stopped, reason = number, away
            break
        reached.append(after)
    kept = [parts[:2] for parts in reached]
    shape = np.broadcast_shapes(*(part.shape for parts in kept for part in parts))
    columns = [np.stack([np.broadcast_to(part, shape) for part in column]) for column in zip(*kept)]
    return Journey(columns[0], columns[1] if len(columns) > 1 else None, stopped, reason)


def normalised(tokens: ArrayLike, norm: str | None) -> Array:
    """Tokens put on the unit sphere, on that of LayerNorm, or (None) left alone; a zero token stays zero.

    Parameters
    ----------
    tokens : (…, n, d) array
    norm : None, "sphere" or "layernorm"

    Returns
    -------
    (…, n, d) array
    """
    return _normalised(_checks.tokens(tokens), _checks.choice("norm", norm, NORMS))


def _advance(tokens, heads, step, method, norm, options):
    """One step for a list of (Q, K, V) heads."""

    def velocity(t):
        return sum(content(t, *head, **options) for head in heads)

    if method == "euler":
        return _normalised(_within(tokens + step * velocity(tokens)), norm)

    def along(t):
        t = _normalised(_within(t), norm)
        return _tangent(t, velocity(t), norm)

    tokens = _normalised(tokens, norm)
    k1 = along(tokens)
    k2 = along(tokens + step / 2 * k1)
    k3 = along(tokens + step / 2 * k2)
    k4 = along(tokens + step * k3)
    return _normalised(_within(tokens + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)), norm)


def _within(tokens):
    return _checks.held(tokens, f"the tokens overflow: {_RUNAWAY}")


def _normalised(tokens, norm):
    if norm is None:
        return tokens
    d = tokens.shape[-1]
    size = np.abs(tokens).max(axis=-1, keepdims=True)  # taken out, so that no square overflows or vanishes
    tokens = np.divide(tokens, size, out=np.zeros_like(tokens), where=size > 0)
    if norm == "layernorm":
        tokens = tokens - tokens.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(tokens, axis=-1, keepdims=True)
    radius = float(np.sqrt(d)) if norm == "layernorm" else 1.0
    # what centring leaves of a constant token is rounding, not a direction
    return tokens * np.divide(radius, length, out=np.zeros_like(length), where=length > d * np.finfo(length.dtype).eps)


def _tangent(tokens, velocity, norm):
    """The part of `velocity` that keeps normalised tokens on their surface."""
    if norm is None:
        return velocity
    if norm == "layernorm":
        velocity = velocity - velocity.mean(axis=-1, keepdims=True)
    squared = (tokens * tokens).sum(axis=-1, keepdims=True)
    along = (velocity * tokens).sum(axis=-1, keepdims=True)
    return velocity - tokens * np.divide(along, squared, out=np.zeros_like(along), where=squared > 0)


def _layers(layers):
    try:
        return list(layers)
    except TypeError:
        raise ValueError(
            f"layers must be a list with one (Q, K, V) triple, or a list of them, a layer; got {type(layers).__name__}"
        ) from None


def _heads(layer):
    """A layer as a list of heads. A lone triple is told from a list of three heads by its first item."""
    wanted = "must be a (Q, K, V) triple or a list of them"
    if not isinstance(layer, (tuple, list)) or len(layer) == 0:
        raise ValueError(f"each layer {wanted}; got {type(layer).__name__}")
    first = layer[0]
    several = isinstance(first, (tuple, list)) and len(first) > 0 and _is_matrix(first[0])
    heads = list(layer) if several else [layer]
    for head in heads:
        if not isinstance(head, (tuple, list)) or len(head) != 3:
            raise ValueError(f"each layer {wanted}; got a head of {len(head) if hasattr(head, '__len__') else 'no'} parts")
    return heads


def _is_matrix(value):
    if isinstance(value, np.ndarray):
        return value.ndim >= 2
    return isinstance(value, (tuple, list)) and len(value) > 0 and isinstance(value[0], (tuple, list, np.ndarray))
