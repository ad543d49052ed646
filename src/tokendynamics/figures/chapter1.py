"""The figures of Chapter 1: a step by the mean, and the third law; `style` says how figures are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike
from ..attention import attention_weights, content, force, potential
from ..knowledge import knowledge
from .style import PALETTE, WIDTH, draw_arrow, draw_frame, draw_token, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class OneLayer:
    """What one layer does to one token of a plane: the numbers that this chapter's figures and the Force lab's show.

    Parameters
    ----------
    tokens : (n, 2) array
    Q, K, V : (2, 2) array
    names : n words
    selected : int, default 0
        Index of the token.
    scale : float, default 1
        β, multiplies every score.
    include_self : bool, default False
        Whether it attends to itself.

    Raises
    ------
    ValueError
        For tokens that are not in a plane, a name too many or too few, and whatever `attention` refuses.
    """

    def __init__(
        self, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, names: Sequence[str],
        selected: int = 0, scale: float = 1.0, include_self: bool = False,
    ) -> None:  # fmt: skip
        self.tokens = _checks.tokens(tokens)
        n = len(self.tokens)
        if self.tokens.ndim != 2 or self.tokens.shape[1] != 2:
            raise ValueError(f"tokens must have shape (n, 2), a plane; got shape {self.tokens.shape}")
        self.names, self.selected = _checks.one_each("names", names, n, "tokens"), _checks.index("selected", selected, n, "tokens") % n
        self.Q, self.K, self.scale = *_checks.query_key(Q, K, 2), _checks.number("scale", scale)
        if self.Q.ndim != 2 or self.K.ndim != 2:
            raise ValueError(f"Q and K must have shape (d_head, 2); got shapes {self.Q.shape} and {self.K.shape}")
        V = _checks.shaped("V", V, 2, 2)
        options: dict[str, Any] = {"include_self": include_self, "scale": scale}
        self.exclude = None if include_self else self.selected
        self.at = self.tokens[self.selected]
        self.weights = attention_weights(tokens, Q, K, **options)[self.selected]
        self.potential = potential(tokens, Q, K, **options)[self.selected]
        self.force = force(tokens, Q, K, **options)[self.selected]
        self.motion = content(tokens, Q, K, V, **options)[self.selected]
        self.mobility = knowledge(Q, K, V) / self.scale if scale else np.zeros((2, 2))  # M∇φ is then V T a whatever β


def step_by_the_mean(tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, names: Sequence[str], selected: int = 0) -> Figure:
    """Where a motion comes from: the arrow V T a, drawn from the origin, then carried to the token; equation (14).

    Parameters
    ----------
    tokens : (n, 2) array
    Q, K, V : (2, 2) array
    names : n words
    selected : int, default 0
        Index of the token that moves.
    """
    layer = OneLayer(tokens, Q, K, V, names, selected)
    figure = new_figure(WIDTH, 3.9)
    ax = figure.add_axes((0.1, 0.14, 0.88, 0.84))
    shown = np.vstack([layer.tokens, layer.at + layer.motion, np.zeros((1, 2))])
    draw_frame(ax, shown.min(axis=0) - (0.9, 0.5), shown.max(axis=0) + 0.35)
    ax.plot(0, 0, "+", color=PALETTE["ink"], markersize=13)
    ax.annotate("origin", (0, 0), (7, -14), textcoords="offset points", color=PALETTE["ink"])
    for k, (token, name) in enumerate(zip(layer.tokens, layer.names)):
        if k != layer.selected:
            draw_token(ax, token, f"{name}  {layer.weights[k]:.2f}", "key")
    draw_token(ax, layer.at, layer.names[layer.selected], "query", below=layer.motion[1] >= 0)
    ax.plot(*layer.motion, "x", color=PALETTE["value"], markersize=9, markeredgewidth=2)
    ax.annotate("V T a", layer.motion, (10, -2), textcoords="offset points", color=PALETTE["value"])
    dashed = {"color": PALETTE["reference"], "linestyle": (0, (4, 3)), "linewidth": 1.4}
    ax.annotate("", layer.motion, (0, 0), arrowprops={"arrowstyle": "->", **dashed})
    ax.plot(*zip(layer.at, layer.motion), color=PALETTE["reference"], linestyle=":", linewidth=1.4)
    near = layer.at + 0.75 * (layer.motion - layer.at)  # far enough along to clear the arrow
    ax.annotate("not this way", near, (-8, 4), textcoords="offset points", color=PALETTE["reference"], ha="right")
    draw_arrow(ax, layer.at, layer.motion, "value", "")
    away = -1 if layer.motion[0] > layer.at[0] else 1  # the dotted line leaves to the other side
    ax.annotate("one layer", layer.at + layer.motion / 2, (12 * away, 0), textcoords="offset points",
                ha="right" if away < 0 else "left", color=PALETTE["value"], fontweight="bold")  # fmt: skip
    return figure


def third_law(ratios: Mapping[str, Array], *, xlabel: str) -> Figure:
    """Histograms of ‖Σ updates‖ / Σ ‖updates‖, one a row. 0 is Newton's third law; 1 is everybody moving one way.

    Parameters
    ----------
    ratios : {label: (k,) array}
        Numbers from 0 to 1. The first label is the control, in grey.
    xlabel : str
    """
    ratios = {name: _checks.shaped(name, values, None) for name, values in _checks.mapping("ratios", ratios, "{label: numbers}").items()}
    _checks.labels(xlabel=xlabel)
    figure = new_figure(WIDTH, 0.6 + 1.15 * len(ratios))
    axes = figure.subplots(len(ratios), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    bins = np.linspace(0, 1, 51)
    for row, (ax, (label, values)) in enumerate(zip(axes, ratios.items())):
        look = {"color": PALETTE["value"]} if row else {"color": "#DDDDDD", "edgecolor": PALETTE["reference"], "hatch": "////"}
        ax.hist(values, bins, weights=np.full(len(values), 100 / len(values)), **look)
        ax.axvline(np.median(values), color=PALETTE["ink"], linewidth=1.2, linestyle="--")
        plain(ax, f"{label}: median {np.median(values):.2f}")
    figure.supylabel("% of draws", fontsize=10)
    axes[-1].set(xlim=(0, 1), xlabel=xlabel)
    figure.tight_layout(pad=0.6)
    return figure
