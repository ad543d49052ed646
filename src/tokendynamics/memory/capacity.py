"""How much does a memory hold? Recall measured against the number of entries and the noise in the question.

A question is a key plus noise of `noise` times the key's length in a random direction. An answer is right if, of all
contents stored, the one closest to it by cosine is the right one.
"""

from collections.abc import Callable, Iterable, Sequence
from math import erf
from typing import TypeAlias

import numpy as np

from .. import _checks
from .._arrays import norm
from .._typing import Array, ArrayLike
from ..knowledge import nearest, recall, store

Reader: TypeAlias = Callable[[Array, Array, Array], Array]
Draw: TypeAlias = Callable[[np.random.Generator, int], tuple[Array, Array]]


def readers(ridge: float = 0.1, scales: Iterable[float] = (1, 8, 64)) -> dict[str, Reader]:
    """The memories compared. "nothing" is the control: no memory at all, the question taken for the answer.

    Parameters
    ----------
    ridge : float, default 0.1
    scales : floats, default (1, 8, 64)
        The β of each memory by attention.

    Returns
    -------
    dict
        {name: function (keys, contents, questions) → answers}
    """
    ridge = _checks.number("ridge", ridge, minimum=0)
    scales = _checks.array("scales", list(scales) if isinstance(scales, Iterable) else scales, ndim_min=1, shape="(k,)").ravel().tolist()
    by_matrix = lambda **options: lambda k, c, q: recall(store(k, c, **options), q)  # noqa: E731
    by_attention = lambda scale: lambda k, c, q: recall((k, c), q, scale=scale)  # noqa: E731
    return {
        "nothing": lambda k, c, q: q,
        "outer": by_matrix(),
        "pseudo-inverse": by_matrix(method="pseudo-inverse"),
        f"ridge {ridge:g}": by_matrix(method="pseudo-inverse", ridge=ridge),
    } | {f"attention, β = {scale:g}": by_attention(scale) for scale in scales}


def random_pairs(rng: np.random.Generator, n: int, d: int) -> tuple[Array, Array]:
    """Random keys and contents, directions uniform on the sphere: facts with no pattern to them.

    Parameters
    ----------
    rng : numpy.random.Generator
    n, d : int

    Returns
    -------
    keys, contents : (n, d) array
    """
    rng = _checks.generator("rng", rng)
    _checks.sizes(n=n, d=d)
    keys, contents = rng.standard_normal((2, n, d))
    return keys / np.linalg.norm(keys, axis=1, keepdims=True), contents / np.linalg.norm(contents, axis=1, keepdims=True)


def recall_rate(
    keys: Array, contents: Array, reader: Reader, rng: np.random.Generator, *, noise: float = 0.0,
    questions: int | None = None,
) -> float:  # fmt: skip
    """The share of questions that find their own content.

    Parameters
    ----------
    keys : (n, d) array
    contents : (n, d_content) array
    reader : one of `readers`
    rng : numpy.random.Generator
    noise : float, default 0
        In lengths of the key.
    questions : int or None, default None
        How many are asked, keys taken in turn; None for each key once.

    Returns
    -------
    float
    """
    keys, contents = _pairs(keys, contents)
    rng, noise = _checks.generator("rng", rng), _checks.number("noise", noise, minimum=0)
    if not callable(reader):
        raise ValueError(f"reader must be a function (keys, contents, questions) → answers; got {type(reader).__name__}")
    if questions is not None:
        _checks.sizes(questions=questions)
    asked = np.resize(rng.permutation(len(keys)), questions or len(keys))
    push = rng.standard_normal((len(asked), keys.shape[1]))
    with np.errstate(over="ignore"):  # said in words by the reader
        push *= noise * norm(keys[asked], keepdims=True) / np.linalg.norm(push, axis=1, keepdims=True)
    return float((nearest(reader(keys, contents, keys[asked] + push), contents) == asked).mean())


