"""How much does a memory hold? Recall measured against the number of entries and the noise in the question.

A question is a key plus noise of `noise` times the key's length in a random direction. An answer is right if, of all
contents stored, the one closest to it by cosine is the right one.
"""

from collections.abc import Callable, Iterable, Sequence
from math import erf
from typing import TypeAlias

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike
from ..knowledge import nearest, recall, store

Reader: TypeAlias = Callable[[Array, Array, Array], Array]
Draw: TypeAlias = Callable[[np.random.Generator, int], tuple[Array, Array]]


def readers(ridge: float = 0.1, scales: Iterable[float] = (1, 8, 64)) -> dict[str, Reader]:
    """The memories compared, {name: function (keys, contents, questions) → answers}.

    "nothing" is the control: no memory at all, the question taken for the answer.
    """
    by_matrix = lambda **options: lambda k, c, q: recall(store(k, c, **options), q)  # noqa: E731
    by_attention = lambda scale: lambda k, c, q: recall((k, c), q, scale=scale)  # noqa: E731
    return {
        "nothing": lambda k, c, q: q,
        "outer": by_matrix(),
        "pseudo-inverse": by_matrix(method="pseudo-inverse"),
        f"ridge {ridge:g}": by_matrix(method="pseudo-inverse", ridge=ridge),
    } | {f"attention, β = {scale:g}": by_attention(scale) for scale in scales}


def random_pairs(rng: np.random.Generator, n: int, d: int) -> tuple[Array, Array]:
    """n random keys and contents, (n, d) each, directions uniform on the sphere: facts with no pattern to them."""
    keys, contents = rng.standard_normal((2, n, d))
    return keys / np.linalg.norm(keys, axis=1, keepdims=True), contents / np.linalg.norm(contents, axis=1, keepdims=True)


def recall_rate(
    keys: Array, contents: Array, reader: Reader, rng: np.random.Generator, *, noise: float = 0.0,
    questions: int | None = None,
) -> float:  # fmt: skip
    """The share of questions that find their own content.

    Each of the n keys, (n, d), is asked once, or `questions` are asked, keys taken in turn. `contents` is (n, d_content),
    `reader` one of `readers`.
    """
    noise = _checks.number("noise", noise, minimum=0)
    asked = np.resize(rng.permutation(len(keys)), questions or len(keys))
    push = rng.standard_normal((len(asked), keys.shape[1]))
    push *= noise * np.linalg.norm(keys[asked], axis=1, keepdims=True) / np.linalg.norm(push, axis=1, keepdims=True)
    return float((nearest(reader(keys, contents, keys[asked] + push), contents) == asked).mean())


def curve(
    draw: Draw, sizes: Sequence[int], reader: Reader, *, noise: float = 0.0, questions: int | None = None,
    seeds: int = 10,
) -> Array:  # fmt: skip
    """Recall rates, (seeds, sizes). `draw(rng, n)` gives keys and contents; seed s is `default_rng(s)` at each size."""
    rates = np.empty((seeds, len(sizes)))
    for s in range(seeds):
        for i, n in enumerate(sizes):
            rng = np.random.default_rng(s)
            rates[s, i] = recall_rate(*draw(rng, n), reader, rng, noise=noise, questions=questions)
    return rates


def limit(sizes: Sequence[int], rates: ArrayLike, at_least: float = 0.9) -> float:
    """The number of entries at which the mean of `rates`, (seeds, sizes), first falls below `at_least`; inf where it never does.

    Read off between two sizes on a straight line in log n.
    """
    mean = np.asarray(rates).mean(axis=0)
    below = np.flatnonzero(mean < at_least)
    if len(below) == 0 or below[0] == 0:
        return np.inf if len(below) == 0 else float(sizes[0])
    i = below[0]
    part = (mean[i - 1] - at_least) / (mean[i - 1] - mean[i])
    return float(np.exp(np.log(sizes[i - 1]) + part * (np.log(sizes[i]) - np.log(sizes[i - 1]))))


def some_of(keys: Array, contents: Array) -> Draw:
    """A `draw` for `curve` that picks n of these pairs at random, without repeats."""

    def draw(rng, n):
        chosen = rng.permutation(len(keys))[:n]
        return keys[chosen], contents[chosen]

    return draw


def outer_rate(n: int, d: int) -> float:
    """What theory gives for the outer product on random pairs with no noise: the recall rate for n entries in d dimensions.

    The right content scores 1, with a variance n/d² from the other entries. Each of n − 1 wrong ones scores about 0, with variance
    (n + 2d)/d²: crosstalk n/d², and 1/d each from the likeness of two contents and of two keys. A Gaussian estimate: the rate is
    the chance that the right score is the largest, so a memory of d² numbers holds of the order of d²/ln n entries
    (proved, up to logarithms, by Nichani et al. 2024).
    """
    z, weight = np.polynomial.hermite_e.hermegauss(64)
    right = 1 + z * np.sqrt(n) / d
    below = np.array([0.5 * (1 + erf(x * d / np.sqrt(2 * (n + 2 * d)))) for x in right])
    return float((weight * below ** (n - 1)).sum() / weight.sum())
