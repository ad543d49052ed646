"""Clouds of states (…, n, d): the directions they vary along, the cosines of their pairs, how many directions they use,
and how many clusters they form; how crowds gather: a closed form to hold simulations to, stacks with parts switched off, and who leads.

Options are those of `attention`; nothing has a unit. Bad input raises ValueError.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _checks
from ._arrays import norm as length_of
from ._arrays import share, sized, transpose, unit
from ._typing import Array, ArrayLike, Integers
from .attention import content
from .stack import NORMS, normalised


def projection(states: ArrayLike) -> dict[str, Array]:
    """The three directions along which states vary most: PCA of all layers together.

    Parameters
    ----------
    states : (L + 1, n, d) array
        d and all states together at least 3.

    Returns
    -------
    dict
        "mean" (d,); "directions" (3, d), rows of length 1; "each" (3,), the share of all variation along each; "by_layer"
        (L + 1,), the share of a layer's own variation that the three hold, 0 where it has none.
    """
    states = _checks.tokens(states, "states")
    if states.ndim != 3 or states.shape[-1] < 3 or states.shape[0] * states.shape[1] < 3:
        raise ValueError(f"states must have shape (L + 1, n, d), at least 3 states of 3 numbers; got shape {states.shape}")
    d, full = states.shape[-1], states.dtype
    states, exponent = sized(states, axis=(0, 1, 2))
    mean = states.reshape(-1, d).mean(axis=0)
    _, sigma, directions = np.linalg.svd(states.reshape(-1, d) - mean, full_matrices=False)
    directions = directions[:3]
    strongest = np.abs(directions).argmax(axis=1)  # a sign of its own for each, so that a second run draws the same
    directions = directions * np.sign(directions[np.arange(3), strongest])[:, None]
    each = share(sigma[:3] ** 2, np.full(3, (sigma**2).sum(), dtype=full))
    fit = {"mean": np.ldexp(mean, exponent[0, 0]), "directions": directions, "each": each}
    return fit | {"by_layer": seen_by_layer(fit, states)}


def seen_by_layer(projection: dict[str, Array], states: ArrayLike) -> Array:
    """How much of each layer's own variation, about that layer's mean, lies along the three directions of a projection; 0 where it has none.

    Parameters
    ----------
    projection : dict
        As `projection` gives it.
    states : (L + 1, n, d) array
        Any, not only those that the projection is of.

    Returns
    -------
    (L + 1,) array
    """
    _, directions, states = _projected(projection, "states", states)
    if states.ndim != 3:
        raise ValueError(f"states must have shape (L + 1, n, d); got shape {states.shape}")
    states, _ = sized(states, axis=(0, 1, 2))
    apart = states - states.mean(axis=1, keepdims=True)
    return share(((apart @ directions.T) ** 2).sum(axis=(1, 2)), (apart**2).sum(axis=(1, 2)))


def project(projection: dict[str, Array], states: ArrayLike) -> Array:
    """States in the three directions of a projection.

    Parameters
    ----------
    projection : dict
        As `projection` gives it.
    states : (…, d) array

    Returns
    -------
    (…, 3) array
    """
    mean, directions, states = _projected(projection, "states", states)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite((states - mean) @ directions.T, "states give a projection")


def share_seen(projection: dict[str, Array], vectors: ArrayLike) -> Array:
    """How much of the squared length of vectors lies along the three directions of a projection; 0 for a vector of zeros.

    Parameters
    ----------
    projection : dict
        As `projection` gives it.
    vectors : (…, d) array

    Returns
    -------
    (…) array
    """
    _, directions, rows = _projected(projection, "vectors", vectors)
    rows, _ = sized(rows)
    return share(((rows @ directions.T) ** 2).sum(axis=-1), (rows**2).sum(axis=-1))


def pair_cosines(states: ArrayLike) -> Array:
    """The cosine of each pair of rows, in the order of `itertools.combinations`; that of a row of zeros is 0.

    Parameters
    ----------
    states : (…, n, d) array

    Returns
    -------
    (…, n (n − 1) / 2) array
    """
    rows = unit(_checks.tokens(states, "states"))
    i, j = np.triu_indices(rows.shape[-2], 1)
    return (rows[..., i, :] * rows[..., j, :]).sum(axis=-1)


def pair_distances(states: ArrayLike) -> Array:
    """How far apart each pair of rows is, in the order of `itertools.combinations`.

    Parameters
    ----------
    states : (…, n, d) array

    Returns
    -------
    (…, n (n − 1) / 2) array
    """
    states = _checks.tokens(states, "states")
    i, j = np.triu_indices(states.shape[-2], 1)
    with np.errstate(over="ignore"):  # said in words by finite
        apart = _checks.finite(states[..., i, :] - states[..., j, :], "states give a distance")
    return _checks.finite(length_of(apart), "states give a distance")


def effective_rank(states: ArrayLike) -> Array:
    """How many directions the rows use: exp of the entropy of σ / Σσ (Roy and Vetterli 2007); NaN where all are 0.

    Parameters
    ----------
    states : (…, n, d) array

    Returns
    -------
    (…) array
    """
    sigma = np.linalg.svd(sized(_checks.tokens(states, "states"), axis=(-2, -1))[0], compute_uv=False)
    whole = sigma.sum(axis=-1, keepdims=True)
    share = np.divide(sigma, whole, out=np.full_like(sigma, np.nan), where=whole > 0)
    return np.exp(-(share * np.log(np.where(share == 0, 1, share))).sum(axis=-1))


def clusters(states: ArrayLike, *, cosine: float | None = None, distance: float | None = None) -> Integers:
    """How many clusters the rows form: single linkage, cut at `cosine` or at `distance`.

    Two rows are linked where their cosine is at least `cosine`, or where they are at most `distance` apart; a cluster is
    what a chain of links holds together. By cosine, a row of zeros is a cluster of its own.

    Parameters
    ----------
    states : (…, n, d) array
    cosine : float or None, default None
    distance : float or None, default None
        One of the two is given.

    Returns
    -------
    (…) array of int
    """
    states = _checks.tokens(states, "states")
    if (cosine is None) == (distance is None):
        raise ValueError(f"give cosine or distance, one of the two; got cosine {cosine!r} and distance {distance!r}")
    if distance is not None:
        limit = _checks.number("distance", distance, minimum=0)
        with np.errstate(over="ignore"):  # infinitely far is far
            near = length_of(states[..., :, None, :] - states[..., None, :, :]) <= limit
    else:
        limit = _checks.number("cosine", cosine)
        rows = unit(states)
        near = rows @ transpose(rows) >= limit
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

    Parameters
    ----------
    times : (T,) array
        Increasing.
    n : int
        At least 2.
    scale : float, default 1

    Returns
    -------
    (T,) array
    """
    times = _checks.array("times", times, ndim_min=1, shape="(T,)")
    n, scale = _checks.count("n", n, minimum=2), _checks.number("scale", scale)
    if times.ndim != 1 or (times[1:] < times[:-1]).any() or times.max() - times.min() > 1e4:
        raise ValueError(f"times must be one row of numbers that do not fall, within 10,000; got shape {times.shape}")

    def rate(y):
        with np.errstate(over="ignore"):  # over infinity: no motion
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
    """Layers of a transformer with parts switched off: every state. Source: the networks that Dong, Cordonnier and Loukas (2021) compare.

    Parameters
    ----------
    tokens : (…, n, d) array
        Normalised first.
    layers : L triples (Q, K, V)
    skip : bool, default True
        Whether a token keeps what it is: x ← x + V T a(x). Without, x ← V T a(x).
    mlps : L pairs (W1, W2) or None, default None
        (hidden, d) and (d, hidden): then x ← [x +] W2 max(W1 x, 0).
    norm : None, "sphere" or "layernorm", default "layernorm"
        After each part, as in `stack`.
    include_self : bool, default True
    causal : bool, default False
    scale : float, default 1

    Returns
    -------
    (L + 1, …, n, d) array
    """
    tokens, norm, skip = _checks.tokens(tokens), _checks.choice("norm", norm, NORMS), _checks.flag("skip", skip)
    layers, mlps = _each("layers", layers, "(Q, K, V)", 3), None if mlps is None else _each("mlps", mlps, "(W1, W2)", 2)
    if mlps is not None and len(mlps) != len(layers):
        raise ValueError(f"mlps must be one (W1, W2) for each of the {len(layers)} layers; got {len(mlps)}")

    def after(x, given):
        with np.errstate(over="ignore"):  # said in words by finite
            return normalised(_checks.finite(x + given if skip else given, "tokens, layers and mlps give states"), norm)

    x = normalised(tokens, norm)
    states = [x]
    for number, (Q, K, V) in enumerate(layers):
        x = after(x, content(x, Q, K, V, include_self=include_self, causal=causal, scale=scale))
        if mlps is not None:
            x = after(x, _mlp(x, *mlps[number]))
        states.append(x)
    return np.stack(np.broadcast_arrays(*states))


