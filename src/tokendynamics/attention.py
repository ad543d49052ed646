"""Self-attention as motion: potential, force, content, update; equations (4), (9) and (14).

Rows are tokens. Leading axes broadcast. float32 stays float32, everything else is float64. Nothing here has a unit: positions,
scores and potentials are pure numbers.

Three options are shared:

include_self : whether token i attends to itself. The article leaves it out (k ≠ i), and so does the default.
causal       : whether token i sees only tokens before it.
scale        : β, the number that multiplies every score; 1/√d_head in a transformer.

A token with nobody to attend to (one token and no self term; the first under a causal mask) has zero
weights, zero force and content, and a potential of −inf. Bad input raises ValueError.
"""

import numpy as np

from . import _checks
from ._arrays import exponentials, transpose
from ._typing import Array, ArrayLike, Flags


def attention_weights(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """How much token i attends to token k: aᵢₖ = exp(scale Qtᵢ·Ktₖ) / Σ.

    Rows sum to 1, or to 0 where there is nobody to attend to. Source: equation (9), softmax attention of
    Vaswani et al. (2017).

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…, n, n) array
    """
    tokens, Q, K, scale = _inputs(tokens, Q, K, scale)
    mass, total, _ = _softmax(_scores(tokens, tokens, Q, K, scale), _hidden(tokens, include_self, causal))
    with np.errstate(under="ignore"):
        mass /= _nonzero(total)
    return mass


def potential(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """The potential φᵢ = ln Σₖ exp(scale Qtᵢ·Ktₖ) of each token where it stands; the bracket of equation (4).

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…, n) array
    """
    tokens, Q, K, scale = _inputs(tokens, Q, K, scale)
    _, total, peak = _softmax(_scores(tokens, tokens, Q, K, scale), _hidden(tokens, include_self, causal))
    return _log_sum(total, peak)


def force(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """The force ∇φᵢ = scale QᵀK Σₖ aᵢₖ tₖ on each token; equation (9).

    The exact gradient of `potential` in the query's position with all keys held fixed. With the self
    term, moving a token also moves its own key; that part, scale aᵢᵢ KᵀQ tᵢ, is not included.

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…, n, d) array
    """
    tokens, Q, K, scale = _inputs(tokens, Q, K, scale)
    return _pull(_mean_token(tokens, Q, K, include_self, causal, scale), Q, K, scale)


def content(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """What each token is given: V T aᵢ = V Σₖ aᵢₖ tₖ; equation (14), second line.

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…, n, d) array
    """
    tokens, Q, K, scale = _inputs(tokens, Q, K, scale)
    V = _checks.value_matrix(V, tokens.shape[-1])
    _checks.broadcast(tokens=tokens, Q=Q, K=K, V=V)
    mean = _mean_token(tokens, Q, K, include_self, causal, scale)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by finite
        return _checks.finite(mean @ transpose(V), "tokens and V give a content")


def update(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, step: float = 1.0, include_self: bool = False,
    causal: bool = False, scale: float = 1.0,
) -> Array:  # fmt: skip
    """Where each token goes: tᵢ + step V T aᵢ; equation (14).

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    step : float, default 1
        1 is one attention layer with its residual connection.
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…, n, d) array
    """
    step = _checks.number("step", step)
    moved = content(tokens, Q, K, V, include_self=include_self, causal=causal, scale=scale)
    with np.errstate(over="ignore"):  # said in words by finite
        return _checks.finite(np.asarray(tokens) + step * moved, "tokens, V and step give an update")


def potential_at(
    points: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, exclude: int | None = None, scale: float = 1.0
) -> Array:
    """The landscape φ(x) = ln Σₖ exp(scale Qx·Ktₖ) at any points x.

    Parameters
    ----------
    points : (…, p, d) array
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    exclude : int or None, default None
        Index of a token to leave out: the one that moves in this landscape.
    scale : float, default 1

    Returns
    -------
    (…, p) array
    """
    points, tokens, Q, K, scale, hidden = _landscape_inputs(points, tokens, Q, K, exclude, scale)
    _, total, peak = _softmax(_scores(points, tokens, Q, K, scale), hidden)
    return _log_sum(total, peak)


def potential_gradient_at(
    points: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, exclude: int | None = None, scale: float = 1.0
) -> Array:
    """The gradient of `potential_at` at the same points.

    Parameters
    ----------
    points : (…, p, d) array
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    exclude : int or None, default None
    scale : float, default 1

    Returns
    -------
    (…, p, d) array
    """
    points, tokens, Q, K, scale, hidden = _landscape_inputs(points, tokens, Q, K, exclude, scale)
    mass, total, _ = _softmax(_scores(points, tokens, Q, K, scale), hidden)
    return _pull(_mean(mass, total, tokens), Q, K, scale)


def _inputs(tokens: object, Q: object, K: object, scale: object) -> tuple[Array, Array, Array, float]:
    tokens = _checks.tokens(tokens)
    Q, K = _checks.query_key(Q, K, tokens.shape[-1])
    _checks.broadcast(tokens=tokens, Q=Q, K=K)
    return tokens, Q, K, _checks.number("scale", scale)


def _landscape_inputs(
    points: object, tokens: object, Q: object, K: object, exclude: object, scale: object
) -> tuple[Array, Array, Array, Array, float, Flags | None]:
    points = _checks.array("points", points, ndim_min=2, shape="(…, p, d)")
    tokens, Q, K, scale = _inputs(tokens, Q, K, scale)
    n, d = tokens.shape[-2:]
    _checks.points_among(points, d)
    _checks.broadcast(points=points, tokens=tokens, Q=Q, K=K)
    return points, tokens, Q, K, scale, _hide(exclude, n)


def _hide(exclude: object, n: int) -> Flags | None:
    """Which of n keys nobody may see, (n,) or None."""
    left_out = _checks.index("exclude", exclude, n, "tokens", optional=True)
    return None if left_out is None else np.arange(n) == left_out % n


def _scores(points, tokens, Q, K, scale):
    """scale Qx·Ktₖ, (…, p, n). The short side, d_head, is multiplied by scale."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by _softmax
        return (scale * (points @ transpose(Q))) @ transpose(tokens @ transpose(K))


def _hidden(tokens, include_self, causal):
    """Which keys a query may not see, (n, n) or None."""
    include_self, causal = _checks.flag("include_self", include_self), _checks.flag("causal", causal)
    n = tokens.shape[-2]
    if causal:
        return np.triu(np.ones((n, n), dtype=bool), 1 if include_self else 0)
    return None if include_self else np.eye(n, dtype=bool)


def _softmax(scores, hidden):
    """exp(scores − peak), its row sums and the peak; works in place. Dividing is left to the caller."""
    if hidden is not None:
        np.copyto(scores, -np.inf, where=hidden)
    mass, total, peak = exponentials(scores, out=scores)
    alone = np.False_ if hidden is None else hidden.all(axis=-1, keepdims=True)
    if not (np.isfinite(peak) | alone).all():
        raise _checks.OutOfRange(
            f"tokens, Q, K and scale give scores too large for {scores.dtype}; the scores need to be finite: use smaller values"
        )
    return mass, total, peak


def _log_sum(total, peak):
    result = np.full_like(total, -np.inf)
    np.log(total, out=result, where=total > 0)
    return (result + peak)[..., 0]


def _mean_token(tokens, Q, K, include_self, causal, scale):
    """T aᵢ, the weighted mean of the tokens that i attends to, (…, n, d)."""
    mass, total, _ = _softmax(_scores(tokens, tokens, Q, K, scale), _hidden(tokens, include_self, causal))
    return _mean(mass, total, tokens)


def _mean(mass, total, tokens):
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by the caller's finite
        return mass @ tokens / _nonzero(total)


def _pull(mean, Q, K, scale):
    """scale QᵀK applied to rows: (QᵀK m)ᵀ = mᵀ KᵀQ."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by finite
        return _checks.finite(scale * (mean @ transpose(K) @ Q), "tokens, Q, K and scale give a force")


def _nonzero(total):
    return np.where(total > 0, total, 1).astype(total.dtype)
