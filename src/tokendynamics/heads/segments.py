"""Heads, segments and read-outs: what belongs to one head of a transformer, and who uses it; section 4, Fig. 7 and 8.

A head's segment is its output before W_O, d_head numbers a token. Parameters are those of `transformer`, sentences those of `corpus`.
Nothing here has a unit. Bad input raises ValueError.
"""

from itertools import permutations, product
from typing import NamedTuple

import numpy as np

from .. import _checks
from .._arrays import transpose
from .._typing import Array, ArrayLike, Integers, Parameters
from . import corpus
from .corpus import Sentences
from .four_tasks import accuracy
from .transformer import forward, read_out, sizes


class Asked(NamedTuple):
    """The m places where a task counts."""

    rows: Array  # (m, k)
    classes: Integers  # (m,)


class Alignment(NamedTuple):
    """How alike two tables are, as correlations."""

    plain: float
    best: float  # of all renamings of the heads


def concatenated(segments: ArrayLike, W_O: ArrayLike) -> Array:
    """What H heads write together: [h¹ … h^H] W_Oᵀ.

    Parameters
    ----------
    segments : (…, H, n, d_head) array
    W_O : (d, H d_head) array

    Returns
    -------
    (…, n, d) array
    """
    segments, W_O = _segments(segments, W_O)
    joined = np.swapaxes(segments, -2, -3)  # (…, n, H, d_head)
    with np.errstate(all="ignore"):
        written = joined.reshape(*joined.shape[:-2], -1) @ W_O.T  # (…, n, d)
    return _checks.finite(written, "segments and W_O give a sum")


def contributions(segments: ArrayLike, W_O: ArrayLike) -> Array:
    """What each head writes: its segment times its own columns of W_O. Over heads they add up to `concatenated`.

    Parameters
    ----------
    segments : (…, H, n, d_head) array
    W_O : (d, H d_head) array

    Returns
    -------
    (…, H, n, d) array
    """
    segments, W_O = _segments(segments, W_O)
    blocks = np.moveaxis(W_O.reshape(len(W_O), segments.shape[-3], -1), 1, 0)  # (H, d, d_head)
    with np.errstate(all="ignore"):
        written = segments @ transpose(blocks)  # (…, H, n, d)
    return _checks.finite(written, "segments and W_O give a contribution")


def turned(parameters: Parameters, rng: np.random.Generator) -> tuple[Parameters, Array]:
    """The same model in another basis of the residual stream: what writes to it is turned by a random rotation R, what reads from it by R back.

    LayerNorm's gains are multiplied into the matrices behind them, and R leaves the mean of a token's numbers alone: LayerNorm
    subtracts that mean, so it is the one direction that the model singles out.

    Parameters
    ----------
    parameters : dict of arrays
        Gains must not be 0.
    rng : numpy.random.Generator

    Returns
    -------
    parameters : dict of float64 arrays
    R : (d, d) array
        The new stream is the old one times Rᵀ.
    """
    size, rng = sizes(parameters), _checks.generator("rng", rng)
    p, d = {name: value.astype(np.float64) for name, value in parameters.items()}, size.d
    basis = np.linalg.qr(np.column_stack([np.ones(d), rng.standard_normal((d, d - 1))]))[0][:, 1:]  # (d, d − 1)
    R = np.full((d, d), 1 / d) + basis @ np.linalg.qr(rng.standard_normal((d - 1, d - 1)))[0] @ basis.T  # (d, d)
    readers = {"gain": [f"read.{task}" for task in size.tasks]}
    for l in range(size.layers):
        readers[f"{l}.gain"] = [f"{l}.{name}" for name in "QKV"]
        p[f"{l}.O"] = R @ p[f"{l}.O"]
        if f"{l}.up" in p:
            readers[f"{l}.mlp_gain"] = [f"{l}.up"]
            p[f"{l}.down"], p[f"{l}.down_shift"] = R @ p[f"{l}.down"], R @ p[f"{l}.down_shift"]
    for gain, names in readers.items():
        if (p[gain] == 0).any():
            raise ValueError(f"parameters must have no 0 in {gain!r}: it is divided by")
        shift = gain.replace("gain", "shift")
        for name in names:
            p[name] = (p[name] * p[gain]) @ R.T
        p[shift], p[gain] = R @ (p[shift] / p[gain]), np.ones(d)
    return p | {"words": p["words"] @ R.T, "places": p["places"] @ R.T}, R


