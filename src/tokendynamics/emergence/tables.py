"""The shipped tables of the sweeps: every run of every seed, to choose from and to lay out."""

import json
from pathlib import Path

import numpy as np

from .sweeps import SWEEPS

DATA = Path(__file__).parents[1] / "data"


def table(name):
    """The shipped rows of a sweep, a list of dicts in the order of the sweep. An unknown name raises ValueError."""
    return _shipped(name)["rows"]


def provenance(name):
    """How a shipped table was made: command, runs, seeds, versions, date. An unknown name raises ValueError."""
    return _shipped(name)["provenance"]


def select(rows, **wanted):
    """The rows whose arguments are as wanted; one that a row does not carry counts as None."""
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def grid(rows, argument, result, place=None):
    """A result over the values of one argument, in rising order: (values, (points, seeds)); `place` picks an entry where the result is a list."""
    values = sorted({row[argument] for row in rows})
    pick = lambda row: row[result] if place is None else row[result][place]  # noqa: E731
    return np.array(values), np.array([[pick(row) for row in rows if row[argument] == value] for value in values], dtype=float)


def spread(values):
    """Mean and range in words: "0.52 [0.40 to 0.61]"."""
    return f"{np.mean(values):.2f} [{np.min(values):.2f} to {np.max(values):.2f}]"


def _shipped(name):
    if name not in SWEEPS:
        raise ValueError(f"name must be one of {', '.join(map(repr, SWEEPS))}; got {name!r}")
    return json.loads((DATA / f"emergence_{name}.json").read_text("utf8"))