def curve(
    draw: Draw, sizes: Sequence[int], reader: Reader, *, noise: float = 0.0, questions: int | None = None,
    seeds: int = 10,
) -> Array:  # fmt: skip
    """Recall rates at several sizes; seed s is `default_rng(s)` at each of them.

    Parameters
    ----------
    draw : function (rng, n) → keys, contents
    sizes : ints
    reader, noise, questions : those of `recall_rate`
    seeds : int, default 10

    Returns
    -------
    (seeds, sizes) array
    """
    if not callable(draw):
        raise ValueError(f"draw must be a function (rng, n) → keys, contents; got {type(draw).__name__}")
    _checks.sizes(seeds=seeds)
    sizes = _checks.integers("sizes", sizes, shape="(k,)", low=1, ndim=1).tolist()
    rates = np.empty((seeds, len(sizes)))
    for s in range(seeds):
        for i, n in enumerate(sizes):
            rng = np.random.default_rng(s)
            rates[s, i] = recall_rate(*draw(rng, n), reader, rng, noise=noise, questions=questions)
    return rates


def limit(sizes: Sequence[int], rates: ArrayLike, at_least: float = 0.9) -> float:
    """The number of entries at which the mean of the rates first falls below `at_least`; inf where it never does.

    Read off between two sizes on a straight line in log n.

    Parameters
    ----------
    sizes : ints
    rates : (seeds, sizes) array
    at_least : float, default 0.9

    Returns
    -------
    float
    """
    sizes = _checks.integers("sizes", sizes, shape="(k,)", low=1, ndim=1).tolist()
    rates, at_least = _checks.array("rates", rates, ndim_min=2, shape=f"(seeds, {len(sizes)})"), _checks.number("at_least", at_least)
    if rates.ndim != 2 or rates.shape[1] != len(sizes) or rates.min() < 0 or rates.max() > 1:
        raise ValueError(f"rates must be shares in an array of shape (seeds, {len(sizes)}); got shape {rates.shape}")
    mean = rates.mean(axis=0)
    below = np.flatnonzero(mean < at_least)
    if len(below) == 0 or below[0] == 0:
        return np.inf if len(below) == 0 else float(sizes[0])
    i = below[0]
    part = (mean[i - 1] - at_least) / (mean[i - 1] - mean[i])
    return float(np.exp(np.log(sizes[i - 1]) + part * (np.log(sizes[i]) - np.log(sizes[i - 1]))))


def some_of(keys: Array, contents: Array) -> Draw:
    """A `draw` for `curve` that picks n of these pairs at random, without repeats.

    Parameters
    ----------
    keys : (m, d) array
    contents : (m, d_content) array

    Returns
    -------
    function (rng, n) → keys, contents
    """
    keys, contents = _pairs(keys, contents)

    def draw(rng, n):
        chosen = rng.permutation(len(keys))[:n]
        return keys[chosen], contents[chosen]

    return draw


def outer_rate(n: int, d: int) -> float:
    """What theory gives for the outer product on random pairs with no noise: the recall rate.

    The right content scores 1, with a variance n/d² from the other entries. Each of n − 1 wrong ones scores about 0, with variance
    (n + 2d)/d²: crosstalk n/d², and 1/d each from the likeness of two contents and of two keys. A Gaussian estimate: the rate is
    the chance that the right score is the largest, so a memory of d² numbers holds of the order of d²/ln n entries
    (proved, up to logarithms, by Nichani et al. 2024).

    Parameters
    ----------
    n : int
        Entries.
    d : int
        Dimensions.

    Returns
    -------
    float
    """
    _checks.sizes(n=n, d=d)
    z, weight = np.polynomial.hermite_e.hermegauss(64)
    right = 1 + z * np.sqrt(n) / d
    below = np.array([0.5 * (1 + erf(x * d / np.sqrt(2 * (n + 2 * d)))) for x in right])
    return float((weight * below ** (n - 1)).sum() / weight.sum())


def _pairs(keys, contents):
    keys = _checks.array("keys", keys, ndim_min=2, shape="(n, d)")
    contents = _checks.array("contents", contents, ndim_min=2, shape="(n, d_content)")
    if keys.ndim != 2 or contents.ndim != 2 or len(keys) != len(contents):
        raise ValueError(f"keys and contents must have shapes (n, d) and (n, d_content); got {keys.shape} and {contents.shape}")
    return keys, contents
