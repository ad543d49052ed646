"""What Heads and tasks shows: a sentence's answers, what each head adds to them, and a head bent away from what it learned.

The page computes the same in JavaScript, name for name: `engine.js`. Parameters are those of `transformer`,
words are places in `corpus.VOCABULARY`. The next word and the entity are asked at one word, the class and the sentiment at
the last. Nothing here has a unit. Bad input raises ValueError.
"""

import numpy as np

from ... import _checks, seeded
from ..._typing import Array, ArrayLike, Integers, Parameters
from ...heads import corpus, transformer
from ...heads.corpus import Sentences
from ...learning import softmax

AT_THE_END = ("class", "sentiment")
LONGEST = 1000  # a stretch; far beyond, squares overflow without a word


def bent(
    parameters: Parameters, layer: int, head: int, turns: ArrayLike = (0, 0, 0), stretches: ArrayLike = (1, 1, 1), seed: int = 0
) -> Parameters:
    """The parameters with Q, K and V of one head turned towards a random matrix, and stretched.

    W becomes stretch · (cos(turn) W + sin(turn) R). R is random, at a right angle to W (their entries' products add up to 0) and as
    long, so that a turn leaves the length of W alone; 0 is what was learned, 90 is random.

    Parameters
    ----------
    parameters : dict of arrays
    layer, head : int
        Which one, counted from 0.
    turns : (3,) array, degrees, default 0
        For Q, K, V.
    stretches : (3,) array, default 1
        From 0 to 1000.
    seed : int, default 0
        Which random matrices, from 0 to 10,000.

    Returns
    -------
    dict of arrays
    """
    size = transformer.sizes(parameters)
    for name, value, most in (("layer", layer, size.layers - 1), ("head", head, size.heads - 1), ("seed", seed, 10_000)):
        _checks.whole(name, value, maximum=most)
    angles, lengths = np.deg2rad(_three("turns", turns)), _three("stretches", stretches)
    if (lengths < 0).any() or (lengths > LONGEST).any():
        raise ValueError(f"stretches must be from 0 to {LONGEST}; got {lengths.tolist()}")
    changed = dict(parameters)
    for which, (name, angle, stretch) in enumerate(zip("QKV", angles, lengths)):
        if angle == 0 and stretch == 1:
            continue
        matrices = parameters[f"{layer}.{name}"].copy()  # (H, d_head, d)
        W = matrices[head]  # (d_head, d)
        matrices[head] = stretch * (np.cos(angle) * W + np.sin(angle) * _other(W, 3 * (100 * layer + head) + which + 10_000 * seed))
        changed[f"{layer}.{name}"] = matrices
    return changed


def answers(
    parameters: Parameters, words: Integers, token: int, *, keep: ArrayLike | None = None, instead: ArrayLike | None = None
) -> dict[str, Array]:
    """The probabilities of each task's answers.

    Parameters
    ----------
    parameters : dict of arrays
    words : (n,) whole numbers
    token : int
        The word that the first two tasks are asked at.
    keep, instead : (L, H) and (L, H, d_head) arrays, optional
        As in `transformer.forward`.

    Returns
    -------
    dict of (C,) arrays, by task
    """
    logits = transformer.forward(parameters, words, keep=keep, instead=instead).logits
    if np.ndim(words) != 1:
        raise ValueError(f"words must be whole numbers of shape (n,); got shape {np.shape(words)}")
    _checks.index("token", token, len(words), "words")
    return {task: softmax(rows[-1 if task in AT_THE_END else token]) for task, rows in logits.items()}


def added(
    parameters: Parameters, words: Integers, token: int, *, keep: ArrayLike | None = None, instead: ArrayLike | None = None
) -> dict[str, Array]:
    """What each head adds to the confidence in the answers as they are: the probability with it, minus without it.

    The other heads stay as `keep` has them. Arguments as in `answers`; {task: (L, H) array}.
    """
    now = answers(parameters, words, token, keep=keep, instead=instead)
    best = {task: p.argmax() for task, p in now.items()}
    size = transformer.sizes(parameters)
    kept = np.ones((size.layers, size.heads)) if keep is None else np.asarray(keep, dtype=np.float64)
    table: dict[str, Array] = {task: np.zeros(kept.shape) for task in now}
    for l, h in np.ndindex(kept.shape):
        flipped = kept.copy()
        flipped[l, h] = 1 - kept[l, h]
        other = answers(parameters, words, token, keep=flipped, instead=instead)
        for task in now:
            table[task][l, h] = (now[task] - other[task])[best[task]] * (1 if kept[l, h] else -1)
    return table


def added_on_average(parameters: Parameters, sentences: Sentences, *, instead: ArrayLike | None = None) -> dict[str, Array]:
    """The same with all heads on, over many sentences: by how much a head raises the probability of the right answer, on the mean over
    all places where the task counts.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences
    instead : (L, H, d_head) array, optional
        As in `transformer.forward`.

    Returns
    -------
    dict of (L, H) arrays, by task
    """
    size, sentences = transformer.sizes(parameters), corpus.checked(sentences)

    def right(keep):
        """The probability of the right answer, {task: number}."""
        logits = transformer.forward(parameters, sentences.words, keep=keep, instead=instead).logits
        return {task: _right(rows, sentences.targets[task], sentences.counted(task)) for task, rows in logits.items()}

    whole = right(None)
    table: dict[str, Array] = {task: np.zeros((size.layers, size.heads)) for task in whole}
    for l, h in np.ndindex(size.layers, size.heads):
        keep = np.ones((size.layers, size.heads))
        keep[l, h] = 0
        for task, p in right(keep).items():
            table[task][l, h] = whole[task] - p
    return table


def _right(logits, target, counted):
    return np.take_along_axis(softmax(logits[counted]), target[counted][:, None], axis=-1).mean()


def _other(W, stream):
    n, d = W.shape
    R = seeded.drawn(n, d, stream).keys  # (d_head, d)
    R = R - (R * W).sum() / max((W * W).sum(), 1e-300) * W
    return R * np.sqrt((W * W).sum() / max((R * R).sum(), 1e-300))


def _three(name, value):
    value = _checks.array(name, value, ndim_min=1, shape="(3,)").astype(np.float64)
    if value.shape != (3,):
        raise ValueError(f"{name} must have shape (3,); got shape {value.shape}")
    return value