def residual(states: ArrayLike) -> Array:
    """How far the rows are from being all the same: ‖X − mean‖ / ‖X‖ from 0 to 1.

    Dong, Cordonnier and Loukas (2021) divide as well, and take another norm; here it is that of all entries.

    Parameters
    ----------
    states : (…, n, d) array

    Returns
    -------
    (…) array
    """
    states = _checks.tokens(states, "states")
    states = sized(states, axis=(-2, -1))[0]
    size = np.linalg.norm(states, axis=(-2, -1))
    apart = np.linalg.norm(states - states.mean(axis=-2, keepdims=True), axis=(-2, -1))
    return np.divide(apart, size, out=np.zeros_like(size), where=size > 0)


def leaders(tokens: ArrayLike, distance: float, *, strong: bool = False) -> Integers:
    """Rényi centres of the rows, taken in order: tokens with no earlier centre within `distance`.

    A strong centre has no earlier token at all within it. Source: Karagodin, Polyanskiy and Rigollet (2024), who
    show that under a causal mask strong centres hardly move for long.

    Parameters
    ----------
    tokens : (n, d) array
    distance : float
    strong : bool, default False

    Returns
    -------
    array of indices
    """
    tokens, strong = _checks.tokens(tokens), _checks.flag("strong", strong)
    distance = _checks.number("distance", distance, minimum=0)
    if tokens.ndim != 2:
        raise ValueError(f"tokens must have shape (n, d), one crowd; got shape {tokens.shape}")
    found: list[int] = []
    for k, token in enumerate(tokens):
        earlier = tokens[:k] if strong else tokens[found]
        with np.errstate(over="ignore"):  # infinitely far is far
            apart = length_of(earlier - token)
        if (apart > distance).all():
            found.append(k)
    return np.array(found)


