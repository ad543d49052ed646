"""Pairs in context: a task that takes two steps, and an attention-only model that learns it in two layers, gradients by hand.

A sequence is p pairs (a b) of 2p different tokens, out of W, and then p questions: one of the a's again, and after it its b. All
pairs are new in each sequence, so the b that follows a repeated a stands nowhere but in the sequence itself.

The model: token vectors + position vectors; L layers of H causal heads and a residual, h ← h + O [V₁ T a₁; …], where a token sees
itself and those before it; a linear read-out. No MLP, no LayerNorm, no bias. The loss counts the p answers and nothing else.

Two ways to attend are scored: the previous-token score, from the b of each pair to the a before it, and the induction score, from a
repeated a to the b that followed it first (Olsson et al. 2022). Losses are in nats; nothing else has a unit. Bad input raises ValueError.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from .. import _checks
from .._arrays import transpose
from .._typing import Array, DTypeLike, Integers, Parameters
from ..learning import AdamW, cross_entropy, softmax, softmax_gradient
from ._training import judged, trained


class Sequences(NamedTuple):
    """b sequences of T = 4p tokens numbers."""

    tokens: Integers  # (b, 4p) 0 … W − 1
    asked: Integers  # (b, p) which of the p pairs each question repeats


class Scores(NamedTuple):
    """How each head attends."""

    previous: Array  # (L, H) previous-token score
    induction: Array  # (L, H) induction score


class Measured(NamedTuple):
    """How good the answers to some sequences are, and how the heads attend."""

    accuracy: float  # share of answers that are right
    log_probability: float  # mean log-probability of the right answer, in nats, at most 0
    all_right: Array  # (p,) share of sequences whose first 1, 2, …, p answers are all right
    previous: Array  # (L, H), as in `Scores`
    induction: Array  # (L, H)


class Run(NamedTuple):
    """What `train` returns: s records, each measured on sequences that were not trained on, as in `Measured`."""

    steps: Integers  # (s,)
    accuracy: Array  # (s,)
    log_probability: Array  # (s,)
    all_right: Array  # (s, p)
    previous: Array  # (s, L, H)
    induction: Array  # (s, L, H)
    trained: float  # accuracy on the sequences trained on, at the end
    parameters: Parameters  # as they are at the end


class _Layer(NamedTuple):
    """What the gradients need of a layer."""

    x: Array  # (b, T, d) the residual stream before it
    q: Array  # (b, H, T, d_head) over √d_head
    k: Array  # (b, H, T, d_head)
    v: Array  # (b, H, T, d_head)
    segments: Array  # (b, T, d) V T a, the heads side by side


class _Cache(NamedTuple):
    layers: list[_Layer]
    last: Array  # (b, p, d) the residual stream at the questions, after the last layer


class Forward(NamedTuple):
    """What `forward` returns."""

    logits: Array  # (b, p, W) at the p questions
    attention: list[Array]  # L of (b, H, T, T)
    cache: _Cache  # what the gradients need besides


def sequences(rng: np.random.Generator, count: int, *, pairs: int = 6, words: int = 24) -> Sequences:
    """`count` random `Sequences` of so many `pairs`, out of `words`, at least twice as many."""
    rng = _checks.generator("rng", rng)
    _checks.sizes(count=count, pairs=pairs, words=words)
    _check_words(words, pairs)
    drawn = rng.permuted(np.tile(np.arange(words), (count, 1)), axis=1)[:, : 2 * pairs].reshape(count, pairs, 2)  # (b, p, 2)
    asked = rng.integers(pairs, size=(count, pairs))  # (b, p)
    again = np.take_along_axis(drawn, asked[..., None], axis=1)  # (b, p, 2)
    return Sequences(np.concatenate([drawn, again], axis=1).reshape(count, -1), asked)


def parameters(
    rng: np.random.Generator, *, layers: int = 2, pairs: int = 6, words: int = 24, d: int = 32,
    dtype: DTypeLike = np.float64,
) -> Parameters:  # fmt: skip
    """Random parameters to begin with, {name: array}: vectors, read-out, and Q, K, V, O of all layers, (L, d, d) each."""
    rng, dtype = _checks.generator("rng", rng), _checks.floats("dtype", dtype)
    _checks.sizes(layers=layers, pairs=pairs, words=words, d=d)
    draw = lambda size, *shape: (size * rng.standard_normal(shape)).astype(dtype)
    vectors = {"embedding": draw(0.5, words, d), "position": draw(0.5, 4 * pairs, d), "readout": draw(d**-0.5, words, d)}
    return vectors | {name: draw(d**-0.5, layers, d, d) for name in "QKVO"}


def one_layer_by_hand(*, pairs: int = 6, words: int = 24) -> Parameters:
    """Weights of one layer that is right every time, set and not trained, as `parameters` gives them: p + 1 heads of W + 1 numbers each.

    Head m sees the two tokens of pair m. It looks at the b, or at the a where that is asked for, and votes against the word that it
    looks at; the last head votes for all b's alike. So the right b alone keeps its vote. That hangs on the places of the pairs, which are
    the same in all sequences.

    Parameters
    ----------
    pairs, words : int, default 6, 24
        p, and W, which is at least 2p.
    """
    _checks.sizes(pairs=pairs, words=words)
    _check_words(words, pairs)
    width, letters, sure = words + 1, np.eye(words), 20  # any other token weighs at most e^−20 of the one looked at
    d, places = (pairs + 1) * width, slice(words, words + 4 * pairs)  # the stream holds the word, then the place, 1 and else 0
    Q, K, V, O = np.zeros((4, d, d))
    for m in range(pairs + 1):
        head, place = slice(m * width, m * width + words), m * width + words  # its numbers for words, and its one for places
        V[head, :words], Q[place, places] = letters, 1
        if m < pairs:
            Q[head, :words], K[head, :words], O[:words, head] = letters, 2 * letters, -letters
            K[place, words + 2 * m : words + 2 * m + 2] = 3, 4  # a, and b by 1 more; to be asked for is worth 2
        else:
            K[place, words + 1 : words + 2 * pairs : 2], O[:words, head] = 3, pairs * letters  # a vote for each b
    vectors = {"embedding": np.eye(words, d), "position": np.eye(4 * pairs, d, k=words), "readout": sure * np.eye(words, d)}
    return vectors | {"Q": Q[None], "K": sure * width**0.5 * K[None], "V": V[None], "O": O[None]}


def multiply_adds(*, layers: int = 2, pairs: int = 6, words: int = 24, d: int = 32) -> int:
    """Multiplications, each with an addition, in the matrix products of `forward` for one sequence; its gradients take twice as many.

    With T = 4p tokens: 4 T d² a layer for Q, K, V and O, 2 T² d a layer for scores and means, p W d for the read-out.
    """
    _checks.sizes(layers=layers, pairs=pairs, words=words, d=d)
    tokens = 4 * pairs
    return layers * (4 * tokens * d**2 + 2 * tokens**2 * d) + pairs * words * d


def forward(p: Parameters, tokens: Integers, *, heads: int = 1) -> Forward:
    """Answers to the questions of some sequences.

    Parameters
    ----------
    p : dict of arrays
        As `parameters` gives them.
    tokens : (b, 4p) whole numbers
    heads : int, default 1
        H, which divides d.

    Returns
    -------
    Forward
    """
    _check(p, tokens, heads)
    with np.errstate(all="ignore"):
        run = _forward(p, np.asarray(tokens), heads=heads)
    _checks.finite(run.logits, "parameters give logits")
    return run


def loss_and_gradients(p: Parameters, batch: Sequences, *, heads: int = 1) -> tuple[float, Parameters]:
    """Mean cross-entropy of all answers, in nats, and its gradient in each parameter, {name: array}; arguments as in `forward`."""
    _check(p, _check_batch(batch).tokens, heads)
    with np.errstate(all="ignore"):
        loss, gradients = _loss_and_gradients(p, batch, heads=heads)
    for name, gradient in gradients.items():
        _checks.finite(gradient, f"parameters give a gradient of {name!r}")
    return loss, gradients


def scores(attention: list[Array], asked: Integers) -> Scores:
    """Previous-token and induction score of every head.

    Parameters
    ----------
    attention : list of (b, H, T, T) arrays
        One a layer, as `forward` gives it.
    asked : (b, p) whole numbers
        Which of the p pairs each question repeats; T = 4p.

    Returns
    -------
    Scores
    """
    asked = _checks.integers("asked", asked, shape="(b, p)", ndim=2)
    count, pairs = asked.shape
    if asked.max() >= pairs:
        raise ValueError(f"asked must be numbers from 0 to {pairs - 1}, one of the {pairs} pairs; got {asked.max()}")
    if not isinstance(attention, list) or not attention:
        raise ValueError(f"attention must be a list of arrays, one a layer; got {type(attention).__name__}")
    layers = [_checks.array("attention", each, ndim_min=4, shape="(b, H, T, T)") for each in attention]
    for each in layers:
        if each.shape != (count, layers[0].shape[1], 4 * pairs, 4 * pairs):
            raise ValueError(f"attention must have shape ({count}, H, {4 * pairs}, {4 * pairs}) in every layer; got shape {each.shape}")
    return _scores(layers, asked)


def measure(p: Parameters, batch: Sequences, *, heads: int = 1) -> Measured:
    """How good the answers to some sequences are; arguments as in `forward`."""
    forward(p, _check_batch(batch).tokens, heads=heads)
    return _measure(p, batch, heads=heads)


def train(
    *, layers: int = 2, heads: int = 1, pairs: int = 6, words: int = 24, d: int = 32, count: int | None = None,
    steps: int = 700, batch: int = 32, rate: float = 3e-3, warm_up: int = 50, decay: float = 0.01, every: int = 10,
    seed: int = 0, dtype: DTypeLike = np.float64, held_out: int = 250,
) -> Run:  # fmt: skip
    """Train from random parameters with AdamW; the same to the bit for the same arguments on the same machine.

    Stops early if the loss is no longer a number.

    Parameters
    ----------
    layers, heads, d : int, default 2, 1, 32
        H heads in each of L layers; H divides d.
    pairs, words : int, default 6, 24
        p, and W, which is at least 2p.
    count : int, optional
        How many sequences there are to learn from; new ones at every step by default.
    steps, batch : int, default 700, 32
    rate : float, default 3e-3
        Of AdamW, with betas (0.9, 0.99).
    warm_up : int, default 50
        Over so many steps the rate grows from 0.
    decay : float, default 0.01
        Weight decay.
    every : int, default 10
        Steps between records.
    seed : int, default 0
        Fixes all that is random.
    dtype : float32 or float64, default float64
    held_out : int, default 250
        How many sequences measure.

    Returns
    -------
    Run
    """
    _checks.sizes(steps=steps, batch=batch, warm_up=warm_up, every=every, held_out=held_out, words=words, pairs=pairs, d=d)
    if count is not None:
        _checks.sizes(count=count)
    _check_heads(heads, d)
    rate, decay = _checks.number("rate", rate, minimum=0), _checks.number("decay", decay, minimum=0)
    rng = np.random.default_rng(_checks.whole("seed", seed))
    p = parameters(rng, layers=layers, pairs=pairs, words=words, d=d, dtype=dtype)
    return Run._make(
        trained(
            AdamW(p, betas=(0.9, 0.99), decay=decay),
            partial(sequences, pairs=pairs, words=words),
            partial(_loss_and_gradients, heads=heads),
            partial(_measure, heads=heads),
            rate=lambda step: rate * min(1, step / warm_up),
            rng=rng, count=count, batch=batch, held_out=held_out, steps=steps, every=every,
        )
    )  # fmt: skip


def _forward(p, tokens, *, heads=1):
    count, length = tokens.shape
    d = p["embedding"].shape[1]
    hidden = np.triu(np.ones((length, length), dtype=bool), k=1)  # (T, T) what a token may not see
    split = lambda x: np.swapaxes(x.reshape(count, length, heads, -1), 1, 2)  # (b, T, d) to (b, H, T, d_head)
    x = p["embedding"][tokens] + p["position"]  # (b, T, d)
    attention, layers = [], []
    for Q, K, V, O in zip(p["Q"], p["K"], p["V"], p["O"]):  # (d, d) each
        q, k, v = split(x @ Q.T) * (d // heads) ** -0.5, split(x @ K.T), split(x @ V.T)  # (b, H, T, d_head)
        scores = q @ transpose(k)  # (b, H, T, T)
        scores[..., hidden] = -np.inf
        attention.append(softmax(scores))
        segments = np.swapaxes(attention[-1] @ v, 1, 2).reshape(count, length, d)  # (b, T, d)
        layers.append(_Layer(x, q, k, v, segments))
        x = x + segments @ O.T  # (b, T, d)
    last = x[:, length // 2 :: 2]  # (b, p, d)
    return Forward(last @ p["readout"].T, attention, _Cache(layers, last))


def _loss_and_gradients(p, batch, *, heads=1):
    """The same for what is checked already: training runs over its end where a loss or a gradient is no number."""
    tokens = batch.tokens
    run = _forward(p, tokens, heads=heads)
    words, d = p["embedding"].shape
    loss, d_logits = cross_entropy(run.logits, _wanted(tokens))  # (b, p), (b, p, W)
    gradients = {name: np.zeros_like(p[name]) for name in "QKVO"}  # (L, d, d) each
    gradients["readout"] = d_logits.reshape(-1, words).T @ run.cache.last.reshape(-1, d)  # (W, d)
    d_x = np.zeros_like(run.cache.layers[0].x)  # (b, T, d)
    d_x[:, tokens.shape[1] // 2 :: 2] = d_logits @ p["readout"]
    for l in reversed(range(len(run.attention))):
        d_x = _layer_gradient(p, gradients, l, run.cache.layers[l], run.attention[l], d_x)  # (b, T, d)
    onehot = np.zeros((tokens.size, words), dtype=d_x.dtype)  # (b T, W)
    onehot[np.arange(tokens.size), tokens.ravel()] = 1
    gradients["embedding"] = onehot.T @ d_x.reshape(-1, d)  # (W, d)
    gradients["position"] = d_x.sum(axis=0)  # (T, d)
    return float(loss.mean()), gradients


def _layer_gradient(p, gradients, l, kept, attention, d_x):
    """Notes the gradients of a layer, returns that of the stream before it, (b, T, d)."""
    (count, heads, length, d_head), d = kept.q.shape, d_x.shape[-1]
    join = lambda x: np.swapaxes(x, 1, 2).reshape(-1, d)  # (b, H, T, d_head) to (b T, d)
    flat = d_x.reshape(-1, d)  # (b T, d)
    gradients["O"][l] = flat.T @ kept.segments.reshape(-1, d)  # (d, d)
    d_segments = np.swapaxes((flat @ p["O"][l]).reshape(count, length, heads, -1), 1, 2)  # (b, H, T, d_head)
    d_scores = softmax_gradient(attention, d_segments @ transpose(kept.v))  # (b, H, T, T)
    changes = {
        "Q": join(d_scores @ kept.k) * d_head**-0.5,  # (b T, d), as are the others
        "K": join(transpose(d_scores) @ kept.q),
        "V": join(transpose(attention) @ d_segments),
    }
    flat = flat.copy()
    for name, change in changes.items():
        gradients[name][l] = change.T @ kept.x.reshape(-1, d)  # (d, d)
        flat += change @ p[name][l]
    return flat.reshape(kept.x.shape)


def _scores(attention, asked):
    weights = np.stack(attention, axis=1)  # (b, L, H, T, T)
    count, length = len(weights), weights.shape[-1]
    later = np.arange(1, length // 2, 2)  # (p,) the places of the b's, in the pairs
    previous = weights[..., later, later - 1].mean(axis=(0, -1))  # (L, H)
    rows, places = np.arange(count)[:, None], np.arange(length // 2, length, 2)  # (b, 1), (p,)
    return Scores(previous, weights[rows, :, :, places, 2 * asked + 1].mean(axis=(0, 1)))


def _measure(p, batch, *, heads=1):
    run = _forward(p, batch.tokens, heads=heads)
    return Measured(*judged(run.logits, _wanted(batch.tokens)), *_scores(run.attention, batch.asked))


def _wanted(tokens):
    """The b's that are to be said, (b, p)."""
    return tokens[:, tokens.shape[1] // 2 + 1 :: 2]


def _check(p, tokens, heads):
    p = _checks.mapping("parameters", p, "arrays")
    W, d = _checks.parameter(p, "embedding", "W", "d").shape
    T, L = len(_checks.parameter(p, "position", "4p", d)), len(_checks.parameter(p, "Q", "L", d, d))
    for name, shape in {"readout": (W, d), **dict.fromkeys("KVO", (L, d, d))}.items():
        _checks.parameter(p, name, *shape)
    _check_heads(heads, d)
    tokens = _checks.integers("tokens", tokens, shape="(b, 4p)", high=W - 1, ndim=2)
    if tokens.shape[1] != T or T % 4:
        raise ValueError(f"tokens must have shape (b, 4p), as the parameters have {T} positions; got shape {tokens.shape}")


def _check_heads(heads, d):
    if d % _checks.whole("heads", heads, minimum=1):
        raise ValueError(f"heads must divide d = {d}; got {heads}")


def _check_words(words, pairs):
    if words < 2 * pairs:
        raise ValueError(f"words must be at least 2 pairs = {2 * pairs}; got {words}")


def _check_batch(batch):
    if not isinstance(batch, Sequences):
        raise ValueError(f"batch must be Sequences, as `sequences` gives them; got {type(batch).__name__}")
    tokens = _checks.integers("batch.tokens", batch.tokens, shape="(b, 4p)", ndim=2)
    asked = _checks.integers("batch.asked", batch.asked, shape="(b, p)", high=tokens.shape[1] // 4 - 1, ndim=2)
    if asked.shape != (len(tokens), tokens.shape[1] // 4):
        raise ValueError(f"batch must have tokens (b, 4p) and asked (b, p); got {tokens.shape} and {asked.shape}")
    return batch
