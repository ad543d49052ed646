"""Still figures, each a function of numbers, and each widget's still for print and for pages without JavaScript.

A figure here is a matplotlib `Figure` of its own, apart from pyplot, that draws itself in any notebook. matplotlib
is imported on first use, so that importing the package stays light. Positions are pure numbers and have no unit.
"""

from io import BytesIO

import numpy as np

from . import _checks
from .attention import attention_weights, content, force, potential, potential_at, potential_gradient_at
from .knowledge import knowledge

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
_HALO = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
_WIDTH, _PIXELS = 5.4, 720  # inches and pixels across: letters large enough to be read on a phone


def png(figure):
    """A figure as PNG bytes, 720 pixels wide, in a palette of 256 colours: a third of the size, and no visible difference."""
    from PIL import Image

    raw, small = BytesIO(), BytesIO()
    figure.savefig(raw, format="png", dpi=_PIXELS / figure.get_figwidth())
    Image.open(raw).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def force_lab_still(tokens, Q, K, V, *, names, selected=0, scale=1.0, include_self=False, ax=None):
    """What Force lab shows, on paper: φ of the selected token, the field M∇φ, its force and its motion.

    `tokens` is (n, 2), `Q`, `K`, `V` are (2, 2), `names` n words, `selected` the index of a token. Draws on `ax`
    where one is given; returns its Figure. Equations (4), (5), (9). Bad input raises ValueError.
    """
    lab = _Lab(tokens, Q, K, V, names, selected, scale, include_self)
    if ax is None:
        ax = _figure(_WIDTH, 4.6).add_axes((0.1, 0.12, 0.88, 0.86))
    reach = 1.25 * np.abs(np.vstack([lab.tokens, lab.at + lab.force, lab.at + lab.motion])).max()
    _landscape(ax, lab, min(max(reach, 2.2), 3 * np.abs(lab.tokens).max() + 2))
    for k, (token, name, weight) in enumerate(zip(lab.tokens, lab.names, lab.weights)):
        if k != lab.selected:
            ax.plot(*zip(lab.at, token), color=PALETTE["key"], linewidth=0.6 + 7 * weight, alpha=0.75, zorder=2)
            _token(ax, token, f"{name}  {weight:.2f}", "key")
    _token(ax, lab.at, lab.names[lab.selected], "query", below=lab.motion[1] >= 0)
    same = np.allclose(lab.force, lab.motion, atol=1e-6)
    _arrow(ax, lab.at, lab.force, "force", "" if same else "force")
    _arrow(ax, lab.at, lab.motion, "value", "force = motion" if same else "motion")
    return ax.figure


def force_lab_alt(tokens, Q, K, V, *, names, selected=0, scale=1.0, include_self=False):
    """The same state in words, with its numbers: the text a reader gets who cannot see the picture."""
    lab = _Lab(tokens, Q, K, V, names, selected, scale, include_self)
    where = ", ".join(f"{name} at {_pair(token)}" for name, token in zip(lab.names, lab.tokens))
    seen = ", ".join(
        f"{weight:.2f} to {'itself' if k == lab.selected else lab.names[k]}"
        for k, weight in enumerate(lab.weights)
        if include_self or k != lab.selected
    )
    return (
        f"A plane with {len(lab.tokens)} tokens: {where}. {lab.names[lab.selected]} is selected and gives its attention "
        f"as {seen}. Its potential is {lab.potential:.2f}. The force on it is {_pair(lab.force)}; "
        f"the motion of one layer is {_pair(lab.motion)}."
    )


def step_by_the_mean(tokens, Q, K, V, *, names, selected=0):
    """Where a motion comes from: the arrow V T a, drawn from the origin, then carried to the token.

    Arguments as for `force_lab_still`. Returns a Figure. Equation (14).
    """
    lab = _Lab(tokens, Q, K, V, names, selected, 1.0, False)
    ax = _figure(_WIDTH, 3.9).add_axes((0.1, 0.14, 0.88, 0.84))
    shown = np.vstack([lab.tokens, lab.at + lab.motion, np.zeros((1, 2))])
    _frame(ax, shown.min(axis=0) - (0.9, 0.5), shown.max(axis=0) + 0.35)
    ax.plot(0, 0, "+", color=PALETTE["ink"], markersize=13)
    ax.annotate("origin", (0, 0), (7, -14), textcoords="offset points", color=PALETTE["ink"])
    for k, (token, name) in enumerate(zip(lab.tokens, lab.names)):
        if k != lab.selected:
            _token(ax, token, f"{name}  {lab.weights[k]:.2f}", "key")
    _token(ax, lab.at, lab.names[lab.selected], "query", below=lab.motion[1] >= 0)
    ax.plot(*lab.motion, "x", color=PALETTE["value"], markersize=9, markeredgewidth=2)
    ax.annotate("V T a", lab.motion, (10, -2), textcoords="offset points", color=PALETTE["value"])
    dashed = {"color": PALETTE["reference"], "linestyle": (0, (4, 3)), "linewidth": 1.4}
    ax.annotate("", lab.motion, (0, 0), arrowprops={"arrowstyle": "->", **dashed})
    ax.plot(*zip(lab.at, lab.motion), color=PALETTE["reference"], linestyle=":", linewidth=1.4)
    near = lab.at + 0.75 * (lab.motion - lab.at)  # far enough along to clear the arrow
    ax.annotate("not this way", near, (-8, 4), textcoords="offset points", color=PALETTE["reference"], ha="right")
    _arrow(ax, lab.at, lab.motion, "value", "")
    away = -1 if lab.motion[0] > lab.at[0] else 1  # the dotted line leaves to the other side
    ax.annotate("one layer", lab.at + lab.motion / 2, (12 * away, 0), textcoords="offset points",
                ha="right" if away < 0 else "left", color=PALETTE["value"], fontweight="bold")  # fmt: skip
    return ax.figure


