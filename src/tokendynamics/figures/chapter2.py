"""The figures of Chapter 2: the two planes of M, its entries, memories, a learned index, real heads; `style` says how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._typing import Array
from ..attention import attention_weights
from ..knowledge import entries, knowledge, lookup
from .style import PALETTE, SIGNED, WIDTH, draw_arrow, draw_frame, draw_token, new_figure, plain, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PURPLE, _PLUM = "#A8508A", SIGNED[0]  # memory, dark enough for lines and for a white letter

# by meaning: memories by number are purple, read by attention green, controls grey; and each has its own line and mark
_LOOKS = {
    "nothing": (PALETTE["reference"], (0, (4, 3)), ""),
    "outer": (PALETTE["memory"], "-", "s"),
    "pseudo-inverse": (_PLUM, "-", "o"),
    "ridge": (_PLUM, (0, (5, 2)), "D"),
    "attention": (PALETTE["value"], "-", "^"),
    "estimate": (PALETTE["ink"], ":", ""),
}


def index_and_content(
    tokens: Array, Q: Array, K: Array, V: Array, *,
    names: Sequence[str], answers: Sequence[str], selected: int = 0, scale: float = 1.0,
) -> Figure:  # fmt: skip
    """The article's Fig. 4 from numbers: the mean of the indices QᵀK tₖ above, M, and the mean of the contents V tₖ below.

    Each place is joined to the origin by a line as wide as its attention. Above, their mean is the force without its β;
    below, what M answers to each place and to the mean. Equations (9), (13).

    Parameters
    ----------
    tokens : (n, 2) array
    Q, K, V : (2, 2) array
    names, answers : n words
        For the indices, and for the contents.
    selected : int, default 0
        Index of the token that asks.
    scale : float, default 1
        β, multiplies every score.
    """
    tokens = _checks.shaped("tokens", tokens, None, 2)
    n = len(tokens)
    names, answers = _checks.one_each("names", names, n, "tokens"), _checks.one_each("answers", answers, n, "tokens")
    selected = _checks.index("selected", selected, n, "tokens") % n
    Q, K, V = (_checks.shaped(name, matrix, 2, 2) for name, matrix in (("Q", Q), ("K", K), ("V", V)))
    weights = attention_weights(tokens, Q, K, scale=scale)[selected]
    M = knowledge(Q, K, V)
    index = tokens @ np.asarray(K).T @ np.asarray(Q)
    pull = weights @ index
    figure = new_figure(WIDTH, 7.6)
    rows = (
        ("Index: QᵀK t", index, names, pull, "force", "QᵀK T a"),
        ("Content: M QᵀK t = V t", lookup(M, index), answers, M @ pull, "value", "V T a"),
    )
    for ax, (title, places, words, arrow, kind, mean) in zip(figure.subplots(2, 1), rows):
        low, high = places.min(axis=0), places.max(axis=0)
        room = 0.16 * np.ptp(places) or 1.0
        draw_frame(ax, low - room, high + room * np.array([2.6, 1.2]))  # words stand to the right of their dots
        ax.plot(0, 0, "+", color=PALETTE["ink"], markersize=11)
        for k, place in enumerate(places):
            if k != selected:
                ax.plot(*zip((0, 0), place), color=PALETTE["key"], linewidth=0.6 + 8 * weights[k], alpha=0.5, zorder=2)
                draw_token(ax, place, f"{words[k]}  {weights[k]:.2f}", "key", below=place[1] < 0)
        draw_arrow(ax, np.zeros(2), arrow, kind, mean)
        ax.set_title(title, loc="left", fontsize=10)
    figure.tight_layout(pad=0.6, h_pad=4.5)
    box = {"boxstyle": "square,pad=0.35", "facecolor": _PURPLE, "edgecolor": "none"}
    figure.text(0.5, 0.505, "M", color="white", ha="center", va="center", fontsize=13, fontweight="bold", bbox=box)
    figure.text(0.57, 0.505, "↓", color=_PURPLE, ha="center", va="center", fontsize=17)
    return figure


def loud_entries(Q: Array, K: Array, V: Array) -> Figure:
    """The unit circle of questions and what M makes of it, with its two entries u and M u.

    Parameters
    ----------
    Q, K, V : (2, 2) array
    """
    Q, K, V = (_checks.shaped(name, matrix, 2, 2) for name, matrix in (("Q", Q), ("K", K), ("V", V)))
    table, M = entries(Q, K, V), knowledge(Q, K, V)
    angle = np.linspace(0, 2 * np.pi, 241)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    with np.errstate(over="ignore"):  # said in words
        answers = _checks.finite(lookup(M, circle), "Q, K and V give answers")
    figure = new_figure(WIDTH, 3.1)
    left, right = figure.subplots(1, 2)
    for ax, ring, arrows, name in ((left, circle, table.index, "u"), (right, answers, table.answers, "M u")):
        reach = 1.25 * np.abs(ring).max() or 1.0
        draw_frame(ax, (-reach, -reach), (reach, reach))
        ax.plot(*ring.T, color=_PURPLE, linewidth=1.4)
        for r, (arrow, style) in enumerate(zip(arrows, ("-", (0, (4, 2))))):
            ax.annotate("", arrow, (0, 0), arrowprops={"arrowstyle": "-|>", "linestyle": style, "color": _PURPLE, "linewidth": 2.2})
            word = f"{name}{'₁₂'[r]}" + (f"\n1/σ = {_short(table.loudness[r])}" if ax is right else f"\nσ = {_short(table.sigma[r])}")
            if not arrow.any():  # an entry that M does not have
                word += "\nno answer"
            side = np.array([arrow[1], -arrow[0]]) / (np.hypot(*arrow) or 1)  # to the right of the arrow, clear of its head
            ax.annotate(word, arrow / 2, 10 * side, textcoords="offset points", color=PALETTE["ink"], fontsize=9, ha="left",
                        va="top" if side[1] < 0 else "bottom")  # fmt: skip
    left.set_title("Questions of length 1", loc="left", fontsize=10)
    right.set_title("What M answers", loc="left", fontsize=10)
    figure.tight_layout(pad=0.6)
    return figure


def curves(
    panels: Mapping[str, Mapping[str, Array]], x: Array, *,
    xlabel: str, ylabel: str, log: bool = True, marks: Sequence[tuple[float, str]] = (),
) -> Figure:  # fmt: skip
    """Lines with bands from the lowest to the highest seed.

    Parameters
    ----------
    panels : {title: {name: (seeds, k) array, or (k,) for a line without a band}}
        A memory has its own look by the beginning of its name; other lines are drawn in turn.
    x : (k,) array
    xlabel, ylabel : str
    log : bool, default True
        Whether x grows by factors of two.
    marks : (x, word) each
        Vertical lines.
    """
    x, log = _checks.shaped("x", x, None), _checks.flag("log", log)
    _checks.labels(xlabel=xlabel, ylabel=ylabel)
    panels = {
        title: {name: _seeds(name, values, len(x)) for name, values in _checks.mapping(title, lines, "{name: numbers}").items()}
        for title, lines in _checks.mapping("panels", panels, "{title: {name: numbers}}").items()
    }
    if not isinstance(marks, (list, tuple)) or not all(isinstance(mark, tuple) and len(mark) == 2 for mark in marks):
        raise ValueError(f"marks must be pairs (x, word); got {marks!r:.80}")
    figure = new_figure(WIDTH, 1.0 + (2.5 if len(panels) > 1 else 3.2) * len(panels))
    axes = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)
    for ax, (title, lines) in zip(axes.ravel(), panels.items()):
        for turn, (name, values) in enumerate(lines.items()):
            colour, style, mark = _look(name, turn)
            mean = values.mean(axis=0)
            ax.plot(x, mean, color=colour, linestyle=style, marker=mark, markersize=4.5, linewidth=1.6, label=name)
            if len(values) > 1:
                ax.fill_between(x, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.16, linewidth=0)
        if log:
            ax.set_xscale("log", base=2)
            ax.xaxis.set_major_formatter("{x:g}")
        for at, word in marks:
            at = _checks.number("marks", at)
            ax.axvline(at, color=PALETTE["ink"], linewidth=0.8, linestyle=":")
            ax.annotate(word, (at, 1.0), (2, 3), xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=8)
        plain(ax, ticks=8, grid=True)
        ax.set_title(title, loc="left", fontsize=10, pad=14 if marks else 6)
    for ax in axes[-1]:
        ax.set_xlabel(xlabel)
    for ax in axes[:, 0]:
        ax.set_ylabel(ylabel)
    handles = {label: h for ax in axes.ravel() for h, label in zip(*ax.get_legend_handles_labels())}
    rows = -(-len(handles) // 3)
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncol=3, fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6, rect=(0, 0.02 + 0.22 * rows / figure.get_figheight(), 1, 1))
    return figure


def learned_index(found: Array, wanted: Array, *, d_key: int) -> Figure:
    """Two matrices in one scale of colour, purple below 0 and green above: what was learned, QᵀK, and R in its place.

    Each is shown at Frobenius length √d_key.

    Parameters
    ----------
    found : (d, d) array
    wanted : (d_key, d_key) array
    d_key : int
    """
    d_key = _checks.whole("d_key", d_key, minimum=1)
    found, wanted = _checks.shaped("found", found, None, None), _checks.shaped("wanted", wanted, d_key, d_key)
    if found.shape[0] != found.shape[1] or len(found) < d_key:
        raise ValueError(f"found must have shape (d, d) with d of at least {d_key}; got shape {found.shape}")
    place = np.zeros_like(found)
    place[:d_key, :d_key] = wanted
    figure = new_figure(WIDTH, 2.9)
    axes = figure.subplots(1, 2)
    for ax, matrix, title in zip(axes, (found, place), ("QᵀK, learned", "R, where the keys are")):
        length = np.abs(matrix).max() or 1
        unit = matrix / length / (np.linalg.norm(matrix / length) or 1)  # in two steps: squares of large numbers overflow
        picture = ax.imshow(unit * np.sqrt(d_key), cmap=ramp(SIGNED), vmin=-1, vmax=1)
        ax.axhline(d_key - 0.5, color=PALETTE["ink"], linewidth=0.8)
        ax.axvline(d_key - 0.5, color=PALETTE["ink"], linewidth=0.8)
        ax.set_title(title, loc="left", fontsize=10)
        ax.set_xlabel("the token: key | content", fontsize=9)
        ax.set_xticks([])
        ax.set_yticks([])
    axes[0].set_ylabel("the question", fontsize=9)
    figure.tight_layout(pad=0.6)
    figure.colorbar(picture, ax=axes, shrink=0.75, aspect=14, pad=0.03).ax.tick_params(labelsize=8)
    return figure


def real_heads(table: Mapping[str, Any]) -> Figure:
    """Mobility on a real model by layer: a dot a head, the mean as a bar, each measure beside its control.

    Parameters
    ----------
    table : {name: (L, H) array}
        From `mobility.shipped`.
    """
    names = ("residual", "residual_random", "pseudo_inverse", "fitted", "fitted_random", "fitted_best")
    table = _checks.mapping("table", table, "(L, H) numbers", names)
    table = {name: _checks.shaped(name, table[name], None, None) for name in names}
    figure = new_figure(WIDTH, 6.6)
    above, below = figure.subplots(2, 1, sharex=True)
    residual = (("residual", "M by pseudo-inverse", "memory", "s"), ("residual_random", "control: random Q and K", "reference", "x"))
    explained = (
        ("pseudo_inverse", "M by pseudo-inverse", "memory", "s"),
        ("fitted", "M fitted to tokens", "value", "^"),
        ("fitted_random", "control: 32 random directions", "reference", "x"),
        ("fitted_best", "control: 32 best directions", "ink", "+"),
    )
    for ax, rows, title in (
        (above, residual, "Gap in (13), on an axis from 0.6; it would be 0 if (13) held"),
        (below, explained, "Share of the contents that the forces explain, unseen words"),
    ):
        for i, (name, label, colour, mark) in enumerate(rows):
            values = table[name]
            at = np.arange(1, len(values) + 1) + 0.8 * ((i + 0.5) / len(rows) - 0.5)
            ax.plot(np.repeat(at, values.shape[1]), values.ravel(), mark, color=PALETTE[colour], markersize=3.5, alpha=0.55, label=label)
            ax.hlines(values.mean(axis=1), at - 0.09, at + 0.09, color=PALETTE[colour], linewidth=2.6)
        plain(ax, title, ticks=8)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), fontsize=8, frameon=False, ncol=2)
    above.set_ylim(0.6, 1)
    below.axhline(0, color=PALETTE["ink"], linewidth=0.8)
    below.set_xlabel("layer", labelpad=38)
    figure.tight_layout(pad=0.6, h_pad=2)
    return figure


def _short(number):
    return f"{number:.2f}" if number < 1e6 else f"{number:.3g}"


def _seeds(name, values, k):
    values = _checks.array(name, values, ndim_min=1, shape=f"(seeds, {k}) or ({k},)")
    return _checks.shaped(name, values if values.ndim > 1 else values[None], None, k)


def _look(name, turn):
    for start, look in _LOOKS.items():
        if name.startswith(start):
            if start == "attention":  # several β, each with its own line and mark
                return look[0], ["-", (0, (6, 2)), (0, (2, 2))][turn % 3], "^v>"[turn % 3]
            return look
    return [(PALETTE["memory"], "-", ""), (PALETTE["value"], (0, (6, 2)), ""), (PALETTE["query"], (0, (2, 1.5)), ""), _LOOKS["nothing"]][
        turn % 4
    ]
