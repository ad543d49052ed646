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
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):  # a score far enough below the peak has the weight 0
        mass = np.subtract(scores, np.where(nobody, 0, peak).astype(peak.dtype) if nobody.any() else peak, out=out)
        np.exp(mass, out=mass)
    return mass, mass.sum(axis=axis, keepdims=True), peak


def sized(array: Array, axis: int | tuple[int, ...] = -1) -> tuple[Array, Array]:
    """The array with its size along `axis` taken out, so that no square overflows or vanishes, and that size: as a power of two."""
    exponent = np.frexp(np.abs(array).max(axis=axis, keepdims=True))[1]
    return np.ldexp(array, -exponent), exponent


def norm(array: Array, axis: int | tuple[int, int] = -1, keepdims: bool = False) -> Array:
    """numpy's, of numbers of any size; infinite only where no float holds it."""
    array, exponent = sized(array, axis)
    with np.errstate(over="ignore"):
        length = np.ldexp(np.linalg.norm(array, axis=axis, keepdims=True), exponent)
    return length if keepdims else np.squeeze(length, axis=axis)


def unit(rows: Array) -> Array:
    """Rows at length 1; a row of zeros stays one."""
    rows = sized(rows)[0]
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def share(part: Array, whole: Array) -> Array:
    """part / whole, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
