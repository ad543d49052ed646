"""One body and four read-outs, trained: the weights that come with the book, and the command that makes them.

    OMP_NUM_THREADS=1 python -m tokendynamics.heads.four_tasks --out src/tokendynamics/data

Each seed gives three models of one size, two layers of four heads with no MLP, on the sentences of `corpus.split()`:

"joint"  : all four tasks at once, through the read-outs into the body
"frozen" : the next word alone; then the body is frozen, and read-outs for the other three tasks are fitted to it
"fine"   : goes on from "frozen" with these three tasks, through the read-outs into the body; the next word is left out

and the accuracy of a fourth, "blind": trained as "joint" is, but no head writes anything. `load` checks the file's sha256.
"""

import argparse
import hashlib
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np

from .. import _data
from ..learning import AdamW
from . import corpus, transformer

DATA = files("tokendynamics") / "data"
SIZES = {"words": len(corpus.VOCABULARY), "places": corpus.PLACES, "d": 32, "heads": 4, "layers": 2, "mlp": 0}
KINDS, SEEDS = ("joint", "frozen", "fine"), 5
STEPS, FINE_STEPS, RATE, BATCH = 1500, 700, 5e-3, 64
_NEW = ("entity", "class", "sentiment")


class Stopped(RuntimeError):
    """Training ended before its last step; the message says at which, and where the last good weights are."""


def load(kind="joint", seed=0, *, folder=DATA):
    """The parameters of a shipped model, {name: float32 array}, as `transformer` takes them.

    `kind` is one of `KINDS`, `seed` is from 0 to 4. ValueError for another, and for a file that is not the one that was written.
    """
    if kind not in KINDS or seed not in range(SEEDS):
        raise ValueError(f"kind must be one of {', '.join(KINDS)} and seed from 0 to {SEEDS - 1}; got {kind!r} and {seed!r}")
    raw, expected = (folder / "four_tasks.npz").read_bytes(), about(folder=folder)["sha256"]
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise ValueError(
            f"four_tasks.npz is damaged: its sha256 is {found[:12]}… and four_tasks.json says {expected[:12]}…. "
            "Install the package again, or make both files again with python -m tokendynamics.heads.four_tasks"
        )
    with np.load(BytesIO(raw)) as stored:
        start = f"{kind}.{seed}."
        return {name.removeprefix(start): stored[name].astype(np.float32) for name in stored.files if name.startswith(start)}


def about(*, folder=DATA):
    """The provenance of the weights, and under "accuracy" that of every run, {kind: {task: [a number a seed]}}, on held-out sentences."""
    return json.loads((folder / "four_tasks.json").read_text(encoding="utf-8"))


def start(rng, **sizes):
    """Random parameters for the four tasks; `sizes` change those of `SIZES`."""
    return transformer.initial(rng, tasks={task: len(names) for task, names in corpus.TASKS.items()}, **{**SIZES, **sizes})


def train(parameters, sentences, rng, *, tasks, steps=STEPS, rate=RATE, batch=BATCH, body=True, fixed=(), keep=None, every=100):
    """Train in place by AdamW on random batches; returns the loss at every step, (steps,).

    tasks : which are trained.   body : whether the body is; without, only the read-outs are.   fixed : names left as they are
    keep  : a file for the weights, written every `every` steps. Whatever stops the training, an interrupt or a loss that is no number,
            the weights go back to those last written (without a file, those of the last good step counted in `every`), and `Stopped` says so.
    """
    optimiser, losses, good, good_step = AdamW(parameters, betas=(0.9, 0.99), decay=0.01), [], _copy(parameters), 0
    try:
        for step in range(steps):
            chosen = rng.choice(len(sentences.words), batch)
            n = sentences.lengths[chosen].max()
            asked = {task: sentences.targets[task][chosen, :n] for task in tasks}
            loss, _, gradients = transformer.loss_and_gradients(parameters, sentences.words[chosen, :n], asked, through=body)
            if not np.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss}")
            optimiser.step({name: g for name, g in gradients.items() if name not in fixed}, rate * _pace(step, steps))
            losses.append(loss)
            if (step + 1) % every == 0 or step + 1 == steps:
                good, good_step = _copy(parameters), step + 1
                if keep:
                    save(keep, parameters)
    except (KeyboardInterrupt, FloatingPointError) as cause:
        for name, value in good.items():
            parameters[name][...] = value
        where = f"are in {keep}" if keep and good_step else "are in the parameters"
        why = str(cause) or "interrupted"
        raise Stopped(
            f"training stopped at step {len(losses)} of {steps}: {why}; the last good weights, of step {good_step}, {where}"
        ) from cause
    return np.array(losses)


def accuracy(parameters, sentences, **switches):
    """The share of right answers, {task: number}; `switches` are those of `transformer.forward`.

    The entity is counted at names alone: all other words are no entity, and everybody knows.
    """
    logits = transformer.forward(parameters, sentences.words, **switches).logits
    return {task: float(right(logits[task], sentences, task).mean()) for task in logits}


