"""A head that learns to look things up: Q, K and V by gradient descent, gradients by hand.

One sequence is n pairs and a question. Token k is (keyₖ, contentₖ), the question is (R keyⱼ, 0): one of the keys, but said in
another language, the fixed unknown rotation R. The head attends from the question to the n pairs and must
answer (0, contentⱼ). Keys and contents are new in every sequence, so there is nothing to learn by heart but how to ask.

A second task, `wanted="key"`, differs in one thing: the answer is (0, keyⱼ cut to its first numbers), so that what is
told apart and what is fetched sit in the same place.
"""

from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._arrays import norm
from .._typing import Array
from ..learning import AdamW, descend, softmax, softmax_gradient


class Batch(NamedTuple):
    """b sequences; d = d_key + d_content."""

    pairs: np.ndarray  # (b, n, d) tokens (key, content)
    questions: np.ndarray  # (b, d) tokens (R key, 0)
    answers: np.ndarray  # (b, d) wanted: (0, content)
    contents: np.ndarray  # (b, n, d_content) what each pair would have answered
    asked: np.ndarray  # (b,) which of the n pairs


class Run(NamedTuple):
    """What `train` returns: the steps recorded, and at each the matrices, the loss and the recall rate on held-out sequences."""

    steps: np.ndarray  # (s,)
    Q: np.ndarray  # (s, d_head, d)
    K: np.ndarray  # (s, d_head, d)
    V: np.ndarray  # (s, d, d)
    loss: np.ndarray  # (s,)
    recall: np.ndarray  # (s,)
    rotation: np.ndarray  # (d_key, d_key) the R that was to be found


def sequences(
    rng: np.random.Generator, rotation: Array, *, batch: int = 64, n: int = 8, d_content: int = 4,
    wanted: str = "content",
) -> Batch:  # fmt: skip
    """Sequences at random. Keys have length 1, any direction; contents are Gaussian, of length about 1.

    Parameters
    ----------
    rng : numpy.random.Generator
    rotation : (d_key, d_key) array
        R, the other language.
    batch : int, default 64
    n : int, default 8
        Pairs a sequence.
    d_content : int, default 4
    wanted : "content" or "key", default "content"
        "key" for d_content of at most d_key.

    Returns
    -------
    Batch
    """
    rng, rotation = _checks.generator("rng", rng), _checks.array("rotation", rotation, ndim_min=2, shape="(d_key, d_key)")
    if rotation.ndim != 2 or rotation.shape[0] != rotation.shape[1]:
        raise ValueError(f"rotation must have shape (d_key, d_key); got shape {rotation.shape}")
    d_key = len(rotation)
    _shape(batch=batch, n=n, d_content=d_content, d_key=d_key, wanted=wanted)
    keys = rng.standard_normal((batch, n, d_key))
    keys /= np.linalg.norm(keys, axis=2, keepdims=True)
    contents = rng.standard_normal((batch, n, d_content)) / np.sqrt(d_content)
    asked = rng.integers(n, size=batch)
    rows = np.arange(batch)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        turned = _checks.finite(keys[rows, asked] @ rotation.T, "rotation gives questions")
    questions = np.concatenate([turned, np.zeros((batch, d_content))], axis=1)
    pairs = np.concatenate([keys, contents], axis=2)
    if wanted == "key":
        contents = keys[:, :, :d_content]
    answers = np.concatenate([np.zeros((batch, d_key)), contents[rows, asked]], axis=1)
    return Batch(pairs, questions, answers, contents, asked)


def answer(Q: Array, K: Array, V: Array, batch: Batch) -> tuple[Array, Array]:
    """What the head says, V T a, and its attention a: equation (14) for the question, no residual.

    Parameters
    ----------
    Q, K : (d_head, d) array
    V : (d, d) array
    batch : Batch

    Returns
    -------
    said : (b, d) array
    weights : (b, n) array
    """
    Q, K, V = _head(Q, K, V, batch)
    return _answer(Q, K, V, batch)


def _answer(Q, K, V, batch):
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        scores = np.einsum("bh,bnh->bn", batch.questions @ Q.T, batch.pairs @ K.T)
        weights = softmax(_checks.finite(scores, "Q, K and batch give scores"))
        said = np.einsum("bn,bnd->bd", weights, batch.pairs) @ V.T
    return _checks.finite(said, "V and batch give an answer"), weights


def loss_and_gradients(Q: Array, K: Array, V: Array, batch: Batch) -> tuple[float, tuple[Array, Array, Array]]:
    """½ mean ‖V T a − answer‖², and its gradients in Q, K and V.

    Parameters
    ----------
    Q, K : (d_head, d) array
    V : (d, d) array
    batch : Batch

    Returns
    -------
    loss : float
    gradients : three arrays
        In the shapes of Q, K and V.
    """
    Q, K, V = _head(Q, K, V, batch)
    said, weights = _answer(Q, K, V, batch)
    error = (said - batch.answers) / len(said)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        loss = 0.5 * len(said) * float((error * error).sum())
        gradients = _gradients(Q, K, V, batch, weights, error)
    for found in (np.asarray(loss), *gradients):
        _checks.finite(found, "Q, K, V and batch give a loss")
    return loss, gradients


