"""Gravity and attention on paper, and the same in words; `figures.style` says how stills are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _checks
from ...figures.style import PALETTE, new_figure, pair
from .._stills import meter, up_to
from .engine import History

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def still(histories: tuple[History, History], *, time: float = 0.0, selected: int = 0) -> Figure:
    """What Gravity and attention shows, on paper: both panes up to a step, and three meters below.

    Parameters
    ----------
    histories : two `engine.History`
        Gravity's and attention's.
    time : float, default 0
        The step that is shown.
    selected : int, default 0
        Index of a body.
    """
    selected = _checked(histories, time, selected)
    figure = new_figure(5.4, 4.6)
    for column, (history, title) in enumerate(zip(histories, ("gravity", "attention"))):
        ax = figure.add_axes((0.1 + 0.49 * column, 0.42, 0.38, 0.52))
        path = up_to(history.states, time)
        for i in range(path.shape[1]):
            colour = PALETTE["query" if i == selected else "key"]
            ax.plot(*path[:, i].T, color=colour, linewidth=1.2, alpha=0.8)
            ax.plot(*path[0, i], "o", markersize=4, markerfacecolor="none", markeredgecolor=PALETTE["ink"], markeredgewidth=0.6)
            ax.plot(*path[-1, i], "o", color=colour, markersize=6 if i == selected else 4.5)
        ax.set_aspect("equal", "datalim")
        ax.set_title(f"{title}, step {min(time, len(history.states) - 1):g}", loc="left", fontsize=10)
        ax.tick_params(labelsize=8)
    rows = (("sum of forces", lambda h: h.sum), ("energy, change", lambda h: h.energy - h.energy[0]),
            ("momentum, change", _momentum_gap))  # fmt: skip
    for column, (title, read) in enumerate(rows):
        ax = figure.add_axes((0.09 + 0.325 * column, 0.1, 0.23, 0.2))
        ax.plot(read(histories[0]), color=PALETTE["reference"], linestyle=(0, (4, 3)), linewidth=1.4)
        meter(ax, read(histories[1]), title, time)
    figure.text(0.5, 0.012, "dashed: gravity; solid: attention; by step", ha="center", fontsize=8)
    return figure


def alt(histories: tuple[History, History], *, time: float = 0.0, selected: int = 0, pulls: dict[str, Any] | None = None) -> str:
    """The same in words, with its numbers; arguments as for `still`, and `pulls` of `engine.pulls` where there are some."""
    selected = _checked(histories, time, selected)
    if pulls is not None:
        _checks.shaped("doubled", _checks.mapping("pulls", pulls, "what `engine.pulls` gives", ("doubled",))["doubled"], 2)
    near = [min(round(time), len(history.states) - 1) for history in histories]
    sums = [history.sum[t] for history, t in zip(histories, near)]
    moved = [_momentum_gap(history)[t] for history, t in zip(histories, near)]
    place = [pair(history.states[t, selected]) for history, t in zip(histories, near)]
    text = (
        f"{histories[0].states.shape[1]} bodies under gravity and under attention at step {round(time)}. The sum of forces over "
        f"their lengths is {sums[0]:.2f} for gravity and {sums[1]:.2f} for attention; the momentum has changed by {moved[0]:.2f} "
        f"and by {moved[1]:.2f}. Body {selected + 1} is at {place[0]} under gravity and at {place[1]} under attention."
    )
    if pulls is None:
        return text
    return text + " With every other body there twice, gravity pulls it {:.2f} times as hard, attention {:.2f} times.".format(
        *pulls["doubled"]
    )


def _checked(histories, time, selected):
    if not isinstance(histories, tuple) or len(histories) != 2 or not all(isinstance(history, History) for history in histories):
        raise ValueError(f"histories must be two `engine.History`, gravity's and attention's; got {histories!r:.60}")
    _checks.number("time", time, minimum=0)
    n = histories[0].states.shape[1]
    return _checks.index("selected", selected, n, "bodies") % n


def _momentum_gap(history):
    return np.linalg.norm(history.momentum - history.momentum[0], axis=-1)
