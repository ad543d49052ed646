"""The still of the sweeps: one sweep by one measure, every seed a mark; `figures.style` says how stills are made."""

from itertools import cycle

import numpy as np

from ...figures.chapter5 import LOOKS, plain
from ...figures.style import PALETTE, new_figure
from .engine import means, values


def still(data, *, sweep, metric, length=1, seed=-1, diagram=False):
    """What Sweeps shows, on paper; `data` is what `engine.points` returns, the rest the widget's state. Returns a Figure."""
    shown = data["sweeps"][sweep]
    figure = new_figure(7.2, 3.8)
    ax = figure.subplots()
    for turn, (line, (colour, style, mark)) in enumerate(zip(shown["lines"], cycle(LOOKS))):
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
    plain(ax, f"{shown['title']}: {name_of(data, metric, length)}", shown["across"])
    ax.legend(fontsize=8, frameon=False, loc="best")
    figure.tight_layout(pad=0.6)
    return figure


def alt(data, *, sweep, metric, length=1, seed=-1, diagram=False):
    """The same in words, with the means at both ends of each line."""
    shown = data["sweeps"][sweep]
    runs = sum(len(line["x"]) for line in shown["lines"])
    ends = []
    for line in shown["lines"]:
        first, *_, last = [*means(line, metric, length)] * (2 if len(set(line["x"])) == 1 else 1)
        ends.append(f"{line['name']} from {first[1]:.2f} at {first[0]:,} to {last[1]:.2f} at {last[0]:,}")
    return f"The sweep “{shown['title']}”, {runs} runs, every seed a mark: {name_of(data, metric, length)} over {shown['across']}. Means: {'; '.join(ends)}."


def name_of(data, metric, length):
    """The title of a metric, its n put in."""
    title = data["metrics"][metric]["title"]
    return title.replace(" of n ", f" of {length} ")
