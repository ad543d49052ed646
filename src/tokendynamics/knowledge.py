"""The mobility M = V (QᵀK)⁻¹, which the article calls world knowledge, as a table that one can look things up in.

Equations (5) and (13). Vectors are rows: an `index` is (…, n, d), one row a question put to M. Leading axes
broadcast. float32 stays float32, everything else is float64. Nothing here has a unit. Bad input raises ValueError.

Two options are shared:

ridge : λ ≥ 0, in units of QᵀK squared, gives the M that minimises ‖M QᵀK − V‖² + λ‖M‖²: small singular values are damped, not inverted.
rank  : keeps only that many of the largest singular values; None keeps all.
"""

from typing import NamedTuple

import numpy as np

from . import _checks
from ._arrays import sized, transpose, unit
from ._typing import Array, ArrayLike, Integers
from .attention import _softmax


class Entries(NamedTuple):
    """M as a table of r = min(d_head, d) entries, the strongest index direction first; see `entries`."""

    sigma: np.ndarray  # (…, r) singular values of QᵀK, falling
    loudness: np.ndarray  # (…, r) 1/σ: what M multiplies by; 0 for an entry that cannot be addressed
    index: np.ndarray  # type: ignore[assignment]  # (…, r, d) rows u, the direction to ask with
    keys: np.ndarray  # (…, r, d) rows v, the token direction that QᵀK turns into σ u
    contents: np.ndarray  # (…, r, d) rows V v, the content V gives to v
    answers: np.ndarray  # (…, r, d) rows M u = loudness · V v


def knowledge(Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, ridge: float = 0.0, rank: int | None = None) -> Array:
    """M = V (QᵀK)⁻¹; equation (5).

    Where QᵀK has no inverse (d_head < d, or a direction that Q or K forgets) the pseudo-inverse takes its place.

    Parameters
    ----------
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    ridge : float, default 0
    rank : int or None, default None

    Returns
    -------
    (…, d, d) array
    """
    index, V = _inputs(Q, K, V)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite(_divide(V, index, ridge, rank), "V and a QᵀK near 0 give an M")


def knowledge_residual(Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, ridge: float = 0.0, rank: int | None = None) -> Array:
    """How far equation (13), M QᵀK = V, is from holding: ‖V − M QᵀK‖ / ‖V‖, Frobenius norms.

    0 where QᵀK is invertible (to rounding), up to 1 where its row space misses all that V reads. What `ridge` and
    `rank` cost shows here. For V = 0 it is 0.

    Parameters
    ----------
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    ridge : float, default 0
    rank : int or None, default None

    Returns
    -------
    (…) array
    """
    index, wanted = _inputs(Q, K, V)
    largest = np.abs(wanted).max(axis=(-2, -1), keepdims=True)  # taken out, so that no square overflows or vanishes
    wanted = np.divide(wanted, largest, out=np.zeros_like(wanted), where=largest > 0)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        missed = _checks.finite(wanted - knowledge(Q, K, wanted, ridge=ridge, rank=rank) @ index, "Q and K give a residual")
    miss = np.linalg.norm(missed, axis=(-2, -1))
    size = np.broadcast_to(np.linalg.norm(wanted, axis=(-2, -1)), miss.shape)
    return np.divide(miss, size, out=np.zeros_like(miss), where=size > 0)


