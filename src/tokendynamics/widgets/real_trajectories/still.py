"""Still figures of the real model's tokens; `figures.style` says how stills are made."""

from itertools import cycle

import numpy as np

from ...figures.style import PALETTE, new_figure
from ...real.distances import distances, rank_agreement
from ...real.senses import within_across

# senses: marker, line and colour each; blue is the followed token's, the yellow of the palette is darkened for white
SENSES = (("o", "-", PALETTE["query"]), ("s", (0, (4, 2)), "#7D6A00"), ("^", ":", PALETTE["ink"]), ("D", "-.", PALETTE["reference"]))


def still(data, *, word, layer, shown, basis="own", components=(1, 2), tokens="word", trails=True):
    """What Real trajectories shows, on paper: the trails in a plane, and the cosines by layer.

    `data` is what `senses.journeys` returns; the rest is the widget's state. Returns a Figure.
    """
    figure = new_figure(7.2, 4.1)
    plane, cosine, gap = figure.subplot_mosaic([["plane", "cosine"], ["plane", "gap"]], width_ratios=[1.25, 1]).values()
    senses = data["words"][word]["senses"]
    looks = dict(zip(senses, cycle(SENSES)))
    for number, path, sentence, main in _paths(data, word, layer, shown, basis, components, tokens):
        marker, line, colour = looks[sentence["sense"]]
        if trails:
            plane.plot(*path.T, linestyle=line, color=colour, linewidth=1.4 if main else 0.5, alpha=0.9 if main else 0.4)
        face = colour if marker in "o^" else "white"
        plane.plot(*path[-1], marker, markersize=8 if main else 3.5, markerfacecolor=face, markeredgecolor=colour, markeredgewidth=1.8)
        if main:
            plane.annotate(number, path[-1], (7, 5), textcoords="offset points", color=PALETTE["ink"], fontweight="bold")
    for sense, (marker, line, colour) in looks.items():
        face = colour if marker in "o^" else "white"
        plane.plot([], [], marker=marker, linestyle=line, color=colour, markerfacecolor=face, label=sense)
    plane.legend(loc="best", fontsize=8, frameon=False)
    plane.set(aspect="equal", adjustable="datalim", xlabel=f"direction {components[0]}", ylabel=f"direction {components[1]}")
    plane.set_title(f"“{word}” up to layer {layer:g}", loc="left", fontsize=10)

    within, across = within_across(data, word, shown=shown)
    _line(cosine, within, "within a sense", PALETTE["ink"], "-", "o")
    _line(cosine, across, "across senses", PALETTE["ink"], "-", "o", hollow=True)
    cosine.set_title("Cosine, all 384 numbers", loc="left", fontsize=10)
    for token, name, line in (("word", f"“{word}”", "-"), ("[CLS]", "[CLS], control", (0, (4, 3))), (".", "“.”, control", ":")):
        if token in data["words"][word]["cosines"]:
            colour = PALETTE["ink" if token == "word" else "reference"]
            _line(gap, np.subtract(*within_across(data, word, token, shown)), name, colour, line, "o" if token == "word" else "")
    gap.set_title("Within minus across", loc="left", fontsize=10)
    gap.set_xlabel("layer")
    for ax in (cosine, gap):
        ax.axvline(layer, color=PALETTE["query"], linewidth=1)
        ax.set_xlim(0, len(within) - 1 + 3.6)
        ax.set_xticks(range(len(within)))
    for ax in (plane, cosine, gap):
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=8)
    figure.tight_layout(pad=0.6)
    return figure


def alt(data, *, word, layer, shown, basis="own", components=(1, 2), tokens="word", trails=True):
    """The same state in words, with its numbers."""
    entry = data["words"][word]
    near = round(layer)
    within, across = (values[near] for values in within_across(data, word, shown=shown))
    fit = entry["own"] if basis == "own" else data["common"]
    share = sum(fit["each"][k - 1] for k in components)
    fitted = "fitted to this word" if basis == "own" else "fitted to all tokens of all sentences"
    cosines = "" if np.isnan([within, across]).any() else (
        f" In all 384 numbers the cosine of the word between two sentences is {within:.2f} within a sense and {across:.2f} across senses."
    )  # fmt: skip
    agreement = np.nan
    if "distances" in entry:
        _, screen, full = distances(data, word, shown=shown, basis=basis, components=components)
        agreement = rank_agreement(screen[near], full[near])
    ranks = "" if np.isnan(agreement) else f" Its distances there rank as those in all 384 numbers with a correlation of {agreement:.2f}."
    return (
        f"The word “{word}” in {len(shown)} of its sentences ({' or '.join(entry['senses'])}) at layer {layer:g}, in directions "
        f"{components[0]} and {components[1]} {fitted}, which hold {100 * share:.0f} % of the variance.{ranks}{cosines}"
    )


def _paths(data, word, layer, shown, basis, components, tokens):
    """(sentence number, path (k, 2) up to `layer`, sentence, whether it is the followed word) of each token drawn."""
    numbers = data["words"][word]["sentences"]
    axes = [k - 1 for k in components]
    for i in shown:
        sentence = data["sentences"][i]
        states = np.array(sentence[basis])[..., axes]
        whole, part = int(layer), layer - int(layer)
        path = states[: whole + 1]
        if part:
            path = np.concatenate([path, path[-1:] + part * (states[whole + 1] - path[-1])])
        for k in range(len(sentence["tokens"])) if tokens == "all" else [sentence["target"]]:
            yield numbers.index(i) + 1, path[:, k], sentence, k == sentence["target"]


def _line(ax, values, name, colour, line, marker, hollow=False):
    if np.isnan(values).any():
        return
    look = {"marker": marker or None, "markersize": 4.5, "markerfacecolor": "white" if hollow else colour}
    ax.plot(values, color=colour, linestyle=line, linewidth=1.5, **look)
    ax.annotate(name, (len(values) - 1, values[-1]), (7, -3), textcoords="offset points", color=colour, fontsize=8)