def mixed(parameters: Parameters, layer: int, mix: ArrayLike) -> Parameters:
    """The model with a layer's H d_head segment numbers multiplied by `mix`, and by its inverse in W_O.

    To be exact, V gets `mix` and W_O its inverse. Attention stands between the two, one pattern a head: so the model stays what it was
    where `mix` has one block a head, and not where it carries numbers from one head to another.

    Parameters
    ----------
    parameters : dict of arrays
    layer : int
    mix : (H d_head, H d_head) array
        It must have an inverse.

    Returns
    -------
    dict of arrays
    """
    size = sizes(parameters)
    layer, width = _checks.whole("layer", layer, maximum=size.layers - 1), size.heads * size.d_head
    mix = _checks.array("mix", mix, ndim_min=2, shape=f"({width}, {width})")
    if mix.shape != (width, width):
        raise ValueError(
            f"mix must have shape ({width}, {width}), as there are {size.heads} segments of {size.d_head}; got shape {mix.shape}"
        )
    V, W_O = (parameters[f"{layer}.{name}"] for name in "VO")
    with np.errstate(all="ignore"):
        try:
            W_O = W_O @ np.linalg.inv(mix)  # (d, H d_head)
        except np.linalg.LinAlgError:
            raise ValueError("mix must have an inverse; this one has none") from None
        V = (mix @ V.reshape(len(mix), -1)).reshape(V.shape)  # (H, d_head, d)
    finite = {f"{layer}.{name}": _checks.finite(matrix, "mix and its inverse are") for name, matrix in (("V", V), ("O", W_O))}
    return parameters | finite


def block_norms(parameters: Parameters) -> Array:
    """How much of each segment a read-out lets in: ‖W_task G W_Oʰ‖, Frobenius, as shares of a task's sum. Fig. 8.

    G is the last LayerNorm's gain and its subtraction of the mean. What all classes share is taken out of W_task, as softmax
    does not see it. The direct path alone: what a segment does by way of later layers is not in it.

    Parameters
    ----------
    parameters : dict of arrays

    Returns
    -------
    (tasks, L, H) array
        0 for a task that reads nothing.
    """
    p, size = parameters, sizes(parameters)
    norms = np.empty((len(size.tasks), size.layers, size.heads))
    for t, task in enumerate(size.tasks):
        read = (p[f"read.{task}"] - p[f"read.{task}"].mean(axis=0)) * p["gain"]  # (C, d)
        read = read - read.mean(axis=1, keepdims=True)
        for l in range(size.layers):
            blocks = (read @ p[f"{l}.O"]).reshape(len(read), size.heads, -1)  # (C, H, d_head)
            norms[t, l] = np.linalg.norm(blocks, axis=(0, 2))
    total = norms.sum(axis=(1, 2), keepdims=True)
    return norms / np.where(total > 0, total, 1)


def mean_segments(parameters: Parameters, sentences: Sentences) -> Array:
    """Each segment's mean over all words of the sentences: what takes its place when it is switched off.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences

    Returns
    -------
    (L, H, d_head) array
    """
    sentences = corpus.checked(sentences)
    real = np.arange(sentences.words.shape[1]) < sentences.lengths[:, None]  # (sentences, n)
    segments = np.moveaxis(forward(parameters, sentences.words).segments, 2, 1)  # (L, H, sentences, n, d_head)
    return segments[:, :, real].mean(axis=2)


def ablation(parameters: Parameters, sentences: Sentences, instead: ArrayLike | None = None) -> Array:
    """How much accuracy each task loses when one segment is switched off; negative where it gains.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences
    instead : (L, H, d_head) array, optional
        What takes the segment's place, see `mean_segments`; zeros by default.

    Returns
    -------
    (tasks, L, H) array
    """
    size, whole = sizes(parameters), accuracy(parameters, sentences)
    lost = np.empty((len(whole), size.layers, size.heads))
    for l, h in np.ndindex(lost.shape[1:]):
        keep = np.ones(lost.shape[1:])
        keep[l, h] = 0
        without = accuracy(parameters, sentences, keep=keep, instead=instead)
        lost[:, l, h] = [whole[task] - without[task] for task in whole]
    return lost