def entries(Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, ridge: float = 0.0, rank: int | None = None) -> Entries:
    """M read out as a table: QᵀK = Σ σᵣ uᵣ vᵣᵀ, so M uᵣ = V vᵣ / σᵣ.

    `M = answersᵀ index`, summed over entries. Ask in direction uᵣ and the answer is
    the content of key vᵣ, the louder the smaller σᵣ. With `ridge` λ the loudness is σ/(σ² + λ); past `rank`, or
    where σ is 0 to rounding, it is 0: M has no such entry. The signs of u and v, which come in pairs, are
    chosen so that the first number of u at least half as large as its largest is positive.

    Parameters
    ----------
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    ridge : float, default 0
    rank : int or None, default None

    Returns
    -------
    Entries
    """
    index, V = _inputs(Q, K, V)
    r = min(np.shape(Q)[-2:])
    U, sigma, keys, loudness = _spectrum(index, ridge, rank)
    u, sigma, keys, loudness = transpose(U)[..., :r, :], sigma[..., :r], keys[..., :r, :], loudness[..., :r]
    first = (np.abs(u) >= np.abs(u).max(axis=-1, keepdims=True) / 2).argmax(axis=-1)
    sign = np.sign(np.take_along_axis(u, first[..., None], axis=-1))
    u, keys = sign * u, sign * keys
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        contents = _checks.finite(keys @ transpose(V), "V gives contents")
        answers = _checks.finite(loudness[..., None] * contents, "V and a QᵀK near 0 give answers")
    return Entries(sigma, loudness, u, keys, contents, answers)


def lookup(M: ArrayLike, index: ArrayLike) -> Array:
    """What M answers to each row of `index`: the rows M x; equation (13) read from left to right.

    With `index` = QᵀK t the answer is V t wherever (13) holds.

    Parameters
    ----------
    M : (…, d_content, d) array
    index : (…, n, d) array

    Returns
    -------
    (…, n, d_content) array
    """
    M = _checks.array("M", M, ndim_min=2, shape="(…, d_content, d)")
    index = _rows("index", index, M.shape[-1])
    _checks.broadcast(M=M, index=index)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite(index @ transpose(M), "M and index give an answer")


def store(keys: ArrayLike, contents: ArrayLike, *, method: str = "outer", ridge: float = 0.0) -> Array:
    """A matrix W that remembers n pairs: W key ≈ content.

    Parameters
    ----------
    keys : (…, n, d) array
    contents : (…, n, d_content) array
    method : "outer" or "pseudo-inverse", default "outer"
        "outer": W = Σ content keyᵀ, Hebb's rule; exact where keys are orthonormal (Kohonen 1972, Anderson 1972).
        "pseudo-inverse": the W that minimises Σ‖W key − content‖² + λ‖W‖², λ = `ridge`; with λ = 0 exact where keys are linearly
        independent (Kohonen and Ruohonen 1973). With the columns of QᵀK for keys and those of V for contents it is M.
    ridge : float, default 0
        0 for "outer", which inverts nothing.

    Returns
    -------
    (…, d_content, d) array
    """
    keys, contents = _pairs(keys, contents)
    _checks.choice("method", method, ("outer", "pseudo-inverse"))
    ridge = _checks.number("ridge", ridge, minimum=0)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        if method == "pseudo-inverse":
            W = _divide(transpose(contents), transpose(keys), ridge, None)
        elif ridge:
            raise ValueError(f"ridge must be 0 for the method 'outer', which inverts nothing; got {ridge}")
        else:
            W = transpose(contents) @ keys
        return _checks.finite(W, "keys and contents give a memory")


def recall(memory: ArrayLike | tuple[ArrayLike, ArrayLike], question: ArrayLike, *, scale: float = 1.0) -> Array:
    """What a memory answers to each row of `question`.

    Parameters
    ----------
    memory : (…, d_content, d) array, or a tuple (keys, contents) of arrays (…, n, d) and (…, n, d_content)
        A matrix from `store` answers W q. The pairs themselves are read by softmax attention: Σₖ aₖ contentₖ, aₖ ∝ exp(scale keyₖ·q).
    question : (…, m, d) array
    scale : float, default 1
        β, for the pairs. At a large β the answer is the content of the key with the largest product (Ramsauer et al. 2020).

    Returns
    -------
    (…, m, d_content) array
    """
    scale = _checks.number("scale", scale)
    if not isinstance(memory, tuple):
        memory = _checks.array("memory", memory, ndim_min=2, shape="(…, d_content, d)")
        return lookup(memory, _rows("question", question, memory.shape[-1]))
    if len(memory) != 2:
        raise ValueError(f"memory must be a matrix or a tuple (keys, contents); got a tuple of {len(memory)}")
    keys, contents = _pairs(*memory)
    question = _rows("question", question, keys.shape[-1])
    _checks.broadcast(keys=keys, question=question)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by _softmax and finite
        mass, total, _ = _softmax((scale * question) @ transpose(keys), None)
        return _checks.finite(mass / total @ contents, "contents give an answer")


