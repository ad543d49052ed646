"""What the stills of two widgets share: a meter over layers or steps, and a path up to a moment."""

import numpy as np

from ..figures.style import PALETTE


def meter(ax, values, title, layer, **look):
    ax.plot(values, color=PALETTE["ink"], linewidth=1.4, **look)
    ax.axvline(min(layer, len(values) - 1), color=PALETTE["query"], linewidth=1)
    ax.set_title(title, loc="left", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)


def up_to(states, layer):
    """The states from layer 0 to `layer`, which may lie between two."""
    layer = min(layer, len(states) - 1)
    whole, part = int(layer), layer - int(layer)
    path = states[: whole + 1]
    return np.concatenate([path, path[-1:] + part * (states[whole + 1] - path[-1])]) if part else path
