"""Figures of the laws on a real model: a dot a head, its controls beside it; `figures` says how stills are made."""

import numpy as np

from .figures import _WIDTH, PALETTE, _figure

CONTROLS = {"random arrows": (0, (4, 2)), "random weights": ":", "dealt": "-."}  # a line of its own each, all grey


def heads_and_controls(laws):
    """One panel a law, a dot a head by layer, beside the control's mean and the mean of the heads. Returns a Figure.

    laws : {title: (values (L, H), {one of CONTROLS: values (L, H) or (L,)}, the law's own value or None)}
    """
    figure = _figure(_WIDTH, 0.5 + 1.75 * len(laws))
    for ax, (title, (values, controls, wanted)) in zip(np.atleast_1d(figure.subplots(len(laws), 1)), laws.items()):
        layers = np.arange(1, len(values) + 1)
        spread = np.linspace(-0.22, 0.22, values.shape[1])
        ax.plot(layers[:, None] + spread, values, "o", color=PALETTE["value"], markersize=3.6, alpha=0.75)
        for name, control in controls.items():
            line = CONTROLS[name]
            mean = control if np.ndim(control) == 1 else control.mean(axis=1)
            ax.plot(layers, mean, linestyle=line, color=PALETTE["reference"], linewidth=1.6, label=name)
        ax.plot(layers, values.mean(axis=1), "_", color=PALETTE["ink"], markersize=22, label="mean of twelve heads")
        if wanted is not None:
            ax.axhline(wanted, color=PALETTE["force"], linewidth=1)
            ax.annotate("the law", (layers[-1] + 0.45, wanted), (0, 2), textcoords="offset points", color=PALETTE["force"], fontsize=8, ha="right")
        ax.set_title(title, loc="left", fontsize=10)
        ax.set(xlim=(layers[0] - 0.5, layers[-1] + 0.5), xticks=layers)
        _plain(ax)
        ax.legend(fontsize=7, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    ax.set_xlabel("layer", labelpad=14)
    figure.tight_layout(pad=0.6)
    return figure


def climbing(panels):
    """Shares of tokens by layer, one panel a question; `panels` is {title: {motion's name: (L,)}}. Returns a Figure.

    The first motion of a panel is the model's, drawn whole; the others are controls, grey.
    """
    figure = _figure(_WIDTH, 0.4 + 2.1 * len(panels))
    for ax, (title, motions) in zip(np.atleast_1d(figure.subplots(len(panels), 1)), panels.items()):
        layers = np.arange(1, len(next(iter(motions.values()))) + 1)
        looks = [("-", "o"), ((0, (4, 2)), "s"), (":", "^"), ("-.", "D")]
        for number, ((name, shares), (line, marker)) in enumerate(zip(motions.items(), looks)):
            colour = PALETTE["reference"] if number else PALETTE["value"]
            ax.plot(layers, 100 * np.asarray(shares), linestyle=line, marker=marker, markersize=4.5, color=colour, label=name,
                    markerfacecolor="white" if number else colour)  # fmt: skip
        ax.axhline(50, color=PALETTE["ink"], linewidth=0.6)
        ax.set_title(title, loc="left", fontsize=10)
        ax.set(ylim=(-4, 104), xticks=layers, ylabel="% of tokens")
        _plain(ax)
        ax.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    ax.set_xlabel("layer")
    figure.tight_layout(pad=0.6)
    return figure


def _plain(ax):
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
