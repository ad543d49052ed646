"""How the book's figures look: one palette, one canvas, tokens and arrows.

A figure is a matplotlib `Figure` of its own, apart from pyplot, that draws itself in any notebook. matplotlib is
imported on first use, so that importing the package stays light. Positions are pure numbers and have no unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from .._typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

# one meaning, one colour (Okabe–Ito); no figure relies on colour alone
PALETTE = {
    "query": "#0072B2",  # the selected token, also a ring
    "key": "#E69F00",  # the others, also dots
    "value": "#009E73",  # content V T a, also a solid arrow
    "force": "#D55E00",  # QᵀK T a, also a hollow arrow
    "memory": "#CC79A7",  # M, also a square
    "reference": "#767676",  # controls, also dashed
    "ink": "#222222",
}
POTENTIAL_RAMP = ["#F7FAFD", "#8FAAC4"]  # low to high; a list, as matplotlib 3.8 takes two in a tuple for a colour and its alpha
SIGNED = ("#7A3E62", "#FFFFFF", "#00664A")  # below 0, 0, above
SERIES = (  # for several lines in one figure, by turn: colour, line, mark
    (PALETTE["query"], "-", "o"),
    (PALETTE["force"], (0, (5, 2)), "s"),
    (PALETTE["value"], (0, (2, 1.5)), "^"),
    (PALETTE["memory"], (0, (6, 2, 1, 2)), "D"),
    (PALETTE["reference"], (0, (1, 1.5)), "x"),
)
HALO = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
WIDTH, _PIXELS = 5.4, 720  # inches and pixels across: letters large enough to be read on a phone


def png(figure: Figure, *, rare: bool = False) -> bytes:
    """A figure as PNG bytes, 720 pixels wide, in a palette of 256 colours: a third of the size, and no visible difference.

    With `rare` the palette has the colours that few pixels have, too: small marks on a surface of many shades.
    """
    from PIL import Image

    raw, small = BytesIO(), BytesIO()
    figure.savefig(raw, format="png", dpi=_PIXELS / figure.get_figwidth())
    Image.open(raw).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE if rare else None, dither=Image.Dither.NONE).save(
        small, format="png", optimize=True
    )
    return small.getvalue()


def draw_token(ax: Axes, at: Any, label: str, kind: str, below: bool = False) -> None:
    """A dot with its label; the token that is asked about, of kind "query", has a ring too."""
    if kind == "query":
        ax.plot(*at, "o", markersize=17, markerfacecolor="none", markeredgecolor=PALETTE["query"], markeredgewidth=2, zorder=4)
    ax.plot(*at, "o", markersize=9, color=PALETTE[kind], markeredgecolor="white", zorder=4)
    shift = (11, -18) if below else (11, 9)
    ax.annotate(label, at, shift, textcoords="offset points", color=PALETTE["ink"], bbox=HALO, zorder=5)


def draw_arrow(ax: Axes, at: Any, by: Any, kind: str, label: str) -> None:
    """Force is a broad hollow arrow, motion a solid one that fits inside it; one too short to draw is said in words."""
    from matplotlib.patches import FancyArrowPatch

    if np.abs([at, at + by]).max() > 1e150:  # its square is drawn with
        raise ValueError("an arrow is too large to be drawn: use smaller values")
    hollow = kind == "force"
    if np.hypot(*by) < 0.02 * np.ptp(ax.get_xlim()):
        if label:
            ax.annotate(f"{label} ≈ 0", at, (-14, -3 if hollow else -17), textcoords="offset points", ha="right",
                        color=PALETTE[kind], fontweight="bold", bbox=HALO, zorder=5)  # fmt: skip
        return
    shape = "simple,tail_width=9,head_width=20,head_length=16" if hollow else "simple,tail_width=3.5,head_width=11,head_length=11"
    face = "white" if hollow else PALETTE[kind]
    look: dict[str, Any] = {"facecolor": face, "edgecolor": PALETTE[kind], "linewidth": 1.8 if hollow else 0}
    ax.add_patch(FancyArrowPatch(at, at + by, arrowstyle=shape, shrinkA=0, shrinkB=0, zorder=3 + 0.1 * (not hollow), **look))
    shift = (12, 0) if by[0] >= 0 else (-12, 0)
    if label:
        ax.annotate(label, at + by, shift, textcoords="offset points", ha="left" if by[0] >= 0 else "right", va="center",
                    color=PALETTE[kind], fontweight="bold", bbox=HALO, zorder=5)  # fmt: skip


def draw_frame(ax: Axes, low: Sequence[float] | Array, high: Sequence[float] | Array) -> None:
    """A plane of tokens from the corner `low` to the corner `high`, its two axes on one scale."""
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel="first coordinate", ylabel="second coordinate")
    plain(ax)


def plain(ax: Axes, title: str = "", *, size: float = 10, ticks: float | None = None, grid: bool = False) -> None:
    """Open axes: no line above and to the right, the title at the left; sizes in points, and with `grid` faint lines across."""
    ax.spines[["top", "right"]].set_visible(False)
    if title:
        ax.set_title(title, loc="left", fontsize=size)
    if ticks:
        ax.tick_params(labelsize=ticks)
    if grid:
        ax.grid(axis="y", color="#E6E6E6", linewidth=0.6)


def ramp(colours: Sequence[str]) -> Colormap:
    """A scale of colour from low to high."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ramp", colours)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, of so many inches, that shows itself in any notebook with no plotting backend switched on."""
    from matplotlib.figure import Figure

    class Still(Figure):
        def _repr_png_(self):
            return png(self)

    return Still(figsize=(width, height))


def pair(vector: Array) -> str:
    """Two numbers in words: "(0.50, −1.20)"."""
    return "({:.2f}, {:.2f})".format(*(np.round(vector, 2) + 0.0))
