"""The figures of Chapter 6: the laws on a real model, a dot a head; the causal model's heads and guesses. `style` says how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._typing import Array
from .style import PALETTE, SERIES, SIGNED, WIDTH, new_figure, plain, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CONTROLS = {"random arrows": (0, (4, 2)), "random weights": ":", "dealt": "-."}  # a line of its own each, all grey


def heads_and_controls(laws: Mapping[str, tuple[Array, Mapping[str, Array], float | None]]) -> Figure:
    """One panel a law, a dot a head by layer, beside the control's mean and the mean of the heads.

    Parameters
    ----------
    laws : {title: (values, {control: values}, float or None)}
        Values are (L, H), those of controls (L,) too; a control is "random arrows", "random weights" or "dealt"; the
        number is what the law says.
    """
    laws = {title: _law(title, law) for title, law in _checks.mapping("laws", laws, "{title: (values, controls, number)}").items()}
    figure = new_figure(WIDTH, 0.5 + 1.75 * len(laws))
    for ax, (title, (values, controls, wanted)) in zip(np.atleast_1d(figure.subplots(len(laws), 1)), laws.items()):
        layers = np.arange(1, len(values) + 1)
        spread = np.linspace(-0.22, 0.22, values.shape[1])
        ax.plot(layers[:, None] + spread, values, "o", color=PALETTE["value"], markersize=3.6, alpha=0.75)
        for name, control in controls.items():
            line = _CONTROLS[name]
            mean = control if np.ndim(control) == 1 else control.mean(axis=1)
            ax.plot(layers, mean, linestyle=line, color=PALETTE["reference"], linewidth=1.6, label=name)
        ax.plot(layers, values.mean(axis=1), "_", color=PALETTE["ink"], markersize=22, label="mean of twelve heads")
        if wanted is not None:
            ax.axhline(wanted, color=PALETTE["force"], linewidth=1)
            ax.annotate(
                "the law", (layers[-1] + 0.45, wanted), (0, 2), textcoords="offset points", color=PALETTE["force"], fontsize=8, ha="right"
            )
        ax.set(xlim=(layers[0] - 0.5, layers[-1] + 0.5), xticks=layers)
        plain(ax, title, ticks=8)
        ax.legend(fontsize=7, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    ax.set_xlabel("layer", labelpad=14)
    figure.tight_layout(pad=0.6)
    return figure


def climbing(panels: Mapping[str, Mapping[str, Array]]) -> Figure:
    """Shares of tokens by layer, one panel a question.

    Parameters
    ----------
    panels : {title: {motion's name: (L,) array}}
        The first motion of a panel is the model's, drawn whole; the others, at most three, are controls, grey.
    """
    panels = {
        title: {name: _checks.shaped(name, shares, None) for name, shares in _checks.mapping(title, motions, "{name: shares}").items()}
        for title, motions in _checks.mapping("panels", panels, "{title: {name: shares}}").items()
    }
    figure = new_figure(WIDTH, 0.4 + 2.1 * len(panels))
    for ax, (title, motions) in zip(np.atleast_1d(figure.subplots(len(panels), 1)), panels.items()):
        layers = np.arange(1, len(next(iter(motions.values()))) + 1)
        looks = [("-", "o"), ((0, (4, 2)), "s"), (":", "^"), ("-.", "D")]
        for number, ((name, shares), (line, marker)) in enumerate(zip(motions.items(), looks)):
            colour = PALETTE["reference"] if number else PALETTE["value"]
            ax.plot(layers, 100 * shares, linestyle=line, marker=marker, markersize=4.5, color=colour, label=name,
                    markerfacecolor="white" if number else colour)  # fmt: skip
        ax.axhline(50, color=PALETTE["ink"], linewidth=0.6)
        ax.set(ylim=(-4, 104), xticks=layers, ylabel="% of tokens")
        plain(ax, title, ticks=8)
        ax.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    ax.set_xlabel("layer")
    figure.tight_layout(pad=0.6)
    return figure


def heads_found(by_place: Array, scores: Mapping[str, Array], off: Array, *, threshold: float = 0.3) -> Figure:
    """The loss along a string said twice, and what each head's loss costs.

    Parameters
    ----------
    by_place : (2 length,) array
        The mean loss of each place, nats.
    scores : {"induction", "previous": (L, H) array}
        From 0 to 1.
    off : (L, H) array
        The rise of the loss without a head, nats.
    threshold : float, default 0.3
        A head above it has the name of the score.
    """
    by_place, off = _checks.shaped("by_place", by_place, None), _checks.shaped("off", off, None, None)
    threshold = _checks.number("threshold", threshold)
    scores = _checks.mapping("scores", scores, "(L, H) numbers", ("induction", "previous"))
    figure = new_figure(WIDTH, 5.6)
    top, bottom = figure.subplots(2, 1, height_ratios=[1, 1.5])
    places, half = np.arange(1, len(by_place) + 1), len(by_place) // 2
    top.plot(places, by_place, "-o", color=PALETTE["query"], markersize=3)
    top.axvline(half + 0.5, color=PALETTE["reference"], linestyle="--", linewidth=1)
    top.annotate("said again", (half + 0.5, max(by_place)), (4, -6), textcoords="offset points", fontsize=8, color=PALETTE["reference"])
    top.set(xlabel="place in the string", ylabel="loss, nats")
    induction, previous = (_checks.shaped(name, scores[name], *off.shape).ravel() for name in ("induction", "previous"))
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
        plain(ax, ticks=8)
    figure.tight_layout(pad=0.6)
    return figure


def reading_off(prompts: Sequence[Mapping[str, Any]], text: Mapping[str, Array]) -> Figure:
    """The next token read off after each layer: its probability for each prompt, and how often a plain text's first guess is final.

    Parameters
    ----------
    prompts : {"prompt": str, "answer": str, "probability": (L + 1,) array} each
        At most five.
    text : {"agrees", "agrees_dealt": (L + 1,) array}
        Shares of the places of a plain text: the first guess after each layer is the last one of its place, and of another place.
    """
    if not isinstance(prompts, (list, tuple)) or not prompts:
        raise ValueError(f"prompts must be a list of dicts; got {prompts!r:.60}")
    for entry in prompts:
        _checks.mapping("prompts", entry, "a prompt's parts", ("prompt", "answer", "probability"))
    text = _checks.mapping("text", text, "(L + 1,) shares", ("agrees", "agrees_dealt"))
    figure = new_figure(WIDTH, 4.6)
    top, bottom = figure.subplots(2, 1, sharex=True)
    for entry, line in zip(prompts, ("-", "--", ":", "-.", (0, (1, 3)))):
        top.plot(
            _checks.shaped("probability", entry["probability"], None),
            linestyle=line,
            color=PALETTE["query"],
            label=f"{entry['prompt']} …{entry['answer']}",
        )
    top.set(ylabel="probability", ylim=(-0.03, 1.03))
    top.legend(fontsize=7, frameon=False, loc="upper left")
    bottom.plot(100 * _checks.shaped("agrees", text["agrees"], None), "-o", color=PALETTE["query"], markersize=3.5, label="same place")
    bottom.plot(
        100 * _checks.shaped("agrees_dealt", text["agrees_dealt"], None),
        "--",
        color=PALETTE["reference"],
        label="another place, the control",
    )
    bottom.set(xlabel="layers passed (0 is the embedding)", ylabel="% first guess is final")
    bottom.legend(fontsize=8, frameon=False, loc="upper left")
    for ax in (top, bottom):
        plain(ax, ticks=8)
    figure.tight_layout(pad=0.6)
    return figure


def by_layer(panels: Mapping[str, Mapping[str, Array]], *, ylabel: str, first: int = 0, log: bool = False) -> Figure:
    """Lines by layer, one panel a question, each line with its name beside it.

    Parameters
    ----------
    panels : {title: {name: (L,) array}}
        At most five lines a panel; one called "control" or "token", a number to compare with, is grey and dashed.
    ylabel : str
    first : int, default 0
        The number of the first layer.
    log : bool, default False
        Whether the height is a logarithm's.
    """
    panels = {
        title: {name: _checks.shaped(name, values, None) for name, values in _checks.mapping(title, lines, "{name: values}").items()}
        for title, lines in _checks.mapping("panels", panels, "{title: {name: values}}").items()
    }
    first, log = _checks.whole("first", first, maximum=1_000_000), _checks.flag("log", log)
    if not all(0 < len(lines) <= len(SERIES) for lines in panels.values()):
        raise ValueError(f"panels must have 1 to {len(SERIES)} lines each")
    if log and not all((values > 0).all() for lines in panels.values() for values in lines.values()):
        raise ValueError("panels must hold numbers above 0 where log is true")
    figure = new_figure(WIDTH, 0.5 + 2.2 * len(panels))
    for ax, (title, lines) in zip(np.atleast_1d(figure.subplots(len(panels), 1)), panels.items()):
        for (name, values), (colour, dash, mark) in zip(lines.items(), SERIES):
            grey = name in ("control", "token")
            look = {"color": PALETTE["reference"], "linestyle": "--"} if grey else {"color": colour, "linestyle": dash, "marker": mark}
            ax.plot(np.arange(first, first + len(values)), values, markersize=4, label=name, **look)
        if log:
            ax.set_yscale("log")
        ax.set_ylabel(ylabel)
        plain(ax, title, ticks=8)
        ax.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    ax.set_xlabel("layer")
    figure.tight_layout(pad=0.6)
    return figure


def patching(states: Array, places: Sequence[str], heads: Array) -> Figure:
    """How much of an answer comes with one patch: a state of one place after so many layers, and one head at all places.

    Parameters
    ----------
    states : (L + 1, n) array
        0 for none, 1 for all of it.
    places : n words
    heads : (L, H) array
    """
    states, heads = _checks.shaped("states", states, None, None), _checks.shaped("heads", heads, None, None)
    _checks.one_each("places", places, states.shape[1], "columns of states")
    figure = new_figure(WIDTH, 4.6)
    left, right = figure.subplots(1, 2)
    reach = max(np.abs(states).max(), np.abs(heads).max(), 1e-9)
    shown = ((left, states, "the state of one token", places), (right, heads, "one head", [str(h) for h in range(heads.shape[1])]))
    for ax, values, title, ticks in shown:
        picture = ax.imshow(values, cmap=ramp(SIGNED), vmin=-reach, vmax=reach, aspect="auto", origin="lower")
        ax.set_xticks(range(values.shape[1]), [tick.strip() for tick in ticks])
        plain(ax, title, ticks=8)
    left.tick_params(axis="x", rotation=45)
    left.set(ylabel="layers passed")
    right.set(ylabel="layer (counted from 0)", xlabel="head")
    figure.tight_layout(pad=0.6, w_pad=1.5)
    figure.colorbar(picture, ax=[left, right], shrink=0.7, label="share of the answer")
    return figure


def _law(title, law):
    """(values (L, H), {control: (L, H) or (L,)}, number or None)."""
    if not isinstance(law, tuple) or len(law) != 3:
        raise ValueError(f"{title} must be (values, controls, number); got {law!r:.60}")
    values, controls, wanted = _checks.shaped(title, law[0], None, None), _checks.mapping(title, law[1], "controls"), law[2]
    checked = {}
    for name, control in controls.items():
        _checks.choice("control", name, _CONTROLS)
        control = _checks.array(name, control, ndim_min=1, shape="(L,) or (L, H)")
        checked[name] = _checks.shaped(name, control, len(values), *[None] * (control.ndim == 2))
    return values, checked, None if wanted is None else _checks.number(title, wanted)
