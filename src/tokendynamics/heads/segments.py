"""Heads, segments and read-outs: what belongs to one head of a transformer, and who uses it; section 4, Fig. 7 and 8.

A head's segment is its output before W_O, d_head numbers a token. Parameters are those of `transformer`, sentences those of `corpus`.
Nothing here has a unit. Bad input raises ValueError.
"""

from itertools import permutations, product
from typing import Any

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike, Integers, Parameters
from .four_tasks import accuracy
from .transformer import forward, n_layers, tasks


def concatenated(segments: ArrayLike, W_O: ArrayLike) -> Array:
    """What H heads write together: [h¹ … h^H] W_Oᵀ, of shape (…, n, d), for segments (…, H, n, d_head) and W_O (d, H d_head)."""
    segments, W_O = _segments(segments, W_O)
    joined = np.swapaxes(segments, -2, -3)
    return joined.reshape(*joined.shape[:-2], -1) @ W_O.T


def contributions(segments: ArrayLike, W_O: ArrayLike) -> Array:
    """What each head writes: its segment times its own columns of W_O, of shape (…, H, n, d). Over heads they add up to `concatenated`."""
    segments, W_O = _segments(segments, W_O)
    blocks = np.moveaxis(W_O.reshape(len(W_O), segments.shape[-3], -1), 1, 0)  # (H, d, d_head)
    return segments @ np.swapaxes(blocks, -1, -2)


def turned(parameters: Parameters, rng: np.random.Generator) -> tuple[Parameters, Array]:
    """The same model in another basis of the residual stream, float64: what writes to it is turned by a random rotation R, what
    reads from it by R back. Returns (parameters, R); the new stream is the old one times Rᵀ.

    LayerNorm's gains are multiplied into the matrices behind them, and R leaves the mean of a token's numbers alone: LayerNorm
    subtracts that mean, so it is the one direction that the model singles out.
    """
    p = {name: value.astype(np.float64) for name, value in parameters.items()}
    d = p["words"].shape[1]
    basis = np.linalg.qr(np.column_stack([np.ones(d), rng.standard_normal((d, d - 1))]))[0][:, 1:]
    R = np.full((d, d), 1 / d) + basis @ np.linalg.qr(rng.standard_normal((d - 1, d - 1)))[0] @ basis.T
    readers = {"gain": [f"read.{task}" for task in tasks(p)]}
    for l in range(n_layers(p)):
        readers[f"{l}.gain"] = [f"{l}.{name}" for name in "QKV"]
        p[f"{l}.O"] = R @ p[f"{l}.O"]
        if f"{l}.up" in p:
            readers[f"{l}.mlp_gain"] = [f"{l}.up"]
            p[f"{l}.down"], p[f"{l}.down_shift"] = R @ p[f"{l}.down"], R @ p[f"{l}.down_shift"]
    for gain, names in readers.items():
        shift = gain.replace("gain", "shift")
        for name in names:
            p[name] = (p[name] * p[gain]) @ R.T
        p[shift], p[gain] = R @ (p[shift] / p[gain]), np.ones(d)
    return p | {"words": p["words"] @ R.T, "places": p["places"] @ R.T}, R


def mixed(parameters: Parameters, layer: int, mix: Array) -> Parameters:
    """The model with a layer's H d_head segment numbers multiplied by `mix`, (H d_head, H d_head), and by its inverse in W_O.

    To be exact, V gets `mix` and W_O its inverse. Attention stands between the two, one pattern a head: so the model stays what it was
    where `mix` has one block a head, and not where it carries numbers from one head to another.
    """
    V, W_O = (parameters[f"{layer}.{name}"] for name in "VO")
    return parameters | {f"{layer}.V": (mix @ V.reshape(len(mix), -1)).reshape(V.shape), f"{layer}.O": W_O @ np.linalg.inv(mix)}


def block_norms(parameters: Parameters) -> Array:
    """How much of each segment a read-out lets in: ‖W_task G W_Oʰ‖, Frobenius, as shares of a task's sum; (tasks, L, H). Fig. 8.

    G is the last LayerNorm's gain and its subtraction of the mean. What all classes share is taken out of W_task, as softmax
    does not see it. The direct path alone: what a segment does by way of later layers is not in it.
    """
    p = parameters
    norms = np.empty((len(tasks(p)), n_layers(p), len(p["0.Q"])))
    for t, task in enumerate(tasks(p)):
        read = (p[f"read.{task}"] - p[f"read.{task}"].mean(axis=0)) * p["gain"]
        read = read - read.mean(axis=1, keepdims=True)
        for l in range(n_layers(p)):
            norms[t, l] = np.linalg.norm((read @ p[f"{l}.O"]).reshape(len(read), norms.shape[2], -1), axis=(0, 2))
    return norms / norms.sum(axis=(1, 2), keepdims=True)


