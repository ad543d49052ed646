"""The still of the sweeps: one sweep by one measure, every seed a mark; `figures.style` says how stills are made."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _checks
from ...figures.chapter5 import phase_diagram
from ...figures.style import PALETTE, SERIES, new_figure, plain
from .engine import longest, means, metrics_of, values

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def still(data: Mapping[str, Any], *, sweep: str, metric: str, length: int = 1, seed: int = -1, diagram: bool = False) -> Figure:
    """What Sweeps shows, on paper.

    Parameters
    ----------
    data : dict
        From `engine.points`.
    sweep, metric : str
        A sweep of `data`, and one of its metrics.
    length : int, default 1
        For "all_right", how many answers in a row must be right.
    seed : int, default -1
        The runs with a ring; -1 for none.
    diagram : bool, default False
        Whether "phase" is drawn as heads against sentences, the mean of each pair in its cell; of a measure that is a share.
    """
    shown = _shown(data, sweep, metric, length)
    seed = _checks.whole("seed", seed, minimum=-1)
    if _checks.flag("diagram", diagram) and sweep == "phase" and data["metrics"][metric]["range"] == [0, 1]:
        rows = [means(line, metric, length) for line in shown["lines"]]
        heads, counts = [int(line["name"].split()[0]) for line in shown["lines"]], [int(each[0]) for each in rows[0]]
        shares = np.array([[each[1] for each in row] for row in rows])
        return phase_diagram(
            shares, heads, counts, title=f"{shown['title']}: {_title(data, metric, length)}, mean of the seeds, in per cent"
        )
    figure = new_figure(7.2, 3.8)
    ax = figure.subplots()
    for turn, (line, (colour, style, mark)) in enumerate(zip(shown["lines"], cycle(SERIES))):
        x, y = np.array(line["x"], dtype=float), np.array(values(line, metric, length), dtype=float)
        ax.plot(x, y, mark, color=colour, markersize=3.5, alpha=0.5)
        place, mean, *_ = zip(*means(line, metric, length))
        ax.plot(place, mean, color=colour, linestyle=style, linewidth=1.6, label=line["name"])
        mine = np.array(line["seed"]) == seed
        ax.plot(x[mine], y[mine], "o", markersize=8, markerfacecolor="none", markeredgecolor=PALETTE["ink"])
    if shown["log"]:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:g}")
    if data["metrics"][metric]["range"]:
        ax.set_ylim(-0.03, 1.05)
    plain(ax, f"{shown['title']}: {_title(data, metric, length)}", ticks=8, grid=True)
    ax.set_xlabel(shown["across"])
    ax.legend(fontsize=8, frameon=False, loc="best")
    figure.tight_layout(pad=0.6)
    return figure


def alt(data: Mapping[str, Any], *, sweep: str, metric: str, length: int = 1, seed: int = -1, diagram: bool = False) -> str:
    """The same in words, with the means at both ends of each line; arguments as for `still`."""
    shown = _shown(data, sweep, metric, length)
    runs = sum(len(line["x"]) for line in shown["lines"])
    ends = []
    for line in shown["lines"]:
        first, *_, last = [*means(line, metric, length)] * (2 if len(set(line["x"])) == 1 else 1)
        ends.append(f"{line['name']} from {first[1]:.2f} at {first[0]:,} to {last[1]:.2f} at {last[0]:,}")
    return f"The sweep “{shown['title']}”, {runs} runs, every seed a mark: {_title(data, metric, length)} over {shown['across']}. Means: {'; '.join(ends)}."


def _shown(data, sweep, metric, length):
    """The sweep that is shown, held to what it has."""
    _checks.mapping("data", data, "what `engine.points` gives", ("metrics", "sweeps"))
    shown = data["sweeps"][_checks.choice("sweep", sweep, data["sweeps"])]
    _checks.choice("metric", metric, metrics_of(shown))
    if _checks.whole("length", length, minimum=1) > longest(shown):
        raise ValueError(f"length must be a whole number from 1 to {longest(shown)}; got {length}")
    return shown


def _title(data, metric, length):
    """The title of a metric, its n put in."""
    title = data["metrics"][metric]["title"]
    return title.replace(" of n ", f" of {length} ")
