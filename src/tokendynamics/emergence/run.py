"""The sweeps of the emergence chapter: hundreds of small trainings, on the cores of one machine or on a dask cluster.

    python -m tokendynamics.emergence.run phase --jobs 2
    python -m tokendynamics.emergence.run all --backend dask --scheduler tcp://ADDRESS:8786

Each finished run is a line of FOLDER/NAME.runs.jsonl. Start a stopped sweep again and it goes on from there: lost are the runs that were
under way, one a job. When all are in, FOLDER/emergence_NAME.json holds them in the sweep's order with their provenance. A run depends
on its arguments alone, so the same seed gives the same table wherever it was made on like machines; `digest` tells to the bit.
Bad input raises ValueError. Needs joblib and tqdm (pip install "tokendynamics[sweeps]"), for dask also "tokendynamics[cluster]".
"""

import argparse
import hashlib
import inspect
import json
import os
import platform
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks
from .._data import DATA, command, rounded
from .._version import __version__
from . import pairs, roles, topics
from .specialisation import filled, specialisation
from .sweeps import SWEEPS, Point
from .tables import Row

MODELS: dict[str, Callable[..., Any]] = {"roles": roles.train, "pairs": pairs.train, "topics": topics.train}
RESULTS = {"parameters", "accuracy", "log_probability", "all_right", "trained", "digest", "matrix", "specialisation", "filled",
           "previous", "induction", "curve"}  # fmt: skip


def run_point(point: Point) -> Row:
    """Train one point.

    Parameters
    ----------
    point : dict
        {"model": one of `MODELS`, …: the arguments of its `train`, seed among them}.

    Returns
    -------
    dict
        The point and what came of it, plain numbers.
    """
    train = MODELS[_checks.choice("the model of point", _checks.mapping("point", point, "arguments").get("model"), MODELS)]
    arguments = {name: value for name, value in point.items() if name != "model"}
    for name in arguments:
        _checks.choice("each argument of point", name, inspect.signature(train).parameters)
    with _one_thread():  # more would change the order of sums, and fight over the cores
        run = train(**arguments)
    return point | (run if point["model"] == "topics" else _results(point["model"], run))


def _results(model, run):
    """What a `Run` came to, as a row holds it."""
    weights = b"".join(np.ascontiguousarray(value).tobytes() for value in run.parameters.values())
    found = {
        "parameters": sum(value.size for value in run.parameters.values()),
        "accuracy": rounded(run.accuracy[-1]),
        "log_probability": rounded(run.log_probability[-1]),
        "all_right": rounded(run.all_right[-1]),
        "trained": rounded(run.trained),
        "digest": hashlib.sha256(weights).hexdigest()[:12],
    }
    if model == "roles":
        matrix = run.matrix[-1]
        return found | {"matrix": rounded(matrix, 3), "specialisation": rounded(specialisation(matrix)), "filled": int(filled(matrix))}
    found |= {"previous": rounded(run.previous[-1]), "induction": rounded(run.induction[-1])}
    if len(run.steps) > 2:
        columns = ("steps", "accuracy", "log_probability", "previous", "induction")
        found["curve"] = {name: rounded(getattr(run, name), 3) for name in columns}
    return found


def run_sweep(
    points: list[Point], path: str | PathLike, *, jobs: int = 1, backend: str = "loky", scheduler: str | None = None, progress: bool = True
) -> list[Row]:
    """Run the points that a file does not hold yet. A line of it that was cut short by a kill is dropped.

    Parameters
    ----------
    points : list of dict
        As `run_point` takes them.
    path : path
        A file of JSON lines, a line a run.
    jobs : int, default 1
        How many at a time (joblib); -1 for all cores.
    backend : "loky", "sequential" or "dask", default "loky"
    scheduler : str, optional
        A dask scheduler's address, for that backend.
    progress : bool, default True
        Whether a bar shows how far it is.

    Returns
    -------
    list of dict
        All rows, in the order of `points`.
    """
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    path, backend = _checks.path("path", path), _checks.choice("backend", backend, ("loky", "sequential", "dask"))
    if (backend == "dask") != (scheduler is not None):
        raise ValueError(f"scheduler must be an address with the backend 'dask', and None else; got {scheduler!r} for {backend!r}")
    done = _read_rows(path)
    left = [point for point in points if _key(point) not in done]
    with _client(scheduler) as client, path.open("a", encoding="utf8", newline="\n") as file:
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


def _read_rows(path):
    """The rows of a file of JSON lines by point, {key: row}. A last line that was cut short is taken off the file."""
    if not path.exists():
        return {}
    text = path.read_bytes()
    whole, _, rest = text.rpartition(b"\n")
    if rest:
        path.write_bytes(whole + b"\n" if whole else b"")
    rows = [json.loads(line) for line in whole.splitlines()]
    return {_key(_point(row)): row for row in rows}


def main(arguments: list[str] | None = None) -> None:
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
            "versions": _versions(points),
            "date": datetime.now(UTC).date().isoformat(),
        }
        lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        text = f'{{"provenance": {json.dumps(made)},\n"rows": [\n{lines}\n]}}\n'
        (chosen.folder / f"emergence_{name}.json").write_text(text, encoding="utf8", newline="\n")
        print(f"{name}: {len(rows)} runs in {chosen.folder / f'emergence_{name}.json'}", file=sys.stderr)


def _versions(points):
    """Of all that the runs were made with."""
    found = {"tokendynamics": __version__, "python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
    return found | ({"scikit-learn": version("scikit-learn")} if any(point["model"] == "topics" for point in points) else {})


def _point(row):
    return {name: value for name, value in row.items() if name not in RESULTS}


def _key(point):
    return json.dumps(point, sort_keys=True)


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
    command(main)
