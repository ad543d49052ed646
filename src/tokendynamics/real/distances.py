"""Where a picture of the real model's states misleads: distances as drawn beside distances in all of the model's numbers.

`data` is what `senses.journeys` returns. The pairs are those of sentences that share the followed word.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike
from ._entries import entry_of, numbers_of


class Distances(NamedTuple):
    """How far apart a word's states stand, in each pair of sentences.

    Attributes
    ----------
    pairs : list of (int, int)
        Sentences by number.
    screen : (L + 1, pairs) array
        As drawn, from coordinates as they ship, to two decimals.
    full : (L + 1, pairs) array
        In all dimensions.
    """

    pairs: list[tuple[int, int]]
    screen: Array
    full: Array


def distances(
    data: Mapping[str, Any], word: str, *, shown: Collection[int] | None = None, basis: str = "own", components: Sequence[int] = (1, 2)
) -> Distances:
    """How far apart the word's states stand, in each pair of sentences.

    Parameters
    ----------
    data : dict
    word : str
    shown : indices of sentences to keep, default all of the word's
    basis : "own" or "common", default "own"
        The projection that is drawn.
    components : one or more of 1, 2, 3, default (1, 2)
        The projection's axes that are drawn.

    Returns
    -------
    Distances
    """
    entry, shown = entry_of(data, word), numbers_of(data, shown)
    _checks.choice("basis", basis, ("own", "common"))
    if not isinstance(components, (tuple, list)) or not components or any(c not in (1, 2, 3) or isinstance(c, bool) for c in components):
        raise ValueError(f"components must be one or more of 1, 2, 3; got {components!r:.60}")
    every = list(combinations(entry["sentences"], 2))
    kept = [k for k, (i, j) in enumerate(every) if shown is None or (i in shown and j in shown)]
    axes = [int(c) - 1 for c in components]

    def at(sentence):
        sentence = data["sentences"][sentence]
        return np.array(sentence[basis])[:, sentence["target"], axes]

    pairs = [every[k] for k in kept]
    screen = [np.linalg.norm(at(i) - at(j), axis=-1) for i, j in pairs]
    full = np.array(entry["distances"])
    return Distances(pairs, np.reshape(screen, (len(pairs), len(full))).T, full[:, kept])


def rank_agreement(screen: ArrayLike, full: ArrayLike) -> Array:
    """Spearman's rank correlation of two lists of distances, row by row of (…, pairs); NaN for fewer than three, or where all are equal.

    1: what looks farther is farther. 0: the picture says nothing. Equal distances share a rank.
    """
    if not (np.size(screen) or np.size(full)):  # no pair: nothing to rank
        return np.full(np.shape(screen)[:-1], np.nan)
    screen = _checks.array("screen", screen, ndim_min=1, shape="(…, pairs)")
    full = _checks.array("full", full, ndim_min=1, shape="(…, pairs)")
    if screen.shape != full.shape:
        raise ValueError(f"full must have the shape of screen, {screen.shape}; got {full.shape}")
    *rows, count = screen.shape
    nothing = np.full(rows, np.nan)
    if count < 3:
        return nothing
    a, b = (ranks - (count + 1) / 2 for ranks in (_ranks(screen), _ranks(full)))
    size = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    return np.divide((a * b).sum(axis=-1), size, out=nothing, where=size > 0)


def nearest(pairs: Sequence[tuple[int, int]], screen: ArrayLike, full: ArrayLike) -> dict[str, Any] | None:
    """The pair that looks nearest in one layer, distances (pairs,): {"pair", "screen", "full", "place", "count", "nearest"}; None without a pair.

    "place" is its place by the full distance, 1 for the nearest of "count"; "nearest" is the pair that has place 1.
    """
    if not isinstance(pairs, (list, tuple)):
        raise ValueError(f"pairs must be a list of pairs of sentences; got {pairs!r:.60}")
    if not pairs:
        return None
    screen, full = (_checks.shaped(name, value, len(pairs)) for name, value in (("screen", screen), ("full", full)))
    k, true = int(np.argmin(screen)), int(np.argmin(full))
    place = 1 + int((full < full[k]).sum())
    return {
        "pair": pairs[k],
        "screen": float(screen[k]),
        "full": float(full[k]),
        "place": place,
        "count": len(pairs),
        "nearest": pairs[true],
    }


def _ranks(values):
    """Ranks from 1 along the last axis; equal values get the mean of theirs."""
    values = np.asarray(values, dtype=np.float64)
    less = (values[..., None, :] < values[..., :, None]).sum(axis=-1)
    equal = (values[..., None, :] == values[..., :, None]).sum(axis=-1)
    return less + (equal + 1) / 2
