"""Clouds of states (…, n, d): the directions they vary along, the cosines of their pairs, how many directions they use,
and how many clusters they form; how crowds gather: a closed form to hold simulations to, stacks with parts switched off, and who leads.

Options are those of `attention`; nothing has a unit. Bad input raises ValueError.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _checks
from ._typing import Array, ArrayLike, Integers
from .attention import content
from .stack import NORMS, normalised


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


def common_cosine(times: ArrayLike, n: int, *, scale: float = 1.0) -> Array:
    """The cosine γ(t) of every pair of n tokens on the unit sphere that start at right angles, at increasing `times`.

    For Q = K = V = I with the self term the tokens stay alike: dγ/dt = 2 (1 − γ)((n − 1) γ + 1) / (e^{β(1 − γ)} + n − 1),
    γ = 0 at times[0]. Source: Geshkovski, Letrouit, Polyanskiy and Rigollet (2023), A mathematical perspective on
    transformers, on tokens in as many dimensions. Solved by Runge–Kutta steps of at most 0.01.
    """
    times = _checks.array("times", times, ndim_min=1, shape="(T,)")
    n, scale = _checks.whole("n", n, minimum=2), _checks.number("scale", scale)
    if times.ndim != 1 or (np.diff(times) < 0).any():
        raise ValueError(f"times must be one row of numbers that do not fall; got shape {times.shape}")

    def rate(y):
        return 2 * (1 - y) * ((n - 1) * y + 1) / (np.exp(scale * (1 - y)) + n - 1)

    gamma = np.zeros(len(times))
    for k, gap in enumerate(np.diff(times)):
        y, parts = gamma[k], int(np.ceil(gap / 0.01)) or 1
        h = gap / parts
        for _ in range(parts):
            k1 = rate(y)
            k2 = rate(y + h / 2 * k1)
            k3 = rate(y + h / 2 * k2)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(y + h * k3))
        gamma[k + 1] = y
    return gamma


def blocks(
    tokens: ArrayLike, layers: Sequence[Any], *, skip: bool = True, mlps: Sequence[Any] | None = None,
    norm: str | None = "layernorm", include_self: bool = True, causal: bool = False, scale: float = 1.0,
) -> Array:  # fmt: skip
    """Layers of a transformer with parts switched off: every state, (L + 1, …, n, d), the first normalised as well.

    layers : one (Q, K, V) a layer.
    skip   : whether a token keeps what it is: x ← x + V T a(x). Without, x ← V T a(x).
    mlps   : None, or one (W1, W2) a layer, (hidden, d) and (d, hidden): then x ← [x +] W2 max(W1 x, 0).
    norm   : after each part, as in `trajectories`.

    Source: the networks that Dong, Cordonnier and Loukas (2021) compare.
    """
    tokens, norm, skip = _checks.tokens(tokens), _checks.choice("norm", norm, NORMS), _checks.flag("skip", skip)
    if mlps is not None and len(mlps) != len(layers):
        raise ValueError(f"mlps must be one (W1, W2) for each of the {len(layers)} layers; got {len(mlps)}")
    x = normalised(tokens, norm)
    states = [x]
    for number, (Q, K, V) in enumerate(layers):
        given = content(x, Q, K, V, include_self=include_self, causal=causal, scale=scale)
        x = normalised(x + given if skip else given, norm)
        if mlps is not None:
            first, second = (np.asarray(W) for W in mlps[number])
            made = np.maximum(x @ first.T, 0) @ second.T
            x = normalised(x + made if skip else made, norm)
        states.append(x)
    return np.stack(np.broadcast_arrays(*states))


def residual(states: ArrayLike) -> Array:
    """How far the rows of (…, n, d) are from being all the same: ‖X − mean‖ / ‖X‖ from 0 to 1, of shape (…).

    Dong, Cordonnier and Loukas (2021) divide as well, and take another norm; here it is that of all entries.
    """
    states = _checks.tokens(states, "states")
    size = np.linalg.norm(states, axis=(-2, -1))
    apart = np.linalg.norm(states - states.mean(axis=-2, keepdims=True), axis=(-2, -1))
    return np.divide(apart, size, out=np.zeros_like(size), where=size > 0)


def leaders(tokens: ArrayLike, distance: float, *, strong: bool = False) -> Integers:
    """Rényi centres of the rows of (n, d), taken in order: indices of tokens with no earlier centre within `distance`.

    A strong centre has no earlier token at all within it. Source: Karagodin, Polyanskiy and Rigollet (2024), who
    show that under a causal mask strong centres hardly move for long.
    """
    tokens, strong = _checks.tokens(tokens), _checks.flag("strong", strong)
    distance = _checks.number("distance", distance, minimum=0)
    if tokens.ndim != 2:
        raise ValueError(f"tokens must have shape (n, d), one crowd; got shape {tokens.shape}")
    found: list[int] = []
    for k, token in enumerate(tokens):
        earlier = tokens[:k] if strong else tokens[found]
        if (np.linalg.norm(earlier - token, axis=1) > distance).all():
            found.append(k)
    return np.array(found)
