"""Clouds of states (…, n, d): the directions they vary along, the cosines of their pairs, how many directions they use,
and how many clusters they form."""

import numpy as np

from . import _checks
from ._typing import Array, ArrayLike, Integers


def projection(states: Array) -> dict[str, Array]:
    """The three directions along which `states` (L + 1, n, d) vary most: PCA of all layers together."""
    d = states.shape[-1]
    mean = states.reshape(-1, d).mean(axis=0)
    _, sigma, directions = np.linalg.svd(states.reshape(-1, d) - mean, full_matrices=False)
    directions = directions[:3]
    strongest = np.abs(directions).argmax(axis=1)  # a sign of its own for each, so that a second run draws the same
    directions = directions * np.sign(directions[np.arange(3), strongest])[:, None]
    apart = states - states.mean(axis=1, keepdims=True)
    spread = (apart**2).sum(axis=(1, 2))
    held = ((apart @ directions.T) ** 2).sum(axis=(1, 2))
    by_layer = np.divide(held, spread, out=np.zeros_like(held), where=spread > 0)  # one state alone has no spread
    return {"mean": mean, "directions": directions, "each": sigma[:3] ** 2 / (sigma**2).sum(), "by_layer": by_layer}


def project(projection: dict[str, Array], states: Array) -> Array:
    """`states` (…, d) in the three directions of a projection, (…, 3)."""
    return (states - projection["mean"]) @ projection["directions"].T


def share_seen(projection: dict[str, Array], vectors: Array) -> Array:
    """How much of the squared length of `vectors` (…, d) lies along the three directions of a projection."""
    length = (vectors**2).sum(axis=-1)
    held = ((vectors @ projection["directions"].T) ** 2).sum(axis=-1)
    return np.divide(held, length, out=np.zeros_like(length), where=length > 0)


def pair_cosines(states: Array) -> Array:
    """The cosine of each pair of the n rows of (…, n, d), (…, n (n − 1) / 2), in the order of `combinations`."""
    unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
    i, j = np.triu_indices(states.shape[-2], 1)
    return (unit[..., i, :] * unit[..., j, :]).sum(axis=-1)


def pair_distances(states: Array) -> Array:
    """How far apart each pair of the n rows of (…, n, d) is, (…, n (n − 1) / 2), in the order of `combinations`."""
    i, j = np.triu_indices(states.shape[-2], 1)
    return np.linalg.norm(states[..., i, :] - states[..., j, :], axis=-1)


def effective_rank(states: Array) -> Array:
    """How many directions the rows of (…, n, d) use: exp of the entropy of σ / Σσ (Roy and Vetterli 2007)."""
    share = np.linalg.svd(states, compute_uv=False)
    share = share / share.sum(axis=-1, keepdims=True)
    return np.exp(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=-1))


def clusters(states: ArrayLike, *, cosine: float | None = None, distance: float | None = None) -> Integers:
    """How many clusters the n rows of (…, n, d) form, integers (…): single linkage, cut at `cosine` or at `distance`.

    Two rows are linked where their cosine is at least `cosine`, or where they are at most `distance` apart; a cluster is
    what a chain of links holds together. Give one of the two. By cosine, a row of zeros is a cluster of its own.
    """
    states = _checks.tokens(states, "states")
    if (cosine is None) == (distance is None):
        raise ValueError(f"give cosine or distance, one of the two; got cosine {cosine!r} and distance {distance!r}")
    if distance is not None:
        limit = _checks.number("distance", distance, minimum=0)
        near = np.linalg.norm(states[..., :, None, :] - states[..., None, :, :], axis=-1) <= limit
    else:
        limit = _checks.number("cosine", cosine)
        length = np.linalg.norm(states, axis=-1, keepdims=True)
        unit = np.divide(states, length, out=np.zeros_like(states), where=length > 0)
        near = unit @ np.swapaxes(unit, -1, -2) >= limit
    n = states.shape[-2]
    itself = np.arange(n)
    near |= np.eye(n, dtype=bool)
    label, before = np.broadcast_to(itself, near.shape[:-1]), None
    while before is None or (label != before).any():  # each row takes the lowest number among its links, then that one's
        before = label
        label = np.where(near, label[..., None, :], n).min(axis=-1)
        label = np.take_along_axis(label, label, axis=-1)
    return (label == itself).sum(axis=-1)
