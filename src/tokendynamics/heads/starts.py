"""Where does fine-tuning take the tokens: is it the read-outs that decide, or the order of the sentences?

The shipped "frozen" body of `four_tasks` is fine-tuned for as many steps as there, and again with one thing changed:

"batches" : the read-outs begin where they did, and the sentences come in another order
"begun"   : the same sentences in the same order; the read-outs begin at random, as large as they were
"held"    : as "begun", and these read-outs stay as they are
"both"    : as "begun", and the sentences come in another order

A run's last states are compared with those of a plain repeat, and those of "both" with those of "begun". On the entity and the class
("two"), which every run learns, the changes can be compared; with the sentiment too ("three"), as `four_tasks` does it, most runs from
random read-outs do not learn it in so many steps.

`shipped()` is the table that comes with the package; `OMP_NUM_THREADS=1 python -m tokendynamics.heads.starts --out four_tasks_starts.json`
makes it again, in some eight minutes of one core.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import _data
from . import corpus, four_tasks
from .four_tasks import FINE_STEPS, RATE, SEEDS
from .transformer import forward

CHANGES = ("batches", "begun", "held", "both")
TASKS = {"two": ("entity", "class"), "three": ("entity", "class", "sentiment")}


def shipped() -> dict[str, Any]:
    """{"about", "two", "three"}: each has "apart", by change how far last states are from the other run's, as a share of length, a number a
    seed, and "accuracy", by change and task."""
    return _data.read("four_tasks_starts.json")


def one_seed(seed: int, which: str = "two", steps: int = FINE_STEPS) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Of one seed: how far last states are from the other run's, as a share of their length, and the accuracies; by change."""
    split, frozen, tasks = corpus.split(), four_tasks.load("frozen", seed), TASKS[which]
    read_outs = [f"read.{task}{part}" for task in tasks for part in ("", ".shift")]
    rng, others = np.random.default_rng((seed, 7)), {}
    for name in read_outs:
        drawn = rng.standard_normal(frozen[name].shape)
        others[name] = (drawn * np.linalg.norm(frozen[name]) / np.linalg.norm(drawn)).astype(np.float32)

    def tuned(change):
        model = {name: value.copy() for name, value in (frozen if change in ("repeat", "batches") else frozen | others).items()}
        order = np.random.default_rng((seed, 6 if change in ("batches", "both") else 5))  # 5: as `four_tasks` does
        fixed = read_outs if change == "held" else ()
        four_tasks.train(model, split.train, order, tasks=tasks, steps=steps, rate=RATE / 2, fixed=fixed)
        return model

    words = split.test.words[:400]
    ends, apart, accuracy = {}, {}, {}
    for change in ("repeat", *CHANGES):
        model = tuned(change)
        ends[change] = forward(model, words).stream[-1][words > 0]  # (words, d)
        if change == "repeat":
            continue
        first = ends["begun" if change == "both" else "repeat"]
        apart[change] = float(np.linalg.norm(ends[change] - first, axis=-1).mean() / np.linalg.norm(first, axis=-1).mean())
        right = four_tasks.accuracy(model, split.test)
        accuracy[change] = {task: right[task] for task in tasks}
    return apart, accuracy


def main(arguments: Sequence[str] | None = None) -> None:
    """Fine-tune again with other batches, and with other read-outs to begin with."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.heads.starts", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=FINE_STEPS)
    options = parser.parse_args(arguments)
    about = _data.about(
        what="How far fine-tuning ends from a repeat of itself, with other batches and with other read-outs to begin with; "
        "see tokendynamics.heads.starts",
        command=f"OMP_NUM_THREADS=1 python -m tokendynamics.heads.starts --out {options.out.name}",
        seeds=list(range(options.seeds)),
        recipe=four_tasks.SIZES | {"steps": options.steps, "rate": RATE / 2, "batch": four_tasks.BATCH},
    )
    found = {}
    for which, tasks in TASKS.items():
        rows = [one_seed(seed, which, options.steps) for seed in range(options.seeds)]
        found[which] = {
            "apart": {change: [apart[change] for apart, _ in rows] for change in CHANGES},
            "accuracy": {change: {task: [right[change][task] for _, right in rows] for task in tasks} for change in CHANGES},
        }
    _data.write(options.out, {"about": about} | _data.rounded(found), f"{options.seeds} seeds")


if __name__ == "__main__":
    _data.command(main)