def _projected(projection: object, name: str, vectors: object) -> tuple[Array, Array, Array]:
    """The mean and directions of a projection, checked, and what is to be projected."""
    parts = _checks.mapping("projection", projection, "what `projection` gives")
    directions = _checks.array("directions of projection", parts.get("directions"), ndim_min=2, shape="(3, d)")
    d = directions.shape[-1]
    mean = _checks.array("mean of projection", parts.get("mean"), ndim_min=1, shape=f"({d},)")
    rows = _checks.array(name, vectors, ndim_min=1, shape=f"(…, {d})")
    if rows.shape[-1] != d or directions.ndim != 2 or mean.shape != (d,):
        raise ValueError(f"{name} must have shape (…, {d}), as the projection has; got shape {rows.shape}")
    return mean, directions, rows


def _each(name, value, what, count):
    """A list with one tuple of so many parts for each layer."""
    if not isinstance(value, (list, tuple, np.ndarray)) or not all(hasattr(part, "__len__") and len(part) == count for part in value):
        raise ValueError(f"{name} must be a list of one {what} a layer; got {type(value).__name__}")
    return value


def _mlp(x, W1, W2):
    """W2 max(W1 x, 0) of each row."""
    W1 = _checks.array("W1", W1, ndim_min=2, shape="(hidden, d)")
    W2 = _checks.array("W2", W2, ndim_min=2, shape="(d, hidden)")
    if W1.shape[-1] != x.shape[-1] or W2.shape != W1.shape[::-1]:
        raise ValueError(f"mlps must be (hidden, {x.shape[-1]}) and its transpose's shape; got shapes {W1.shape} and {W2.shape}")
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite(np.maximum(x @ W1.T, 0) @ W2.T, "tokens and mlps give states")
