"""The Force lab on paper, and the same in words; `figures.style` says how stills are made."""

import numpy as np

from ...attention import potential_at, potential_gradient_at
from ...figures.numbers import Lab
from ...figures.style import PALETTE, POTENTIAL_RAMP, WIDTH, draw_arrow, draw_frame, draw_token, new_figure, pair


def still(tokens, Q, K, V, *, names, selected=0, scale=1.0, include_self=False, ax=None):
    """What Force lab shows, on paper: φ of the selected token, the field M∇φ, its force and its motion.

    `tokens` is (n, 2), `Q`, `K`, `V` are (2, 2), `names` n words, `selected` the index of a token. Draws on `ax`
    where one is given; returns its Figure. Equations (4), (5), (9). Bad input raises ValueError.
    """
    lab = Lab(tokens, Q, K, V, names, selected, scale, include_self)
    if ax is None:
        ax = new_figure(WIDTH, 4.6).add_axes((0.1, 0.12, 0.88, 0.86))
    reach = 1.25 * np.abs(np.vstack([lab.tokens, lab.at + lab.force, lab.at + lab.motion])).max()
    _landscape(ax, lab, min(max(reach, 2.2), 3 * np.abs(lab.tokens).max() + 2))
    for k, (token, name, weight) in enumerate(zip(lab.tokens, lab.names, lab.weights)):
        if k != lab.selected:
            ax.plot(*zip(lab.at, token), color=PALETTE["key"], linewidth=0.6 + 7 * weight, alpha=0.75, zorder=2)
            draw_token(ax, token, f"{name}  {weight:.2f}", "key")
    draw_token(ax, lab.at, lab.names[lab.selected], "query", below=lab.motion[1] >= 0)
    same = np.allclose(lab.force, lab.motion, atol=1e-6)
    draw_arrow(ax, lab.at, lab.force, "force", "" if same else "force")
    draw_arrow(ax, lab.at, lab.motion, "value", "force = motion" if same else "motion")
    return ax.figure


def alt(tokens, Q, K, V, *, names, selected=0, scale=1.0, include_self=False):
    """The same state in words, with its numbers: the text a reader gets who cannot see the picture."""
    lab = Lab(tokens, Q, K, V, names, selected, scale, include_self)
    where = ", ".join(f"{name} at {pair(token)}" for name, token in zip(lab.names, lab.tokens))
    seen = ", ".join(
        f"{weight:.2f} to {'itself' if k == lab.selected else lab.names[k]}"
        for k, weight in enumerate(lab.weights)
        if include_self or k != lab.selected
    )
    return (
        f"A plane with {len(lab.tokens)} tokens: {where}. {lab.names[lab.selected]} is selected and gives its attention "
        f"as {seen}. Its potential is {lab.potential:.2f}. The force on it is {pair(lab.force)}; "
        f"the motion of one layer is {pair(lab.motion)}."
    )


def _landscape(ax, lab, reach):
    """Filled contours of φ with their numbers, and M∇φ as arrows of one length scale."""
    from matplotlib.colors import LinearSegmentedColormap

    draw_frame(ax, (-1.15 * reach, -reach), (1.15 * reach, reach))
    x, y = np.meshgrid(np.linspace(*ax.get_xlim(), 121), np.linspace(*ax.get_ylim(), 101))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    phi = potential_at(points, lab.tokens, lab.Q, lab.K, exclude=lab.exclude, scale=lab.scale).reshape(x.shape)
    if np.ptp(phi) > 1e-9:  # flat where Q or K or β is 0
        ramp = LinearSegmentedColormap.from_list("potential", POTENTIAL_RAMP)
        ax.contourf(x, y, phi, 9, cmap=ramp, zorder=0)
        lines = ax.contour(x, y, phi, 9, colors="#5B7590", linewidths=0.6, zorder=1)
        ax.clabel(lines, fontsize=8, fmt="%.3g")
    x, y = np.meshgrid(np.linspace(*ax.get_xlim(), 14)[1:-1], np.linspace(*ax.get_ylim(), 12)[1:-1])
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    slope = potential_gradient_at(points, lab.tokens, lab.Q, lab.K, exclude=lab.exclude, scale=lab.scale)
    field = slope @ lab.mobility.T
    if np.any(field):
        ax.quiver(*points.T, *field.T, color="#3D566E", alpha=0.65, width=0.0022, pivot="mid", zorder=1.5)
