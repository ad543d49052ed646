"""The figures of Chapter 5: thresholds, matrices, a phase diagram, training, size; every seed is drawn. `style` says how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from .. import _checks
from .._typing import Array
from .style import PALETTE, SERIES, new_figure, plain, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def thresholds(
    panels: Mapping[str, Mapping[str, tuple[Array, Array]]], *,
    xlabel: str, ylabel: str, log: bool = False, chance: float | None = None,
) -> Figure:  # fmt: skip
    """Every seed a mark, and a line through the means.

    Parameters
    ----------
    panels : {title: {label: (x, values)}}
        x is (k,), values (k, seeds), shares from 0 to 1.
    xlabel, ylabel : str
    log : bool, default False
        Whether x grows by factors of two.
    chance : float, optional
        A level in grey, dashed: the control.
    """
    log, chance = _checks.flag("log", log), None if chance is None else _checks.number("chance", chance)
    _checks.labels(xlabel=xlabel, ylabel=ylabel)
    panels = {title: _runs(title, lines) for title, lines in _checks.mapping("panels", panels, "{title: {label: (x, values)}}").items()}
    figure = new_figure(7.2, 3.6)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, lines) in zip(axes, panels.items()):
        for turn, (label, (x, values)) in enumerate(lines.items()):
            colour, style, mark = SERIES[turn % len(SERIES)]
            seeds = values.shape[1]
            spread = (np.arange(seeds) - (seeds - 1) / 2) * 0.012  # side by side, so that equal seeds can be counted
            place = x[:, None] * 2 ** (4 * spread) if log else x[:, None] + np.ptp(x) * spread / 2
            ax.plot(place.ravel(), values.ravel(), mark, color=colour, markersize=3, alpha=0.5)
            ax.plot(x, values.mean(axis=1), color=colour, linestyle=style, linewidth=1.6, label=label)
        if chance is not None:
            _chance_line(ax, chance)
        if log:
            ax.set_xscale("log", base=2)
            ax.set_xticks(np.unique(np.concatenate([x for x, _ in lines.values()])))
            ax.xaxis.set_major_formatter("{x:g}")
            ax.tick_params(axis="x", rotation=45)
        plain(ax, title, ticks=8, grid=True)
        ax.set_xlabel(xlabel)
        ax.legend(fontsize=8, frameon=False, loc="best")
    axes[0].set_ylabel(ylabel)
    axes[0].set_ylim(-0.03, 1.05)
    figure.tight_layout(pad=0.6)
    return figure


def matrices(panels: Mapping[str, Array], *, rows: str, columns: str) -> Figure:
    """Matrices side by side, the number of each cell in per cent.

    Parameters
    ----------
    panels : {title: (H, R) array}
        Shares from 0 to 1.
    rows, columns : str
        What they are.
    """
    panels = {title: _checks.shaped(title, m, None, None) for title, m in _checks.mapping("panels", panels, "{title: matrix}").items()}
    _checks.labels(rows=rows, columns=columns)
    figure = new_figure(7.2, 2.9)
    for ax, (title, matrix) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items()):
        _cells(ax, matrix)
        _names(ax, title, range(1, matrix.shape[1] + 1), range(1, len(matrix) + 1))
        ax.set_xlabel(columns, fontsize=9)
        ax.set_ylabel(rows, fontsize=9)
    figure.tight_layout(pad=0.6)
    return figure


def phase_diagram(share: Array, heads: Sequence[int], counts: Sequence[int], *, title: str) -> Figure:
    """Shares over two axes at once, in per cent in each cell.

    Parameters
    ----------
    share : (h, c) array
        From 0 to 1.
    heads, counts : h and c whole numbers
    title : str
    """
    down, across = ([f"{count:g}" for count in _checks.shaped(name, value, None)] for name, value in (("heads", heads), ("counts", counts)))
    share = _checks.shaped("share", share, len(down), len(across))
    figure = new_figure(7.2, 3.6)
    ax = figure.add_axes((0.09, 0.16, 0.89, 0.74))
    _cells(ax, share[::-1])
    _names(ax, title, across, down[::-1])
    ax.set_xlabel("sentences to learn from")
    ax.set_ylabel("heads")
    return figure


def along_training(curves: Sequence[Mapping[str, Array]], *, names: Sequence[str]) -> Figure:
    """Each seed's measures along training, one panel a seed of the first four.

    Parameters
    ----------
    curves : {"steps": (s,) array, name: (s,) array} each
        One a seed; shares from 0 to 1.
    names : at most five words
        The measures to draw.
    """
    names = _checks.words("names", names)
    if not isinstance(curves, (list, tuple)) or not curves:
        raise ValueError(f"curves must be a list with a dict for each seed; got {curves!r:.60}")
    for curve in curves:
        _checks.mapping("curves", curve, "measures", ("steps", *names))
        for name in names:
            _checks.shaped(name, curve[name], len(_checks.shaped("steps", curve["steps"], None)))
    figure = new_figure(7.2, 4.6)
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    for seed, (ax, curve) in enumerate(zip(axes.ravel(), curves)):
        for (colour, style, _), name in zip(SERIES, names):
            ax.plot(curve["steps"], curve[name], color=colour, linestyle=style, linewidth=1.5, label=name)
        plain(ax, f"seed {seed}", ticks=8, grid=True)
        ax.set_xlabel("step" if seed > 1 else "")
    axes[0, 0].legend(fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6)
    return figure


def every_seed(
    rows: Mapping[str, Mapping[str, Mapping[str, tuple[Array, Array]]]], *, xlabel: str, log: bool = False, chance: float | None = None
) -> Figure:  # fmt: skip
    """Every seed a line of its own along training, a row of panels a measure.

    Parameters
    ----------
    rows : {measure: {title: {label: (x, values)}}}
        x is (k,), values (k, seeds). As many panels in each row.
    xlabel : str
    log : bool, default False
        Whether x grows by factors; a place at 0 is then left out.
    chance : float, optional
        A level in grey, dashed, in the first row: the control.
    """
    log, chance = _checks.flag("log", log), None if chance is None else _checks.number("chance", chance)
    _checks.labels(xlabel=xlabel)
    panels = "{title: {label: (x, values)}}"
    checked = {
        measure: {title: _runs(title, lines) for title, lines in _checks.mapping(measure, row, panels).items()}
        for measure, row in _checks.mapping("rows", rows, "{measure: " + panels + "}").items()
    }
    widths = [len(row) for row in checked.values()]
    if len(set(widths)) > 1:
        raise ValueError(f"rows must have as many panels each; got {widths}")
    figure = new_figure(7.2, 1 + 2.2 * len(checked))
    grid = figure.subplots(len(checked), widths[0], sharex="col", sharey="row", squeeze=False)
    for down, (axes, (measure, row)) in enumerate(zip(grid, checked.items())):
        for ax, (title, lines) in zip(axes, row.items()):
            for (colour, style, _), (label, (x, values)) in zip(cycle(SERIES), lines.items()):
                seen = x > 0 if log else np.ones(len(x), dtype=bool)
                drawn = ax.plot(x[seen], values[seen], color=colour, linestyle=style, linewidth=1, alpha=0.8)
                drawn[0].set_label(label)
            if chance is not None and down == 0:
                _chance_line(ax, chance)
            if log:
                ax.set_xscale("log")
                _by_factors(ax.xaxis)
            plain(ax, title if down == 0 else "", ticks=8, grid=True)
        axes[0].set_ylabel(measure)
        axes[0].locator_params(axis="y", nbins=5)
        if all((0 <= values).all() and (values <= 1).all() for lines in row.values() for _, values in lines.values()):
            axes[0].set_ylim(-0.03, 1.05)
    for ax in grid[-1]:
        ax.set_xlabel(xlabel)
    grid[0, 0].legend(fontsize=8, frameon=False, loc="best")
    figure.tight_layout(pad=0.6)
    return figure


def scaling(
    lines: Mapping[str, tuple[Array, Array]], fits: Mapping[str, tuple[Array, float, float]], *, xlabel: str, ylabel: str
) -> Figure:
    """What falls with size, both by factors: every seed a mark, a line through the means, and the power laws that were fitted.

    Parameters
    ----------
    lines : {label: (x, values)}
        x is (k,), values (k, seeds), all above 0.
    fits : {label: (x, slope, intercept)}
        Of ln y against ln x, drawn in grey, each with a dash of its own, over these x.
    xlabel, ylabel : str
    """
    _checks.labels(xlabel=xlabel, ylabel=ylabel)
    checked = _runs("lines", lines)
    for label, (x, values) in checked.items():
        if not (x > 0).all() or not (values > 0).all():
            raise ValueError(f"lines must be above 0, to be drawn by factors; got {min(x.min(), values.min())} for {label!r}")
    figure = new_figure(7.2, 3.8)
    ax = figure.subplots()
    for (colour, style, mark), (label, (x, values)) in zip(cycle(SERIES), checked.items()):
        ax.plot(np.repeat(x, values.shape[1]), values.ravel(), mark, color=colour, markersize=3.5, alpha=0.5)
        ax.plot(x, values.mean(axis=1), color=colour, linestyle=style, linewidth=1.6, label=label)
    dashes = cycle([(4, 3), (1, 1.5), (6, 2, 1, 2)])
    for dash, (label, fit) in zip(dashes, _checks.mapping("fits", fits, "{label: (x, slope, intercept)}").items()):
        if not isinstance(fit, tuple) or len(fit) != 3:
            raise ValueError(f"fits must be {{label: (x, slope, intercept)}}; got {fit!r:.60} for {label!r}")
        x, slope, intercept = _checks.shaped(label, fit[0], None), _checks.number("slope", fit[1]), _checks.number("intercept", fit[2])
        if not (x > 0).all():
            raise ValueError(f"fits must have x above 0; got {x.min()} for {label!r}")
        ax.plot(x, np.exp(intercept + slope * np.log(x)), color=PALETTE["reference"], linestyle=(0, dash), linewidth=1.6, label=label)
    ax.set_xscale("log")
    ax.set_yscale("log")
    _by_factors(ax.xaxis)
    _by_factors(ax.yaxis)
    plain(ax, "", ticks=8, grid=True)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.legend(fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6)
    return figure


def _runs(title, lines):
    """{label: (x (k,), values (k, seeds))}."""
    checked = {}
    for label, pair in _checks.mapping(title, lines, "{label: (x, values)}").items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ValueError(f"{title} must be {{label: (x, values)}}; got {pair!r:.60} for {label!r}")
        x = _checks.shaped(label, pair[0], None).astype(float)
        checked[label] = x, _checks.shaped(label, pair[1], len(x), None)
    return checked


def _chance_line(ax, chance):
    ax.axhline(chance, color=PALETTE["reference"], linestyle=(0, (4, 3)), linewidth=1, label="chance")


def _by_factors(axis):
    """Plain numbers, 1, 2, 5, 10 …, on a logarithmic axis."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def _cells(ax, matrix):
    ax.imshow(matrix, cmap=ramp(["#FFFFFF", PALETTE["query"]]), vmin=0, vmax=1, aspect="auto")
    for (i, j), value in np.ndenumerate(matrix):
        ax.text(j, i, f"{100 * value:.0f}", ha="center", va="center", fontsize=8, color="white" if value > 0.55 else PALETTE["ink"])


def _names(ax, title, across, down):
    ax.set_xticks(range(len(across)), [str(name) for name in across], fontsize=8)
    ax.set_yticks(range(len(down)), [str(name) for name in down], fontsize=8)
    ax.set_title(title, loc="left", fontsize=9)