def direct_ablation(parameters: Parameters, sentences: Sentences, instead: ArrayLike) -> Array:
    """As `ablation`, but something else stands for the segment in the last state alone: what later layers make of it stays.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences
    instead : (L, H, d_head) or (tasks, L, H, d_head) array
        What takes the segment's place, the same for all tasks or one for each.

    Returns
    -------
    (tasks, L, H) array
    """
    p, size, sentences = parameters, sizes(parameters), corpus.checked(sentences)
    one, shape = np.ndim(instead) < 4, (size.layers, size.heads, size.d_head)
    instead = _checks.shaped("instead", instead, *shape) if one else _checks.shaped("instead", instead, len(size.tasks), *shape)
    run, lost = forward(p, sentences.words), np.empty((len(size.tasks), *shape[:2]))
    for t, task in enumerate(size.tasks):
        asked, others = sentences.counted(task), instead if one else instead[t]
        last, answers = run.stream[-1][asked], sentences.targets[task][asked]  # (m, d), (m,)
        whole = _right(p, task, last, answers)
        for l, h in np.ndindex(shape[:2]):
            change = others[l, h] - run.segments[l, :, h][asked]  # (m, d_head)
            changed = last + change @ np.split(p[f"{l}.O"], size.heads, axis=1)[h].T  # (m, d)
            lost[t, l, h] = whole - _right(p, task, changed, answers)
    return lost


def probe(features: ArrayLike, labels: Integers, new_features: ArrayLike, new_labels: Integers, *, ridge: float = 1e-3) -> float:
    """The share of `new_labels` that a linear read-out gets right, fitted to (features, labels) by ridge regression on one-hot classes.

    Parameters
    ----------
    features, new_features : (m, k) arrays
    labels, new_labels : (m,) whole numbers
    ridge : float, default 1e-3
        A share of the features' mean square.

    Returns
    -------
    float
    """
    old, classes, which = _labelled("features", features, "labels", labels)
    new, new_classes, new_which = _labelled("new_features", new_features, "new_labels", new_labels)
    if new.shape[1] != old.shape[1]:
        raise ValueError(f"new_features must have shape (m, {old.shape[1]}), as features have; got shape {new.shape}")
    ridge = _checks.number("ridge", ridge, minimum=1e-12)
    unit = 2.0 ** np.frexp(np.abs(old).max())[1]  # a power of two changes no digit, and squares stay within what a float holds
    with np.errstate(all="ignore"):
        mean = (old / unit).mean(axis=0)  # (k,)
        x, onehot = old / unit - mean, np.eye(len(classes))[which]  # (m, k), (m, C)
        damped = x.T @ x + ridge * max((x * x).mean(), 1e-300) * len(x) * np.eye(x.shape[1])  # (k, k)
        weights = np.linalg.solve(damped, x.T @ (onehot - onehot.mean(axis=0)))  # (k, C)
        scores = _checks.finite((new / unit - mean) @ weights + onehot.mean(axis=0), "new_features give scores")  # (m, C)
    return float((classes[scores.argmax(axis=1)] == new_classes[new_which]).mean())


def asked(array: Array, sentences: Sentences, task: str) -> Asked:
    """Rows of an array where the task counts, and their classes. The entity counts at names alone.

    Parameters
    ----------
    array : (n, places, k) array
    sentences : corpus.Sentences
    task : str

    Returns
    -------
    Asked
    """
    counted = corpus.checked(sentences).counted(task)  # (n, places)
    array = _checks.array("array", array, ndim_min=2, shape="(n, places, k)")
    if array.shape[:2] != counted.shape:
        raise ValueError(f"array must have shape (n, places, k), {counted.shape} at the front; got shape {array.shape}")
    return Asked(array[counted], sentences.targets[task][counted])