def nearest(answers: ArrayLike, contents: ArrayLike) -> Integers:
    """Which of n contents each answer is closest to by cosine, which with a row of zeros is 0.

    Parameters
    ----------
    answers : (…, m, d) array
    contents : (…, n, d) array

    Returns
    -------
    (…, m) array of indices
    """
    contents = _checks.array("contents", contents, ndim_min=2, shape="(…, n, d)")
    answers = _rows("answers", answers, contents.shape[-1])
    _checks.broadcast(answers=answers, contents=contents)
    return (unit(answers) @ transpose(unit(contents))).argmax(axis=-1)


def _inputs(Q: object, K: object, V: object) -> tuple[Array, Array]:
    """QᵀK, the article's index, and V."""
    Q, K = _checks.query_key(Q, K, None)
    V = _checks.value_matrix(V, Q.shape[-1])
    _checks.broadcast(Q=Q, K=K, V=V)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite(transpose(Q) @ K, "Q and K give a QᵀK"), V


def _pairs(keys: object, contents: object) -> tuple[Array, Array]:
    keys = _checks.array("keys", keys, ndim_min=2, shape="(…, n, d)")
    contents = _checks.array("contents", contents, ndim_min=2, shape="(…, n, d_content)")
    if keys.shape[-2] != contents.shape[-2]:
        raise ValueError(f"contents must have one row for each of the {keys.shape[-2]} keys; got shape {contents.shape}")
    _checks.broadcast(keys=keys, contents=contents)
    return keys, contents


def _rows(name: str, value: object, d: int) -> Array:
    value = _checks.array(name, value, ndim_min=2, shape=f"(…, n, {d})")
    if value.shape[-1] != d:
        raise ValueError(f"{name} must have shape (…, n, {d}); got shape {value.shape}")
    return value


def _divide(V, index, ridge, rank):
    """V times the damped inverse of `index`: the M nearest to M index = V."""
    U, _, keys, loudness = _spectrum(index, ridge, rank)
    return (V @ transpose(keys) * loudness[..., None, :]) @ transpose(U)


def _spectrum(index, ridge, rank):
    """The SVD of index = U σ keys, and what each σ becomes in the inverse."""
    ridge = _checks.number("ridge", ridge, minimum=0)
    U, sigma, keys = _svd(index)
    kept = sigma > sigma.max(axis=-1, keepdims=True) * max(index.shape[-2:]) * np.finfo(sigma.dtype).eps
    rank = _checks.whole("rank", rank, minimum=1, optional=True)
    if rank is not None:
        kept &= np.arange(sigma.shape[-1]) < rank
    with np.errstate(over="ignore"):  # said in words by the caller's finite
        # 1 / (σ + λ/σ) is σ / (σ² + λ), but here no σ² overflows or vanishes
        damped = sigma + np.divide(ridge, sigma, out=np.zeros_like(sigma), where=kept)
        return U, sigma, keys, np.divide(1, damped, out=np.zeros_like(sigma), where=kept)


def _svd(matrix):
    """numpy's, of a matrix with its size taken out: at the ends of what floats hold it does not converge."""
    matrix, exponent = sized(matrix, axis=(-2, -1))
    U, sigma, Vt = np.linalg.svd(matrix, full_matrices=False)
    return U, np.ldexp(sigma, exponent[..., 0]), Vt
