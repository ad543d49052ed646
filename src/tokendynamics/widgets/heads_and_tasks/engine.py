"""What Heads and tasks shows: a sentence's answers, what each head adds to them, and a head bent away from what it learned.

The page computes the same in JavaScript, name for name: `engine.js`. Parameters are those of `transformer`,
words are places in `corpus.VOCABULARY`. The next word and the entity are asked at one word, the class and the sentiment at
the last. Nothing here has a unit.
"""

import numpy as np

from ... import _checks, seeded
from ...heads import corpus, transformer

AT_THE_END = ("class", "sentiment")
LONGEST = 1000  # a stretch; far beyond, squares overflow without a word


def bent(parameters, layer, head, turns=(0, 0, 0), stretches=(1, 1, 1), seed=0):
    """The parameters with Q, K and V of one head turned towards a random matrix, and stretched.

    W becomes stretch · (cos(turn) W + sin(turn) R). R is random, at a right angle to W (their entries' products add up to 0) and as
    long, so that a turn leaves the length of W alone; 0 is what was learned, 90 is random.

    layer, head : which one, counted from 0
    turns       : (3,), degrees, for Q, K, V;   stretches : (3,), from 0 to 1000
    seed        : which random matrices, a whole number from 0 to 10,000
    Bad input raises ValueError.
    """
    L, H = transformer.n_layers(parameters), len(parameters["0.Q"])
    for name, value, most in (("layer", layer, L - 1), ("head", head, H - 1), ("seed", seed, 10_000)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value <= most:
            raise ValueError(f"{name} must be a whole number from 0 to {most}; got {value!r}")
    turns, stretches = _three("turns", turns), _three("stretches", stretches)
    if (stretches < 0).any() or (stretches > LONGEST).any():
        raise ValueError(f"stretches must be from 0 to {LONGEST}; got {stretches.tolist()}")
    changed = dict(parameters)
    for which, (name, turn, stretch) in enumerate(zip("QKV", np.deg2rad(turns), stretches)):
        if turn == 0 and stretch == 1:
            continue
        all_heads = parameters[f"{layer}.{name}"].copy()
        W = all_heads[head]
        all_heads[head] = stretch * (np.cos(turn) * W + np.sin(turn) * _other(W, 3 * (100 * layer + head) + which + 10_000 * seed))
        changed[f"{layer}.{name}"] = all_heads
    return changed


def answers(parameters, words, token, *, keep=None, instead=None):
    """The probabilities of each task's answers, {task: (classes,)}, for words (n,); `token` is the word that the first two tasks are
    asked at. `keep` and `instead` as in `transformer.forward`."""
    words = np.asarray(words)
    if isinstance(token, bool) or not isinstance(token, (int, np.integer)) or not 0 <= token < len(words):
        raise ValueError(f"token must be the index of one of the {len(words)} words; got {token!r}")
    logits = transformer.forward(parameters, words, keep=keep, instead=instead).logits
    return {task: _softmax(rows[-1 if task in AT_THE_END else token]) for task, rows in logits.items()}


def added(parameters, words, token, *, keep=None, instead=None):
    """What each head adds to the confidence in the answers as they are, {task: (L, H)}: the probability with it, minus without it.

    The other heads stay as `keep` has them. Arguments as in `answers`.
    """
    now = answers(parameters, words, token, keep=keep, instead=instead)
    best = {task: p.argmax() for task, p in now.items()}
    L, H = transformer.n_layers(parameters), len(parameters["0.Q"])
    keep = np.ones((L, H)) if keep is None else np.asarray(keep, dtype=np.float64)
    table = {task: np.zeros((L, H)) for task in now}
    for l, h in np.ndindex(L, H):
        flipped = keep.copy()
        flipped[l, h] = 1 - keep[l, h]
        other = answers(parameters, words, token, keep=flipped, instead=instead)
        for task in now:
            table[task][l, h] = (now[task] - other[task])[best[task]] * (1 if keep[l, h] else -1)
    return table


def added_on_average(parameters, sentences, *, instead=None):
    """The same with all heads on, over many `corpus.Sentences`, {task: (L, H)}: by how much a head raises the probability of the right
    answer, on the mean over all places where the task is asked; the entity counts at names alone."""
    L, H = transformer.n_layers(parameters), len(parameters["0.Q"])

    def sure(keep):
        logits = transformer.forward(parameters, sentences.words, keep=keep, instead=instead).logits
        return {task: _right_probability(rows, sentences.targets[task], task) for task, rows in logits.items()}

    whole = sure(None)
    table = {task: np.zeros((L, H)) for task in whole}
    for l, h in np.ndindex(L, H):
        keep = np.ones((L, H))
        keep[l, h] = 0
        for task, p in sure(keep).items():
            table[task][l, h] = whole[task] - p
    return table


def mean_segments(parameters, sentences):
    """What each head writes on the mean over all words of `corpus.Sentences`, (L, H, d_head): what may stand in for it."""
    written = transformer.forward(parameters, sentences.words).segments
    asked = np.arange(sentences.words.shape[1]) < sentences.lengths[:, None]
    return (written * asked[:, None, :, None]).sum(axis=(1, 3)) / asked.sum()


def part(sentences, chosen):
    """Some of `corpus.Sentences`, by their numbers."""
    targets = {task: target[chosen] for task, target in sentences.targets.items()}
    return corpus.Sentences(sentences.words[chosen], sentences.lengths[chosen], targets)


def _other(W, stream):
    R = seeded.drawn(*W.shape, stream).keys
    R = R - (R * W).sum() / max((W * W).sum(), 1e-300) * W
    return R * np.sqrt((W * W).sum() / (R * R).sum())


def _three(name, value):
    value = _checks.array(name, value, ndim_min=1, shape="(3,)").astype(np.float64)
    if value.shape != (3,):
        raise ValueError(f"{name} must have shape (3,); got shape {value.shape}")
    return value


def _softmax(logits):
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def _right_probability(logits, target, task):
    counts = target > 0 if task == "entity" else target >= 0
    return np.take_along_axis(_softmax(logits[counts]), target[counts][:, None], axis=-1).mean()
