"""Trajectories on paper, and the same in words; `figures.style` says how stills are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ... import _checks, stack
from ..._typing import Array
from ...figures.style import PALETTE, new_figure
from .._stills import meter, up_to

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METERS = ("energy", "clusters", "rank")


def still(
    states: Array, meters: Mapping[str, Array], *,
    layer: float = 0.0, selected: int = 0, norm: str | None = None, turn: Sequence[float] = (-30.0, 20.0),
) -> Figure:  # fmt: skip
    """What Trajectories shows, on paper: the paths up to a layer, and what is read off each layer beside them.

    Parameters
    ----------
    states : (L + 1, n, 2 or 3) array
    meters : {"energy", "clusters", "rank": (L + 1,) array}
    layer : float, default 0
        The moment that is shown; between two layers the paths are straight.
    selected : int, default 0
        Index of a token.
    norm : "sphere", "layernorm" or None, default None
        Which surface is drawn.
    turn : [yaw, pitch], degrees
        Of the orthographic view of three dimensions.
    """
    states, meters, selected = _checked(states, meters, layer, selected, norm, turn)
    figure = new_figure(5.4, 4.4)
    plane = figure.add_axes((0.07, 0.09, 0.56, 0.86))
    flat = _seen(states, turn)
    path = up_to(flat, layer)
    if norm is not None:
        angle = np.linspace(0, 2 * np.pi, 90)
        radius = np.sqrt(states.shape[-1]) if norm == "layernorm" else 1.0
        plane.plot(radius * np.cos(angle), radius * np.sin(angle), color=PALETTE["reference"], linewidth=0.8)
    for i in range(states.shape[1]):
        own = i == selected
        colour, order = PALETTE["query" if own else "key"], 3 if own else 2
        plane.plot(*path[:, i].T, color=colour, linewidth=1.8 if own else 0.8, alpha=1 if own else 0.6, zorder=order)
        plane.plot(*flat[0, i], "o", markersize=4, markerfacecolor="none", markeredgecolor=PALETTE["ink"], markeredgewidth=0.6)
        plane.plot(*path[-1, i], "o", color=colour, markersize=6 if own else 4.5, zorder=order + 1)
    plane.annotate(str(selected + 1), path[-1, selected], (7, 5), textcoords="offset points", fontweight="bold")
    plane.set_aspect("equal", "datalim")
    plane.set_title(f"layer {layer:g}", loc="left", fontsize=10)
    if states.shape[-1] == 3:
        plane.set_axis_off()
    for row, (name, title) in enumerate((("energy", "energy ln E"), ("clusters", "clusters"), ("rank", "effective rank"))):
        ax = figure.add_axes((0.73, 0.73 - 0.31 * row, 0.25, 0.2))
        meter(ax, meters[name], title, layer)
        ax.set_xlabel("layer" if row == 2 else "", fontsize=9)
    return figure


def alt(
    states: Array, meters: Mapping[str, Array], *,
    layer: float = 0.0, selected: int = 0, norm: str | None = None, turn: Sequence[float] = (-30.0, 20.0),
) -> str:  # fmt: skip
    """The same in words, with its numbers; arguments as for `still`."""
    states, meters, selected = _checked(states, meters, layer, selected, norm, turn)
    last, (count, d) = len(states) - 1, states.shape[1:]
    near = min(round(layer), last)
    where = {None: "with no norm", "sphere": "on the sphere", "layernorm": "under LayerNorm"}[norm]
    moments = {0: "at the start", **{layer: f"at layer {layer}" for layer in (near, last) if layer}}
    change = "; ".join(
        f"{title} {', '.join(f'{meters[name][layer]:{form}} {when}' for layer, when in moments.items())}"
        for name, title, form in (("energy", "energy ln E", ".2f"), ("clusters", "clusters", "d"), ("rank", "effective rank", ".2f"))
    )
    place = ", ".join(f"{x:.2f}" for x in states[near, selected])
    return (
        f"{count} tokens in {d} dimensions {where}, through {last} layers: {change}. Token {selected + 1} is at ({place}) at layer {near}."
    )


def _checked(states, meters, layer, selected, norm, turn):
    states = _checks.array("states", states, ndim_min=3, shape="(L + 1, n, 2 or 3)")
    if states.ndim != 3 or states.shape[2] not in (2, 3):
        raise ValueError(f"states must have shape (L + 1, n, 2 or 3); got shape {states.shape}")
    meters = _checks.mapping("meters", meters, "(L + 1,) numbers", _METERS)
    for name in _METERS:
        _checks.shaped(name, meters[name], len(states))
    _checks.number("layer", layer, minimum=0)
    _checks.choice("norm", norm, stack.NORMS)
    _checks.shaped("turn", turn, 2)
    return states, meters, _checks.index("selected", selected, states.shape[1], "tokens") % states.shape[1]


def _seen(states, turn):
    """Places as a reader sees them, (…, 2): the plane itself, or a turned orthographic view of three dimensions."""
    if states.shape[-1] == 2:
        return states
    yaw, pitch = np.deg2rad(turn)
    across = np.array([np.cos(yaw), np.sin(yaw), 0])
    up = np.array([-np.sin(yaw) * np.sin(pitch), np.cos(yaw) * np.sin(pitch), np.cos(pitch)])
    return states @ np.stack([across, up], axis=-1)
