"""The figures of Chapter 3: stacks, paths, curves and crowds; `style` says how they are made. Positions have no unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .. import _checks
from .._typing import Array
from ..attention import attention_weights, potential_at
from ..stack import trajectories
from .style import HALO, PALETTE, POTENTIAL_RAMP, SERIES, WIDTH, new_figure, plain, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DASHES = {"reference": (0, (4, 3))}
_LINES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


def stack(
    tokens: Array, layers: Sequence[tuple[Array, Array, Array]], *,
    names: Sequence[str], selected: int = 0, causal: bool = False,
) -> Figure:  # fmt: skip
    """The article's Fig. 5, from real weights: tokens across, layers upwards, each line as wide as its attention weight.

    Lines that reach the selected token are orange, others grey.

    Parameters
    ----------
    tokens : (n, d) array
    layers : (Q, K, V) each
    names : n words
    selected : int, default 0
        Index of a token.
    causal : bool, default False
    """
    tokens = _checks.shaped("tokens", tokens, None, None)
    n = len(tokens)
    names, selected = _checks.one_each("names", names, n, "tokens"), _checks.index("selected", selected, n, "tokens") % n
    states = trajectories(tokens, layers, causal=causal)
    figure = new_figure(WIDTH, 1.3 + 0.85 * len(layers))
    ax = figure.add_axes((0.13, 0.09, 0.85, 0.88))
    for number, (Q, K, _) in enumerate(layers):
        a = attention_weights(states[number], Q, K, causal=causal)
        for i in range(n):
            kind, above = ("key", 2) if i == selected else ("reference", 1)
            for k in range(n):
                if k != i:
                    ax.plot((k, i), (number + 0.12, number + 0.88), color=PALETTE[kind], linewidth=5 * a[i, k],
                            alpha=0.9 if i == selected else 0.35, zorder=above, solid_capstyle="butt")  # fmt: skip
            ax.annotate("", (i, number + 0.86), (i, number + 0.14), zorder=3, arrowprops={
                "arrowstyle": "-|>", "color": PALETTE["query" if i == selected else "ink"], "linewidth": 1.6 if i == selected else 0.9})  # fmt: skip
    for number in range(len(layers) + 1):
        for i, name in enumerate(names):
            colour = PALETTE["query" if i == selected else "ink"]
            edge = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colour, "linewidth": 1.8 if i == selected else 0.8}
            ax.text(i, number, name, ha="center", va="center", fontsize=9, color=colour, bbox=edge, zorder=4)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(-0.3, len(layers) + 0.3), ylabel="after layer", yticks=range(len(layers) + 1), xticks=[])
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    return figure


def paths(states: Array, Q: Array, K: Array, *, names: Sequence[str], selected: int = 0, at: int = -1) -> Figure:
    """The article's Fig. 6: what the tokens of a plane draw, on the landscape U = φ of the selected token after layer `at`.

    Parameters
    ----------
    states : (L + 1, n, 2) array
    Q, K : (d_head, 2) array
        Those of layer `at`.
    names : n words
    selected : int, default 0
        Index of a token.
    at : int, default -1
    """
    states = _checks.shaped("states", states, None, None, 2)
    n = states.shape[1]
    names, selected = _checks.one_each("names", names, n, "tokens"), _checks.index("selected", selected, n, "tokens") % n
    at = _checks.index("at", at, len(states), "states")
    figure = new_figure(WIDTH, 4.6)
    ax = figure.add_axes((0.11, 0.11, 0.87, 0.87))
    low, high = states.min(axis=(0, 1)), states.max(axis=(0, 1))
    room = 0.14 * (high - low).max()
    x, y = np.meshgrid(np.linspace(low[0] - room, high[0] + 2 * room, 121), np.linspace(low[1] - room, high[1] + room, 101))
    phi = potential_at(np.stack([x.ravel(), y.ravel()], axis=1), states[at], Q, K, exclude=selected).reshape(x.shape)
    ax.contourf(x, y, phi, 9, cmap=ramp(POTENTIAL_RAMP), zorder=0)
    ax.clabel(ax.contour(x, y, phi, 9, colors="#5B7590", linewidths=0.6, zorder=1), fontsize=8, fmt="%.3g")
    for k, name in enumerate(names):
        kind = "query" if k == selected else "key"
        ax.plot(*states[:, k].T, ".-", color=PALETTE[kind], linewidth=1.8 if k == selected else 1.1, markersize=5, zorder=3)
        ax.plot(*states[0, k], "o", markersize=8, markerfacecolor="white", markeredgecolor=PALETTE[kind], markeredgewidth=1.8, zorder=4)
        ax.plot(*states[-1, k], "o", markersize=8, color=PALETTE[kind], zorder=4)
        ax.annotate(name, states[-1, k], (8, 4), textcoords="offset points", fontweight="bold" if k == selected else "normal", zorder=5)
    ax.set(aspect="equal", xlabel="first coordinate", ylabel="second coordinate")
    return figure


def curves(
    series: Mapping[str, tuple[Array, Array]] | list[Mapping[str, tuple[Array, Array]]], *,
    xlabel: str | list[str], ylabel: str, logx: bool = False, logy: bool = False, marks: bool = False, titles: Sequence[str] | None = None,
) -> Figure:  # fmt: skip
    """Lines with their names at their ends.

    Parameters
    ----------
    series : {name: (x, y)}, or a list of those
        One panel each, side by side. A name that begins with "control" or "order" is drawn in grey and dashed: something to compare with.
    xlabel : str, or one for each panel
    ylabel : str
    logx, logy : bool, default False
        Whether an axis is logarithmic.
    marks : bool, default False
        Whether each point has a dot.
    titles : a word for each panel, optional
    """
    panels = [_lines(panel) for panel in (series if isinstance(series, list) and series else [series])]
    for name, value in (("logx", logx), ("logy", logy), ("marks", marks)):
        _checks.flag(name, value)
    xlabels = _checks.one_each("xlabel", xlabel if isinstance(xlabel, list) else [xlabel] * len(panels), len(panels), "panels")
    _checks.labels(ylabel=ylabel)
    titles = [""] * len(panels) if titles is None else _checks.one_each("titles", titles, len(panels), "panels")
    figure = new_figure(7.2 if len(panels) > 1 else WIDTH, 3.5)
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    kinds = ("query", "force", "value", "memory", "key", "ink")
    named = []
    for number, (ax, panel) in enumerate(zip(axes, panels)):
        ax.set_xscale("log" if logx else "linear")
        ax.set_yscale("log" if logy else "linear")
        ends, place = [], 0
        for name, (x, y) in panel.items():
            grey = name.startswith(("control", "order"))
            colour = PALETTE["reference" if grey else kinds[place % len(kinds)]]
            line = _DASHES["reference"] if grey else _LINES[place % len(_LINES)]
            place += not grey
            ax.plot(
                x, y, color=colour, linestyle=line, linewidth=1.3 if grey else 1.9, marker="o" if marks and not grey else "", markersize=4
            )
            ends.append((y[int(np.argmax(x))], name, colour))
        named.append((ax, ends))
        ax.set_xlabel(xlabels[number])
        plain(ax, titles[number])
    axes[0].set_ylabel(ylabel)
    for ax, ends in named:  # now that every panel has its reach
        _name_ends(ax, ends)
    figure.tight_layout(pad=0.6)
    return figure


def snapshots(
    states: Array, moments: Sequence[int], titles: Sequence[str], *,
    ball: bool = False, mark: Sequence[int] = (), hull: Array | None = None,
) -> Figure:  # fmt: skip
    """Crowds of a plane or a sphere at a few moments, side by side, in two rows if there are more than three.

    Parameters
    ----------
    states : (L + 1, n, 2 or 3) array
        Three coordinates are seen along the third axis, the far side hollow.
    moments : indices of states
    titles : a word for each moment
    ball : bool, default False
        Whether the unit circle is drawn.
    mark : indices of tokens, default none
        Those with a ring.
    hull : (k, 2) array, optional
        The corners of a polygon.
    """
    states = _checks.array("states", states, ndim_min=3, shape="(L + 1, n, 2 or 3)")
    if states.ndim != 3 or states.shape[2] not in (2, 3):
        raise ValueError(f"states must have shape (L + 1, n, 2 or 3); got shape {states.shape}")
    moments, mark = _indices("moments", moments, len(states), "states"), _indices("mark", mark, states.shape[1], "tokens")
    if not moments:
        raise ValueError("moments must be at least one index; got none")
    titles, ball = _checks.one_each("titles", titles, len(moments), "moments"), _checks.flag("ball", ball)
    hull = None if hull is None else _checks.shaped("hull", hull, None, 2)
    columns = len(moments) if len(moments) <= 3 else -(-len(moments) // 2)
    rows = -(-len(moments) // columns)
    figure = new_figure(7.2, 0.3 + 7.2 / columns * rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    reach = 1.12 if ball else 1.08 * np.abs(states[moments]).max()
    for ax, moment, title in zip(axes, moments, titles):
        here = states[moment]
        near = here[:, 2] >= 0 if here.shape[1] == 3 else np.ones(len(here), dtype=bool)
        if ball:
            turn = np.linspace(0, 2 * np.pi, 200)
            ax.plot(np.cos(turn), np.sin(turn), color=PALETTE["reference"], linewidth=0.8)
        if hull is not None:
            ax.plot(*np.vstack([hull, hull[:1]]).T, color=PALETTE["reference"], linewidth=1, linestyle=(0, (4, 3)))
        ax.plot(*here[~near, :2].T, "o", markersize=5, markerfacecolor="none", markeredgecolor=PALETTE["key"])
        ax.plot(*here[near, :2].T, "o", markersize=5, color=PALETTE["key"], alpha=0.8)
        for k in mark:
            ax.plot(*here[k, :2], "o", markersize=11, markerfacecolor="none", markeredgecolor=PALETTE["query"], markeredgewidth=1.8)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
        ax.set_title(title, fontsize=10)
        ax.spines[:].set_visible(False)
    for ax in axes[len(moments) :]:
        ax.set_visible(False)
    figure.tight_layout(pad=0.5)
    return figure


def map_of(values: Array, *, across: Array, up: Array, xlabel: str, ylabel: str, label: str) -> Figure:
    """Numbers from 0 to 1 over a grid, light to dark, with the contour of one half.

    Parameters
    ----------
    values : (u, a) array
    across, up : (a,) and (u,) array
        Two or more rising numbers each.
    xlabel, ylabel, label : str
        Of the axes, and of the colours.
    """
    across, up = _rising("across", across), _rising("up", up)
    values = _checks.shaped("values", values, len(up), len(across))
    _checks.labels(xlabel=xlabel, ylabel=ylabel, label=label)
    figure = new_figure(WIDTH, 3.6)
    ax = figure.add_subplot()
    shown = ax.pcolormesh(across, up, values, cmap=ramp(["#F7FAFD", "#1D4E79"]), vmin=0, vmax=1, shading="nearest", rasterized=True)
    if np.min(values) < 0.5 < np.max(values):
        ax.clabel(ax.contour(across, up, values, [0.5], colors=PALETTE["force"], linewidths=1.6), fmt="half", fontsize=9)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    figure.colorbar(shown, ax=ax, label=label)
    figure.tight_layout(pad=0.6)
    return figure


def panes(runs: Mapping[str, Array], *, reach: float | None = None) -> Figure:
    """The same start under several laws, side by side; one marker a body, hollow where it starts, full where it ends.

    Parameters
    ----------
    runs : {title: (L + 1, n, 2) array}
    reach : float, optional
        Cuts the view: what leaves it is drawn up to its edge.
    """
    runs = {
        title: _checks.shaped(title, states, None, None, 2) for title, states in _checks.mapping("runs", runs, "{title: states}").items()
    }
    if reach is not None and _checks.number("reach", reach) <= 0:
        raise ValueError(f"reach must be above 0; got {reach}")
    columns = len(runs) if len(runs) <= 3 else 2
    rows = -(-len(runs) // columns)
    figure = new_figure(7.2, 0.3 + 6.6 / columns * rows)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    looks = (("query", "o"), ("key", "s"), ("value", "^"), ("memory", "D"), ("force", "v"), ("ink", "P"))
    for ax, (title, states) in zip(axes, runs.items()):
        for k in range(states.shape[1]):
            colour, marker = looks[k % len(looks)]
            style = {"markersize": 7, "markeredgecolor": PALETTE[colour], "markeredgewidth": 1.5, "zorder": 3}
            ax.plot(*states[:, k].T, color=PALETTE[colour], linewidth=1.3)
            ax.plot(*states[0, k], marker, markerfacecolor="white", **style)
            ax.plot(*states[-1, k], marker, markerfacecolor=PALETTE[colour], **style)
        if reach is not None:
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
        ax.set(aspect="equal", adjustable="box" if reach is not None else "datalim")
        plain(ax, title, ticks=8)
    for ax in axes[len(runs) :]:
        ax.set_visible(False)
    figure.tight_layout(pad=0.6)
    return figure


def turning(orbits: Array, keys: Array, Q: Array, K: Array, crowd: Array, *, names: Sequence[str]) -> Figure:
    """What an antisymmetric M does: a token among others that hold still keeps its height; beside it a crowd in which all move.

    Parameters
    ----------
    orbits : (L + 1, p, 2) array
        Paths of single queries, on their landscape.
    keys : (n, 2) array
        The tokens that hold still.
    Q, K : (d_head, 2) array
    crowd : (L + 1, m, 2) array
    names : m words
    """
    orbits, crowd = _checks.shaped("orbits", orbits, None, None, 2), _checks.shaped("crowd", crowd, None, None, 2)
    keys, names = _checks.shaped("keys", keys, None, 2), _checks.one_each("names", names, crowd.shape[1], "tokens of crowd")
    figure = new_figure(7.2, 3.9)
    alone, together = figure.subplots(1, 2)
    low, high = _square(np.concatenate([orbits.reshape(-1, 2), keys]))
    x, y = np.meshgrid(np.linspace(low[0], high[0], 101), np.linspace(low[1], high[1], 101))
    phi = potential_at(np.stack([x.ravel(), y.ravel()], axis=1), keys, Q, K).reshape(x.shape)
    alone.contourf(x, y, phi, 9, cmap=ramp(POTENTIAL_RAMP), zorder=0)
    alone.plot(*keys.T, "o", color=PALETTE["key"], markersize=8, zorder=3)
    for k in range(orbits.shape[1]):
        alone.plot(*orbits[:, k].T, color=PALETTE["query"], linewidth=1.6, zorder=3)
        alone.plot(
            *orbits[0, k], "o", markersize=8, markerfacecolor="white", markeredgecolor=PALETTE["query"], markeredgewidth=1.8, zorder=4
        )
    for k, (name, (colour, line, mark)) in enumerate(zip(names, SERIES)):
        together.plot(*crowd[:, k].T, color=colour, linestyle=line, linewidth=1.2)
        together.plot(*crowd[0, k], mark, color=colour, markersize=7)
        together.annotate(name, crowd[0, k], (8, 5), textcoords="offset points", color=colour, bbox=HALO, zorder=5)
    far = _square(crowd.reshape(-1, 2))
    for ax, title, (least, most) in ((alone, "others hold still: along a contour", (low, high)), (together, "all move: E stays", far)):
        ax.set(aspect="equal", xlim=(least[0], most[0]), ylim=(least[1], most[1]))
        plain(ax, title, ticks=8)
    figure.tight_layout(pad=0.6)
    return figure


def _square(points):
    """Two corners of a square with all the points in it, and some room."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.56 * (high - low).max() or 1.0
    return (low + high) / 2 - half, (low + high) / 2 + half