def mean_segments(parameters: Parameters, sentences: Any) -> Array:
    """Each segment's mean over all words of the sentences, (L, H, d_head): what takes its place when it is switched off."""
    real = np.arange(sentences.words.shape[1]) < sentences.lengths[:, None]
    segments = np.moveaxis(forward(parameters, sentences.words).segments, 2, 1)  # (L, H, sentences, n, d_head)
    return segments[:, :, real].mean(axis=2)


def ablation(parameters: Parameters, sentences: Any, instead: Array | None = None) -> Array:
    """How much accuracy each task loses when one segment is switched off, (tasks, L, H); negative where it gains.

    `instead`, (L, H, d_head), takes the segment's place, see `mean_segments`; None for zeros.
    """
    L, H = n_layers(parameters), len(parameters["0.Q"])
    whole = accuracy(parameters, sentences)
    lost = np.empty((len(whole), L, H))
    for l, h in product(range(L), range(H)):
        keep = np.ones((L, H))
        keep[l, h] = 0
        without = accuracy(parameters, sentences, keep=keep, instead=instead)
        lost[:, l, h] = [whole[task] - without[task] for task in whole]
    return lost


def probe(features: ArrayLike, labels: Integers, new_features: ArrayLike, new_labels: Integers, *, ridge: float = 1e-3) -> float:
    """The share of `new_labels` that a linear read-out, fitted to (features, labels) by ridge regression on one-hot classes, gets right.

    features (m, k), labels (m,) whole numbers; ridge is a share of the features' mean square.
    """
    features, new_features = (_checks.array(name, x, ndim_min=2, shape="(m, k)").astype(np.float64)
                              for name, x in (("features", features), ("new_features", new_features)))  # fmt: skip
    if len(labels) != len(features) or len(new_labels) != len(new_features):
        raise ValueError(
            f"labels must be one for each row; got {len(labels)} and {len(new_labels)} for {len(features)} and {len(new_features)}"
        )
    mean = features.mean(axis=0)
    x, onehot = features - mean, np.eye(int(np.max(labels)) + 1)[labels]
    damped = x.T @ x + ridge * max((x * x).mean(), 1e-300) * len(x) * np.eye(x.shape[1])
    weights = np.linalg.solve(damped, x.T @ (onehot - onehot.mean(axis=0)))
    return float((((new_features - mean) @ weights + onehot.mean(axis=0)).argmax(axis=1) == new_labels).mean())


def asked(array: Array, sentences: Any, task: str) -> tuple[Array, Integers]:
    """Rows of (n, places, k) where the task counts, and their classes. The entity counts at names alone."""
    target = sentences.targets[task]
    counts = target > 0 if task == "entity" else target >= 0
    return array[counts], target[counts]


def segment_probes(parameters: Parameters, fit: Any, score: Any) -> Array:
    """Accuracy of a linear probe for each task from each segment alone, fitted on one part and scored on another, (tasks, L, H)."""
    one, two = (forward(parameters, part.words).segments for part in (fit, score))
    found = np.empty((len(tasks(parameters)), len(one), one.shape[2]))
    for (t, task), l, h in product(enumerate(tasks(parameters)), range(len(one)), range(one.shape[2])):
        found[t, l, h] = probe(*asked(one[l, :, h], fit, task), *asked(two[l, :, h], score, task))
    return found


def bag_of_words(sentences: Any, size: int) -> Array:
    """For every word: itself, and how often each word has come so far, (n, places, 2 size): all that words tell without their order."""
    onehot = np.eye(size, dtype=np.float32)[sentences.words]
    return np.concatenate([onehot, onehot.cumsum(axis=1)], axis=2)


def aligned(one: Array, other: Array) -> tuple[float, float]:
    """The correlation of two (tasks, L, H) tables: as they are, and for the best renaming of the other's heads within each layer."""
    best = -np.inf
    orders = list(permutations(range(one.shape[2])))
    for order in product(orders, repeat=one.shape[1]):
        renamed = np.stack([other[:, l, list(o)] for l, o in enumerate(order)], axis=1)
        best = max(best, np.corrcoef(one.ravel(), renamed.ravel())[0, 1])
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1]), float(best)


def _segments(segments: object, W_O: object) -> tuple[Array, Array]:
    segments = _checks.array("segments", segments, ndim_min=3, shape="(…, H, n, d_head)")
    W_O = _checks.array("W_O", W_O, ndim_min=2, shape="(d, H d_head)")
    if W_O.ndim != 2 or W_O.shape[1] != segments.shape[-3] * segments.shape[-1]:
        need = segments.shape[-3] * segments.shape[-1]
        raise ValueError(
            f"W_O must have shape (d, {need}), as there are {segments.shape[-3]} segments of {segments.shape[-1]}; got shape {W_O.shape}"
        )
    return segments, W_O
