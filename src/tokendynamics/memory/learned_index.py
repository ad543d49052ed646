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
    """A `Batch`; `rotation` R is (d_key, d_key). Keys have length 1, any direction; contents are Gaussian, of length about 1."""
    d_key = len(rotation)
    keys = rng.standard_normal((batch, n, d_key))
    keys /= np.linalg.norm(keys, axis=2, keepdims=True)
    contents = rng.standard_normal((batch, n, d_content)) / np.sqrt(d_content)
    asked = rng.integers(n, size=batch)
    rows = np.arange(batch)
    questions = np.concatenate([keys[rows, asked] @ rotation.T, np.zeros((batch, d_content))], axis=1)
    pairs = np.concatenate([keys, contents], axis=2)
    if wanted == "key":
        contents = keys[:, :, :d_content]
    answers = np.concatenate([np.zeros((batch, d_key)), contents[rows, asked]], axis=1)
    return Batch(pairs, questions, answers, contents, asked)


def answer(Q: Array, K: Array, V: Array, batch: Batch) -> tuple[Array, Array]:
    """What the head says, V T a, (b, d), and its attention a, (b, n): equation (14) for the question, no residual."""
    scores = np.einsum("bh,bnh->bn", batch.questions @ Q.T, batch.pairs @ K.T)
    weights = softmax(scores)
    return np.einsum("bn,bnd->bd", weights, batch.pairs) @ V.T, weights


def loss_and_gradients(Q: Array, K: Array, V: Array, batch: Batch) -> tuple[float, tuple[Array, Array, Array]]:
    """½ mean ‖V T a − answer‖², and its gradients in Q, K (d_head, d) and V (d, d)."""
    said, weights = answer(Q, K, V, batch)
    error = (said - batch.answers) / len(said)
    loss = 0.5 * len(said) * float((error * error).sum())

    mean = np.einsum("bn,bnd->bd", weights, batch.pairs)  # T a
    d_V = error.T @ mean
    d_weights = np.einsum("bd,bnd->bn", error @ V, batch.pairs)
    d_scores = softmax_gradient(weights, d_weights)
    pulled = np.einsum("bn,bnd->bd", d_scores, batch.pairs)  # score k is (Q q)·(K tₖ)
    d_Q = (pulled @ K.T).T @ batch.questions
    d_K = (batch.questions @ Q.T).T @ pulled
    return loss, (d_Q, d_K, d_V)


def recalled(Q: Array, K: Array, V: Array, batch: Batch) -> float:
    """The share of questions whose answer is, of the n contents in its sequence, closest to the right one (distance)."""
    said, _ = answer(Q, K, V, batch)
    apart = np.linalg.norm(batch.contents - said[:, None, -batch.contents.shape[2] :], axis=2)
    return float((apart.argmin(axis=1) == batch.asked).mean())


def train(
    *, d_key: int = 8, d_content: int = 4, d_head: int | None = None, n: int = 8, wanted: str = "content",
    steps: int = 1000, rate: float = 1e-2, batch: int = 64, every: int = 25, seed: int = 0,
) -> Run:  # fmt: skip
    """Train one head from random matrices with Adam; a `Run`.

    d_head : rows of Q and K; None for d = d_key + d_content, where QᵀK can be inverted.
    n      : pairs a sequence.   wanted : "content" or "key", at most as many numbers as keys have.
    every  : how often to record.   seed : fixes R, the first matrices and all sequences.
    Source: Adam of Kingma and Ba (2015), which is `AdamW` with no decay. Bad input raises ValueError.
    """
    d = d_key + d_content
    d_head = d if d_head is None else d_head
    sizes = {"d_key": d_key, "d_content": d_content, "d_head": d_head, "n": n, "steps": steps, "batch": batch, "every": every}
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1; got {value!r}")
    rate = _checks.number("rate", rate, minimum=0)
    if _checks.choice("wanted", wanted, ("content", "key")) == "key" and d_content > d_key:
        raise ValueError(f"d_content must be at most d_key = {d_key} where the key is wanted; got {d_content}")
    shape: dict[str, Any] = {"n": n, "d_content": d_content, "wanted": wanted}
    rng = np.random.default_rng(seed)
    R = np.linalg.qr(rng.standard_normal((d_key, d_key)))[0]
    parameters = {name: rng.standard_normal((rows, d)) / np.sqrt(d) for name, rows in (("Q", d_head), ("K", d_head), ("V", d))}
    held_out = sequences(rng, R, batch=1000, **shape)

    def record(step):
        matrices = parameters.values()  # which the optimiser changes in place
        return step, *(matrix.copy() for matrix in matrices), loss_and_gradients(*matrices, held_out)[0], recalled(*matrices, held_out)

    def slope(p, one):
        loss, gradients = loss_and_gradients(*p.values(), one)
        return loss, dict(zip("QKV", gradients))

    records, drawn = [record(0)], (sequences(rng, R, batch=batch, **shape) for _ in range(steps))
    for step, _ in descend(AdamW(parameters), drawn, slope, lambda step: rate):
        if step % every == 0 or step == steps:
            records.append(record(step))
    return Run._make([*(np.array(column) for column in zip(*records)), R])
