"""What the tokens of a stack might climb: two energies of all tokens together, and the turning of one token's field.

Arguments and options are those of `attention`; nothing has a unit. Bad input raises ValueError.
"""

import numpy as np

from . import _checks
from ._arrays import transpose
from ._typing import Array, ArrayLike
from .attention import _hide, _nonzero, _scores, _softmax, potential


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
    if points.shape[-1] != d:
        raise ValueError(f"points must have shape (…, p, {d}), as the tokens have d = {d}; got shape {points.shape}")
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
