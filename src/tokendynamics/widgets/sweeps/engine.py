"""Every run of every shipped sweep as a point to look at: where it stands, which line it is on, what it measured. Bad input raises ValueError."""

from typing import Any, NamedTuple

import numpy as np

from ... import _checks
from ...emergence.tables import select, table

# result -> its name, and the axis where there are natural ends. Heads' scores are those of the strongest head.
METRICS = {
    "all_right": {"title": "answers of n all right", "range": [0, 1]},
    "accuracy": {"title": "single answers right", "range": [0, 1]},
    "log_probability": {"title": "log-probability of the right answer, nats", "range": None},
    "trained": {"title": "right on its own training data", "range": [0, 1]},
    "filled": {"title": "roles (topics) with a head of their own", "range": None},
    "specialisation": {"title": "specialisation score S", "range": [0, 1]},
    "previous": {"title": "attention to the previous token, strongest head", "range": [0, 1]},
    "induction": {"title": "induction score, strongest head", "range": [0, 1]},
}

_TALL, _DATA, _STEPS = (1, 2, 3, 4), "sentences to learn from", "steps of training"


class Sweep(NamedTuple):
    title: str
    argument: str  # that goes across
    across: str  # its name on the axis
    log: bool  # whether it grows by factors
    lines: dict[str, dict[str, Any]]  # {line: the arguments of its runs}


class Mean(NamedTuple):
    """A place of a line."""

    x: float
    mean: float
    least: float
    most: float


SWEEPS = {
    "heads": Sweep("Heads", "heads", "heads", False, {
        "many words, 4 roles": {"words": 64}, "two streams, 4 roles": {"words": 2, "roles": 4}, "two streams, 6 roles": {"words": 2, "roles": 6}}),
    "phase": Sweep("Heads and data", "count", _DATA, True, {f"{h} head{'s' * (h > 1)}": {"heads": h} for h in _TALL}),
    "data": Sweep("Data, pairs in context", "count", "sequences to learn from", True, {"two layers": {}}),
    "depth": Sweep("Layers, pairs in context", "layers", "layers", False, {
        "one head, d = 32": {"heads": None, "d": None}, "four heads, d = 32": {"heads": 4}, "one head, d = 48": {"d": 48},
        "eight heads, d = 64": {"heads": 8}}),
    "metric": Sweep("Long answers", "count", _DATA, True, {"eight roles, eight heads": {}}),
    "superposition": Sweep("One head, four roles", "words", "words to tell apart", True, {"ordinary": {"streams": None}, "two streams": {"streams": 2}}),
    "steps": Sweep("Length of training", "steps", _STEPS, True, {
        **{f"64 words, {h} head{'s' * (h > 1)}": {"words": 64, "heads": h} for h in (1, 2, 3)}, "16 words, 1 head": {"words": 16}}),
    "streams": Sweep("Length of training, two streams", "steps", _STEPS, True, {
        f"{h} head{'s' * (h > 1)}": {"heads": h} for h in (1, 2, 3)}),
    "again": Sweep("Length of training, sentences again", "steps", _STEPS, True, {
        "1 head, 8,192 sentences": {"heads": 1}, "4 heads, 512 sentences": {"heads": 4}}),
    "grokking": Sweep("Weight decay, pairs in context", "decay", "weight decay", True, {
        f"{n} sequences": {"count": n} for n in (256, 128)}),
    "size": Sweep("Size, pairs in context", "d", "d", True, {
        "two layers": {"layers": 2}, "one layer": {"layers": 1}, "three layers": {"layers": 3}, "four layers": {"layers": 4}}),
    "width": Sweep("Size, roles", "d", "d", True, {
        f"{h} head{'s' * (h > 1)}, {n:,} steps": {"heads": h, "steps": n} for h in (1, 4) for n in (1000, 4000)}),
    "topics": Sweep("Topic model", "count", "documents", True, {"four topics to find": {"found": 4}, "two topics to find": {"found": 2}}),
}  # fmt: skip


def points() -> dict[str, Any]:
    """All shipped runs, plain values ready for JSON.

    {"metrics": `METRICS`, "sweeps": {name: {"title", "across", "log", "lines": [{"name", "x", "seed", "parameters", …}]}}}. A line holds its
    runs as lists of one length; beside x, seed and parameters one list for each metric that the sweep has. "all_right" has a
    list for each run: the share of answers whose first n are right, n = 1, 2, …
    """
    sweeps = {}
    for name, sweep in SWEEPS.items():
        rows = table(name)
        lines = [{"name": line} | _columns(select(rows, **wanted), sweep.argument) for line, wanted in sweep.lines.items()]
        sweeps[name] = {"title": sweep.title, "across": sweep.across, "log": sweep.log, "lines": lines}
    return {"metrics": METRICS, "sweeps": sweeps}


def _columns(rows, argument):
    columns = {"x": argument, "seed": "seed", "parameters": "parameters"} | {name: name for name in METRICS}
    columns = {name: key for name, key in columns.items() if key in rows[0]}
    return {name: [_number(row[key], name) for row in rows] for name, key in columns.items()}


def _number(value, name):
    return float(np.max(value)) if name in ("previous", "induction") else value


def values(line: dict[str, Any], metric: str, length: int = 1) -> list[float]:
    """A metric over the runs of a line.

    Parameters
    ----------
    line : dict
        One of `points`.
    metric : str
        One that the line has.
    length : int, default 1
        Of "all_right" it is that of so many first answers.

    Returns
    -------
    list of float
        One a run.
    """
    column = _checks.mapping("line", line, "lists, a line of `points`").get(_checks.choice("metric", metric, METRICS))
    if not isinstance(column, list) or not column:
        raise ValueError(f"metric must be one that the line has; {metric!r} it has not")
    if metric != "all_right":
        return column
    _checks.whole("length", length, minimum=1, maximum=len(column[0]))
    return [each[length - 1] for each in column]


def means(line: dict[str, Any], metric: str, length: int = 1) -> list[Mean]:
    """A `Mean` for each place of a line, in rising order of x; arguments as in `values`."""
    found = np.array(values(line, metric, length), dtype=float)
    x = _checks.array("line['x']", line.get("x"), ndim_min=1, shape="(runs,)")
    if x.shape != found.shape:
        raise ValueError(f"line must have an x for each run; got {x.shape} for {found.shape}")
    groups = [(place, found[x == place]) for place in np.unique(x)]
    return [Mean(place.item(), float(group.mean()), float(group.min()), float(group.max())) for place, group in groups]


def metrics_of(sweep: dict[str, Any]) -> list[str]:
    """Names of the metrics that a sweep of `points` has."""
    return [name for name in METRICS if name in _first_line(sweep)]


def longest(sweep: dict[str, Any]) -> int:
    """The most answers in a row that a sweep was asked for: the largest n of "all_right"; 1 where it has none."""
    return len(_first_line(sweep).get("all_right", [[0]])[0])


def _first_line(sweep):
    lines = _checks.mapping("sweep", sweep, "what `points` gives of one").get("lines")
    if not isinstance(lines, list) or not lines:
        raise ValueError("sweep must have lines, as `points` gives them; got none")
    return lines[0]
