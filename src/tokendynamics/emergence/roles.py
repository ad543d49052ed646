"""Who did what in a sentence: a task with roles, and one layer of H heads that learns it, gradients by hand.

A sentence is T tokens. Each is a word, one of W, and a tag, 0 … R. The tags 1 … R, the roles, occur once each; the other
tokens carry the tag 0 and are not asked for. The order is random. A question at the end wants the word of every role.

The model: token = word vector + tag vector. One learned question q attends with H heads, and R linear read-outs name the words:

    h = q + O [V₁ T a₁; …; V_H T a_H],   aₕ = softmax over tokens of Qₕ q · Kₕ t / √d_head,   logits of role r = readoutᵣ h + biasᵣ.

Its number of parameters does not depend on H: the heads divide the d rows of Q, K and V between them.

`streams=2` takes one liberty away: scores see the tags alone and values the words alone, so that no head can say a word by
how much it attends. Nothing here has a unit, apart from losses, which are in nats.
"""

from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._typing import Array, DTypeLike, Integers, Parameters
from ..learning import AdamW, batches, cross_entropy, softmax, softmax_gradient


class Sentences(NamedTuple):
    """b sentences of T tokens numbers."""

    words: np.ndarray  # (b, T) 0 … W − 1
    tags: np.ndarray  # (b, T) 0 … R
    answers: np.ndarray  # (b, R) the word of each role


class Run(NamedTuple):
    """What `train` returns: s records, each measured on sentences that were not trained on."""

    steps: np.ndarray  # (s,)
    accuracy: np.ndarray  # (s,) share of single answers that are right
    log_probability: np.ndarray  # (s,) mean log-probability of the right word, in nats, at most 0
    all_right: np.ndarray  # (s, R) share of sentences whose first 1, 2, …, R answers are all right
    matrix: np.ndarray  # (s, H, R) heads × roles, see `heads_by_roles`
    trained: float  # accuracy on the sentences trained on, at the end
    parameters: dict  # as they are at the end


def sentences(rng: np.random.Generator, count: int, *, roles: int = 4, words: int = 32, length: int = 8) -> Sentences:
    """`count` random `Sentences`."""
    tags = np.zeros((count, length), dtype=np.int64)
    tags[:, :roles] = np.arange(1, roles + 1)
    tags = rng.permuted(tags, axis=1)
    said = rng.integers(words, size=(count, length))
    places = np.argsort(tags, axis=1)[:, length - roles :]  # the roles' places, first role first
    return Sentences(said, tags, np.take_along_axis(said, places, axis=1))


def parameters(rng: np.random.Generator, *, roles: int = 4, words: int = 32, d: int = 48, dtype: DTypeLike = np.float64) -> Parameters:
    """Random parameters to begin with, {name: array}; `embedding` has the W words' rows first, then the tags'."""
    draw = lambda *shape: (rng.standard_normal(shape) / np.sqrt(d)).astype(dtype)  # noqa: E731
    vectors = {"embedding": draw(words + roles + 1, d), "query": draw(d)}
    return vectors | {name: draw(d, d) for name in "QKVO"} | {
        "readout": draw(roles, words, d), "bias": np.zeros((roles, words), dtype=dtype),
    }  # fmt: skip


