"""Random entries, tokens and layers that Python and the page draw alike, number for number.

A counter, scrambled (mulberry32, Tommy Ettinger 2017, public domain), then Box and Muller's two formulas. Good for pictures; for
research draw with numpy's own generators, as `capacity` does.
"""

from typing import NamedTuple

import numpy as np

from . import _checks
from ._typing import Array, Flags
from .knowledge import nearest, recall, store

MEMORIES = ("outer", "pseudo-inverse", "attention")
_STRIDE = 0x6D2B79F5


class Drawn(NamedTuple):
    """n entries in d dimensions, three arrays (n, d) of rows at length 1."""

    keys: np.ndarray
    contents: np.ndarray
    pushes: np.ndarray  # directions of the noise in each question


def drawn(n: int, d: int, seed: int) -> Drawn:
    """Keys, contents and noise directions, uniform on the sphere. More entries keep the ones there were.

    Parameters
    ----------
    n, d : int
    seed : int
        From 0 to 2³⁰ − 1.

    Returns
    -------
    Drawn
    """
    _whole(n=n, d=d, seed=seed)
    return Drawn(*(_unit_rows(n, d, 4 * seed + stream) for stream in range(3)))


def found(n: int, d: int, seed: int, *, noise: float = 0.0, scale: float = 1.0) -> dict[str, Flags]:
    """Which of n drawn entries each memory finds again.

    The question is the key plus `noise` times its length in a random direction. Found means that of all
    contents the answer is closest, by cosine, to the right one.

    Parameters
    ----------
    n, d, seed : those of `drawn`
    noise : float, default 0
    scale : float, default 1
        β, of attention.

    Returns
    -------
    dict
        {name: (n,) booleans}, for the names in MEMORIES.
    """
    noise = _checks.number("noise", noise, minimum=0)
    keys, contents, pushes = drawn(n, d, seed)
    question = keys + noise * pushes
    answers = (
        recall(store(keys, contents), question),
        recall(store(keys, contents, method="pseudo-inverse"), question),
        recall((keys, contents), question, scale=scale),
    )
    return {name: nearest(answer, contents) == np.arange(n) for name, answer in zip(MEMORIES, answers)}


def drawn_tokens(n: int, d: int, seed: int) -> Array:
    """Tokens with standard normal entries, rounded to three decimals so that a link stays short. More tokens keep the ones there were.

    Parameters
    ----------
    n, d, seed : those of `drawn`

    Returns
    -------
    (n, d) array
    """
    _whole(n=n, d=d, seed=seed)
    return np.round(_normals(n * d, 4 * seed).reshape(n, d), 3)


def drawn_layers(n: int, d: int, seed: int) -> Array:
    """n layers as (Q, K, V) triples with independent normal entries of variance 1 / d. More layers keep the ones there were.

    Parameters
    ----------
    n, d, seed : those of `drawn`

    Returns
    -------
    (n, 3, d, d) array
    """
    _whole(n=n, d=d, seed=seed)
    return _normals(3 * n * d * d, 4 * seed + 3).reshape(n, 3, d, d) / np.sqrt(d)


def _whole(**numbers):
    for name, value in numbers.items():
        low, high = {"n": (1, 2**20), "d": (1, 2**10), "seed": (0, 2**30 - 1)}[name]
        _checks.whole(name, value, minimum=low, maximum=high)


def _unit_rows(n, d, stream):
    rows = _normals(n * d, stream).reshape(n, d)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _normals(count, stream):
    start = _scramble(np.array([stream], dtype=np.uint32))  # so that the streams of neighbouring seeds lie far apart
    counter = start + np.arange(2 * count, dtype=np.uint32) * np.uint32(_STRIDE)
    first, second = ((_scramble(counter) + 0.5) / 2**32).reshape(count, 2).T
    return np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)


def _scramble(counter):
    """One step of mulberry32 on each of an array of uint32."""
    a = counter + np.uint32(_STRIDE)
    t = (a ^ (a >> np.uint32(15))) * (a | np.uint32(1))
    t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
    return t ^ (t >> np.uint32(14))