def _gradients(Q, K, V, batch, weights, error):
    mean = np.einsum("bn,bnd->bd", weights, batch.pairs)  # T a
    d_V = error.T @ mean
    d_weights = np.einsum("bd,bnd->bn", error @ V, batch.pairs)
    d_scores = softmax_gradient(weights, d_weights)
    pulled = np.einsum("bn,bnd->bd", d_scores, batch.pairs)  # score k is (Q q)·(K tₖ)
    d_Q = (pulled @ K.T).T @ batch.questions
    d_K = (batch.questions @ Q.T).T @ pulled
    return d_Q, d_K, d_V


def recalled(Q: Array, K: Array, V: Array, batch: Batch) -> float:
    """The share of questions whose answer is, of the n contents in its sequence, closest to the right one (distance).

    Parameters
    ----------
    Q, K : (d_head, d) array
    V : (d, d) array
    batch : Batch

    Returns
    -------
    float
    """
    said, _ = answer(Q, K, V, batch)
    apart = norm(batch.contents - said[:, None, -batch.contents.shape[2] :])
    return float((apart.argmin(axis=1) == batch.asked).mean())


def train(
    *, d_key: int = 8, d_content: int = 4, d_head: int | None = None, n: int = 8, wanted: str = "content",
    steps: int = 1000, rate: float = 1e-2, batch: int = 64, every: int = 25, seed: int = 0,
) -> Run:  # fmt: skip
    """Train one head from random matrices with Adam (Kingma and Ba 2015), which is `AdamW` with no decay.

    Stops early where the loss leaves the range of numbers.

    Parameters
    ----------
    d_key : int, default 8
    d_content : int, default 4
    d_head : int or None, default None
        Rows of Q and K; None for d = d_key + d_content, where QᵀK can be inverted.
    n : int, default 8
        Pairs a sequence.
    wanted : "content" or "key", default "content"
        "key" for d_content of at most d_key.
    steps : int, default 1000
    rate : float, default 0.01
    batch : int, default 64
    every : int, default 25
        Steps between records.
    seed : int, default 0
        Fixes R, the first matrices and all sequences.

    Returns
    -------
    Run
    """
    _checks.sizes(d_key=d_key, d_content=d_content, n=n, steps=steps, batch=batch, every=every)
    d = d_key + d_content
    d_head = d if d_head is None else d_head
    _checks.sizes(d_head=d_head)
    rate, seed = _checks.number("rate", rate, minimum=0), _checks.seed(seed)
    _shape(d_key=d_key, d_content=d_content, n=n, batch=batch, wanted=wanted)
    shape: dict[str, Any] = {"n": n, "d_content": d_content, "wanted": wanted}
    rng = np.random.default_rng(seed)
    R = np.linalg.qr(rng.standard_normal((d_key, d_key)))[0]
    parameters = {name: rng.standard_normal((rows, d)) / np.sqrt(d) for name, rows in (("Q", d_head), ("K", d_head), ("V", d))}
    held_out = sequences(rng, R, batch=1000, **shape)

    def record(step):
        Q, K, V = (parameters[name] for name in "QKV")  # which the optimiser changes in place
        return step, Q.copy(), K.copy(), V.copy(), loss_and_gradients(Q, K, V, held_out)[0], recalled(Q, K, V, held_out)

    def slope(p, one):
        loss, gradients = loss_and_gradients(p["Q"], p["K"], p["V"], one)
        return loss, dict(zip("QKV", gradients))

    records, drawn = [record(0)], (sequences(rng, R, batch=batch, **shape) for _ in range(steps))
    for step, _ in descend(AdamW(parameters), drawn, slope, lambda step: rate):
        if step % every == 0 or step == steps:
            records.append(record(step))
    return Run._make([*(np.array(column) for column in zip(*records)), R])


def _shape(*, wanted, d_key, **sizes):
    _checks.sizes(**sizes)
    if _checks.choice("wanted", wanted, ("content", "key")) == "key" and sizes["d_content"] > d_key:
        raise ValueError(f"d_content must be at most d_key = {d_key} where the key is wanted; got {sizes['d_content']}")


def _head(Q, K, V, batch):
    """Q, K and V for a batch, checked."""
    if not isinstance(batch, Batch):
        raise ValueError(f"batch must be a Batch, as `sequences` gives it; got {type(batch).__name__}")
    d = batch.pairs.shape[-1]
    (Q, K), V = _checks.query_key(Q, K, d), _checks.value_matrix(V, d)
    for name, matrix in (("Q", Q), ("K", K), ("V", V)):
        if matrix.ndim != 2:
            raise ValueError(f"{name} must have two axes; got shape {matrix.shape}")
    return Q, K, V
