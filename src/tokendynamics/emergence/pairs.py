"""Pairs in context: a task that asks for two layers, and an attention-only model that learns it, gradients by hand.

A sequence is p pairs (a b) of 2p different tokens, out of W, and then p questions: one of the a's again, and after it its b. All
pairs are new in each sequence, so the b that follows a repeated a stands nowhere but in the sequence itself.

The model: token vectors + position vectors; L layers of H causal heads and a residual, h ← h + O [V₁ T a₁; …], where a token sees
itself and those before it; a linear read-out. No MLP, no LayerNorm, no bias. The loss counts the p answers and nothing else.

Two ways to attend are scored: the previous-token score, from the b of each pair to the a before it, and the induction score, from a
repeated a to the b that followed it first (Olsson et al. 2022). Losses are in nats; nothing else has a unit.
"""

from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._typing import Array, DTypeLike, Integers, Parameters
from ..learning import AdamW, batches, cross_entropy, softmax, softmax_gradient


class Sequences(NamedTuple):
    """b sequences of T = 4p tokens numbers."""

    tokens: np.ndarray  # (b, 4p) 0 … W − 1
    asked: np.ndarray  # (b, p) which of the p pairs each question repeats


class Run(NamedTuple):
    """What `train` returns: s records, each measured on sequences that were not trained on."""

    steps: np.ndarray  # (s,)
    accuracy: np.ndarray  # (s,) share of answers that are right
    log_probability: np.ndarray  # (s,) mean log-probability of the right answer, in nats, at most 0
    all_right: np.ndarray  # (s, p) share of sequences whose first 1, 2, …, p answers are all right
    previous: np.ndarray  # (s, L, H) previous-token score of each head
    induction: np.ndarray  # (s, L, H) induction score of each head
    trained: float  # accuracy on the sequences trained on, at the end
    parameters: dict  # as they are at the end


def sequences(rng: np.random.Generator, count: int, *, pairs: int = 6, words: int = 24) -> Sequences:
    """`count` random `Sequences`."""
    drawn = rng.permuted(np.tile(np.arange(words), (count, 1)), axis=1)[:, : 2 * pairs].reshape(count, pairs, 2)
    asked = rng.integers(pairs, size=(count, pairs))
    again = np.take_along_axis(drawn, asked[..., None], axis=1)
    return Sequences(np.concatenate([drawn, again], axis=1).reshape(count, -1), asked)


def parameters(
    rng: np.random.Generator, *, layers: int = 2, pairs: int = 6, words: int = 24, d: int = 32,
    dtype: DTypeLike = np.float64,
) -> Parameters:  # fmt: skip
    """Random parameters to begin with, {name: array}: vectors, read-out, and Q, K, V, O of all layers, (L, d, d) each."""
    draw = lambda size, *shape: (size * rng.standard_normal(shape)).astype(dtype)  # noqa: E731
    vectors = {"embedding": draw(0.5, words, d), "position": draw(0.5, 4 * pairs, d), "readout": draw(d**-0.5, words, d)}
    return vectors | {name: draw(d**-0.5, layers, d, d) for name in "QKVO"}


