"""How far heads have divided the roles between them: two measures of the heads × roles matrix. Bad input raises ValueError."""

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike, Integers


def specialisation(matrix: ArrayLike) -> Array:
    """How much knowing the head tells about the role: mutual information / ln R, from 0 to 1.

    0 where every head divides itself alike. 1 only where each head serves one role and all roles are served alike, so fewer heads
    than roles reach at most ln H / ln R. Mutual information: Shannon (1948); as a score of how two labellings agree:
    Strehl and Ghosh (2002).

    Parameters
    ----------
    matrix : (…, H, R) array
        Not negative: what each of H heads gives to each of R ≥ 2 roles. Only the shares within a row count, and all heads weigh the same.

    Returns
    -------
    (…) array
    """
    shares = _shares(matrix)
    if shares.shape[-1] < 2:
        raise ValueError(f"matrix must have at least 2 roles, (…, H, R); got shape {shares.shape}")
    role = shares.mean(axis=-2, keepdims=True)
    ratio = np.divide(shares, role, out=np.ones_like(shares), where=shares > 0)
    information = (shares * np.log(ratio)).sum(axis=(-2, -1)) / shares.shape[-2]
    return np.clip(information / np.log(shares.shape[-1]), 0, 1)


def filled(matrix: ArrayLike, share: float = 2 / 3) -> Integers:
    """How many of the R roles have a head of their own, one that gives the role more than `share` of what it gives to roles.

    Parameters
    ----------
    matrix : (…, H, R) array
        As for `specialisation`.
    share : float, default 2/3
        At least 0.5, so that a head is the own head of one role at most. At two thirds one that splits itself evenly between two is nobody's own.

    Returns
    -------
    (…) array
    """
    share = _checks.number("share", share, minimum=0.5)
    return (_shares(matrix) > share).any(axis=-2).sum(axis=-1)


def _shares(value: object) -> Array:
    matrix = _checks.array("matrix", value, ndim_min=2, shape="(…, H, R)")
    if (matrix < 0).any():
        raise ValueError(f"matrix must not be negative; got a smallest entry of {matrix.min()}")
    matrix = np.ldexp(matrix, -np.frexp(matrix.max())[1])  # a power of two changes no share, and no sum overflows
    total = matrix.sum(axis=-1, keepdims=True)
    return np.divide(matrix, total, out=np.full_like(matrix, 1 / matrix.shape[-1]), where=total > 0)
