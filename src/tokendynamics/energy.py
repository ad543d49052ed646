"""What the tokens of a stack might climb, and what they may keep: energies of all together, and one token's field and path.

Arguments and options are those of `attention`; nothing has a unit. Bad input raises ValueError.
"""

from typing import Any

import numpy as np

from . import _checks
from ._arrays import transpose
from ._typing import Array, ArrayLike
from .attention import _hide, _nonzero, _scores, _softmax, attention_weights, content, potential
from .stack import walk

_OVERFLOW = "the queries overflow: use a smaller dt"


def summed_potential(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """Σᵢ φᵢ, every token's potential where it stands. A token with nobody to attend to adds nothing.

    φᵢ is that of equation (4). No step of all tokens together need raise it, whatever Q, K and V are.

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…) array
    """
    phi = potential(tokens, Q, K, include_self=include_self, causal=causal, scale=scale)
    with np.errstate(over="ignore"):  # said in words by finite
        return _checks.finite(np.where(np.isneginf(phi), 0, phi).astype(phi.dtype).sum(axis=-1), "tokens, Q and K give a sum of potentials")


def log_energy(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """ln E, with E = ½ Σᵢ Zᵢ and Zᵢ = Σₖ exp(scale Qtᵢ·Ktₖ). −inf where nobody attends to anybody.

    For QᵀK symmetric and no causal mask ∂E/∂tᵢ = Zᵢ ∇φᵢ. So a short enough step of all tokens together raises E wherever
    the symmetric part of M is positive definite; with a norm, where M = c I and c > 0. E is that of Geshkovski, Letrouit,
    Polyanskiy and Rigollet (2023), up to a constant factor; a logarithm, because E leaves the range of numbers.

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…) array
    """
    phi = potential(tokens, Q, K, include_self=include_self, causal=causal, scale=scale)
    return (np.logaddexp.reduce(phi, axis=-1) - np.log(2)).astype(phi.dtype)


def log_energy_rate(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, include_self: bool = False, causal: bool = False,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """d ln E/ds while all tokens move at once, each by its content V T aᵢ: scale Σᵢₖ (Zᵢ aᵢₖ/ΣZ) (Qvᵢ·Ktₖ + Qtᵢ·Kvₖ).

    For QᵀK symmetric and no causal mask this is Σᵢ Zᵢ ∇φᵢ·M∇φᵢ / E. So it is 0 where M is antisymmetric: such a flow
    conserves E.

    Parameters
    ----------
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (…) array
    """
    options: dict[str, Any] = {"include_self": include_self, "causal": causal, "scale": scale}
    moved = content(tokens, Q, K, V, **options)
    phi, weights = potential(tokens, Q, K, **options), attention_weights(tokens, Q, K, **options)
    tokens, Q, K = np.asarray(tokens, moved.dtype), np.asarray(Q, moved.dtype), np.asarray(K, moved.dtype)
    peak = phi.max(axis=-1, keepdims=True)
    parts = np.exp(phi - np.where(np.isfinite(peak), peak, 0))
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by finite
        weights = weights * (parts / _nonzero(parts.sum(axis=-1, keepdims=True)))[..., None]
        asks, is_asked = _scores(moved, tokens, Q, K, scale), _scores(tokens, moved, Q, K, scale)
        return _checks.finite((weights * (asks + is_asked)).sum(axis=(-2, -1)), "tokens, Q, K and V give a rate")


def climbing_matrix(Q: ArrayLike, K: ArrayLike, V: ArrayLike) -> Array:
    """The symmetric part C of KᵀQV: token i gains height at the rate ∇φᵢ·V T aᵢ = mᵀ C m, with m = T aᵢ (times β, if there is one).

    No inverse is needed, so it serves heads of any width. If C has no negative eigenvalue, the token sets off downhill
    nowhere. Where QᵀK has an inverse that is so if and only if the symmetric part of M has none.

    Parameters
    ----------
    Q, K : (…, d_head, d) array
    V : (…, d, d) array

    Returns
    -------
    (…, d, d) array
    """
    Q, K = _checks.query_key(Q, K, None)
    V = _checks.value_matrix(V, Q.shape[-1])
    _checks.broadcast(Q=Q, K=K, V=V)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # said in words by finite
        rate = transpose(K) @ (Q @ V)
        return _checks.finite(rate / 2 + transpose(rate) / 2, "Q, K and V give a rate")


def lone_path(
    points: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, dt: float = 0.01, steps: int = 100,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """The paths of queries, each alone among tokens that hold still: dx/ds = V T a(x), by Runge–Kutta steps of `dt`.

    With an antisymmetric M the path runs along a contour of `potential_at`. `gravity.flight` is the same with inertia.

    Parameters
    ----------
    points : (…, p, d) array
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    dt : float, default 0.01
    steps : int, default 100
    scale : float, default 1

    Returns
    -------
    (steps + 1, …, p, d) array
    """
    points, tokens = _checks.array("points", points, ndim_min=2, shape="(…, p, d)"), _checks.tokens(tokens)
    d = tokens.shape[-1]
    _checks.points_among(points, d)
    Q, K = _checks.query_key(Q, K, d)
    V = _checks.value_matrix(V, d)
    _checks.broadcast(points=points, tokens=tokens, Q=Q, K=K, V=V)
    scale, h = _checks.number("scale", scale), _checks.number("dt", dt)

    def velocity(x):
        mass, total, _ = _softmax(_scores(x, tokens, Q, K, scale), None)
        return _checks.held(mass @ tokens / total @ transpose(V), _OVERFLOW)

    def onward(_, x):
        k1 = velocity(x)
        k2 = velocity(x + h / 2 * k1)
        k3 = velocity(x + h / 2 * k2)
        return (_checks.held(x + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(x + h * k3)), _OVERFLOW),)

    found = walk((points,), onward, steps, far=None, away="")
    if found.stopped is not None:
        raise _checks.OutOfRange(f"step {found.stopped + 1}: {found.reason}")
    return found.states


def motion_jacobian_at(
    points: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, exclude: int | None = None,
    scale: float = 1.0,
) -> Array:  # fmt: skip
    """How V T a(x), the motion that a query at x is given, changes with x.

    scale V C(x) KᵀQ, where C(x) is the covariance of the tokens under the weights a(x). It is M times the Hessian of
    `potential_at` where QᵀK has an inverse (with M = V(scale QᵀK)⁻¹). Its antisymmetric part is the curl of the field:
    zero, everywhere, if and only if the field is the slope of something.

    Parameters
    ----------
    points : (…, p, d) array
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    exclude : int or None, default None
    scale : float, default 1

    Returns
    -------
    (…, p, d, d) array
    """
    points = _checks.array("points", points, ndim_min=2, shape="(…, p, d)")
    tokens = _checks.tokens(tokens)
    d = tokens.shape[-1]
    _checks.points_among(points, d)
    Q, K = _checks.query_key(Q, K, d)
    V = _checks.value_matrix(V, d)
    hidden = _hide(exclude, tokens.shape[-2])
    _checks.broadcast(points=points, tokens=tokens, Q=Q, K=K, V=V)
    scale = _checks.number("scale", scale)
    mass, total, _ = _softmax(_scores(points, tokens, Q, K, scale), hidden)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        a = mass / _nonzero(total)
        mean = a @ tokens
        second = np.einsum("...pn,...ni,...nj->...pij", a, tokens, tokens)
        covariance = second - mean[..., :, None] * mean[..., None, :]
        to_score = (transpose(K) @ Q)[..., None, :, :]
        return _checks.finite(scale * (V[..., None, :, :] @ covariance @ to_score), "points, tokens, Q, K and V give a Jacobian")