def segment_probes(parameters: Parameters, fit: Sentences, score: Sentences) -> Array:
    """Accuracy of a linear probe for each task from each segment alone, fitted on one part and scored on another.

    Parameters
    ----------
    parameters : dict of arrays
    fit, score : corpus.Sentences

    Returns
    -------
    (tasks, L, H) array
    """
    size = sizes(parameters)
    one, two = (forward(parameters, corpus.checked(part).words).segments for part in (fit, score))  # (L, sentences, H, n, d_head)
    found = np.empty((len(size.tasks), size.layers, size.heads))
    for (t, task), l, h in product(enumerate(size.tasks), range(size.layers), range(size.heads)):
        found[t, l, h] = probe(*asked(one[l, :, h], fit, task), *asked(two[l, :, h], score, task))
    return found


def bag_of_words(sentences: Sentences, size: int) -> Array:
    """For every word: itself, and how often each word has come so far: all that words tell without their order.

    Parameters
    ----------
    sentences : corpus.Sentences
    size : int
        How many words there are.

    Returns
    -------
    (n, places, 2 size) array
    """
    words = corpus.checked(sentences).words
    onehot = np.eye(_checks.whole("size", size, minimum=int(words.max()) + 1, maximum=1_000_000), dtype=np.float32)[words]
    return np.concatenate([onehot, onehot.cumsum(axis=1)], axis=2)


def aligned(one: ArrayLike, other: ArrayLike) -> Alignment:
    """The correlation of two tables: as they are, and for the best renaming of the other's heads within each layer.

    Parameters
    ----------
    one, other : (tasks, L, H) arrays

    Returns
    -------
    Alignment
    """
    a, b = _standardised("one", one), _standardised("other", other)
    if a.shape != b.shape:
        raise ValueError(f"one and other must have one shape, (tasks, L, H); got {a.shape} and {b.shape}")
    alike = np.einsum("tlh,tlk->lhk", a, b)  # a correlation is a sum over layers, so the best is found layer by layer
    orders = list(permutations(range(a.shape[2])))
    best = sum(max(sum(row[head] for row, head in zip(rows, order)) for order in orders) for rows in alike.tolist())
    return Alignment(_correlation(a, b), min(best, 1.0))


def _right(p, task, last, answers):
    """The share of answers that a read-out gets right off last states (m, d)."""
    return (read_out(p, task, last).argmax(axis=-1) == answers).mean()


def _standardised(name: str, value: object) -> Array:
    """The table with mean 0 and length 1."""
    table = _checks.array(name, value, ndim_min=3, shape="(tasks, L, H)").astype(np.float64)
    if table.ndim != 3:
        raise ValueError(f"{name} must have shape (tasks, L, H); got shape {table.shape}")
    table = table / max(np.abs(table).max(), 1e-300)
    table = table - table.mean()
    length = np.linalg.norm(table)
    if length < 1e-12:
        raise ValueError(f"{name} must hold different numbers: a constant has no correlation")
    return table / length


def _correlation(one, other):
    return float(np.clip((one * other).sum(), -1, 1))


def _labelled(name, features, labels_name, labels):
    """Features (m, k), the classes among the labels (C,), and which of them each row has (m,)."""
    features = _checks.array(name, features, ndim_min=2, shape="(m, k)").astype(np.float64)
    labels = _checks.integers(labels_name, labels, shape="(m,)", ndim=1)
    if features.ndim != 2 or len(labels) != len(features):
        raise ValueError(f"{labels_name} must be one for each row of {name}, (m, k); got {len(labels)} for shape {features.shape}")
    return features, *np.unique(labels, return_inverse=True)


def _segments(segments: object, W_O: object) -> tuple[Array, Array]:
    segments = _checks.array("segments", segments, ndim_min=3, shape="(…, H, n, d_head)")
    W_O = _checks.array("W_O", W_O, ndim_min=2, shape="(d, H d_head)")
    if W_O.ndim != 2 or W_O.shape[1] != segments.shape[-3] * segments.shape[-1]:
        need = segments.shape[-3] * segments.shape[-1]
        raise ValueError(
            f"W_O must have shape (d, {need}), as there are {segments.shape[-3]} segments of {segments.shape[-1]}; got shape {W_O.shape}"
        )
    return segments, W_O
