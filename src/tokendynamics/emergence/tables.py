"""The shipped tables of the sweeps: every run of every seed, to choose from and to lay out. Bad input raises ValueError."""

from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data
from .._typing import Array, ArrayLike
from .sweeps import SWEEPS

Row = dict[str, Any]  # a run: its arguments, and what came of it


class Grid(NamedTuple):
    """A result over the values of one argument, which rise."""

    values: Array  # (points,)
    results: Array  # (points, seeds)


def table(name: str) -> list[Row]:
    """The shipped rows of a sweep, in the order of the sweep."""
    return _shipped(name)["rows"]


def provenance(name: str) -> dict[str, Any]:
    """How a shipped table was made: command, runs, seeds, versions, date."""
    return _shipped(name)["provenance"]


def select(rows: list[Row], **wanted: Any) -> list[Row]:
    """The rows whose arguments are as wanted; one that a row does not carry counts as None."""
    return [row for row in _rows(rows) if all(row.get(name) == value for name, value in wanted.items())]


def grid(rows: list[Row], argument: str, result: str, place: int | None = None) -> Grid:
    """A result over the values of one argument.

    Parameters
    ----------
    rows : list of dict
        As `table` gives them; as many for each value.
    argument, result : str
        What goes across, and what is read off.
    place : int, optional
        Picks an entry where the result is a list.

    Returns
    -------
    Grid
    """
    if not _rows(rows):
        raise ValueError("rows must be at least one row of a table; got none")
    for name, column in (("argument", argument), ("result", result)):
        if not isinstance(column, str) or any(column not in row for row in rows):
            raise ValueError(f"{name} must be a column of every row, one of {', '.join(rows[0])}; got {column!r:.60}")
    if place is not None:
        fewest = min(np.size(row[result]) if np.ndim(row[result]) else 0 for row in rows)
        place = _checks.index("place", place, fewest, f"entries of {result!r}")
    found: dict[Any, list[Any]] = {value: [] for value in sorted({row[argument] for row in rows})}
    for row in rows:
        found[row[argument]].append(row[result] if place is None else row[result][place])
    if len({len(results) for results in found.values()}) > 1:
        raise ValueError(f"rows must be as many for each {argument}; got {[len(results) for results in found.values()]}")
    return Grid(np.array(list(found)), np.array(list(found.values()), dtype=float))


def spread(values: ArrayLike) -> str:
    """Mean and range in words: "0.52 [0.40 to 0.61]"."""
    found = _checks.array("values", values, ndim_min=1, shape="(n,)")
    return f"{found.mean():.2f} [{found.min():.2f} to {found.max():.2f}]"


def _rows(rows):
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"rows must be a list of dicts, as `table` gives them; got {type(rows).__name__}")
    return rows


def _shipped(name):
    return _data.read(f"emergence_{_checks.choice('name', name, SWEEPS)}.json")
