"""One body and four read-outs, trained: the weights that come with the book, and the command that makes them.

    OMP_NUM_THREADS=1 python -m tokendynamics.heads.four_tasks --out src/tokendynamics/data

Each seed gives three models of one size, two layers of four heads with no MLP, on the sentences of `corpus.split()`:

"joint"  : all four tasks at once, through the read-outs into the body
"frozen" : the next word alone; then the body is frozen, and read-outs for the other three tasks are fitted to it
"fine"   : goes on from "frozen" with these three tasks, through the read-outs into the body; the next word is left out

and the accuracy of a fourth, "blind": trained as "joint" is, but no head writes anything. `load` checks the file's sha256.
Bad input raises ValueError.
"""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks, _data
from .._data import DATA
from .._typing import Array, Parameters
from ..learning import AdamW, descend
from . import corpus, transformer
from .corpus import Sentences

SIZES = {"words": len(corpus.VOCABULARY), "places": corpus.PLACES, "d": 32, "heads": 4, "layers": 2, "mlp": 0}
KINDS, SEEDS = ("joint", "frozen", "fine"), 5
STEPS, FINE_STEPS, RATE, BATCH = 1500, 700, 5e-3, 64
_NEW = ("entity", "class", "sentiment")


class Stopped(RuntimeError):
    """Training ended before its last step; the message says at which, and where the last good weights are."""


def load(kind: str = "joint", seed: int = 0, *, folder: str | PathLike = DATA) -> Parameters:
    """The parameters of a shipped model, as `transformer` takes them.

    Parameters
    ----------
    kind : str, default "joint"
        One of `KINDS`.
    seed : int, default 0
        From 0 to 4.
    folder : path, default the package's data

    Returns
    -------
    dict of float32 arrays

    Raises
    ------
    ValueError
        For a model that is not there, and for a file that is not the one that was written.
    """
    folder = _checks.path("folder", folder)
    start = f"{_checks.choice('kind', kind, KINDS)}.{_checks.whole('seed', seed, maximum=SEEDS - 1)}."
    raw, expected = (folder / "four_tasks.npz").read_bytes(), about(folder=folder)["sha256"]
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise ValueError(
            f"four_tasks.npz is damaged: its sha256 is {found[:12]}… and four_tasks.json says {expected[:12]}…. "
            "Install the package again, or make both files again with python -m tokendynamics.heads.four_tasks"
        )
    with np.load(BytesIO(raw)) as stored:
        return {name.removeprefix(start): stored[name].astype(np.float32) for name in stored.files if name.startswith(start)}


def about(*, folder: str | PathLike = DATA) -> dict[str, Any]:
    """The provenance of the weights, and under "accuracy" that of every run, {kind: {task: [a number a seed]}}, on held-out sentences."""
    return _data.read("four_tasks.json", _checks.path("folder", folder))


def start(rng: np.random.Generator, **sizes: Any) -> Parameters:
    """Random parameters for the four tasks; `sizes` change those of `SIZES`. ValueError for bad input."""
    for name in sizes:
        _checks.choice("the name of a size", name, SIZES)
    return transformer.initial(rng, tasks={task: len(names) for task, names in corpus.TASKS.items()}, **{**SIZES, **sizes})


