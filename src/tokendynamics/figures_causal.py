"""Figures of the causal model: its heads found and switched off, its guesses layer by layer; `figures` says how stills are made."""

import numpy as np

from .figures import _WIDTH, PALETTE, _figure
from .figures_real_laws import _plain


def heads_found(by_place, scores, off, *, threshold=0.3):
    """The loss along a string said twice, and what each head's loss costs. Returns a Figure.

    by_place : (2 length,) mean loss of each place.   scores : {"induction", "previous"}, (L, H).   off : (L, H) nats.
    """
    figure = _figure(_WIDTH, 5.6)
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
        bottom.plot(layer, off.ravel()[mine], marker, color=colour, markerfacecolor=face, markersize=4.5, label=f"{name}, {mine.sum()} heads")
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
    figure = _figure(_WIDTH, 4.6)
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
