"""What the stills of several widgets share: a meter over layers or steps, a path up to a moment, and whose still it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._typing import Array
from ..figures.style import PALETTE, plain
from ._live import Live

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def meter(ax: Axes, values: Array, title: str, layer: float, **look: Any) -> None:
    """What is read off each layer, with a line at the one that is shown."""
    ax.plot(values, color=PALETTE["ink"], linewidth=1.4, **look)
    ax.axvline(min(layer, len(values) - 1), color=PALETTE["query"], linewidth=1)
    plain(ax, title, size=9, ticks=8)


def moment(now: float, last: float) -> float:
    """The moment that paper shows. Nobody can press Play there, so what stands at its start is drawn to its end."""
    return now or last


def up_to(states: Array, layer: float) -> Array:
    """The states from layer 0 to `layer`, which may lie between two."""
    layer = min(layer, len(states) - 1)
    whole, part = int(layer), layer - int(layer)
    path = states[: whole + 1]
    return np.concatenate([path, path[-1:] + part * (states[whole + 1] - path[-1])]) if part else path


def shown(widget: Any, view: str) -> Any:
    """`widget`, if it is the one of this view."""
    if not isinstance(widget, Live) or widget.view != view:
        raise ValueError(f"widget must be one with the view {view!r}; got {widget!r:.60}")
    return widget
