"""Does pre-training on the next word put a sentence's sentiment into its last vector? Only if some next word depends on it.

The corpus of `corpus.split()` ends each sentence at its full stop, so nothing that comes later depends on the judgement. Here one word
follows the stop. In "told" it sums the sentence up, *good* or *bad*; in "coin", the control, it is one of the two by chance. Models are
those of `four_tasks` with one place more: trained on the next word alone, frozen, and read for the other three tasks. "untrained" is
the same body with no training at all. "longer" goes on with the next word for as many steps as fine-tuning takes, and says how far that
alone moves the tokens.

`shipped()` is the table that comes with the package; `OMP_NUM_THREADS=1 python -m tokendynamics.heads.reasons --out four_tasks_reasons.json`
makes it again, in some six minutes of one core.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks, _data
from . import corpus, four_tasks
from .corpus import Sentences
from .four_tasks import FINE_STEPS, RATE, SEEDS
from .transformer import forward

STEPS = 3000  # of the next word; at half of it the word after the stop is still a coin's toss
KINDS = ("untrained", "coin", "told")
NEW = ("entity", "class", "sentiment")
SUMS = ("bad", "good")  # as corpus.SENTIMENTS


def shipped() -> dict[str, Any]:
    """{"about", "accuracy", "longer"}: {kind: {task: [a number a seed]}}, on held-out sentences, and shares of length, (seeds, 3 states)."""
    return _data.read("four_tasks_reasons.json")


def summed(sentences: Sentences, told: bool, rng: np.random.Generator) -> Sentences:
    """The sentences with one word more after the stop, which is to be foretold there; one place wider.

    Parameters
    ----------
    sentences : corpus.Sentences
    told : bool
        Whether the word is that of the sentence's sentiment; else it is drawn.
    rng : numpy.random.Generator

    Returns
    -------
    corpus.Sentences
    """
    sentences, rng = corpus.checked(sentences), _checks.generator("rng", rng)
    rows, ends = np.arange(len(sentences.words)), sentences.lengths - 1
    tone = sentences.targets["sentiment"][rows, ends]  # (n,)
    if not _checks.flag("told", told):
        tone = rng.integers(0, 2, len(rows))
    word = corpus.numbers(list(SUMS))[tone]  # (n,)
    words = np.pad(sentences.words, ((0, 0), (0, 1)))
    targets = {task: np.pad(target, ((0, 0), (0, 1)), constant_values=-1) for task, target in sentences.targets.items()}
    words[rows, sentences.lengths] = targets["next"][rows, ends] = word
    return Sentences(words, sentences.lengths + 1, targets)


def one_seed(seed: int, steps: int = STEPS, fine_steps: int = FINE_STEPS) -> tuple[dict[str, dict[str, float]], list[float]]:
    """The accuracies of one seed, {kind: {task: number}}, and how far longer training moves its tokens, by state."""

    def begin(stage):
        return np.random.default_rng((seed, stage))

    split, found = corpus.split(), {}
    for kind in KINDS:
        rng, model = begin(9), four_tasks.start(begin(2), places=corpus.PLACES + 1)
        fit, score = (part if kind == "untrained" else summed(part, kind == "told", rng) for part in (split.train, split.test))
        if kind != "untrained":
            four_tasks.train(model, fit, begin(3), tasks=["next"], steps=steps)
        four_tasks.train(model, fit, begin(4), tasks=NEW, steps=fine_steps, body=False)
        found[kind] = {task: value for task, value in four_tasks.accuracy(model, score).items() if task in NEW or kind != "untrained"}
    return found, _longer(seed, fine_steps, split)


def _longer(seed, steps, split):
    """How far `steps` more of the next word, as fine-tuning goes, move the tokens of the shipped "frozen" body: shares of length, by state."""
    frozen = four_tasks.load("frozen", seed)
    longer = {name: value.copy() for name, value in frozen.items()}
    four_tasks.train(longer, split.train, np.random.default_rng((seed, 5)), tasks=["next"], steps=steps, rate=RATE / 2)
    words = split.test.words[:400]
    one, other = (forward(model, words).stream[:, words > 0] for model in (frozen, longer))  # (S, words, d)
    return (np.linalg.norm(other - one, axis=-1).mean(axis=1) / np.linalg.norm(one, axis=-1).mean(axis=1)).tolist()


def table(rows: Sequence[tuple[dict[str, dict[str, float]], list[float]]], command: str) -> dict[str, Any]:
    """What ships, of `one_seed` for every seed."""
    accuracy = {kind: {task: [found[kind][task] for found, _ in rows] for task in rows[0][0][kind]} for kind in KINDS}
    about = _data.about(
        what="What a body frozen after the next word holds, where a word after the stop depends on the sentiment and where it does not; "
        "see tokendynamics.heads.reasons",
        command=command,
        seeds=list(range(len(rows))),
        recipe=four_tasks.SIZES | {"places": corpus.PLACES + 1, "steps": STEPS, "fine_steps": FINE_STEPS},
    )
    return {"about": about} | _data.rounded({"accuracy": accuracy, "longer": [longer for _, longer in rows]})


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on both corpora, and read the sentiment off the frozen bodies."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.heads.reasons", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--fine-steps", type=int, default=FINE_STEPS)
    options = parser.parse_args(arguments)
    rows = [one_seed(seed, options.steps, options.fine_steps) for seed in range(options.seeds)]
    command = f"OMP_NUM_THREADS=1 python -m tokendynamics.heads.reasons --out {options.out.name}"
    _data.write(options.out, table(rows, command), f"{len(rows)} seeds")


if __name__ == "__main__":
    _data.command(main)
