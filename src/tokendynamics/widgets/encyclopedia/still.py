"""The Encyclopedia's still and its words, for print and for pages without JavaScript; `figures.style` says how stills are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...figures.style import PALETTE, draw_arrow, draw_frame, draw_token, new_figure, pair
from ...knowledge import entries, knowledge_residual, lookup
from ...seeded import found
from .._live import Live
from .._stills import shown
from .engine import half

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMES = {"outer": "outer products", "pseudo-inverse": "the pseudo-inverse", "attention": "softmax attention"}


def still(widget: Live) -> Figure:
    """What an `Encyclopedia` shows, on paper."""
    book = _Book(shown(widget, "encyclopedia"))
    return _shelves(book) if book.state["section"] == "capacity" else _spaces(book)


def alt(widget: Live) -> str:
    """The same in words, with its numbers: the text a reader gets who cannot see the picture."""
    book = _Book(shown(widget, "encyclopedia"))
    s = book.state
    if s["section"] == "capacity":
        rates = ", ".join(f"{_NAMES[name]} {right.sum()}" for name, right in book.found().items())
        return (
            f"{s['count']} random entries in {s['dimension']} dimensions, asked with noise {s['noise']:.2f}. "
            f"Found again by each memory, of {s['count']}: {rates}."
        )
    entries_said = "; ".join(
        f"{name} has its index at {pair(x)}, its content, {answer}, at {pair(y)}, and M answers {pair(z)}"
        for name, answer, x, y, z in zip(s["names"], s["answers"], book.index, book.contents, book.answers)
    )
    return (
        f"Two planes joined by M. The singular values of QᵀK are {s['sigma'][0]:.2f} and {s['sigma'][1]:.2f}, and M multiplies "
        f"by {book.loudness[0]:.4g} and {book.loudness[1]:.4g}. {entries_said}. The question has its index at {pair(book.index[-1])}, "
        f"its content at {pair(book.contents[-1])}; M answers {pair(book.answers[-1])}, a gap of {book.gap:.2f}. "
        f"Equation (13) misses {100 * book.residual:.0f} % of V."
    )


class _Book:
    """The numbers that an Encyclopedia's picture shows."""

    def __init__(self, widget):
        self.state, options = widget.state(), {"ridge": widget.ridge, "rank": widget.rank}
        Q, K, V = widget.Q, widget.K, widget.V
        tokens = np.vstack([widget.tokens, widget.question])
        self.M = widget.M
        self.index, self.contents = tokens @ (Q.T @ K).T, tokens @ V.T
        self.answers = lookup(self.M, self.index)
        self.gap = np.linalg.norm(self.contents[-1] - self.answers[-1])
        self.directions = half((1, 1), widget.q_angle)  # rows u₁ and u₂
        falling = [0, 1] if widget.sigma[0] >= widget.sigma[1] else [1, 0]
        self.loudness = entries(Q, K, V, **options).loudness[falling]
        self.residual = knowledge_residual(Q, K, V, **options)

    def found(self):
        s = self.state
        return found(s["count"], s["dimension"], s["seed"], noise=s["noise"], scale=s["scale"])


def _spaces(book):
    s = book.state
    figure = new_figure(7.2, 4.0)
    left, right = figure.subplots(1, 2)
    asked = next((k for k, t in enumerate(s["tokens"]) if t == s["question"]), None)
    for ax, places in ((left, book.index), (right, book.contents)):
        reach = 1.25 * max(1.1, np.abs(places).max())
        draw_frame(ax, (-reach, -reach), (reach, reach))
    for r, (u, loud) in enumerate(zip(book.directions, book.loudness)):
        draw_arrow(left, np.zeros(2), u, "force", f"u{'₁₂'[r]}")
        if loud:
            _shout(right, book.M @ u, loud, f"M u{'₁₂'[r]}")
    for k, (name, answer) in enumerate(zip(s["names"], s["answers"])):
        draw_token(left, book.index[k], name, "query" if k == asked else "key")
        _gap(right, book.contents[k], book.answers[k], k == asked)
        draw_token(right, book.contents[k], answer, "value")
    if asked is None:
        draw_token(left, book.index[-1], "question", "query")
        _gap(right, book.contents[-1], book.answers[-1], True)
        draw_token(right, book.contents[-1], "question", "value")
    left.set_title("Index: QᵀK t", loc="left", fontsize=10)
    right.set_title("Content: dot V t, square M QᵀK t", loc="left", fontsize=10)
    right.text(0.98, 0.03, f"gap {book.gap:.2f}", transform=right.transAxes, ha="right", fontsize=9)
    figure.tight_layout(pad=0.6, w_pad=3.2)
    return figure


def _shelves(book):
    s, shelves = book.state, book.found()
    figure = new_figure(5.4, 2.6)
    ax = figure.add_axes((0.02, 0.14, 0.96, 0.72))
    for row, (name, right) in enumerate(shelves.items()):
        ax.text(-0.6, -row - 0.34, f"{_NAMES[name]}: {right.sum()} of {len(right)}", fontsize=9)
        for k, ok in enumerate(right):
            fill: dict[str, Any] = {"color": PALETTE["value"]} if ok else {"color": "none"}
            ax.plot(k, -row - 0.6, "s", markersize=6.5, markeredgecolor=PALETTE["value" if ok else "reference"], **fill)
            if not ok:
                ax.plot(k, -row - 0.6, "x", markersize=5, color=PALETTE["reference"])
    ax.set(xlim=(-0.8, max(20, s["count"]) + 0.2), ylim=(-3, 0.1))
    ax.axis("off")
    figure.text(0.03, 0.9, f"{s['count']} entries in {s['dimension']} dimensions, noise {s['noise']:.2f}: filled is found", fontsize=10)
    return figure


def _shout(ax, by, loudness, label):
    """M u, as wide as it is loud; one that leaves the picture is cut at its edge."""
    from matplotlib.patches import FancyArrowPatch

    reach = ax.get_xlim()[1]
    by = by * min(1, 3 * reach / np.abs(by).max()) if np.any(by) else by
    wide = min(2.5 + 2 * loudness, 18)
    style = f"simple,tail_width={wide},head_width={wide + 12},head_length={wide + 8}"
    colours: dict[str, Any] = {"facecolor": PALETTE["memory"], "edgecolor": "#96386B", "alpha": 0.75, "linewidth": 0.8, "zorder": 2}
    ax.add_patch(FancyArrowPatch((0, 0), by, arrowstyle=style, shrinkA=0, shrinkB=0, **colours)).set_clip_path(ax.patch)
    at = by * min(1, 0.8 * reach / np.abs(by).max()) if np.any(by) else by
    away, side = (12 + wide / 2, "left") if by[0] >= 0 else (-12 - wide / 2, "right")
    ax.annotate(label, at, (away, -3), textcoords="offset points", ha=side, color="#96386B", fontweight="bold")


def _gap(ax, content, answer, asked):
    if np.abs(answer).max() > 20 * ax.get_xlim()[1]:
        return  # far outside of the picture: its number is in the corner
    look = {"color": PALETTE["ink"] if asked else PALETTE["reference"], "linewidth": 1.4 if asked else 0.8}
    ax.plot(*zip(content, answer), linestyle=":", zorder=3, **look)
    face = PALETTE["memory"] if asked else "none"
    ax.plot(*answer, "s", markersize=13, markerfacecolor=face, markeredgecolor="#96386B", zorder=3.5)
