"""The attention stack: layers as steps in time, and the trajectories that tokens draw; section 3."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import _checks
from ._typing import Array, ArrayLike
from .attention import content

METHODS = ("euler", "rk4")
NORMS = (None, "sphere", "layernorm")


def trajectories(
    tokens: ArrayLike, layers: Iterable[Any], *, step: float = 1.0, method: str = "euler", norm: str | None = None,
    include_self: bool = False, causal: bool = False, scale: float = 1.0,
) -> Array:  # fmt: skip
    """Every state of the tokens on their way through the layers, of shape (L + 1, …, n, d).

    tokens : (…, n, d), the first state, kept as given.
    layers : L layers, each a (Q, K, V) triple or a list of them: heads, whose contents are summed.
    step   : the time that one layer takes. One layer of a transformer is an Euler step of 1.
    method : "euler", tᵢ ← tᵢ + step V T aᵢ (equation 14), or "rk4", the classical Runge–Kutta step.
    norm   : after each layer, None; "sphere", each token scaled to length 1; "layernorm", each token
             centred and scaled to variance 1. With "rk4" the motion is held to that surface inside the
             step too, so that both methods approach the same flow as `step` shrinks.

    `include_self`, `causal` and `scale` are those of `attention`. Raises ValueError for bad input, and
    names the layer where the tokens leave the range of numbers.
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
    states = [tokens]
    for number, layer in enumerate(_layers(layers)):
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # said in words below
                after = advance(states[-1], _heads(layer), step, method, norm, options)
            if not np.isfinite(after).all():
                raise ValueError("the tokens overflow: use a smaller step, or a norm")
        except ValueError as error:
            raise ValueError(f"layers[{number}]: {error}") from None
        states.append(after)
    return np.stack(np.broadcast_arrays(*states))


def advance(tokens, heads, step, method, norm, options):
    """One step of `trajectories` for a list of (Q, K, V) heads; inputs are taken as checked."""

    def velocity(t):
        return sum(content(t, *head, **options) for head in heads)

    if method == "euler":
        return normalised(tokens + step * velocity(tokens), norm)

    def along(t):
        t = normalised(t, norm)
        return _tangent(t, velocity(t), norm)

    tokens = normalised(tokens, norm)
    k1 = along(tokens)
    k2 = along(tokens + step / 2 * k1)
    k3 = along(tokens + step / 2 * k2)
    k4 = along(tokens + step * k3)
    return normalised(tokens + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4), norm)


def normalised(tokens: Array, norm: str | None) -> Array:
    """Tokens put on the unit sphere, on that of LayerNorm, or (None) left alone; a zero token stays zero."""
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
