"""Still figures of Chapter 6: the laws on a real model, a dot a head; the causal model's heads and guesses. `style` says how they are made."""

import numpy as np

from .style import PALETTE, WIDTH, new_figure

CONTROLS = {"random arrows": (0, (4, 2)), "random weights": ":", "dealt": "-."}  # a line of its own each, all grey


def heads_and_controls(laws):
    """One panel a law, a dot a head by layer, beside the control's mean and the mean of the heads. Returns a Figure.

    laws : {title: (values (L, H), {one of CONTROLS: values (L, H) or (L,)}, the law's own value or None)}
    """
    figure = new_figure(WIDTH, 0.5 + 1.75 * len(laws))
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
            ax.annotate(
                "the law", (layers[-1] + 0.45, wanted), (0, 2), textcoords="offset points", color=PALETTE["force"], fontsize=8, ha="right"
            )
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
    figure = new_figure(WIDTH, 0.4 + 2.1 * len(panels))
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


def heads_found(by_place, scores, off, *, threshold=0.3):
    """The loss along a string said twice, and what each head's loss costs. Returns a Figure.

    by_place : (2 length,) mean loss of each place.   scores : {"induction", "previous"}, (L, H).   off : (L, H) nats.
    """
    figure = new_figure(WIDTH, 5.6)
    top, bottom = figure.subplots(2, 1, height_ratios=[1, 1.5])
    places, half = np.arange(1, len(by_place) + 1), len(by_place) // 2
    top.plot(places, by_place, "-o", color=PALETTE["query"], markersize=3)
    top.axvline(half + 0.5, color=PALETTE["reference"], linestyle="--", linewidth=1)
    top.annotate("said again", (half + 0.5, max(by_place)), (4, -6), textcoords="offset points", fontsize=8, color=PALETTE["reference"])
    top.set(xlabel="place in the string", ylabel="loss, nats")
    induction, previous = scores["induction"].ravel(), scores["previous"].ravel()
    kinds = {
        "induction": (induction > threshold, "s", PALETTE["query"]),
        "previous token": (previous > threshold, "^", PALETTE["force"]),
        "neither": ((induction <= threshold) & (previous <= threshold), "o", PALETTE["reference"]),
    }
    n_heads = off.shape[1]
    for name, (mine, marker, colour) in kinds.items():
        face = "none" if name == "neither" else colour
        layer = np.flatnonzero(mine) // n_heads + (np.flatnonzero(mine) % n_heads - n_heads / 2) / n_heads * 0.6
        bottom.plot(
            layer, off.ravel()[mine], marker, color=colour, markerfacecolor=face, markersize=4.5, label=f"{name}, {mine.sum()} heads"
        )
    bottom.axhline(0, color=PALETTE["ink"], linewidth=0.6)
    bottom.set(xlabel="layer (counted from 0)", ylabel="rise of the loss\nwithout the head, nats")
    bottom.legend(fontsize=8, frameon=False)
    for ax in (top, bottom):
        _plain(ax)
    figure.tight_layout(pad=0.6)
    return figure


def reading_off(prompts, plain):
    """The next token read off after each layer: its probability for each prompt, and how often a plain text's first guess is final.

    prompts : list of {"prompt", "answer", "probability"}.   plain : {"agrees", "agrees_dealt"}, each (L + 1,). Returns a Figure.
    """
    figure = new_figure(WIDTH, 4.6)
    top, bottom = figure.subplots(2, 1, sharex=True)
    for entry, line in zip(prompts, ("-", "--", ":", "-.", (0, (1, 3)))):
        top.plot(entry["probability"], linestyle=line, color=PALETTE["query"], label=f"{entry['prompt']} …{entry['answer']}")
    top.set(ylabel="probability", ylim=(-0.03, 1.03))
    top.legend(fontsize=7, frameon=False, loc="upper left")
    bottom.plot(100 * np.array(plain["agrees"]), "-o", color=PALETTE["query"], markersize=3.5, label="same place")
    bottom.plot(100 * np.array(plain["agrees_dealt"]), "--", color=PALETTE["reference"], label="another place, the control")
    bottom.set(xlabel="after layer (0 is the embedding)", ylabel="% first guess is final")
    bottom.legend(fontsize=8, frameon=False, loc="upper left")
    for ax in (top, bottom):
        _plain(ax)
    figure.tight_layout(pad=0.6)
    return figure


def _plain(ax):
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