def train(
    parameters: Parameters, sentences: Sentences, rng: np.random.Generator, *, tasks: Collection[str], steps: int = STEPS, rate: float = RATE,
    batch: int = BATCH, body: bool = True, fixed: Collection[str] = (), keep: str | PathLike | None = None, every: int = 100,
) -> Array:  # fmt: skip
    """Train in place by AdamW on random batches.

    Whatever stops the training, an interrupt or a loss that is no number, the weights go back to those last written to `keep` (without
    a file, those of the last good step counted in `every`), and `Stopped` says so.

    Parameters
    ----------
    parameters : dict of arrays
        Changed in place.
    sentences : corpus.Sentences
    rng : numpy.random.Generator
    tasks : list of str
        Which are trained.
    steps, batch : int, default 1500, 64
    rate : float, default 5e-3
        It warms up over 50 steps, stays, and goes down to 0 over the last third.
    body : bool, default True
        Whether the body is trained; without, only the read-outs are.
    fixed : list of str
        Names of parameters that are left as they are.
    keep : path, optional
        A file for the weights, written every `every` steps.
    every : int, default 100

    Returns
    -------
    (steps,) array
        The loss at every step, in nats.

    Raises
    ------
    Stopped
        Where training ended early.
    """
    size, sentences, rng = transformer.sizes(parameters), corpus.checked(sentences), _checks.generator("rng", rng)
    _checks.sizes(steps=steps, batch=batch, every=every)
    rate, body = _checks.number("rate", rate, minimum=0), _checks.flag("body", body)
    tasks, fixed = _checks.names("tasks", tasks, size.tasks, least=1), _checks.names("fixed", fixed, parameters)
    keep = None if keep is None else _checks.path("keep", keep)

    def batches():
        while True:
            rows = rng.choice(len(sentences.words), batch)
            n = sentences.lengths[rows].max()
            yield sentences.words[rows, :n], {task: sentences.targets[task][rows, :n] for task in tasks}

    def loss_and_gradients(p, drawn):
        words, targets = drawn
        loss, _, gradients = transformer._loss_and_gradients(p, words, targets, through=body)
        return loss, {name: gradient for name, gradient in gradients.items() if name not in fixed}

    optimiser, losses = AdamW(parameters, betas=(0.9, 0.99), decay=0.01), []
    good, good_step = _copy(parameters), 0
    try:
        for step, loss in descend(optimiser, islice(batches(), steps), loss_and_gradients, lambda step: rate * _pace(step - 1, steps)):
            losses.append(loss)
            if step % every == 0 or step == steps:
                good, good_step = _copy(parameters), step
                if keep:
                    _save(keep, parameters)
        if len(losses) < steps:
            raise FloatingPointError("the loss is no number")
    except (KeyboardInterrupt, FloatingPointError) as cause:
        for name, value in good.items():
            parameters[name][...] = value
        where = f"are in {keep}" if keep and good_step else "are in the parameters"
        why = str(cause) or "interrupted"
        raise Stopped(
            f"training stopped at step {len(losses)} of {steps}: {why}; the last good weights, of step {good_step}, {where}"
        ) from cause
    return np.array(losses)


def accuracy(parameters: Parameters, sentences: Sentences, **switches: Any) -> dict[str, float]:
    """The share of right answers by task. The entity is counted at names alone: all other words are no entity, and everybody knows.

    Parameters
    ----------
    parameters : dict of arrays
    sentences : corpus.Sentences
    **switches
        keep, instead: as in `transformer.forward`.

    Returns
    -------
    dict of numbers, by task
    """
    for name in switches:
        _checks.choice("the name of a switch", name, ("keep", "instead"))
    logits = transformer.forward(parameters, corpus.checked(sentences).words, **switches).logits
    return {task: float(_right(logits[task], sentences, task).mean()) for task in logits}


