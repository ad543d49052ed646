"""What Heads and tasks sends to the page of a model of the corpus: its weights, packed, and what was measured on held-out sentences.

    python -m tokendynamics.widgets.heads_and_tasks.model --out src/tokendynamics/data/heads_and_tasks.json

measures the book's model "joint", seed 0, on the 1,000 held-out sentences of `corpus.split()`.
"""

import argparse
import json
from importlib.resources import files
from pathlib import Path

import numpy as np

from ... import _data
from ...heads import corpus, four_tasks
from . import engine, packed

SHIPPED = files("tokendynamics") / "data" / "heads_and_tasks.json"
HELD, EXAMPLES = 100, 12  # held-out sentences that the page scores itself on, and offers


def shipped():
    """`model_for` the book's model. ValueError where the weights are damaged, or are not those that were measured."""
    weights, stored = packed.pack(four_tasks.load()), json.loads(SHIPPED.read_text(encoding="utf-8"))
    measured, there = stored["about"]["sha256"], four_tasks.about()["sha256"]
    if measured != there:
        raise ValueError(
            f"heads_and_tasks.json was measured on other weights (sha256 {measured[:12]}…, these are {there[:12]}…): "
            "make it again with python -m tokendynamics.widgets.heads_and_tasks.model"
        )
    return {"weights": weights, **{name: value for name, value in stored.items() if name != "about"}}


def model_for(parameters, sentences):
    """What the page needs of a model of the corpus, plain values; measured on `corpus.Sentences` that it was not trained on.

    "weights" as `packed.pack` gives them; "tasks" {task: names of the classes}; "places"; "means" (L, H, d_head), `mean_segments`;
    "average" {task: (L, H)}, `added_on_average`; "averaged", over how many; "held", the first of the sentences with their targets;
    "examples", the first of them as text.
    """
    parameters = packed.unpack(weights := packed.pack(parameters))
    first = engine.part(sentences, np.arange(min(HELD, len(sentences.words))))
    held = [
        {"words": first.words[i, :n].tolist(), "targets": {task: t[i, :n].tolist() for task, t in first.targets.items() if task != "next"}}
        for i, n in enumerate(first.lengths)
    ]
    return {
        "weights": weights,
        "tasks": {task: list(names) for task, names in corpus.TASKS.items()},
        "places": corpus.PLACES,
        "means": np.round(engine.mean_segments(parameters, sentences), 6).tolist(),
        "average": {task: np.round(v, 5).tolist() for task, v in engine.added_on_average(parameters, sentences).items()},
        "averaged": len(sentences.words),
        "held": held,
        "examples": [sentences.text(i) for i in range(min(EXAMPLES, len(sentences.words)))],
    }


def main(arguments=None):
    """Measure what each head of the book's tiny model adds, for the widget Heads and tasks."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.widgets.heads_and_tasks.model", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    options = parser.parse_args(arguments)
    made = model_for(four_tasks.load(), corpus.split().test)
    del made["weights"]  # four_tasks.npz holds them
    about = _data.about(
        what="What each head of a tiny transformer adds to its four tasks; see tokendynamics.widgets.heads_and_tasks.model",
        command=f"python -m tokendynamics.widgets.heads_and_tasks.model --out {options.out.name}",
        weights="four_tasks.npz, joint, seed 0",
        sha256=four_tasks.about()["sha256"],
        corpus=f"tokendynamics.heads.corpus.split(), {made['averaged']} held-out sentences",
    )
    options.out.write_text(json.dumps({"about": about} | made, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{options.out}: {made['averaged']} sentences")


if __name__ == "__main__":
    main()
