"""Who did what in a sentence: a task with roles, and one layer of H heads that learns it, gradients by hand.

A sentence is T tokens. Each is a word, one of W, and a tag, 0 … R. The tags 1 … R, the roles, occur once each; the other
tokens carry the tag 0 and are not asked for. The order is random. A question at the end wants the word of every role.

The model: token = word vector + tag vector. One learned question q attends with H heads, and R linear read-outs name the words:

    h = q + O [V₁ T a₁; …; V_H T a_H],   aₕ = softmax over tokens of Qₕ q · Kₕ t / √d_head,   logits of role r = readoutᵣ h + biasᵣ.

Its number of parameters does not depend on H: the heads divide the d rows of Q, K and V between them.

`streams=2` takes one liberty away: scores see the tags alone and values the words alone, so that how much a head attends
cannot depend on the words. Nothing here has a unit, apart from losses, which are in nats. Bad input raises ValueError.
In the comments v is the number of rows of `embedding`.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike, DTypeLike, Integers, Parameters
from ..learning import AdamW, cross_entropy, softmax, softmax_gradient
from ._training import judged, trained


class Sentences(NamedTuple):
    """b sentences of T tokens numbers."""

    words: Integers  # (b, T) 0 … W − 1
    tags: Integers  # (b, T) 0 … R
    answers: Integers  # (b, R) the word of each role


class Measured(NamedTuple):
    """How good the answers to some sentences are."""

    accuracy: float  # share of single answers that are right
    log_probability: float  # mean log-probability of the right word, in nats, at most 0
    all_right: Array  # (R,) share of sentences whose first 1, 2, …, R answers are all right
    matrix: Array  # (H, R) heads × roles, see `heads_by_roles`


class Run(NamedTuple):
    """What `train` returns: s records, each measured on sentences that were not trained on, as in `Measured`."""

    steps: Integers  # (s,)
    accuracy: Array  # (s,)
    log_probability: Array  # (s,)
    all_right: Array  # (s, R)
    matrix: Array  # (s, H, R)
    trained: float  # accuracy on the sentences trained on, at the end
    parameters: Parameters  # as they are at the end


class _Cache(NamedTuple):
    """What the gradients need of a forward pass; v = W + R + 1 rows of `embedding`."""

    key_rows: Array  # (v, 1) 1 for the rows that keys are made of, else 0
    value_rows: Array  # (v, 1) the same for values
    k: Array  # (v, H, d_head)
    v: Array  # (v, H, d_head)
    q: Array  # (H, d_head) over √d_head
    onehot: Array  # (b, T, v) a token's word and its tag
    shares: Array  # (b, H, v) how much of a head went to each word and tag
    segments: Array  # (b, d) V T a, the heads side by side
    state: Array  # (b, d) h


class Forward(NamedTuple):
    """What `forward` returns."""

    logits: Array  # (b, R, W)
    attention: Array  # (b, T, H)
    cache: _Cache  # what the gradients need besides


def sentences(rng: np.random.Generator, count: int, *, roles: int = 4, words: int = 32, length: int = 8) -> Sentences:
    """`count` random `Sentences` of `length` tokens, at least `roles`, out of so many `words`."""
    rng = _checks.generator("rng", rng)
    _checks.sizes(count=count, roles=roles, words=words, length=length)
    if roles > length:
        raise ValueError(f"roles must be at most length = {length}; got {roles}")
    tags = np.zeros((count, length), dtype=np.int64)  # (b, T)
    tags[:, :roles] = np.arange(1, roles + 1)
    tags = rng.permuted(tags, axis=1)
    drawn = rng.integers(words, size=(count, length))  # (b, T)
    return Sentences(drawn, tags, np.take_along_axis(drawn, _places(tags, roles), axis=1))


def parameters(rng: np.random.Generator, *, roles: int = 4, words: int = 32, d: int = 48, dtype: DTypeLike = np.float64) -> Parameters:
    """Random parameters to begin with, {name: array}; `embedding` has the W words' rows first, then the tags'."""
    rng, dtype = _checks.generator("rng", rng), _checks.floats("dtype", dtype)
    _checks.sizes(roles=roles, words=words, d=d)
    draw = lambda *shape: (rng.standard_normal(shape) / np.sqrt(d)).astype(dtype)
    vectors = {"embedding": draw(words + roles + 1, d), "query": draw(d)}
    return vectors | {name: draw(d, d) for name in "QKVO"} | {
        "readout": draw(roles, words, d), "bias": np.zeros((roles, words), dtype=dtype),
    }  # fmt: skip


def forward(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> Forward:
    """Answers to some sentences.

    As the question is one and the same, a head needs one score for each row of `embedding` and one value: two small tables.

    Parameters
    ----------
    p : dict of arrays
        As `parameters` gives them.
    batch : Sentences
    heads : int
        It divides d.
    streams : 1 or 2, default 1
        With 2, scores see tags alone and values words alone.

    Returns
    -------
    Forward
    """
    _check(p, batch, heads, streams)
    with np.errstate(all="ignore"):
        run = _forward(p, batch, heads=heads, streams=streams)
    _checks.finite(run.logits, "parameters give logits")
    return run


def loss_and_gradients(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> tuple[float, Parameters]:
    """Mean cross-entropy of all answers, in nats, and its gradient in each parameter, {name: array}; arguments as in `forward`."""
    _check(p, batch, heads, streams)
    with np.errstate(all="ignore"):
        loss, gradients = _loss_and_gradients(p, batch, heads=heads, streams=streams)
    for name, gradient in gradients.items():
        _checks.finite(gradient, f"parameters give a gradient of {name!r}")
    return loss, gradients


def measure(p: Parameters, batch: Sentences, *, heads: int, streams: int = 1) -> Measured:
    """How good the answers to some sentences are; arguments as in `forward`."""
    forward(p, batch, heads=heads, streams=streams)
    return _measure(p, batch, heads=heads, streams=streams)


def heads_by_roles(attention: ArrayLike, tags: Integers, roles: int) -> Array:
    """How much of its attention each head gives, on average, to the token with each role. Rows add to at most 1.

    Parameters
    ----------
    attention : (b, T, H) array
    tags : (b, T) whole numbers
        0 for no role, 1 … R once in each row.
    roles : int
        R.

    Returns
    -------
    (H, R) array
    """
    weights, tags = _attention_and_tags(attention, tags, _checks.whole("roles", roles, minimum=1))
    return _heads_by_roles(weights, tags, roles)


def attention_by_word(attention: ArrayLike, batch: Sentences, words: int) -> Array:
    """The attention each head gives to a role's token, on average, when the role has each word.

    Parameters
    ----------
    attention : (b, T, H) array
    batch : Sentences
    words : int
        W.

    Returns
    -------
    (H, R, W) array
        NaN for a word that a role never has.
    """
    _checks.sizes(words=words)
    roles = _check_batch(batch, words)
    weights, tags = _attention_and_tags(attention, batch.tags, roles)
    given = np.take_along_axis(weights, _places(tags, roles)[..., None], axis=1)  # (b, R, H)
    present = batch.answers[..., None] == np.arange(words)  # (b, R, W)
    with np.errstate(invalid="ignore"):
        return np.einsum("brh,brw->hrw", given, present) / present.sum(axis=0)


def train(
    *, heads: int = 4, roles: int = 4, words: int = 32, length: int = 8, d: int = 48, streams: int = 1,
    count: int | None = None, steps: int = 1000, batch: int = 64, rate: float = 5e-3, decay: float = 0.0, every: int = 50,
    seed: int = 0, dtype: DTypeLike = np.float64, held_out: int = 1000,
) -> Run:  # fmt: skip
    """Train from random parameters with AdamW; the same to the bit for the same arguments on the same machine.

    Stops early if the loss is no longer a number.

    Parameters
    ----------
    heads, d : int, default 4, 48
        H divides d.
    roles, words, length : int, default 4, 32, 8
        R, W, and T, which is at least R.
    streams : 1 or 2, default 1
        With 2, scores see tags alone and values words alone.
    count : int, optional
        How many sentences there are to learn from; new ones at every step by default.
    steps, batch : int, default 1000, 64
    rate : float, default 5e-3
        Of AdamW; a fifth of it for the last three tenths of the steps, so that the end is calm.
    decay : float, default 0
        Weight decay; without, AdamW is Adam.
    every : int, default 50
        Steps between records.
    seed : int, default 0
        Fixes all that is random.
    dtype : float32 or float64, default float64
    held_out : int, default 1000
        How many sentences measure.

    Returns
    -------
    Run
    """
    _checks.sizes(heads=heads, roles=roles, words=words, length=length, d=d, steps=steps, batch=batch, every=every, held_out=held_out)
    if count is not None:
        _checks.sizes(count=count)
    _check_heads(heads, d, streams)
    rate, decay = _checks.number("rate", rate, minimum=0), _checks.number("decay", decay, minimum=0)
    rng = np.random.default_rng(_checks.whole("seed", seed))
    form = {"heads": heads, "streams": streams}
    return Run._make(
        trained(
            AdamW(parameters(rng, roles=roles, words=words, d=d, dtype=dtype), decay=decay),
            partial(sentences, roles=roles, words=words, length=length),
            partial(_loss_and_gradients, **form),
            partial(_measure, **form),
            rate=lambda step: rate if step <= 0.7 * steps else rate / 5,
            rng=rng, count=count, batch=batch, held_out=held_out, steps=steps, every=every,
        )
    )  # fmt: skip


def _forward(p, batch, *, heads, streams=1):
    words = p["readout"].shape[1]
    rows, d = p["embedding"].shape
    key_rows, value_rows = np.ones((2, rows, 1), dtype=p["Q"].dtype)  # (v, 1) each
    if streams == 2:
        key_rows[:words], value_rows[words:] = 0, 0
    k = ((key_rows * p["embedding"]) @ p["K"].T).reshape(rows, heads, -1)  # (v, H, d_head)
    v = ((value_rows * p["embedding"]) @ p["V"].T).reshape(rows, heads, -1)  # (v, H, d_head)
    q = (p["Q"] @ p["query"]).reshape(heads, -1) * (d // heads) ** -0.5  # (H, d_head)
    scores = (k * q).sum(axis=2)  # (v, H)

    attention = softmax(scores[batch.words] + scores[words + batch.tags], axis=1)  # (b, T, H)
    onehot = np.zeros((*batch.words.shape, rows), dtype=p["Q"].dtype)  # (b, T, v)
    np.put_along_axis(onehot, batch.words[..., None], 1, axis=2)
    np.put_along_axis(onehot, words + batch.tags[..., None], 1, axis=2)
    shares = np.swapaxes(attention, 1, 2) @ onehot  # (b, H, v)
    segments = np.swapaxes(np.swapaxes(shares, 0, 1) @ np.swapaxes(v, 0, 1), 0, 1).reshape(len(shares), d)  # (b, d)
    state = p["query"] + segments @ p["O"].T  # (b, d)
    logits = (state @ p["readout"].reshape(-1, d).T).reshape(len(state), *p["bias"].shape) + p["bias"]  # (b, R, W)
    return Forward(logits, attention, _Cache(key_rows, value_rows, k, v, q, onehot, shares, segments, state))


def _loss_and_gradients(p, batch, *, heads, streams=1):
    """The same for what is checked already: training runs over its end where a loss or a gradient is no number."""
    logits, attention, c = _forward(p, batch, heads=heads, streams=streams)
    rows, d = p["embedding"].shape
    loss, d_logits = cross_entropy(logits, batch.answers)  # (b, R), (b, R, W)
    flat = d_logits.reshape(len(d_logits), -1)  # (b, R W)
    d_state = flat @ p["readout"].reshape(-1, d)  # (b, d)
    d_segments = np.swapaxes((d_state @ p["O"]).reshape(len(flat), heads, -1), 0, 1)  # (H, b, d_head)
    by_head = np.swapaxes(c.shares, 0, 1)  # (H, b, v)
    d_v = np.swapaxes(np.swapaxes(by_head, 1, 2) @ d_segments, 0, 1).reshape(rows, d)  # (v, d)
    d_shares = np.swapaxes(d_segments @ np.moveaxis(c.v, 0, 2), 0, 1)  # (b, H, v)
    d_scores = softmax_gradient(attention, c.onehot @ np.swapaxes(d_shares, 1, 2), axis=1)  # (b, T, H)
    d_table = c.onehot.reshape(-1, rows).T @ d_scores.reshape(-1, heads)  # (v, H)
    d_q = np.einsum("vh,vhe->he", d_table, c.k).reshape(-1) * (d // heads) ** -0.5  # (d,)
    d_k = (d_table[:, :, None] * c.q).reshape(rows, d)  # (v, d)
    return float(loss.mean()), {
        "embedding": c.key_rows * (d_k @ p["K"]) + c.value_rows * (d_v @ p["V"]),
        "query": d_state.sum(axis=0) + p["Q"].T @ d_q,
        "Q": np.outer(d_q, p["query"]),
        "K": d_k.T @ (c.key_rows * p["embedding"]),
        "V": d_v.T @ (c.value_rows * p["embedding"]),
        "O": d_state.T @ c.segments,
        "readout": (flat.T @ c.state).reshape(p["readout"].shape),
        "bias": d_logits.sum(axis=0),
    }


def _measure(p, batch, *, heads, streams=1):
    run = _forward(p, batch, heads=heads, streams=streams)
    accuracy, log_probability, all_right = judged(run.logits, batch.answers)
    return Measured(accuracy, log_probability, all_right, _heads_by_roles(run.attention, batch.tags, len(p["readout"])))


def _heads_by_roles(attention, tags, roles):
    return np.take_along_axis(attention, _places(tags, roles)[..., None], axis=1).mean(axis=0).T  # (H, R)


def _places(tags, roles):
    """Where the roles stand, first role first, (b, R)."""
    return np.argsort(tags, axis=1)[:, tags.shape[1] - roles :]


def _check(p, batch, heads, streams):
    p = _checks.mapping("parameters", p, "arrays")
    R, W, d = _checks.parameter(p, "readout", "R", "W", "d").shape
    for name, shape in {"embedding": (W + R + 1, d), "query": (d,), "bias": (R, W), **dict.fromkeys("QKVO", (d, d))}.items():
        _checks.parameter(p, name, *shape)
    _check_heads(heads, d, streams)
    if _check_batch(batch, W) != R:
        raise ValueError(f"batch must have {R} answers a sentence, as the parameters have R = {R}; got {batch.answers.shape[1]}")


def _check_heads(heads, d, streams):
    if d % _checks.whole("heads", heads, minimum=1):
        raise ValueError(f"heads must divide d = {d}; got {heads}")
    _checks.whole("streams", streams, minimum=1, maximum=2)


def _check_batch(batch, words):
    """How many roles it asks for."""
    if not isinstance(batch, Sentences):
        raise ValueError(f"batch must be Sentences, as `sentences` gives them; got {type(batch).__name__}")
    answers = _checks.integers("batch.answers", batch.answers, shape="(b, R)", high=words - 1, ndim=2)
    _checks.integers("batch.words", batch.words, shape="(b, T)", high=words - 1, ndim=2)
    _checks.integers("batch.tags", batch.tags, shape="(b, T)", high=answers.shape[1], ndim=2)
    if batch.words.shape != batch.tags.shape or len(answers) != len(batch.words) or answers.shape[1] > batch.words.shape[1]:
        raise ValueError(f"batch must have words and tags (b, T) and answers (b, R); got {[column.shape for column in batch]}")
    return answers.shape[1]


def _attention_and_tags(attention, tags, roles):
    attention = _checks.array("attention", attention, ndim_min=3, shape="(b, T, H)")
    tags = _checks.integers("tags", tags, shape="(b, T)", high=roles, ndim=2)
    if attention.ndim != 3 or attention.shape[:2] != tags.shape or roles > tags.shape[1]:
        raise ValueError(f"attention must have shape (b, T, H), for tags {tags.shape} with {roles} roles; got shape {attention.shape}")
    return attention, tags