def forward(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> tuple[Array, Array, Any]:
    """Logits (b, R, W), attention (b, T, H), and what the gradients need besides.

    As the question is one and the same, a head needs one score for each row of `embedding` and one value: two small tables.
    """
    words = p["readout"].shape[1]
    rows, d = p["embedding"].shape
    hears, says = np.ones((2, rows, 1), dtype=p["Q"].dtype)
    if streams == 2:
        hears[:words], says[words:] = 0, 0
    keys = ((hears * p["embedding"]) @ p["K"].T).reshape(rows, heads, -1)
    values = ((says * p["embedding"]) @ p["V"].T).reshape(rows, heads, -1)
    asks = (p["Q"] @ p["query"]).reshape(heads, -1) * (d // heads) ** -0.5
    scores = (keys * asks).sum(axis=2)

    attention = softmax(scores[batch.words] + scores[words + batch.tags], axis=1)
    present = np.zeros((*batch.words.shape, rows), dtype=p["Q"].dtype)  # (b, T, rows): a token's word and its tag
    np.put_along_axis(present, batch.words[..., None], 1, axis=2)
    np.put_along_axis(present, words + batch.tags[..., None], 1, axis=2)
    shares = np.swapaxes(attention, 1, 2) @ present  # (b, H, rows): how much of a head went to each word and tag
    found = np.swapaxes(np.swapaxes(shares, 0, 1) @ np.swapaxes(values, 0, 1), 0, 1).reshape(len(shares), d)  # V T a
    h = p["query"] + found @ p["O"].T
    logits = (h @ p["readout"].reshape(-1, d).T).reshape(len(h), *p["bias"].shape) + p["bias"]
    return logits, attention, (hears, says, keys, values, asks, present, shares, found, h)


def loss_and_gradients(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> tuple[float, Parameters]:
    """Mean cross-entropy of all answers, in nats, and its gradient in each parameter, {name: array}."""
    logits, attention, (hears, says, keys, values, asks, present, shares, found, h) = forward(p, batch, heads=heads, streams=streams)
    rows, d = p["embedding"].shape
    loss, d_logits = cross_entropy(logits, batch.answers)
    flat = d_logits.reshape(len(h), -1)
    d_h = flat @ p["readout"].reshape(-1, d)
    d_found = np.swapaxes((d_h @ p["O"]).reshape(len(h), heads, -1), 0, 1)  # (H, b, d_head)
    by_head = np.swapaxes(shares, 0, 1)
    d_values = np.swapaxes(np.swapaxes(by_head, 1, 2) @ d_found, 0, 1)  # (rows, H, d_head)
    d_shares = np.swapaxes(d_found @ np.moveaxis(values, 0, 2), 0, 1)  # (b, H, rows)
    d_scores = softmax_gradient(attention, present @ np.swapaxes(d_shares, 1, 2), axis=1)
    d_table = present.reshape(-1, rows).T @ d_scores.reshape(-1, heads)  # (rows, H)
    d_asks = np.einsum("vh,vhe->he", d_table, keys).reshape(-1) * (d // heads) ** -0.5
    d_keys = (d_table[:, :, None] * asks).reshape(rows, d)
    d_values = d_values.reshape(rows, d)
    return float(loss.mean()), {
        "embedding": hears * (d_keys @ p["K"]) + says * (d_values @ p["V"]),
        "query": d_h.sum(axis=0) + p["Q"].T @ d_asks,
        "Q": np.outer(d_asks, p["query"]),
        "K": d_keys.T @ (hears * p["embedding"]),
        "V": d_values.T @ (says * p["embedding"]),
        "O": d_h.T @ found,
        "readout": (flat.T @ h).reshape(p["readout"].shape),
        "bias": d_logits.sum(axis=0),
    }


def heads_by_roles(attention: Array, tags: Integers, roles: int) -> Array:
    """(H, R): how much of its attention each head gives, on average, to the token with each role. Rows add to at most 1."""
    places = np.argsort(tags, axis=1)[:, tags.shape[1] - roles :]
    return np.take_along_axis(attention, places[..., None], axis=1).mean(axis=0).T


def measure(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> tuple[float, float, Array, Array]:
    """Accuracy, mean log-probability, all-right (R,) and heads × roles (H, R) on `batch`, as in `Run`."""
    logits, attention, _ = forward(p, batch, heads=heads, streams=streams)
    right = logits.argmax(axis=-1) == batch.answers
    loss, _ = cross_entropy(logits, batch.answers)
    together = np.logical_and.accumulate(right, axis=1).mean(axis=0)
    return float(right.mean()), -float(loss.mean()), together, heads_by_roles(attention, batch.tags, right.shape[1])


def train(
    *, heads: int = 4, roles: int = 4, words: int = 32, length: int = 8, d: int = 48, streams: int = 1,
    count: int | None = None, steps: int = 1000, batch: int = 64, rate: float = 5e-3, every: int = 50, seed: int = 0,
    dtype: DTypeLike = np.float64, held_out: int = 1000,
) -> Run:  # fmt: skip
    """Train from random parameters with Adam; a `Run`, the same to the bit for the same arguments on the same machine.

    heads    : H, which divides d.  count : how many sentences there are to learn from; None for new ones at every step.
    length   : T, at least `roles`.  streams : 1, or 2 where scores see tags alone and values words alone.
    rate     : of Adam; a fifth of it for the last three tenths of the steps, so that the end is calm.
    every    : steps between records.  held_out : how many sentences measure.  seed : fixes all that is random.
    Stops early if the loss is no longer a number. Bad input raises ValueError.
    """
    _checks.sizes(heads=heads, roles=roles, words=words, length=length, d=d, steps=steps, batch=batch, every=every, held_out=held_out)
    if d % heads:
        raise ValueError(f"heads must divide d = {d}; got {heads}")
    if roles > length:
        raise ValueError(f"roles must be at most length = {length}; got {roles}")
    if count is not None:
        _checks.sizes(count=count)
    if streams not in (1, 2):
        raise ValueError(f"streams must be 1 or 2; got {streams!r}")
    rate = _checks.number("rate", rate, minimum=0)
    shape, form = {"roles": roles, "words": words, "length": length}, {"heads": heads, "streams": streams}

    rng = np.random.default_rng(seed)
    p = parameters(rng, roles=roles, words=words, d=d, dtype=dtype)
    test = sentences(rng, held_out, **shape)
    if count is None:
        stream = iter(lambda: sentences(rng, batch, **shape), None)
        seen = test
    else:
        seen = sentences(rng, count, **shape)
        stream = batches(rng, seen, batch)
    optimiser, records = AdamW(p), [(0, *measure(p, test, **form))]
    for step, lesson in enumerate(islice(stream, steps), start=1):
        loss, gradients = loss_and_gradients(p, lesson, **form)
        if not np.isfinite(loss):
            break
        optimiser.step(gradients, rate if step <= 0.7 * steps else rate / 5)
        if step % every == 0 or step == steps:
            records.append((step, *measure(p, test, **form)))
    trained = measure(p, Sentences(*(column[:held_out] for column in seen)), **form)[0]
    return Run._make([*(np.array(column) for column in zip(*records)), trained, p])


def attention_by_word(attention: Array, batch: Sentences, words: int) -> Array:
    """(H, R, W): the attention each head gives to a role's token, on average, when the role has each word. NaN for a word unseen."""
    places = np.argsort(batch.tags, axis=1)[:, batch.tags.shape[1] - batch.answers.shape[1] :]
    given = np.take_along_axis(attention, places[..., None], axis=1)  # (b, R, H)
    said = batch.answers[..., None] == np.arange(words)  # (b, R, W)
    with np.errstate(invalid="ignore"):
        return np.einsum("brh,brw->hrw", given, said) / said.sum(axis=0)
