"""The sweeps of the emergence chapter: hundreds of small trainings, on the cores of one machine or on a dask cluster.

    python -m tokendynamics.emergence.run phase --jobs 2
    python -m tokendynamics.emergence.run all --backend dask --scheduler tcp://ADDRESS:8786

Each finished run is a line of FOLDER/NAME.runs.jsonl. Start a stopped sweep again and it goes on from there: lost are the runs that were
under way, one a job. When all are in, FOLDER/emergence_NAME.json holds them in the sweep's order with their provenance. A run depends
on its arguments alone, so the same seed gives the same table wherever it was made on like machines; `digest` tells to the bit.
Needs joblib and tqdm (pip install "tokendynamics[sweeps]"), for dask also "tokendynamics[cluster]".
"""

import argparse
import hashlib
import json
import os
import platform
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from . import pairs, roles, topics
from .specialisation import filled, specialisation
from .sweeps import SWEEPS
from .tables import DATA

MODELS = {"roles": roles.train, "pairs": pairs.train}
RESULTS = {"parameters", "accuracy", "log_probability", "all_right", "trained", "digest", "matrix", "specialisation", "filled",
           "previous", "induction", "curve"}  # fmt: skip


def run_point(point):
    """Train one point, {model, seed, arguments of its `train`}; its row: the point and what came of it, plain numbers."""
    arguments = {name: value for name, value in point.items() if name not in ("model", "dtype")}
    if point["model"] == "topics":
        with _one_thread():
            return point | topics.train(**arguments)
    with _one_thread():  # more would change the order of sums, and fight over the cores
        run = MODELS[point["model"]](**arguments, dtype=np.dtype(point.get("dtype", "float64")))
    weights = b"".join(np.ascontiguousarray(value).tobytes() for value in run.parameters.values())
    row = point | {
        "parameters": sum(value.size for value in run.parameters.values()),
        "accuracy": _short(run.accuracy[-1]),
        "log_probability": _short(run.log_probability[-1]),
        "all_right": _short(run.all_right[-1]),
        "trained": _short(run.trained),
        "digest": hashlib.sha256(weights).hexdigest()[:12],
    }
    if point["model"] == "roles":
        matrix = run.matrix[-1]
        row |= {"matrix": _short(matrix, 3), "specialisation": _short(specialisation(matrix)), "filled": int(filled(matrix))}
    else:
        row |= {"previous": _short(run.previous[-1]), "induction": _short(run.induction[-1])}
    if len(run.steps) > 2 and point["model"] == "pairs":
        columns = ("steps", "accuracy", "log_probability", "all_right", "previous", "induction")
        row["curve"] = {name: _short(getattr(run, name), 3) for name in columns}
    return row


def run_sweep(points, path, *, jobs=1, backend="loky", scheduler=None, progress=True):
    """Run the `points` that `path`, a file of JSON lines, does not hold yet; all rows, in the order of `points`.

    jobs      : how many at a time (joblib; -1 for all cores).  backend : "loky", "sequential" or "dask".
    scheduler : a dask scheduler's address, for that backend.
    A line cut short by a kill is dropped. Bad input raises ValueError.
    """
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    if backend not in ("loky", "sequential", "dask"):
        raise ValueError(f"backend must be one of 'loky', 'sequential', 'dask'; got {backend!r}")
    if (backend == "dask") != (scheduler is not None):
        raise ValueError(f"scheduler must be an address with the backend 'dask', and None else; got {scheduler!r} for {backend!r}")
    done = read_rows(path)
    left = [point for point in points if _key(point) not in done]
    with _client(scheduler) as client, path.open("a", encoding="utf8") as file:
        options = {} if backend == "sequential" else {"n_jobs": -1 if client else jobs}
        with parallel_config(backend, **options), tqdm(total=len(points), initial=len(points) - len(left), disable=not progress) as bar:
            # small batches of one, handed back as they end: what is lost in a kill is only what was under way
            for row in Parallel(return_as="generator_unordered", batch_size=1)(delayed(run_point)(point) for point in left):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
                done[_key(_point(row))] = row
                bar.update()
    return [done[_key(point)] for point in points]


def read_rows(path):
    """The rows of a file of JSON lines by point, {key: row}. A last line that was cut short is taken off the file."""
    if not path.exists():
        return {}
    text = path.read_bytes()
    whole, _, rest = text.rpartition(b"\n")
    if rest:
        path.write_bytes(whole + b"\n" if whole else b"")
    rows = [json.loads(line) for line in whole.splitlines()]
    return {_key(_point(row)): row for row in rows}


def main(arguments=None):
    """The command; `--help` says how."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.emergence.run", description=__doc__.split("\n\n")[0])
    parser.add_argument("sweep", choices=[*SWEEPS, "all"], help="; ".join(f"{name}: {f.__doc__}" for name, f in SWEEPS.items()))
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time on this machine (default 2)")
    parser.add_argument("--backend", choices=["loky", "sequential", "dask"], default="loky")
    parser.add_argument("--scheduler", help="a dask scheduler's address, with --backend dask")
    parser.add_argument("--folder", type=Path, default=DATA, help="where runs and tables go (default: the package's data)")
    parser.add_argument("--seeds", type=int, help="only the first so many seeds of every point")
    chosen = parser.parse_args(arguments)
    if (chosen.backend == "dask") != (chosen.scheduler is not None):
        parser.error("--backend dask and --scheduler ADDRESS go together")
    if chosen.seeds is not None and chosen.seeds < 1:
        parser.error(f"--seeds must be at least 1; got {chosen.seeds}")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for name in SWEEPS if chosen.sweep == "all" else [chosen.sweep]:
        points = [p for p in SWEEPS[name]() if chosen.seeds is None or p["seed"] < chosen.seeds]
        runs = chosen.folder / f"{name}.runs.jsonl"
        rows = run_sweep(points, runs, jobs=chosen.jobs, backend=chosen.backend, scheduler=chosen.scheduler)
        made = {
            "command": f"python -m tokendynamics.emergence.run {name}" + (f" --seeds {chosen.seeds}" if chosen.seeds else ""),
            "runs": len(rows),
            "seeds": sorted({row["seed"] for row in rows}),
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()},
            "date": datetime.now(UTC).date().isoformat(),
        }
        lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        text = f'{{"provenance": {json.dumps(made)},\n"rows": [\n{lines}\n]}}\n'
        (chosen.folder / f"emergence_{name}.json").write_text(text, encoding="utf8")
        print(f"{name}: {len(rows)} runs in {chosen.folder / f'emergence_{name}.json'}", file=sys.stderr)


def _point(row):
    return {name: value for name, value in row.items() if name not in RESULTS}


def _key(point):
    return json.dumps(point, sort_keys=True)


def _short(value, digits=4):
    return np.round(np.asarray(value, dtype=float), digits).tolist()


def _one_thread():
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return threadpool_limits(1)


def _client(scheduler):
    if scheduler is None:
        return nullcontext()
    from distributed import Client

    return Client(scheduler)


if __name__ == "__main__":
    main()