def forward(p: Parameters, tokens: Integers, *, heads: int = 1) -> tuple[Array, list[Array], Any]:
    """Logits (b, p, W) at the p questions, attention of each layer [(b, H, T, T)], and what the gradients need besides."""
    count, length = tokens.shape
    d = p["embedding"].shape[1]
    after = np.triu(np.ones((length, length), dtype=bool), k=1)  # what a token may not see
    split = lambda x: np.swapaxes(x.reshape(count, length, heads, -1), 1, 2)  # noqa: E731
    x = p["embedding"][tokens] + p["position"]
    attention, kept = [], []
    for Q, K, V, O in zip(p["Q"], p["K"], p["V"], p["O"]):
        asks, keys, values = split(x @ Q.T) * (d // heads) ** -0.5, split(x @ K.T), split(x @ V.T)
        scores = asks @ np.swapaxes(keys, 2, 3)
        scores[..., after] = -np.inf
        attention.append(softmax(scores))
        found = np.swapaxes(attention[-1] @ values, 1, 2).reshape(count, length, d)
        kept.append((x, asks, keys, values, found))
        x = x + found @ O.T
    last = x[:, length // 2 :: 2]
    return last @ p["readout"].T, attention, (kept, last)


def loss_and_gradients(p: Parameters, batch: Sequences, *, heads: int = 1) -> tuple[float, Parameters]:
    """Mean cross-entropy of all answers, in nats, and its gradient in each parameter, {name: array}."""
    tokens = batch.tokens
    logits, attention, (kept, last) = forward(p, tokens, heads=heads)
    count, length = tokens.shape
    words, d = p["embedding"].shape
    loss, d_logits = cross_entropy(logits, tokens[:, length // 2 + 1 :: 2])
    gradients = {name: np.zeros_like(p[name]) for name in "QKVO"}
    gradients["readout"] = d_logits.reshape(-1, words).T @ last.reshape(-1, d)
    d_x = np.zeros_like(kept[0][0])
    d_x[:, length // 2 :: 2] = d_logits @ p["readout"]
    join = lambda x: np.swapaxes(x, 1, 2).reshape(-1, d)  # noqa: E731
    for layer in reversed(range(len(kept))):
        x, asks, keys, values, found = kept[layer]
        shares, flat = attention[layer], d_x.reshape(-1, d)
        gradients["O"][layer] = flat.T @ found.reshape(-1, d)
        d_found = np.swapaxes((flat @ p["O"][layer]).reshape(count, length, heads, -1), 1, 2)
        d_scores = softmax_gradient(shares, d_found @ np.swapaxes(values, 2, 3))
        changes = {
            "Q": join(d_scores @ keys) * (d // heads) ** -0.5,
            "K": join(np.swapaxes(d_scores, 2, 3) @ asks),
            "V": join(np.swapaxes(shares, 2, 3) @ d_found),
        }
        flat = flat.copy()
        for name, change in changes.items():
            gradients[name][layer] = change.T @ x.reshape(-1, d)
            flat += change @ p[name][layer]
        d_x = flat.reshape(x.shape)
    present = np.zeros((tokens.size, words), dtype=d_x.dtype)
    present[np.arange(tokens.size), tokens.ravel()] = 1
    gradients["embedding"] = present.T @ d_x.reshape(-1, d)
    gradients["position"] = d_x.sum(axis=0)
    return float(loss.mean()), gradients


def scores(attention: list[Array], asked: Integers) -> tuple[Array, Array]:
    """Previous-token and induction score of every head, (L, H) each, from `forward`'s attention and the pairs asked for, (b, p)."""
    looks = np.stack(attention, axis=1)  # (b, L, H, T, T)
    count, length = len(looks), looks.shape[-1]
    later = np.arange(1, length // 2, 2)  # the places of the b's, in the pairs
    previous = looks[..., later, later - 1].mean(axis=(0, -1))
    rows, places = np.arange(count)[:, None], np.arange(length // 2, length, 2)
    induction = looks[rows, :, :, places, 2 * asked + 1].mean(axis=(0, 1))
    return previous, induction


def measure(p: Parameters, batch: Sequences, *, heads: int = 1) -> tuple[float, float, Array, Array, Array]:
    """Accuracy, mean log-probability, all-right (p,), previous-token and induction scores (L, H) on `batch`, as in `Run`."""
    logits, attention, _ = forward(p, batch.tokens, heads=heads)
    wanted = batch.tokens[:, batch.tokens.shape[1] // 2 + 1 :: 2]
    right = logits.argmax(axis=-1) == wanted
    loss, _ = cross_entropy(logits, wanted)
    together = np.logical_and.accumulate(right, axis=1).mean(axis=0)
    return float(right.mean()), -float(loss.mean()), together, *scores(attention, batch.asked)


def train(
    *, layers: int = 2, heads: int = 1, pairs: int = 6, words: int = 24, d: int = 32, count: int | None = None,
    steps: int = 700, batch: int = 32, rate: float = 3e-3, warm_up: int = 50, decay: float = 0.01, every: int = 10,
    seed: int = 0, dtype: DTypeLike = np.float64, held_out: int = 250,
) -> Run:  # fmt: skip
    """Train from random parameters with AdamW; a `Run`, the same to the bit for the same arguments on the same machine.

    layers  : L.  heads : H in each layer, which divides d.  pairs : p.  words : W, at least 2p.
    count   : how many sequences there are to learn from; None for new ones at every step.
    rate    : of AdamW, with betas (0.9, 0.99); it grows from 0 over the first `warm_up` steps.  decay : its weight decay.
    every   : steps between records.  held_out : how many sequences measure.  seed : fixes all that is random.
    Stops early if the loss is no longer a number. Bad input raises ValueError.
    """
    _checks.sizes(layers=layers, heads=heads, pairs=pairs, words=words, d=d, steps=steps, batch=batch, warm_up=warm_up, every=every,
          held_out=held_out)  # fmt: skip
    if d % heads:
        raise ValueError(f"heads must divide d = {d}; got {heads}")
    if words < 2 * pairs:
        raise ValueError(f"words must be at least 2 pairs = {2 * pairs}; got {words}")
    if count is not None:
        _checks.sizes(count=count)
    rate, decay = _checks.number("rate", rate, minimum=0), _checks.number("decay", decay, minimum=0)

    rng = np.random.default_rng(seed)
    p = parameters(rng, layers=layers, pairs=pairs, words=words, d=d, dtype=dtype)
    test = sequences(rng, held_out, pairs=pairs, words=words)
    if count is None:
        stream = iter(lambda: sequences(rng, batch, pairs=pairs, words=words), None)
        seen = test
    else:
        seen = sequences(rng, count, pairs=pairs, words=words)
        stream = batches(rng, seen, batch)
    optimiser, records = AdamW(p, betas=(0.9, 0.99), decay=decay), [(0, *measure(p, test, heads=heads))]
    for step, lesson in enumerate(islice(stream, steps), start=1):
        loss, gradients = loss_and_gradients(p, lesson, heads=heads)
        if not np.isfinite(loss):
            break
        optimiser.step(gradients, rate * min(1, step / warm_up))
        if step % every == 0 or step == steps:
            records.append((step, *measure(p, test, heads=heads)))
    trained = measure(p, Sequences(*(column[:held_out] for column in seen)), heads=heads)[0]
    return Run._make([*(np.array(column) for column in zip(*records)), trained, p])
