"""What Sweeps shows, as a Plotly figure of Python's: the same traces as in `figure.js`, for who restyles or exports them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _checks
from ...figures import plots
from ...figures.style import PALETTE
from .engine import means, values
from .still import _shown, _title, alt

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_STYLES = (("query", "solid", "circle"), ("force", "dash", "square"), ("value", "dot", "triangle-up"), ("memory", "dashdot", "diamond"))
_APART = 0.009  # between seeds at one place, as a share of the axis
_RULE = "#E1E1E1"


def figure(data: Mapping[str, Any], *, sweep: str, metric: str, length: int = 1, seed: int = -1, diagram: bool = False) -> Figure:
    """What Sweeps shows, as a Plotly figure; arguments as for `still`, but that the diagram is drawn."""
    shown = _shown(data, sweep, metric, length)
    seed, diagram = _checks.whole("seed", seed, minimum=-1), _checks.flag("diagram", diagram)
    title, natural = _title(data, metric, length), data["metrics"][metric]["range"]
    state = {"metric": metric, "length": length, "seed": seed}
    traces, layout = (_diagram if diagram and sweep == "phase" else _lines)(shown, title, natural, **state)
    words = alt(data, sweep=sweep, metric=metric, length=length, seed=seed, diagram=diagram)
    return plots.drawn(traces, {"title": {"text": f"{shown['title']}: {title}"}, "hovermode": "closest"} | layout, words)


def _lines(shown, title, natural, *, metric, length, seed):
    """Every seed a mark, those of one place side by side; the line goes through their means."""
    log = shown["log"]
    scale, back = (np.log2, np.exp2) if log else (np.asarray, np.asarray)
    everywhere = scale(np.array([x for line in shown["lines"] for x in line["x"]], dtype=float))
    span = np.ptp(everywhere) or 1.0
    traces = []
    for line, (hue, dash, symbol) in zip(shown["lines"], cycle(_STYLES)):
        places, mean, *_ = zip(*means(line, metric, length))
        y, mine = values(line, metric, length), np.array(line["seed"]) == seed
        beside = back(scale(np.array(line["x"], dtype=float)) + (np.array(line["seed"]) - 3.5) * _APART * span)
        named = {"name": line["name"], "legendgroup": line["name"]}
        traces.append({
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": list(places), "y": list(mean),
            "line": {"color": PALETTE[hue], "width": 2, "dash": dash},
        } | named)  # fmt: skip
        look = {"symbol": symbol, "color": PALETTE[hue], "size": np.where(mine, 12, 7).tolist()}
        look |= {"opacity": _opacity(mine, seed, 0.75), "line": {"color": PALETTE["ink"], "width": np.where(mine, 2, 0).tolist()}}
        traces.append(named | {
            "type": "scatter", "mode": "markers", "name": f"{line['name']}: every seed", "showlegend": False, "x": beside.tolist(), "y": y,
            "text": _hover(shown, line, y, title), "hovertemplate": "%{text}<extra></extra>", "marker": look,
        })  # fmt: skip
    ticks = sorted({x for line in shown["lines"] for x in line["x"]})
    across = {
        "title": {"text": shown["across"]},
        "type": "log" if log else "linear",
        "tickvals": ticks,
        "ticktext": [f"{t:,}" for t in ticks],
    }
    up = {"title": {"text": title}} | ({"range": [-0.04, 1.06]} if natural else {})
    return traces, {"xaxis": across, "yaxis": up}


def _diagram(shown, title, natural, *, metric, length, seed):
    """A cell as dark as its mean is large; its runs stand in it, the lowest value at its foot and the highest at its top."""
    counts = sorted(set(shown["lines"][0]["x"]))
    every = [value for line in shown["lines"] for value in values(line, metric, length)]
    low, high = natural or (min(every), max(every))
    part = lambda value: (value - low) / ((high - low) or 1)
    traces, cells, words = [], [], []
    for i, line in enumerate(shown["lines"]):
        for j, (_, mean, *_) in enumerate(means(line, metric, length)):
            box = {"x0": j - 0.5, "x1": j + 0.5, "y0": i - 0.5, "y1": i + 0.5}
            cells.append(box | {
                "type": "rect", "layer": "below", "line": {"width": 1, "color": _RULE}, "fillcolor": PALETTE["query"],
                "opacity": 0.06 + 0.5 * part(mean),
            })  # fmt: skip
            words.append({"x": j, "y": i + 0.36, "text": f"{mean:.2f}", "showarrow": False})
        y, mine = values(line, metric, length), np.array(line["seed"]) == seed
        look = {"symbol": "circle", "color": PALETTE["ink"], "size": np.where(mine, 10, 5).tolist(), "opacity": _opacity(mine, seed, 0.85)}
        look["line"] = {"color": PALETTE["key"], "width": np.where(mine, 3, 0).tolist()}
        traces.append({
            "type": "scatter", "mode": "markers", "name": line["name"], "showlegend": False,
            "x": [counts.index(x) + (s - 3.5) * 0.105 for x, s in zip(line["x"], line["seed"])], "y": [i - 0.4 + 0.62 * part(v) for v in y],
            "text": _hover(shown, line, y, title), "hovertemplate": "%{text}<extra></extra>", "marker": look,
        })  # fmt: skip
    plain = {"showgrid": False, "zeroline": False}
    names = [line["name"] for line in shown["lines"]]
    across = {"range": [-0.5, len(counts) - 0.5], "tickvals": list(range(len(counts))), "ticktext": [f"{n:,}" for n in counts]}
    up = {"range": [-0.5, len(names) - 0.5], "tickvals": list(range(len(names))), "ticktext": names}
    layout = {"shapes": cells, "annotations": words, "xaxis": plain | across | {"title": {"text": shown["across"]}}, "yaxis": plain | up}
    return traces, layout


def _opacity(mine, seed, usual):
    return np.where(mine | (seed < 0), usual, 0.3).tolist()


def _hover(shown, line, y, title):
    found = []
    for i, (x, seed) in enumerate(zip(line["x"], line["seed"])):
        words = [f"<b>seed {seed}</b>, {line['name']}", f"{shown['across']}: {x:,}", f"{title}: <b>{_fixed(y[i])}</b>"]
        found.append("<br>".join([*words, *([f"{line['parameters'][i]:,} parameters"] if "parameters" in line else [])]))
    return found


def _fixed(value):
    return f"{round(value, 3) + 0.0:.3f}".replace("-", "−")
