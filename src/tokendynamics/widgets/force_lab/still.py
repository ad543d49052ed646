"""The Force lab on paper, and the same in words; `figures.style` says how stills are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._typing import ArrayLike
from ...attention import potential_at, potential_gradient_at
from ...figures.chapter1 import OneLayer
from ...figures.style import PALETTE, POTENTIAL_RAMP, WIDTH, draw_arrow, draw_frame, draw_token, new_figure, pair, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def still(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *,
    names: Sequence[str], selected: int = 0, scale: float = 1.0, include_self: bool = False, ax: Any = None,
) -> Figure:  # fmt: skip
    """What Force lab shows, on paper: φ of the selected token, the field M∇φ, its force and its motion; equations (4), (5), (9).

    Parameters
    ----------
    tokens : (n, 2) array
    Q, K, V : (2, 2) array
    names : n words
    selected : int, default 0
        Index of a token.
    scale : float, default 1
        β, multiplies every score.
    include_self : bool, default False
        Whether a token attends to itself.
    ax : Axes, optional
        Where to draw; its figure is returned.
    """
    layer = OneLayer(tokens, Q, K, V, names, selected, scale, include_self)
    if ax is None:
        ax = new_figure(WIDTH, 4.6).add_axes((0.1, 0.12, 0.88, 0.86))
    reach = 1.25 * np.abs(np.vstack([layer.tokens, layer.at + layer.force, layer.at + layer.motion])).max()
    _landscape(ax, layer, min(max(reach, 2.2), 3 * np.abs(layer.tokens).max() + 2))
    for k, (token, name, weight) in enumerate(zip(layer.tokens, layer.names, layer.weights)):
        if k != layer.selected:
            ax.plot(*zip(layer.at, token), color=PALETTE["key"], linewidth=0.6 + 7 * weight, alpha=0.75, zorder=2)
            draw_token(ax, token, f"{name}  {weight:.2f}", "key")
    draw_token(ax, layer.at, layer.names[layer.selected], "query", below=layer.motion[1] >= 0)
    same = np.allclose(layer.force, layer.motion, atol=1e-6)
    draw_arrow(ax, layer.at, layer.force, "force", "" if same else "force")
    draw_arrow(ax, layer.at, layer.motion, "value", "force = motion" if same else "motion")
    return ax.figure


def alt(
    tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *,
    names: Sequence[str], selected: int = 0, scale: float = 1.0, include_self: bool = False,
) -> str:  # fmt: skip
    """The same in words, with its numbers: the text a reader gets who cannot see the picture; arguments as for `still`."""
    layer = OneLayer(tokens, Q, K, V, names, selected, scale, include_self)
    where = ", ".join(f"{name} at {pair(token)}" for name, token in zip(layer.names, layer.tokens))
    seen = ", ".join(
        f"{weight:.2f} to {'itself' if k == layer.selected else layer.names[k]}"
        for k, weight in enumerate(layer.weights)
        if include_self or k != layer.selected
    )
    return (
        f"A plane with {len(layer.tokens)} tokens: {where}. {layer.names[layer.selected]} is selected and gives its attention "
        f"as {seen}. Its potential is {layer.potential:.2f}. The force on it is {pair(layer.force)}; "
        f"the motion of one layer is {pair(layer.motion)}."
    )


def _landscape(ax, layer, reach):
    """Filled contours of φ with their numbers, and M∇φ as arrows of one length scale."""
    draw_frame(ax, (-1.15 * reach, -reach), (1.15 * reach, reach))
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(bottom, top, 101))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    phi = potential_at(points, layer.tokens, layer.Q, layer.K, exclude=layer.exclude, scale=layer.scale).reshape(x.shape)
    if np.ptp(phi) > 1e-9:  # flat where Q or K or β is 0
        ax.contourf(x, y, phi, 9, cmap=ramp(POTENTIAL_RAMP), zorder=0)
        lines = ax.contour(x, y, phi, 9, colors="#5B7590", linewidths=0.6, zorder=1)
        ax.clabel(lines, fontsize=8, fmt="%.3g")
    x, y = np.meshgrid(np.linspace(left, right, 14)[1:-1], np.linspace(bottom, top, 12)[1:-1])
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    slope = potential_gradient_at(points, layer.tokens, layer.Q, layer.K, exclude=layer.exclude, scale=layer.scale)
    field = slope @ layer.mobility.T
    if np.any(field):
        ax.quiver(*points.T, *field.T, color="#3D566E", alpha=0.65, width=0.0022, pivot="mid", zorder=1.5)
