"""Stills of the widgets of Chapter 3, for print and for pages without JavaScript, and the same in words."""

import numpy as np

from .figures import PALETTE, _figure


def trajectories_still(states, meters, *, layer=0.0, selected=0, norm=None, turn=(-30.0, 20.0)):
    """What Trajectories shows, on paper: the paths up to `layer`, and what is read off each layer beside them.

    `states` is (L + 1, n, d) with d = 2 or 3, `meters` {"energy", "clusters", "rank"} with L + 1 numbers each. In three
    dimensions `turn` is the [yaw, pitch] in degrees of an orthographic view. Returns a Figure.
    """
    figure = _figure(5.4, 4.4)
    plane = figure.add_axes((0.07, 0.09, 0.56, 0.86))
    flat = _seen(states, turn)
    path = _up_to(flat, layer)
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
        _meter(ax, meters[name], title, layer)
        ax.set_xlabel("layer" if row == 2 else "", fontsize=9)
    return figure


def trajectories_alt(states, meters, *, layer=0.0, selected=0, norm=None, turn=(-30.0, 20.0)):
    """The same in words, with its numbers."""
    last, (count, d) = len(states) - 1, states.shape[1:]
    near = min(round(layer), last)
    where = {None: "with no norm", "sphere": "on the sphere", "layernorm": "under LayerNorm"}[norm]
    change = "; ".join(
        f"{title} {meters[name][0]:{form}} at the start, {meters[name][near]:{form}} at layer {near}, {meters[name][last]:{form}} at layer {last}"
        for name, title, form in (("energy", "energy ln E", ".2f"), ("clusters", "clusters", "d"), ("rank", "effective rank", ".2f"))
    )
    place = ", ".join(f"{x:.2f}" for x in states[near, selected])
    return f"{count} tokens in {d} dimensions {where}, through {last} layers: {change}. Token {selected + 1} is at ({place}) at layer {near}."


def _meter(ax, values, title, layer, **look):
    ax.plot(values, color=PALETTE["ink"], linewidth=1.4, **look)
    ax.axvline(min(layer, len(values) - 1), color=PALETTE["query"], linewidth=1)
    ax.set_title(title, loc="left", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)


def _seen(states, turn):
    """Places as a reader sees them, (…, 2): the plane itself, or a turned orthographic view of three dimensions."""
    if states.shape[-1] == 2:
        return states
    yaw, pitch = np.deg2rad(turn)
    across = np.array([np.cos(yaw), np.sin(yaw), 0])
    up = np.array([-np.sin(yaw) * np.sin(pitch), np.cos(yaw) * np.sin(pitch), np.cos(pitch)])
    return states @ np.stack([across, up], axis=-1)


def _up_to(states, layer):
    """The states from layer 0 to `layer`, which may lie between two."""
    layer = min(layer, len(states) - 1)
    whole, part = int(layer), layer - int(layer)
    path = states[: whole + 1]
    return np.concatenate([path, path[-1:] + part * (states[whole + 1] - path[-1])]) if part else path


def gravity_and_attention_still(histories, *, time=0.0, selected=0):
    """What Gravity and attention shows, on paper: both panes up to the step `time`, and three meters below.

    `histories` are two `two_laws.History`, gravity's and attention's. Returns a Figure.
    """
    figure = _figure(5.4, 4.6)
    for column, (history, title) in enumerate(zip(histories, ("gravity", "attention"))):
        ax = figure.add_axes((0.06 + 0.49 * column, 0.42, 0.43, 0.52))
        path = _up_to(history.states, time)
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
        _meter(ax, read(histories[1]), title, time)
    figure.text(0.5, 0.012, "dashed: gravity; solid: attention; by step", ha="center", fontsize=8)
    return figure


def gravity_and_attention_alt(histories, *, time=0.0, selected=0, pulls=None):
    """The same in words, with its numbers; `pulls` are those of `two_laws.pulls`."""
    near = [min(round(time), len(history.states) - 1) for history in histories]
    sums = [history.sum[t] for history, t in zip(histories, near)]
    moved = [_momentum_gap(history)[t] for history, t in zip(histories, near)]
    place = ["({:.2f}, {:.2f})".format(*(np.round(history.states[t, selected], 2) + 0.0)) for history, t in zip(histories, near)]
    text = (
        f"{histories[0].states.shape[1]} bodies under gravity and under attention at step {round(time)}. The sum of forces over "
        f"their lengths is {sums[0]:.2f} for gravity and {sums[1]:.2f} for attention; the momentum has changed by {moved[0]:.2f} "
        f"and by {moved[1]:.2f}. Body {selected + 1} is at {place[0]} under gravity and at {place[1]} under attention."
    )
    if pulls is None:
        return text
    return text + " With every other body there twice, gravity pulls it {:.2f} times as hard, attention {:.2f} times.".format(*pulls["doubled"])


def _momentum_gap(history):
    return np.linalg.norm(history.momentum - history.momentum[0], axis=-1)
