"""Still figures of the emergence chapter; `style` says how stills are made. Every seed is drawn, and means are lines."""

import numpy as np

from .style import PALETTE, new_figure

LOOKS = [  # by turn: colour, line, mark
    (PALETTE["query"], "-", "o"),
    (PALETTE["force"], (0, (5, 2)), "s"),
    (PALETTE["value"], (0, (2, 1.5)), "^"),
    (PALETTE["memory"], (0, (6, 2, 1, 2)), "D"),
    (PALETTE["reference"], (0, (1, 1.5)), "x"),
]


def thresholds(panels, *, xlabel, ylabel, log=False, chance=None):
    """Every seed a mark, and a line through the means. Returns a Figure.

    panels : {title: {label: (x, values)}}; x is (points,), values (points, seeds), shares from 0 to 1.
    log    : x grows by factors of two.  chance : a level drawn in grey, dashed: the control.
    """
    figure = new_figure(7.2, 3.6)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, lines) in zip(axes, panels.items()):
        for turn, (label, (x, values)) in enumerate(lines.items()):
            x, values = np.asarray(x, dtype=float), np.asarray(values)
            colour, style, mark = LOOKS[turn % len(LOOKS)]
            seeds = values.shape[1]
            spread = (np.arange(seeds) - (seeds - 1) / 2) * 0.012  # side by side, so that equal seeds can be counted
            place = x[:, None] * 2 ** (4 * spread) if log else x[:, None] + np.ptp(x) * spread / 2
            ax.plot(place.ravel(), values.ravel(), mark, color=colour, markersize=3, alpha=0.5)
            ax.plot(x, values.mean(axis=1), color=colour, linestyle=style, linewidth=1.6, label=label)
        if chance is not None:
            ax.axhline(chance, color=PALETTE["reference"], linestyle=(0, (4, 3)), linewidth=1, label="chance")
        if log:
            ax.set_xscale("log", base=2)
            ax.xaxis.set_major_formatter("{x:g}")
            ax.tick_params(axis="x", rotation=45)
        plain(ax, title, xlabel)
        ax.legend(fontsize=8, frameon=False, loc="best")
    axes[0].set_ylabel(ylabel)
    axes[0].set_ylim(-0.03, 1.05)
    figure.tight_layout(pad=0.6)
    return figure


def matrices(panels, *, rows, columns):
    """Matrices side by side, the number of each cell in per cent; `panels` is {title: (H, R) shares}. Returns a Figure."""
    figure = new_figure(7.2, 2.9)
    for ax, (title, matrix) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items()):
        _cells(ax, np.asarray(matrix))
        _names(ax, title, range(1, np.shape(matrix)[1] + 1), range(1, len(matrix) + 1))
        ax.set_xlabel(columns, fontsize=9)
        ax.set_ylabel(rows, fontsize=9)
    figure.tight_layout(pad=0.6)
    return figure


def phase_diagram(share, heads, counts, *, title):
    """Shares over two axes at once: `share` is (heads, counts), in per cent in each cell. Returns a Figure."""
    figure = new_figure(7.2, 3.6)
    ax = figure.add_axes((0.09, 0.16, 0.89, 0.74))
    _cells(ax, np.asarray(share)[::-1])
    _names(ax, title, counts, heads[::-1])
    ax.set_xlabel("sentences to learn from")
    ax.set_ylabel("heads")
    return figure


def along_training(curves, *, names):
    """Each seed's measures along training, one panel a seed of the first four. Returns a Figure.

    curves : one {name: (s,) shares, "steps": (s,)} a seed; `names` of those to draw, in the order of the looks.
    """
    figure = new_figure(7.2, 4.6)
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    for seed, (ax, curve) in enumerate(zip(axes.ravel(), curves)):
        for (colour, style, _), name in zip(LOOKS, names):
            ax.plot(curve["steps"], curve[name], color=colour, linestyle=style, linewidth=1.5, label=name)
        plain(ax, f"seed {seed}", "step" if seed > 1 else "")
    axes[0, 0].legend(fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6)
    return figure


def _cells(ax, matrix):
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("share", ["#FFFFFF", PALETTE["query"]])
    ax.imshow(matrix, cmap=ramp, vmin=0, vmax=1, aspect="auto")
    for (i, j), value in np.ndenumerate(matrix):
        ax.text(j, i, f"{100 * value:.0f}", ha="center", va="center", fontsize=8, color="white" if value > 0.55 else PALETTE["ink"])


def _names(ax, title, across, down):
    ax.set_xticks(range(len(across)), [str(name) for name in across], fontsize=8)
    ax.set_yticks(range(len(down)), [str(name) for name in down], fontsize=8)
    ax.set_title(title, loc="left", fontsize=9)


def plain(ax, title, xlabel):
    ax.set_title(title, loc="left", fontsize=10)
    ax.set_xlabel(xlabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.6)