def right(logits, sentences, task):
    """Booleans: whether the largest of the logits, (n, PLACES, C), is right, at every place that counts for the task."""
    target = sentences.targets[task]
    counts = target > 0 if task == "entity" else target >= 0
    return logits[counts].argmax(axis=-1) == target[counts]


def run(seed, folder=None, steps=STEPS, fine_steps=FINE_STEPS, sentences=None):
    """The three models of one seed, and the accuracies: ({kind: parameters}, {kind: {task: number}}). Weights are rounded to float16."""
    sentences = sentences or corpus.split()
    keep = (lambda kind: Path(folder) / f"four_tasks.{kind}.{seed}.partial.npz") if folder else lambda kind: None

    def begin(stage):
        return np.random.default_rng((seed, stage))

    joint = start(begin(0))
    train(joint, sentences.train, begin(1), tasks=corpus.TASKS, steps=steps, keep=keep("joint"))
    frozen = start(begin(2))
    train(frozen, sentences.train, begin(3), tasks=["next"], steps=steps, keep=keep("frozen"))
    train(frozen, sentences.train, begin(4), tasks=_NEW, steps=fine_steps, body=False, keep=keep("frozen"))
    fine = _copy(frozen)
    train(fine, sentences.train, begin(5), tasks=_NEW, steps=fine_steps, rate=RATE / 2, keep=keep("fine"))
    blind = start(begin(0))
    silent = [f"{l}.O" for l in range(SIZES["layers"])]
    for name in silent:
        blind[name][...] = 0
    train(blind, sentences.train, begin(1), tasks=corpus.TASKS, steps=steps, fixed=silent)
    models = {"joint": joint, "frozen": frozen, "fine": fine}
    models = {kind: {name: value.astype(np.float16).astype(np.float32) for name, value in p.items()} for kind, p in models.items()}
    return models, {kind: accuracy(p, sentences.test) for kind, p in {**models, "blind": blind}.items()}


def save(path, parameters, dtype=np.float32):
    """Write parameters to an .npz file, whole or not at all."""
    path = Path(path)
    beside = path.with_suffix(".writing")
    with beside.open("wb") as file:
        np.savez_compressed(file, **{name: value.astype(dtype) for name, value in parameters.items()})
    os.replace(beside, path)


def main(arguments=None):
    """Train the models of all seeds and write four_tasks.npz and four_tasks.json."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.heads.four_tasks", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--jobs", type=int, default=2, help="how many seeds at a time")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--fine-steps", type=int, default=FINE_STEPS)
    options = parser.parse_args(arguments)
    begun, everything, table = time.perf_counter(), {}, {}
    with ProcessPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(run, seed, options.out, options.steps, options.fine_steps) for seed in range(options.seeds)]
        try:
            for seed, job in enumerate(jobs):
                models, accuracies = job.result()
                everything |= {f"{kind}.{seed}.{name}": value for kind, p in models.items() for name, value in p.items()}
                for kind, by_task in accuracies.items():
                    for task, value in by_task.items():
                        table.setdefault(kind, {}).setdefault(task, []).append(round(value, 4))
                print(
                    f"seed {seed}: " + "; ".join(f"{k} " + " ".join(f"{v:.3f}" for v in a.values()) for k, a in accuracies.items()),
                    flush=True,
                )
        except Stopped as stopped:
            pool.shutdown(cancel_futures=True)
            parser.exit(1, f"{stopped}. four_tasks.npz is left as it was.\n")
    save(options.out / "four_tasks.npz", everything, np.float16)
    written = _data.about(
        what="Weights of tiny transformers with four read-outs; see tokendynamics.heads.four_tasks",
        command="OMP_NUM_THREADS=1 python -m tokendynamics.heads.four_tasks --out src/tokendynamics/data",
        seeds=list(range(options.seeds)),
        recipe=SIZES | {"steps": options.steps, "fine_steps": options.fine_steps, "rate": RATE, "batch": BATCH},
        corpus="tokendynamics.heads.corpus.split(), seed 0: 8,000 sentences to train on, 1,000 and 500 held out",
        licence="MIT",
        sha256=hashlib.sha256((options.out / "four_tasks.npz").read_bytes()).hexdigest(),
        accuracy=table,
    )
    (options.out / "four_tasks.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for partial in options.out.glob("four_tasks.*.partial.npz"):
        partial.unlink()
    print(f"{options.seeds} seeds, {time.perf_counter() - begun:.0f} s")


def _pace(step, steps):
    """The share of the rate: 50 steps of warming up, level, and down to 0 over the last third."""
    return min(1, (step + 1) / 50, 3 * (1 - step / steps))


def _copy(parameters):
    return {name: value.copy() for name, value in parameters.items()}


if __name__ == "__main__":
    main()
