"""The still of Heads and tasks, in a picture and in words; `figures.style` says how stills are made."""

import numpy as np

from ...figures.style import PALETTE, new_figure
from ...heads import corpus, transformer
from . import engine


def still(lab):
    """What the widget `lab` shows, on paper: arcs and segments of each head, the four answers, and what each head adds. Returns a Figure."""
    words, run, keep = _look(lab)
    (L, H), n = keep.shape, len(words)
    figure = new_figure(7.2, 6.2)
    grid = figure.add_gridspec(1 + L * H, 3, width_ratios=(5, 1.1, 2.6), height_ratios=(1.5, *[1] * (L * H)), hspace=0.15, wspace=0.1,
                               left=0.09, right=0.99, top=0.9, bottom=0.02)  # fmt: skip
    head = figure.add_subplot(grid[0, 0])
    head.set(xlim=(-0.5, n - 0.5), ylim=(0, 1))
    for k, word in enumerate(words):
        chosen = k == lab.token
        head.text(
            k,
            0,
            word,
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=8,
            color=PALETTE["query" if chosen else "ink"],
            fontweight="bold" if chosen else None,
        )
    head.set_axis_off()
    most = max(np.abs(run.segments[:, :, lab.token]).max(), 1e-9)
    added = engine.added(lab.parameters, corpus.numbers(lab.sentence), lab.token, **lab.switches)
    matrix = figure.add_subplot(grid[1:, 2])
    for row, (l, h) in enumerate(np.ndindex(L, H)):
        ax, bars = figure.add_subplot(grid[row + 1, 0]), figure.add_subplot(grid[row + 1, 1])
        faded = 1 if keep[l, h] else 0.25
        _arcs(ax, run.attention[l, h], lab.token, faded)
        ax.text(-0.02, 0.2, f"{l + 1}.{h + 1}{'' if keep[l, h] else ' off'}", transform=ax.transAxes, ha="right", fontsize=8)
        segment = run.segments[l, h, lab.token]
        bars.bar(range(len(segment)), segment, color=PALETTE["value"], width=0.8)
        bars.axhline(0, color=PALETTE["reference"], linewidth=0.6)
        bars.set_ylim(-1.1 * most, 1.1 * most)
        for each in (ax, bars):
            each.set_axis_off()
    tasks = list(added)
    table = np.array([added[task].ravel() for task in tasks]).T
    matrix.imshow(np.sign(table) * np.abs(table) ** 0.6, cmap="BrBG", vmin=-1.6, vmax=1.6, aspect="auto")
    for (r, c), value in np.ndenumerate(table):
        matrix.text(c, r, _points(value), ha="center", va="center", fontsize=8, color=PALETTE["ink"])
    matrix.set_xticks(range(len(tasks)), [task[:6] + "." * (len(task) > 6) for task in tasks], fontsize=8)
    matrix.xaxis.tick_top()
    matrix.set_yticks([])
    matrix.tick_params(length=0)
    matrix.spines[:].set_visible(False)
    now = lab.answers()
    said = [f"{task}: {corpus.TASKS[task][p.argmax()]} {100 * p.max():.0f} %" for task, p in now.items()]
    figure.text(0.02, 0.965, "     ".join(said), fontsize=9, fontweight="bold", color=PALETTE["ink"])
    figure.text(0.98, 0.925, "points each head adds", fontsize=8, ha="right", color=PALETTE["reference"])
    return figure


def alt(lab):
    """The same state in words, with its numbers."""
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


def _points(value):
    return f"{100 * value:+.0f}".replace("-", "−") if abs(value) >= 0.005 else "0"
