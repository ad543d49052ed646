"""What Heads and tasks sends to the page of a model of the corpus: its weights, packed, and what was measured on held-out sentences.

    python -m tokendynamics.widgets.heads_and_tasks.model --out src/tokendynamics/data/heads_and_tasks.json

measures the book's model "joint", seed 0, on the 1,000 held-out sentences of `corpus.split()`.
"""

import argparse
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ... import _checks, _data
from ..._data import DATA
from ..._typing import Parameters
from ...heads import corpus, four_tasks
from ...heads.corpus import Sentences
from ...heads.segments import mean_segments
from . import engine, packed

HELD, EXAMPLES = 100, 12  # held-out sentences that the page scores itself on, and offers


def shipped(folder: str | PathLike = DATA) -> dict[str, Any]:
    """`model_for` the book's model, measured as `folder` has it. ValueError where the weights are damaged, or are not those that were measured."""
    weights, stored = packed.pack(four_tasks.load()), _data.read("heads_and_tasks.json", _checks.path("folder", folder))
    measured, there = stored["about"]["sha256"], four_tasks.about()["sha256"]
    if measured != there:
        raise ValueError(
            f"heads_and_tasks.json was measured on other weights (sha256 {measured[:12]}…, these are {there[:12]}…): "
            "make it again with python -m tokendynamics.widgets.heads_and_tasks.model"
        )
    return {"weights": weights, **{name: value for name, value in stored.items() if name != "about"}}


def model_for(parameters: Parameters, sentences: Sentences) -> dict[str, Any]:
    """What the page needs of a model of the corpus, plain values.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences
        Such that it was not trained on: it is measured on them.

    Returns
    -------
    dict
        "weights" as `packed.pack` gives them; "tasks" {task: names of the classes}; "places"; "means" (L, H, d_head), `mean_segments`;
        "average" {task: (L, H)}, `added_on_average`; "averaged", over how many; "held", the first of the sentences with their targets;
        "examples", the first of them as text.
    """
    sentences = corpus.checked(sentences)
    parameters = packed.unpack(weights := packed.pack(parameters))
    first = corpus.part(sentences, np.arange(min(HELD, len(sentences.words))))
    held = [
        {"words": first.words[i, :n].tolist(), "targets": {task: t[i, :n].tolist() for task, t in first.targets.items() if task != "next"}}
        for i, n in enumerate(first.lengths)
    ]
    return {
        "weights": weights,
        "tasks": {task: list(names) for task, names in corpus.TASKS.items()},
        "places": corpus.PLACES,
        "means": _data.rounded(mean_segments(parameters, sentences), 6),
        "average": {task: _data.rounded(v, 5) for task, v in engine.added_on_average(parameters, sentences).items()},
        "averaged": len(sentences.words),
        "held": held,
        "examples": [sentences.text(i) for i in range(min(EXAMPLES, len(sentences.words)))],
    }


def main(arguments: list[str] | None = None) -> None:
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
    _data.write(options.out, {"about": about} | made, f"{made['averaged']} sentences")


if __name__ == "__main__":
    _data.command(main)
