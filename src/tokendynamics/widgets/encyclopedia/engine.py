"""What the Encyclopedia computes beside `knowledge`; the page does the same, see `engine.js`."""

import numpy as np

from ..._typing import Array, ArrayLike


def half(sigma: ArrayLike, angle: float) -> Array:
    """Q or K: diag(√σ) times the inverse of a turn by `angle` degrees, so that QᵀK = R(q_angle) diag(σ) R(k_angle)ᵀ."""
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.sqrt(sigma)[:, None] * np.array([[cos, sin], [-sin, cos]])