def main(arguments: list[str] | None = None) -> None:
    """Train the models of all seeds and write four_tasks.npz and four_tasks.json."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.heads.four_tasks", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--jobs", type=int, default=2, help="how many seeds at a time")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--fine-steps", type=int, default=FINE_STEPS)
    options = parser.parse_args(arguments)
    begun = time.perf_counter()
    try:
        weights, table = _all_seeds(options)
    except Stopped as stopped:
        parser.exit(1, f"{stopped}. four_tasks.npz is left as it was.\n")
    _save(options.out / "four_tasks.npz", weights, np.float16)
    written = _provenance(options, table)
    (options.out / "four_tasks.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8", newline="\n")
    for partial in options.out.glob("four_tasks.*.partial.npz"):
        partial.unlink()
    print(f"{options.seeds} seeds, {time.perf_counter() - begun:.0f} s")


def _all_seeds(options):
    """The weights of every model, {kind.seed.name: array}, and the accuracies, {kind: {task: [a number a seed]}}."""
    weights: Parameters = {}
    table: dict[str, dict[str, list[float]]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(_one_seed, seed, options.out, options.steps, options.fine_steps) for seed in range(options.seeds)]
        try:
            for seed, job in enumerate(jobs):
                models, accuracies = job.result()
                weights |= {f"{kind}.{seed}.{name}": value for kind, p in models.items() for name, value in p.items()}
                for kind, by_task in accuracies.items():
                    for task, value in by_task.items():
                        table.setdefault(kind, {}).setdefault(task, []).append(round(value, 4))
                told = "; ".join(f"{kind} " + " ".join(f"{v:.3f}" for v in by_task.values()) for kind, by_task in accuracies.items())
                print(f"seed {seed}: {told}", flush=True)
        except Stopped:
            pool.shutdown(cancel_futures=True)
            raise
    return weights, table


def _one_seed(seed, folder, steps, fine_steps):
    """The three models of one seed, and the accuracies: ({kind: parameters}, {kind: {task: number}}). Weights are rounded to float16."""
    sentences = corpus.split()
    keep = {kind: folder / f"four_tasks.{kind}.{seed}.partial.npz" for kind in KINDS}

    def begin(stage):
        return np.random.default_rng((seed, stage))

    joint = start(begin(0))
    train(joint, sentences.train, begin(1), tasks=corpus.TASKS, steps=steps, keep=keep["joint"])
    frozen = start(begin(2))
    train(frozen, sentences.train, begin(3), tasks=["next"], steps=steps, keep=keep["frozen"])
    train(frozen, sentences.train, begin(4), tasks=_NEW, steps=fine_steps, body=False, keep=keep["frozen"])
    fine = _copy(frozen)
    train(fine, sentences.train, begin(5), tasks=_NEW, steps=fine_steps, rate=RATE / 2, keep=keep["fine"])
    blind = start(begin(0))
    silent = [f"{l}.O" for l in range(SIZES["layers"])]
    for name in silent:
        blind[name][...] = 0
    train(blind, sentences.train, begin(1), tasks=corpus.TASKS, steps=steps, fixed=silent)
    models = {"joint": joint, "frozen": frozen, "fine": fine}
    models = {kind: {name: value.astype(np.float16).astype(np.float32) for name, value in p.items()} for kind, p in models.items()}
    return models, {kind: accuracy(p, sentences.test) for kind, p in {**models, "blind": blind}.items()}


def _provenance(options, table):
    return _data.about(
        what="Weights of tiny transformers with four read-outs; see tokendynamics.heads.four_tasks",
        command="OMP_NUM_THREADS=1 python -m tokendynamics.heads.four_tasks --out src/tokendynamics/data",
        seeds=list(range(options.seeds)),
        recipe=SIZES | {"steps": options.steps, "fine_steps": options.fine_steps, "rate": RATE, "batch": BATCH},
        corpus="tokendynamics.heads.corpus.split(), seed 0: 8,000 sentences to train on, 1,000 and 500 held out",
        licence="MIT",
        sha256=hashlib.sha256((options.out / "four_tasks.npz").read_bytes()).hexdigest(),
        accuracy=table,
    )


def _right(logits, sentences, task):
    """Booleans: whether the largest of the logits, (n, PLACES, C), is right, at every place that counts for the task."""
    counted = sentences.counted(task)
    return logits[counted].argmax(axis=-1) == sentences.targets[task][counted]


def _save(path, parameters, dtype=np.float32):
    """Write parameters to an .npz file, whole or not at all."""
    beside = path.with_suffix(".writing")
    with beside.open("wb") as file:
        np.savez_compressed(file, **{name: value.astype(dtype) for name, value in parameters.items()})
    os.replace(beside, path)


def _pace(step, steps):
    """The share of the rate: 50 steps of warming up, level, and down to 0 over the last third."""
    return min(1, (step + 1) / 50, 3 * (1 - step / steps))


def _copy(parameters):
    return {name: value.copy() for name, value in parameters.items()}


if __name__ == "__main__":
    _data.command(main)
