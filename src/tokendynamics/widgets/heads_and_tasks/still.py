"""The still of Heads and tasks, in a picture and in words; `figures.style` says how stills are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...figures.style import PALETTE, new_figure
from ...heads import corpus, transformer
from .._live import Live
from .._stills import shown
from . import engine

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def still(widget: Live) -> Figure:
    """What `HeadsAndTasks` shows, on paper: arcs and segments of each head, the four answers, and what each head adds."""
    lab = shown(widget, "heads-and-tasks")
    words, run, keep = _look(lab)
    rows = keep.size
    figure = new_figure(7.2, 6.2)
    grid = figure.add_gridspec(1 + rows, 3, width_ratios=(5, 1.1, 2.6), height_ratios=(1.5, *[1] * rows), hspace=0.15, wspace=0.1,
                               left=0.09, right=0.99, top=0.9, bottom=0.02)  # fmt: skip
    _sentence(figure.add_subplot(grid[0, 0]), words, lab.token)
    most = max(np.abs(run.segments[:, :, lab.token]).max(), 1e-9)
    for row, (l, h) in enumerate(np.ndindex(*keep.shape), start=1):
        ax, on = figure.add_subplot(grid[row, 0]), keep[l, h]
        _arcs(ax, run.attention[l, h], lab.token, 1 if on else 0.25)
        ax.text(-0.02, 0.2, f"{l + 1}.{h + 1}{'' if on else ' off'}", transform=ax.transAxes, ha="right", fontsize=8)
        _bars(figure.add_subplot(grid[row, 1]), run.segments[l, h, lab.token], 1.1 * most)
    added = engine.added(lab.parameters, corpus.numbers(lab.sentence), lab.token, **lab.switches)
    _added(figure.add_subplot(grid[1:, 2]), added)
    said = [f"{task}: {corpus.TASKS[task][p.argmax()]} {100 * p.max():.0f} %" for task, p in lab.answers().items()]
    for place, words_of in zip((0.02, 0.24, 0.52, 0.76), said):
        figure.text(place, 0.965, words_of, fontsize=8, fontweight="bold", color=PALETTE["ink"])
    figure.text(0.98, 0.925, "points each head adds", fontsize=8, ha="right", color=PALETTE["reference"])
    return figure


def alt(widget: Live) -> str:
    """The same in words, with its numbers."""
    lab = shown(widget, "heads-and-tasks")
    words, _, keep = _look(lab)
    now = lab.answers()
    asked = {"next": f"the next word after “{words[lab.token]}”", "entity": f"the entity of “{words[lab.token]}”"}
    said = ", ".join(f"{asked.get(task, f'the {task}')} is {corpus.TASKS[task][p.argmax()]} with {p.max():.2f}" for task, p in now.items())
    off = ", ".join(f"layer {layer + 1} head {head + 1}" for layer, head in lab.off)
    bent = lab.turns.any() or (lab.stretches != 1).any()
    l, h = lab.head
    return (
        f"A tiny transformer with {keep.shape[0]} layers of {keep.shape[1]} heads reads “{lab.sentence}”. "
        f"{f'Switched off: {off}.' if off else 'Every head is on.'}{f' Layer {l + 1} head {h + 1} is bent.' if bent else ''} Its answers: {said}."
    )


def _look(lab):
    ids = corpus.numbers(lab.sentence)
    run = transformer.forward(lab.parameters, ids, **lab.switches)
    return [corpus.VOCABULARY[w] for w in ids], run, lab.switches["keep"]


def _sentence(ax, words, token):
    """The words, upright, with the one that is asked about in bold."""
    ax.set(xlim=(-0.5, len(words) - 0.5), ylim=(0, 1))
    for k, word in enumerate(words):
        look = {"color": PALETTE["query"], "fontweight": "bold"} if k == token else {"color": PALETTE["ink"]}
        ax.text(k, 0, word, rotation=90, ha="center", va="bottom", fontsize=8, **look)
    ax.set_axis_off()


def _bars(ax, segment, reach):
    """A segment (d_head,), a bar a coordinate."""
    ax.bar(range(len(segment)), segment, color=PALETTE["value"], width=0.8)
    ax.axhline(0, color=PALETTE["reference"], linewidth=0.6)
    ax.set_ylim(-reach, reach)
    ax.set_axis_off()


def _added(ax, added):
    """What each head adds to each task, {task: (L, H)}: a row a head, with its points."""
    table = np.array([by_head.ravel() for by_head in added.values()]).T  # (L H, tasks)
    ax.imshow(np.sign(table) * np.abs(table) ** 0.6, cmap="BrBG", vmin=-1.6, vmax=1.6, aspect="auto")
    for (r, c), value in np.ndenumerate(table):
        ax.text(c, r, _points(value), ha="center", va="center", fontsize=8, color=PALETTE["ink"])
    ax.set_xticks(range(len(added)), [task[:6] + "." * (len(task) > 6) for task in added], fontsize=8)
    ax.xaxis.tick_top()
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _arcs(ax, attention, token, faded):
    n = len(attention)
    for k, weight in enumerate(attention[token]):
        if k < token and weight > 0.02:
            x = np.linspace(k, token, 30)
            ax.plot(x, np.sin(np.pi * (x - k) / (token - k)) * (0.25 + 0.75 * (token - k) / n), color=PALETTE["key"],
                    linewidth=0.5 + 3.5 * weight, alpha=0.9 * faded, solid_capstyle="round")  # fmt: skip
        colour = "query" if k == token else "key" if k < token else "reference"
        ax.plot(
            k, 0, "o", color=PALETTE[colour], markersize=1.5 + 5 * np.sqrt(weight), alpha=faded * (0.35 if k > token else 1), clip_on=False
        )
    ax.set(xlim=(-0.5, n - 0.5), ylim=(-0.15, 1.05))
    ax.set_axis_off()


def _points(value):
    return f"{100 * value:+.0f}".replace("-", "−") if abs(value) >= 0.005 else "0"
