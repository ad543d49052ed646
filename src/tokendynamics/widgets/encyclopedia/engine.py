"""What the Encyclopedia computes beside `knowledge`; the page does the same, see `engine.js`."""

import numpy as np

from ... import _checks
from ..._typing import Array, ArrayLike


def half(sigma: ArrayLike, angle: float) -> Array:
    """Q or K: diag(√σ) times the inverse of a turn, so that QᵀK = R(q_angle) diag(σ) R(k_angle)ᵀ.

    Parameters
    ----------
    sigma : (2,) array
        Singular values of QᵀK, at least 0.
    angle : float, degrees

    Returns
    -------
    (2, 2) array
    """
    sigma, angle = _checks.shaped("sigma", sigma, 2), _checks.number("angle", angle)
    if (sigma < 0).any():
        raise ValueError(f"sigma must be two numbers of at least 0; got {sigma.tolist()}")
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.sqrt(sigma)[:, None] * np.array([[cos, sin], [-sin, cos]])
