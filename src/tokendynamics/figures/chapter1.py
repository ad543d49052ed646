"""Still figures of Chapter 1; `style` says how they are made."""

import numpy as np

from .numbers import Lab
from .style import PALETTE, WIDTH, draw_arrow, draw_frame, draw_token, new_figure


def step_by_the_mean(tokens, Q, K, V, *, names, selected=0):
    """Where a motion comes from: the arrow V T a, drawn from the origin, then carried to the token.

    Arguments as for the still of Force lab. Returns a Figure. Equation (14).
    """
    lab = Lab(tokens, Q, K, V, names, selected, 1.0, False)
    ax = new_figure(WIDTH, 3.9).add_axes((0.1, 0.14, 0.88, 0.84))
    shown = np.vstack([lab.tokens, lab.at + lab.motion, np.zeros((1, 2))])
    draw_frame(ax, shown.min(axis=0) - (0.9, 0.5), shown.max(axis=0) + 0.35)
    ax.plot(0, 0, "+", color=PALETTE["ink"], markersize=13)
    ax.annotate("origin", (0, 0), (7, -14), textcoords="offset points", color=PALETTE["ink"])
    for k, (token, name) in enumerate(zip(lab.tokens, lab.names)):
        if k != lab.selected:
            draw_token(ax, token, f"{name}  {lab.weights[k]:.2f}", "key")
    draw_token(ax, lab.at, lab.names[lab.selected], "query", below=lab.motion[1] >= 0)
    ax.plot(*lab.motion, "x", color=PALETTE["value"], markersize=9, markeredgewidth=2)
    ax.annotate("V T a", lab.motion, (10, -2), textcoords="offset points", color=PALETTE["value"])
    dashed = {"color": PALETTE["reference"], "linestyle": (0, (4, 3)), "linewidth": 1.4}
    ax.annotate("", lab.motion, (0, 0), arrowprops={"arrowstyle": "->", **dashed})
    ax.plot(*zip(lab.at, lab.motion), color=PALETTE["reference"], linestyle=":", linewidth=1.4)
    near = lab.at + 0.75 * (lab.motion - lab.at)  # far enough along to clear the arrow
    ax.annotate("not this way", near, (-8, 4), textcoords="offset points", color=PALETTE["reference"], ha="right")
    draw_arrow(ax, lab.at, lab.motion, "value", "")
    away = -1 if lab.motion[0] > lab.at[0] else 1  # the dotted line leaves to the other side
    ax.annotate("one layer", lab.at + lab.motion / 2, (12 * away, 0), textcoords="offset points",
                ha="right" if away < 0 else "left", color=PALETTE["value"], fontweight="bold")  # fmt: skip
    return ax.figure


def third_law(ratios, *, xlabel):
    """Histograms of ‖Σ updates‖ / Σ ‖updates‖, one a row; `ratios` is {label: numbers in [0, 1]}. Returns a Figure.

    The first label is drawn as the control, in grey. 0 is Newton's third law; 1 is everybody moving one way.
    """
    figure = new_figure(WIDTH, 0.6 + 1.15 * len(ratios))
    axes = figure.subplots(len(ratios), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    bins = np.linspace(0, 1, 51)
    for row, (ax, (label, values)) in enumerate(zip(axes, ratios.items())):
        look = {"color": PALETTE["value"]} if row else {"color": "#DDDDDD", "edgecolor": PALETTE["reference"], "hatch": "////"}
        ax.hist(values, bins, weights=np.full(len(values), 100 / len(values)), **look)
        ax.axvline(np.median(values), color=PALETTE["ink"], linewidth=1.2, linestyle="--")
        ax.set_title(f"{label}: median {np.median(values):.2f}", loc="left", fontsize=10)
        ax.spines[["top", "right"]].set_visible(False)
    figure.supylabel("% of draws", fontsize=10)
    axes[-1].set(xlim=(0, 1), xlabel=xlabel)
    figure.tight_layout(pad=0.6)
    return figure
