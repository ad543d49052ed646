"""What laws and models do with arrays alike: the transpose, and the exponentials of a softmax."""

import numpy as np

from ._typing import Array


def transpose(matrix: Array) -> Array:
    """The last two axes exchanged."""
    return np.swapaxes(matrix, -1, -2)


def exponentials(scores: Array, axis: int = -1, out: Array | None = None) -> tuple[Array, Array, Array]:
    """exp(scores − peak), the sums of that along `axis`, and the peak, which keeps every exponential from overflow.

    A softmax is the first over the second; who can do with less division divides later. Scores of −inf get 0, a row of
    nothing else sums to 0. Scores that are not finite otherwise show in a peak that is not.
    """
    peak = scores.max(axis=axis, keepdims=True)
    nobody = np.isneginf(peak)
    with np.errstate(over="ignore", invalid="ignore"):  # a score further below the peak than floats reach has the weight 0
        mass = np.subtract(scores, np.where(nobody, 0, peak).astype(peak.dtype) if nobody.any() else peak, out=out)
    np.exp(mass, out=mass)
    return mass, mass.sum(axis=axis, keepdims=True), peak