def third_law(ratios, *, xlabel):
    """Histograms of ‖Σ updates‖ / Σ ‖updates‖, one a row; `ratios` is {label: numbers in [0, 1]}. Returns a Figure.

    The first label is drawn as the control, in grey. 0 is Newton's third law; 1 is everybody moving one way.
    """
    figure = _figure(_WIDTH, 0.6 + 1.15 * len(ratios))
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


class _Lab:
    """The numbers that a Force lab picture shows: checked once, computed once."""

    def __init__(self, tokens, Q, K, V, names, selected, scale, include_self):
        self.tokens = _checks.tokens(tokens)
        if self.tokens.ndim != 2 or self.tokens.shape[1] != 2:
            raise ValueError(f"tokens must have shape (n, 2), a plane; got shape {self.tokens.shape}")
        if len(names) != len(self.tokens):
            raise ValueError(f"names must be one for each of the {len(self.tokens)} tokens; got {len(names)}")
        if not 0 <= selected < len(self.tokens):
            raise ValueError(f"selected must be the index of one of the {len(self.tokens)} tokens; got {selected}")
        self.Q, self.K, self.names, self.selected, self.scale = Q, K, list(names), selected, scale
        options = {"include_self": include_self, "scale": scale}
        self.exclude = None if include_self else selected
        self.at = self.tokens[selected]
        self.weights = attention_weights(tokens, Q, K, **options)[selected]
        self.potential = potential(tokens, Q, K, **options)[selected]
        self.force = force(tokens, Q, K, **options)[selected]
        self.motion = content(tokens, Q, K, V, **options)[selected]
        self.mobility = knowledge(Q, K, V) / scale if scale else np.zeros((2, 2))  # M∇φ is then V T a whatever β


def _landscape(ax, lab, reach):
    """Filled contours of φ with their numbers, and M∇φ as arrows of one length scale."""
    from matplotlib.colors import LinearSegmentedColormap

    _frame(ax, (-1.15 * reach, -reach), (1.15 * reach, reach))
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


def _token(ax, at, label, kind, below=False):
    if kind == "query":
        ax.plot(*at, "o", markersize=17, markerfacecolor="none", markeredgecolor=PALETTE["query"], markeredgewidth=2, zorder=4)
    ax.plot(*at, "o", markersize=9, color=PALETTE[kind], markeredgecolor="white", zorder=4)
    shift = (11, -18) if below else (11, 9)
    ax.annotate(label, at, shift, textcoords="offset points", color=PALETTE["ink"], bbox=_HALO, zorder=5)


def _arrow(ax, at, by, kind, label):
    """Force is a broad hollow arrow, motion a solid one that fits inside it; one too short to draw is said in words."""
    from matplotlib.patches import FancyArrowPatch

    hollow = kind == "force"
    if np.hypot(*by) < 0.02 * np.ptp(ax.get_xlim()):
        if label:
            ax.annotate(f"{label} ≈ 0", at, (-14, -3 if hollow else -17), textcoords="offset points", ha="right",
                        color=PALETTE[kind], fontweight="bold", bbox=_HALO, zorder=5)  # fmt: skip
        return
    shape = "simple,tail_width=9,head_width=20,head_length=16" if hollow else "simple,tail_width=3.5,head_width=11,head_length=11"
    face = "white" if hollow else PALETTE[kind]
    look = {"facecolor": face, "edgecolor": PALETTE[kind], "linewidth": 1.8 if hollow else 0}
    ax.add_patch(FancyArrowPatch(at, at + by, arrowstyle=shape, shrinkA=0, shrinkB=0, zorder=3 + 0.1 * (not hollow), **look))
    shift = (12, 0) if by[0] >= 0 else (-12, 0)
    if label:
        ax.annotate(label, at + by, shift, textcoords="offset points", ha="left" if by[0] >= 0 else "right", va="center",
                    color=PALETTE[kind], fontweight="bold", bbox=_HALO, zorder=5)  # fmt: skip


def _frame(ax, low, high):
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel="first coordinate", ylabel="second coordinate")
    ax.spines[["top", "right"]].set_visible(False)


def _figure(width, height):
    from matplotlib.figure import Figure

    class Still(Figure):
        def _repr_png_(self):  # any notebook shows it, with no plotting backend switched on
            return png(self)

    return Still(figsize=(width, height))


def _pair(vector):
    return "({:.2f}, {:.2f})".format(*(np.round(vector, 2) + 0.0))
