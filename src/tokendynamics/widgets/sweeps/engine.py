"""Every run of every shipped sweep as a point to look at: where it stands, which line it is on, what it measured."""

import numpy as np

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

_TALL, _DATA = (1, 2, 3, 4), "sentences to learn from"
# sweep -> title, the argument that goes across and its name, whether it grows by factors, and {line: the arguments of its runs}
SWEEPS = {
    "heads": ("Heads", "heads", "heads", False, {
        "many words, 4 roles": {"words": 64}, "two streams, 4 roles": {"words": 2, "roles": 4}, "two streams, 6 roles": {"words": 2, "roles": 6}}),
    "phase": ("Heads and data", "count", _DATA, True, {f"{h} head{'s' * (h > 1)}": {"heads": h} for h in _TALL}),
    "data": ("Data, pairs in context", "count", "sequences to learn from", True, {"two layers": {}}),
    "depth": ("Layers, pairs in context", "layers", "layers", False, {
        "one head, d = 32": {"heads": None, "d": None}, "four heads, d = 32": {"heads": 4}, "one head, d = 48": {"d": 48}}),
    "metric": ("Long answers", "count", _DATA, True, {"eight roles, eight heads": {}}),
    "superposition": ("One head, four roles", "words", "words to tell apart", True, {"ordinary": {"streams": None}, "two streams": {"streams": 2}}),
    "topics": ("Topic model", "count", "documents", True, {"four topics to find": {"found": 4}, "two topics to find": {"found": 2}}),
}  # fmt: skip


def points():
    """All shipped runs, plain values ready for JSON.

    {"metrics": `METRICS`, "sweeps": {name: {"title", "across", "log", "lines": [{"name", "x", "seed", "parameters", …}]}}}. A line holds its
    runs as lists of one length; beside x, seed and parameters one list for each metric that the sweep has. "all_right" has a
    list for each run: the share of answers whose first n are right, n = 1, 2, …
    """
    sweeps = {}
    for name, (title, argument, across, log, lines) in SWEEPS.items():
        rows = table(name)
        sweeps[name] = {"title": title, "across": across, "log": log}
        sweeps[name]["lines"] = [{"name": line} | _columns(select(rows, **wanted), argument) for line, wanted in lines.items()]
    return {"metrics": METRICS, "sweeps": sweeps}


def _columns(rows, argument):
    columns = {"x": argument, "seed": "seed", "parameters": "parameters"} | {name: name for name in METRICS}
    columns = {name: key for name, key in columns.items() if key in rows[0]}
    return {name: [_number(row[key], name) for row in rows] for name, key in columns.items()}


def _number(value, name):
    return float(np.max(value)) if name in ("previous", "induction") else value


def values(line, metric, length=1):
    """A metric over the runs of a line, a list of numbers; of "all_right", that of the first `length` answers."""
    return [each[length - 1] for each in line[metric]] if metric == "all_right" else line[metric]


def means(line, metric, length=1):
    """(x, mean, least, most) for each place of a line, in rising order of x."""
    x, found = np.array(line["x"]), np.array(values(line, metric, length), dtype=float)
    groups = [(place, found[x == place]) for place in np.unique(x)]
    return [(place.item(), float(group.mean()), float(group.min()), float(group.max())) for place, group in groups]


def metrics_of(sweep):
    """Names of the metrics that a sweep of `points` has."""
    return [name for name in METRICS if name in sweep["lines"][0]]


def longest(sweep):
    """The most answers in a row that a sweep was asked for: the largest n of "all_right"; 1 where it has none."""
    return len(sweep["lines"][0].get("all_right", [[0]])[0])
