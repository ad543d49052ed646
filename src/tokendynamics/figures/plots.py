"""Figures that a reader turns and points at, by Plotly, and the words for each.

Each is a `plotly.graph_objects.Figure`: change it, or export it, as any other. plotly is no dependency of the package; who has none is told
what to install. Numbers are rounded to what can be seen, as a page carries them. Colours are those of `style`; the book's pages put those
of the reader's theme in their place (site/plots), and draw the still for paper from the figure itself (site/plot_still.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._typing import Array
from ..attention import potential_at
from .style import PALETTE, POTENTIAL_RAMP

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Rows = Sequence[Mapping[str, Any]]  # of a table: a run each

KINDS = ("query", "force", "value", "memory", "reference")  # for several of one sort, by turn
SYMBOLS = ("circle", "square", "diamond", "cross", "x")
MOMENTS = 50  # of a path, at most
SIDE = 41  # points of a surface, across and up


def drawn(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], alt: str) -> Figure:
    """A Plotly figure that has its words with it, in `layout.meta["alt"]`.

    Parameters
    ----------
    data : list of dict
        Plotly's traces.
    layout : dict
        Plotly's layout.
    alt : str
        What is seen, for who cannot see it.

    Raises
    ------
    ModuleNotFoundError
        Where plotly is not installed; it says what to install.
    """
    if not isinstance(data, (list, tuple)) or not data or not all(isinstance(trace, Mapping) for trace in data):
        raise ValueError(f"data must be a list of traces, a dict each; got {data!r:.60}")
    layout = _checks.mapping("layout", layout, "Plotly's layout")
    _checks.labels(alt=alt)
    try:
        from plotly.graph_objects import Figure
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "this figure is drawn by plotly, which is not installed: run `pip install plotly`", name=error.name
        ) from None
    return Figure(data=list(data), layout={**layout, "meta": {"alt": alt}})


def landscape(keys: Array, Q: Array, K: Array, paths: Mapping[str, Array], *, names: Sequence[str]) -> Figure:
    """The potential over a plane as a surface, and ways that a token takes on it while the others hold still.

    Parameters
    ----------
    keys : (n, 2) array
        The tokens that hold still.
    Q, K : (d_head, 2) array
    paths : {name: (L + 1, 2) array}
        Ways of a token in the plane, up to five; each lies on the surface.
    names : n words
        Of the tokens that hold still.
    """
    keys = _checks.shaped("keys", keys, None, 2)
    names = _checks.one_each("names", names, len(keys), "keys")
    paths = {name: _checks.shaped(name, path, None, 2) for name, path in _checks.mapping("paths", paths, "{name: places}").items()}
    if len(paths) > len(KINDS):
        raise ValueError(f"paths must be up to {len(KINDS)}; got {len(paths)}")
    places = np.concatenate([keys, *paths.values()])
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.1 * (high - low).max() or 1.0
    across, up = (np.linspace(low[k] - room, high[k] + room, SIDE) for k in (0, 1))
    phi = potential_at(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2), keys, Q, K).reshape(SIDE, SIDE)
    ends = phi.min(), phi.max()
    # what lies in the surface would be half in it, and words are read from the side
    above, clear = 0.015 * np.ptp(phi), 0.045 * np.ptp(phi)
    traces, said = [_surface(across, up, phi) | {"contours": _heights(*ends)}], []
    for turn, (name, path) in enumerate(paths.items()):
        heights = potential_at(path, keys, Q, K)
        traces += _way(name, np.column_stack([path, heights]), turn, above=above, clear=clear)
        said.append(f"“{name}” from {heights[0]:.2f} to {heights[-1]:.2f}")
    first = next(iter(paths.values()))[:1]
    starts = np.column_stack([first, potential_at(first, keys, Q, K) + clear])
    traces.append(_marks(starts, "ink", symbol="circle-open", size=7, words=["start"], hover=[f"start: φ = {starts[0, 2] - clear:.2f}"]))
    stand = np.column_stack([keys, potential_at(keys, keys, Q, K) + clear])
    traces.append(_marks(stand, "key", symbol="circle", size=6, words=names, hover=names))
    alt = (
        f"The potential φ over the plane as a surface, from {ends[0]:.2f} to {ends[1]:.2f}, with {' and '.join(names)} on it. "
        f"Ways on it from one start, and the heights they lead between: {'; '.join(said)}."
    )
    axes = _axes("first coordinate", "second coordinate", "potential φ")
    scene = axes | {
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        "camera": _from(-0.95, -1.4, 1.0),
    }
    return drawn(traces, _layout(scene), alt)


def _heights(low, high):
    """A dozen lines of equal height, which a pointer does not move."""
    still = {"highlight": False}
    lines = {"show": True, "color": PALETTE["reference"], "width": 1, "usecolormap": False}
    return {"z": still | lines | {"start": _round(low), "end": _round(high), "size": _round((high - low) / 12)}, "x": still, "y": still}


def _way(name, at, turn, *, above, clear):
    """A way on the surface as a line, (L + 1, 3), and a mark with its name at the end."""
    *place, height = at[-1]
    end = _marks([[*place, height + clear]], KINDS[turn], symbol=SYMBOLS[turn], size=6, words=[name], hover=[f"{name}: φ = {height:.2f}"])
    return _line(at + [0, 0, above], KINDS[turn], name=name, width=6), end


def sphere(states: Array, *, mark: Sequence[int] = ()) -> Figure:
    """The ways of tokens on the sphere through all layers: hollow where they start, full where they end.

    Parameters
    ----------
    states : (L + 1, n, 3) array
        Of length 1. A line has up to 50 of the layers, evenly.
    mark : indices of tokens, default none
        Those in the colour of the selected token.
    """
    states = _checks.shaped("states", states, None, None, 3)
    if np.abs(states).max() > 2 or not np.allclose(np.linalg.norm(states, axis=-1), 1, atol=1e-6):
        raise ValueError("states must be of length 1, on the sphere; normalise them first")
    last, n = len(states) - 1, states.shape[1]
    if not isinstance(mark, (list, tuple, range, np.ndarray)):
        raise ValueError(f"mark must be a list of indices; got {mark!r:.60}")
    marked = {_checks.index("mark", k, n, "tokens") % n for k in mark}
    seen = np.unique(np.linspace(0, last, min(last, MOMENTS) + 1).round().astype(int))
    longitude, latitude = np.meshgrid(np.linspace(0, 2 * np.pi, 37), np.linspace(-np.pi / 2, np.pi / 2, 19))
    ball = np.stack([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    shell = _surface(*ball) | {"opacity": 0.35, "colorscale": [[0, POTENTIAL_RAMP[1]], [1, POTENTIAL_RAMP[1]]]}
    traces: list[dict[str, Any]] = [shell]
    for kind, chosen in (("key", [k for k in range(n) if k not in marked]), ("query", sorted(marked))):
        if not chosen:
            continue
        gap = np.full((1, 3), np.nan)
        whole = np.concatenate([piece for k in chosen for piece in (1.01 * states[seen, k], gap)])
        traces.append(_line(whole, kind, name="tokens" if kind == "key" else "marked", width=3 if kind == "key" else 6))
        for layer, symbol, size in ((0, "circle-open", 4), (last, "circle", 6)):
            words = [f"token {k}, layer {layer}" for k in chosen]
            traces.append(_marks(1.01 * states[layer, chosen], kind, symbol=symbol, size=size, hover=words))
    cosines = states[-1] @ states[-1].T
    alt = (
        f"A sphere with the ways of {n} tokens through {last} layers, hollow where they start, full where they end. The least cosine of any two is "
        f"{(states[0] @ states[0].T).min():.2f} at the start and {cosines.min():.2f} at the end."
    )
    hidden = {"visible": False, "range": [-1.1, 1.1]}
    scene = {"xaxis": hidden, "yaxis": hidden, "zaxis": hidden, "aspectmode": "cube", "camera": {"eye": {"x": 1.05, "y": 1.05, "z": 0.65}}}
    return drawn(traces, _layout(scene), alt)


def phase(rows: Rows, *, up: str) -> Figure:
    """Every run of a sweep over heads, data and length of training: how high it stands is its share of sentences all right.

    Nothing is drawn between the runs but lines through the means of those that differ in data alone.

    Parameters
    ----------
    rows : list of dict
        Of `emergence.tables.table`: each with "heads", "count", "seed" and "all_right", and "steps" where it is not 1,000.
    up : str
        Name of the axis that points up.
    """
    _checks.labels(up=up)
    runs = [_run(row) for row in rows] if isinstance(rows, (list, tuple)) else []
    if not runs:
        raise ValueError(f"rows must be a list of runs, as `table` gives them; got {rows!r:.60}")
    heads, counts, steps, _, right = map(np.array, zip(*runs))
    data = np.log2(counts)
    traces = []
    for turn, length in enumerate(sorted(set(steps.tolist()))):
        kind = KINDS[turn % len(KINDS)]
        words = [f"{_many(h, 'head')}, {n:,} sentences, {length:,} steps, seed {s}: {r:.2f}" for h, n, t, s, r in runs if t == length]
        at = np.column_stack([data, heads, right])[steps == length]
        lines = _means(at)
        if lines:
            traces.append(_line(np.array(lines), kind, name="means", width=3) | {"opacity": 0.7})
        traces.append(
            _marks(at, kind, symbol=SYMBOLS[turn % len(SYMBOLS)], size=3 if lines else 5, hover=words)
            | {"name": f"{length:,} steps", "showlegend": True}
        )
    most = heads == heads.max()
    few, many = (right[most & (counts == end)].mean() for end in (counts[most].min(), counts[most].max()))
    alt = (
        f"{len(runs)} runs as marks over a ground of heads, {heads.min()} to {heads.max()}, and sentences to learn from, {counts.min():,} to {counts.max():,}; "
        f"how high a mark stands is the share of sentences all right. With {_many(heads.max(), 'head')} the mean goes from {few:.2f} with the fewest sentences "
        f"to {many:.2f} with the most. Marks by length of training: {', '.join(f'{n:,} steps' for n in sorted(set(steps.tolist())))}."
    )
    axes = _axes("sentences to learn from", "heads", up)
    places, tall = sorted(set(counts.tolist())), sorted(set(heads.tolist()))
    axes["xaxis"] |= {"tickvals": np.log2(places).tolist(), "ticktext": [f"{n:,}" for n in places]}
    axes["yaxis"] |= {"tickvals": tall, "ticktext": [str(h) for h in tall]}
    axes["zaxis"] |= {"range": [0, 1], "tickvals": [0.2, 0.4, 0.6, 0.8, 1]}  # the 0 would lie on the last number of heads
    scene = axes | {
        "aspectmode": "manual",
        "aspectratio": {"x": 1.2, "y": 1, "z": 0.8},
        "camera": _from(-1.3, -1.75, 0.85),
    }
    return drawn(traces, _layout(scene), alt)


def _means(at):
    """For each number of heads the means over runs that differ in their seed alone, one after the other; a row of NaN ends a line."""
    lines = []
    for heads in sorted(set(at[:, 1])):
        here = at[at[:, 1] == heads]
        data = sorted(set(here[:, 0]))
        if len(data) > 1:
            lines += [[x, heads, here[here[:, 0] == x, 2].mean()] for x in data] + [[np.nan] * 3]
    return lines


def _many(count, name):
    return f"{count} {name}{'' if count == 1 else 's'}"


def _run(row):
    """(heads, count, steps, seed, share all right) of a row."""
    row = _checks.mapping("rows", row, "a run", ("heads", "count", "seed", "all_right"))
    whole = [_checks.whole(name, value, minimum=low) for name, value, low in (
        ("heads", row["heads"], 1), ("count", row["count"], 1), ("steps", row.get("steps", 1000), 1), ("seed", row["seed"], 0))]  # fmt: skip
    return *whole, float(_checks.shaped("all_right", row["all_right"], None)[-1])


def _surface(x, y, z):
    """A surface that shows its form by contours or by what lies on it, not by a gloss."""
    return {
        "type": "surface", "x": _rounded(x), "y": _rounded(y), "z": _rounded(z), "showscale": False, "hoverinfo": "skip",
        "colorscale": [[0, POTENTIAL_RAMP[0]], [1, POTENTIAL_RAMP[1]]],
        "lighting": {"ambient": 0.9, "diffuse": 0.25, "specular": 0.02, "roughness": 1, "fresnel": 0},
    }  # fmt: skip


def _line(at, kind, *, name, width):
    look = {"color": PALETTE[kind], "width": width}
    return {"type": "scatter3d", "mode": "lines", "name": name, "showlegend": False, "hoverinfo": "skip", "line": look} | _columns(at)


def _marks(at, kind, *, symbol, size, hover, words=None):
    """Marks with `hover` where one is pointed at, and with `words` beside them."""
    look = {"color": PALETTE[kind], "symbol": symbol, "size": size, "line": {"width": 1, "color": PALETTE[kind]}}
    beside = {"mode": "markers+text", "text": list(words), "textposition": "top center"} if words is not None else {"mode": "markers"}
    return {
        "type": "scatter3d", "hovertext": list(hover), "hovertemplate": "%{hovertext}<extra></extra>", "showlegend": False, "marker": look,
    } | beside | _columns(at)  # fmt: skip


def _columns(at):
    return dict(zip("xyz", (_rounded(column) for column in np.transpose(at))))


def _rounded(values):
    """Numbers as lists, to three places; None, where Plotly breaks a line, for nan."""
    found = np.round(values, 3).astype(object)
    found[np.isnan(values)] = None
    return found.tolist()


def _round(value):
    return round(float(value), 3)


def _axes(*titles):
    return {f"{letter}axis": {"title": {"text": title}, "nticks": 6, "showspikes": False} for letter, title in zip("xyz", titles)}


def _from(x, y, z):
    """A camera that looks a little below the middle, where the names of the axes are."""
    return {"eye": {"x": x, "y": y, "z": z}, "center": {"x": 0, "y": 0, "z": -0.12}}


def _layout(scene):
    return {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "top", "itemclick": False, "itemdoubleclick": False},
        "scene": scene | {"dragmode": "turntable"},
    }