def _lines(panel):
    """{name: (x, y)}, two rows of numbers of one length each."""
    checked = {}
    for name, pair in _checks.mapping("series", panel, "{name: (x, y)}").items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ValueError(f"series must be {{name: (x, y)}}; got {pair!r:.60} for {name!r}")
        x = _checks.shaped(name, pair[0], None)
        checked[name] = x, _checks.shaped(name, pair[1], len(x))
    return checked


def _indices(name, values, count, of):
    if not isinstance(values, (list, tuple, range, np.ndarray)):
        raise ValueError(f"{name} must be a list of indices; got {values!r:.60}")
    return [_checks.index(name, value, count, of) for value in values]


def _rising(name, values):
    values = _checks.shaped(name, values, None)
    if len(values) < 2 or not (np.diff(values) > 0).all():
        raise ValueError(f"{name} must be two or more rising numbers; got {values.tolist()!r:.60}")
    return values


def _name_ends(ax, ends):
    """Names right of the lines' ends, pushed apart where they would overlap."""
    low, high = ax.get_ylim()
    scale = np.log10 if ax.get_yscale() == "log" else np.asarray
    last = -np.inf
    for y, name, colour in sorted(ends, key=lambda end: end[0]):
        at = float((scale(y) - scale(low)) / (scale(high) - scale(low)))
        last = at = max(at, last + 0.075)
        ax.annotate(name, (1.02, at), xycoords="axes fraction", color=colour, fontsize=9, va="center", annotation_clip=False)
