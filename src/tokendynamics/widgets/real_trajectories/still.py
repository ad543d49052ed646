"""Real trajectories on paper, and the same in words; `figures.style` says how stills are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _checks
from ...figures.style import PALETTE, new_figure, plain
from ...real.distances import distances, rank_agreement
from ...real.senses import within_across
from .._stills import up_to

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# senses: marker, line and colour each; blue is the followed token's, the yellow of the palette is darkened for white
_SENSES = (("o", "-", PALETTE["query"]), ("s", (0, (4, 2)), "#7D6A00"), ("^", ":", PALETTE["ink"]), ("D", "-.", PALETTE["reference"]))


def still(
    data: Mapping[str, Any], *, word: str, layer: float, shown: Sequence[int],
    basis: str = "own", components: Sequence[int] = (1, 2), tokens: str = "word", trails: bool = True, anchors: Sequence[str] = (),
) -> Figure:  # fmt: skip
    """What `RealTrajectories` shows, on paper: the trails in a plane, and the cosines by layer.

    Parameters
    ----------
    data : dict
        From `senses.journeys`.
    word : str
        One of its words.
    layer : float
        0 to the last; between two the paths are straight.
    shown : indices of the word's sentences
    basis : "own", "common" or "anchors", default "own"
    components : two of 1, 2 and 3, default (1, 2)
    tokens : "word" or "all", default "word"
    trails : bool, default True
    anchors : two words, for the basis "anchors"
    """
    _check(data, word, layer, shown, basis, components, tokens, trails, anchors)
    figure = new_figure(7.2, 4.1)
    paired = np.isfinite(within_across(data, word, shown=shown)).any()  # else there are no cosines to draw
    mosaic, ratios = ([["plane", "cosine"], ["plane", "gap"]], [1.25, 1]) if paired else ([["plane"]], None)
    plane, *charts = figure.subplot_mosaic(mosaic, width_ratios=ratios).values()
    looks = dict(zip(data["words"][word]["senses"], cycle(_SENSES)))
    _trails(plane, looks, _paths(data, word, layer, shown, basis, components, tokens), trails)
    across, up = (f"cosine with “{each}”" for each in anchors) if basis == "anchors" else (f"direction {k}" for k in components)
    plane.set(aspect="equal", adjustable="datalim", xlabel=across, ylabel=up)
    plain(plane, f"“{word}” up to layer {layer:g}", ticks=8)
    last = _cosines(charts[0], charts[1], data, word, shown) if paired else 0
    for ax in charts:
        ax.axvline(layer, color=PALETTE["query"], linewidth=1)
        ax.set_xlim(0, last + 3.6)
        ax.set_xticks(range(last + 1))
    figure.tight_layout(pad=0.6)
    return figure


def alt(
    data: Mapping[str, Any], *, word: str, layer: float, shown: Sequence[int],
    basis: str = "own", components: Sequence[int] = (1, 2), tokens: str = "word", trails: bool = True, anchors: Sequence[str] = (),
) -> str:  # fmt: skip
    """The same in words, with its numbers; arguments as for `still`."""
    _check(data, word, layer, shown, basis, components, tokens, trails, anchors)
    entry = data["words"][word]
    near = round(layer)
    within, across = (values[near] for values in within_across(data, word, shown=shown))
    cosines = "" if np.isnan([within, across]).any() else (
        f" In all 384 numbers the cosine of the word between two sentences is {within:.2f} within a sense and {across:.2f} across senses."
    )  # fmt: skip
    return (
        f"The word “{word}” in {len(shown)} of its sentences ({' or '.join(entry['senses'])}) at layer {layer:g}, "
        f"{_plane_in_words(data, word, near, shown, basis, components, anchors)}{cosines}"
    )


def _plane_in_words(data, word, near, shown, basis, components, anchors):
    """What the plane is, how much of the variance it holds and whether distances in it mislead in the layer `near`."""
    if basis == "anchors":
        return f"by its cosines with “{anchors[0]}” and “{anchors[1]}”."
    entry = data["words"][word]
    fit = entry["own"] if basis == "own" else data["common"]
    share = sum(fit["each"][k - 1] for k in components)
    fitted = "fitted to this word" if basis == "own" else "fitted to all tokens of all sentences"
    agreement: Any = np.nan
    if "distances" in entry:
        _, screen, full = distances(data, word, shown=shown, basis=basis, components=components)
        agreement = rank_agreement(screen[near], full[near])
    ranks = "" if np.isnan(agreement) else f" Its distances there rank as those in all 384 numbers with a correlation of {agreement:.2f}."
    return f"in directions {components[0]} and {components[1]} {fitted}, which hold {100 * share:.0f} % of the variance.{ranks}"


def _check(data, word, layer, shown, basis, components, tokens, trails, anchors):
    words = _checks.mapping("data", data, "what `senses.journeys` gives", ("words", "sentences", "common"))["words"]
    own = words[_checks.choice("word", word, words)]["sentences"]
    if not isinstance(shown, (list, tuple)) or not all(i in own for i in shown):
        raise ValueError(f"shown must be sentences of {word!r}, from {own}; got {shown!r:.60}")
    if _checks.number("layer", layer, minimum=0) > (last := len(data["common"]["by_layer"]) - 1):
        raise ValueError(f"layer must be from 0 to {last}; got {layer}")
    if not isinstance(components, (list, tuple)) or tuple(components) not in ((1, 2), (1, 3), (2, 3)):
        raise ValueError(f"components must be (1, 2), (1, 3) or (2, 3); got {components!r:.60}")
    _checks.choice("basis", basis, ("own", "common", "anchors"))
    if not isinstance(anchors, (list, tuple)) or (basis == "anchors" and (len(anchors) != 2 or "anchors" not in data["sentences"][own[0]])):
        raise ValueError(f"anchors must be the two words that data has cosines with; got {anchors!r:.60}")
    _checks.choice("tokens", tokens, ("word", "all"))
    _checks.flag("trails", trails)


def _trails(ax, looks, paths, trails):
    """The paths in their plane, each sense in its own look, with a legend of them."""
    for name, path, sentence, main in paths:
        marker, line, colour = looks[sentence["sense"]]
        if trails:
            ax.plot(*path.T, linestyle=line, color=colour, linewidth=1.4 if main else 0.5, alpha=0.9 if main else 0.4)
        face = colour if marker in "o^" else "white"
        ax.plot(*path[-1], marker, markersize=8 if main else 3.5, markerfacecolor=face, markeredgecolor=colour, markeredgewidth=1.8)
        if name:
            ax.annotate(name, path[-1], (7, 5), textcoords="offset points", color=PALETTE["ink"], fontweight="bold" if main else None)
    for sense, (marker, line, colour) in looks.items():
        face = colour if marker in "o^" else "white"
        ax.plot([], [], marker=marker, linestyle=line, color=colour, markerfacecolor=face, label=sense)
    ax.legend(loc="best", fontsize=8, frameon=False)


def _cosines(cosine, gap, data, word, shown):
    """Above, the cosines within and across senses by layer; below, what lies between them, of the word and of two controls. The last layer."""
    within, across = within_across(data, word, shown=shown)
    _line(cosine, within, "within a sense", PALETTE["ink"], "-", "o")
    _line(cosine, across, "across senses", PALETTE["ink"], "-", "o", hollow=True)
    plain(cosine, "Cosine, all 384 numbers", ticks=8)
    for token, name, line in (("word", f"“{word}”", "-"), ("[CLS]", "[CLS], control", (0, (4, 3))), (".", "“.”, control", ":")):
        if token in data["words"][word]["cosines"]:
            colour = PALETTE["ink" if token == "word" else "reference"]
            _line(gap, np.subtract(*within_across(data, word, token, shown)), name, colour, line, "o" if token == "word" else "")
    plain(gap, "Within minus across", ticks=8)
    gap.set_xlabel("layer")
    return len(within) - 1


def _paths(data, word, layer, shown, basis, components, tokens):
    """(name, path (k, 2) up to `layer`, sentence, whether it is the followed word) of each token drawn."""
    numbers = data["words"][word]["sentences"]
    axes = [0, 1] if basis == "anchors" else [k - 1 for k in components]
    alone = tokens == "all" and len(shown) == 1  # room for every name
    for i in shown:
        sentence = data["sentences"][i]
        path = up_to(np.array(sentence[basis])[..., axes], layer)
        for k in range(len(sentence["tokens"])) if tokens == "all" else [sentence["target"]]:
            main = k == sentence["target"]
            name = sentence["tokens"][k] if alone else str(numbers.index(i) + 1) if main else ""
            yield name, path[:, k], sentence, main


def _line(ax, values, name, colour, line, marker, hollow=False):
    if np.isnan(values).any():
        return
    look = {"marker": marker or None, "markersize": 4.5, "markerfacecolor": "white" if hollow else colour}
    ax.plot(values, color=colour, linestyle=line, linewidth=1.5, **look)
    ax.annotate(name, (len(values) - 1, values[-1]), (7, -3), textcoords="offset points", color=colour, fontsize=8)
