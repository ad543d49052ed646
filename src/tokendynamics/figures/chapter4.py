"""The figures of Chapter 4: segments, read-outs, who answers which task, and a real model's heads; `style` says how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks
from .._typing import Array
from ..real.labelled import TASKS
from .style import PALETTE, SIGNED, new_figure, plain, ramp

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = (  # a kind of model, its name on the page, how it is drawn
    ("joint", "trained on all four", "ink", "o"),
    ("frozen", "next word, then frozen", "query", "s"),
    ("fine", "then fine-tuned", "value", "^"),
    ("blind", "no attention", "reference", "x"),
)
_SHORT = {"entity": "entity", "class": "sentence class", "sentiment": "sentiment"}


def segments(words: Sequence[str], segments: Array, *, layer: int) -> Figure:
    """The article's Fig. 7 from numbers: a row a word, and each head's segment as a block of its coordinates.

    Parameters
    ----------
    words : n words
    segments : (H, n, d_head) array
        Of one layer, H at most 8.
    layer : int
        Its number, counted from 1.
    """
    segments, layer = _checks.shaped("segments", segments, None, None, None), _checks.whole("layer", layer, minimum=1)
    H, n, d_head = segments.shape
    _checks.one_each("words", words, n, "tokens")
    if H > 8:
        raise ValueError(f"segments must be of at most 8 heads; got shape {segments.shape}")
    figure = new_figure(7.2, 1.1 + 0.27 * n)
    ax = figure.add_axes((0.14, 0.13, 0.84, 0.72))
    rows = np.swapaxes(segments, 0, 1).reshape(n, H * d_head)
    reach = np.abs(rows).max()
    picture = ax.imshow(rows, cmap=ramp(SIGNED), vmin=-reach, vmax=reach, aspect="auto")
    for h in range(1, H):
        ax.axvline(h * d_head - 0.5, color=PALETTE["ink"], linewidth=2)
    ax.set_yticks(range(n), words, fontsize=9)
    ax.set_xticks([(h + 0.5) * d_head - 0.5 for h in range(H)], [f"h{'¹²³⁴⁵⁶⁷⁸'[h]}" for h in range(H)], fontsize=11)
    ax.tick_params(length=0)
    ax.set_title(f"Layer {layer}: the segments side by side, before W_O", loc="left", fontsize=10)
    figure.colorbar(picture, ax=ax, pad=0.02, shrink=0.8)
    return figure


def reads(shares: Array, tasks: Sequence[str]) -> Figure:
    """The article's Fig. 8 from numbers: a line from each segment to each read-out, as wide as the share of the block of W between them, less 5 %.

    The widest line of each task is green.

    Parameters
    ----------
    shares : (T, L, H) array
        From 0 to 1, see `heads.segments.block_norms`.
    tasks : T words
    """
    shares = _checks.shaped("shares", shares, None, None, None)
    _checks.one_each("tasks", tasks, len(shares), "rows of shares")
    T, L, H = shares.shape
    flat = shares.reshape(T, L * H)
    figure = new_figure(7.2, 3.6)
    ax = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    x, to = np.arange(L * H) + 0.6 * (np.arange(L * H) // H), np.linspace(0.5, L * H - 0.4, T)
    for t in range(T):
        for s in range(L * H):
            most = s == flat[t].argmax()
            look = {"color": PALETTE["value"] if most else PALETTE["reference"], "alpha": 0.9 if most else 0.45, "zorder": 2 + most}
            ax.plot((x[s], to[t]), (1, 0), linewidth=40 * max(flat[t, s] - 0.05, 0.004), solid_capstyle="butt", **look)
        ax.text(to[t], -0.09, tasks[t], ha="center", va="top", fontsize=11, fontweight="bold")
    for s in range(L * H):
        ax.text(x[s], 1.06, f"{s // H + 1}.{s % H + 1}", ha="center", va="bottom", fontsize=10)
    ax.text((x[0] + x[-1]) / 2, 1.22, "segments, layer.head", ha="center", fontsize=10, color=PALETTE["ink"])
    ax.set(xlim=(-0.7, x[-1] + 0.7), ylim=(-0.25, 1.35))
    ax.axis("off")
    return figure


def tables(panels: Mapping[str, Array], tasks: Sequence[str]) -> Figure:
    """Tables heads × tasks, one below the other, with their numbers in percent.

    Parameters
    ----------
    panels : {title: (T, L, H) array}
    tasks : T words
    """
    tasks = _checks.words("tasks", tasks)
    panels = {
        title: _checks.shaped(title, table, len(tasks), None, None)
        for title, table in _checks.mapping("panels", panels, "{title: table}").items()
    }
    figure = new_figure(7.2, 1.0 + 1.65 * len(panels))
    axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for ax, (title, table) in zip(axes, panels.items()):
        T, L, H = table.shape
        flat = table.reshape(T, L * H)
        ax.imshow(flat, cmap=ramp(["#FFFFFF", PALETTE["value"]]), vmin=min(flat.min(), 0), vmax=flat.max() * 1.15, aspect="auto")
        for t in range(T):
            for s in range(L * H):
                ax.text(s, t, f"{round(100 * flat[t, s]) + 0:d}", ha="center", va="center", fontsize=9)
        ax.axvline(H - 0.5, color=PALETTE["ink"], linewidth=1.5)
        ax.set_yticks(range(T), tasks, fontsize=9)
        ax.set_xticks(range(L * H), [f"{s // H + 1}.{s % H + 1}" for s in range(L * H)], fontsize=9)
        ax.tick_params(length=0)
        ax.set_title(title, loc="left", fontsize=10)
    axes[-1].set_xlabel("segment, layer.head")
    figure.tight_layout(pad=0.6)
    return figure


def accuracies(table: Mapping[str, Mapping[str, Any]], tasks: Sequence[str], floors: Mapping[str, Mapping[str, float]]) -> Figure:
    """Accuracy by task, a dot a seed.

    Parameters
    ----------
    table : {"joint", "frozen", "fine", "blind": {task: (seeds,) array}}
    tasks : T words
    floors : {name: {task: float}}
        Baselines, at most three, a line each.
    """
    tasks = _checks.words("tasks", tasks)
    table = _checks.mapping("table", table, "{model: {task: seeds}}", [kind for kind, *_ in _LOOKS])
    for kind, by_task in table.items():
        _checks.mapping(kind, by_task, "{task: seeds}", tasks)
    for name, by_task in _checks.mapping("floors", floors, "{name: {task: number}}").items():
        for task, number in _checks.mapping(name, by_task, "{task: number}", tasks).items():
            _checks.number(f"{name} of {task}", number)
    figure = new_figure(7.2, 3.6)
    axes = figure.subplots(1, len(tasks), sharey=True)
    marks = (("_", "#7D6A00"), ("|", "#7A3E62"), ("+", PALETTE["reference"]))
    for ax, task in zip(axes, tasks):
        for i, (kind, name, colour, mark) in enumerate(_LOOKS):
            values = _checks.shaped(kind, table[kind][task], None)
            at = i + 0.25 * np.linspace(-1, 1, len(values))
            ax.plot(at, values, mark, color=PALETTE[colour], markersize=5, label=name)
        for (name, by_task), (mark, colour) in zip(floors.items(), marks):
            ax.axhline(by_task[task], color=colour, linewidth=1.2, linestyle=":" if mark == "_" else (0, (5, 2)), label=name)
        plain(ax, task)
        ax.set_xticks([])
        ax.set_xlim(-0.6, len(_LOOKS) - 0.4)
    axes[0].set(ylim=(0, 1.03), ylabel="accuracy on held-out sentences")
    handles = dict(zip(*axes[0].get_legend_handles_labels()[::-1]))
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncol=3, fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6, rect=(0, 0.14, 1, 1))
    return figure


def moved_paths(paths: Mapping[str, Array], words: Sequence[str]) -> Figure:
    """Trajectories of a sentence's words in the plane of their largest variance, fitted to both models.

    Parameters
    ----------
    paths : {model: (S, n, d) array}
        Two models, the first drawn dotted and the second solid; d at least 2.
    words : n words
    """
    words, paths = _checks.words("words", words), _checks.mapping("paths", paths, "{model: states}")
    paths = {name: _checks.shaped(name, path, None, len(words), None).astype(np.float64) for name, path in paths.items()}
    if len(paths) != 2 or len({path.shape[-1] for path in paths.values()}) != 1 or next(iter(paths.values())).size < 4:
        raise ValueError(f"paths must be of two models in one space; got shapes {', '.join(str(path.shape) for path in paths.values())}")
    mean, plane = _plane_of(np.concatenate([path.reshape(-1, path.shape[-1]) for path in paths.values()]))
    figure = new_figure(7.2, 4.2)
    ax = figure.add_axes((0.09, 0.12, 0.89, 0.85))
    for (name, path), (colour, line, mark) in zip(paths.items(), ((PALETTE["reference"], ":", "o"), (PALETTE["query"], "-", "s"))):
        flat = (path - mean) @ plane.T
        for k, word in enumerate(words):
            ax.plot(*flat[:, k].T, color=colour, linestyle=line, linewidth=1.6, label=name if k == 0 else None)
            ax.plot(*flat[-1, k], mark, color=colour, markersize=6, markerfacecolor="white" if mark == "o" else colour)
            if mark == "s":
                ax.annotate(word, flat[-1, k], (6, 4), textcoords="offset points", fontsize=9)
    ax.legend(fontsize=8, frameon=False)
    ax.set(xlabel="first direction of the plane", ylabel="second direction")
    plain(ax)
    return figure


def heads_by_tasks(data: Mapping[str, Any]) -> Figure:
    """Layers × heads, a panel a task: how often a probe of that head's segment alone is right.

    Darker is more often right. A ring marks each head that was best on some part of the sentences; the line under a
    panel gives what those heads score on another part, and what the controls do.

    Parameters
    ----------
    data : dict
        From `probes.shipped`.
    """
    _checks.mapping("data", data, "what `probes.shipped` gives", ("controls", "probe", "chosen"))
    figure = new_figure(7.2, 3.5)
    axes = figure.subplots(1, len(TASKS), sharey=True)
    controls = data["controls"]
    for ax, task in zip(axes, TASKS):
        table = np.array(data["probe"][task])
        image = ax.imshow(table, cmap="Blues", vmin=0.2, vmax=1, aspect="auto")
        for layer, head in {tuple(c[:2]) for c in data["chosen"][task]}:
            ax.plot(head, layer, "o", markersize=11, markerfacecolor="none", markeredgecolor=PALETTE["force"], markeredgewidth=1.6)
        _task_frame(ax, table, _SHORT[task])
        ax.set_xlabel(
            f"head\n\nbest segment {_score(data['chosen'][task])}, majority {controls['majority'][task]:.2f}\n"
            f"labels shuffled {_score(controls['shuffled_labels_chosen'][task])}\n"
            f"weights shuffled {_score(controls['shuffled_model_chosen'][task])}\n"
            f"best random cut {_score(controls['turned_chosen'][task])}",
            fontsize=8,
        )
    axes[0].set_ylabel("layer")
    figure.set_layout_engine("constrained")
    _bar(figure, image, axes, "right, one segment")
    return figure


def _plane_of(points):
    """The mean of points (k, d), and the two directions (2, d) of their largest variance, each with its largest number above 0."""
    mean = points.mean(axis=0)
    reach = np.abs(points - mean).max() or 1  # squares of large numbers overflow
    plane = np.linalg.svd((points - mean) / reach, full_matrices=False)[2][:2]
    return mean, plane * np.sign(plane[np.arange(2), np.abs(plane).argmax(axis=1)])[:, None]


def _score(chosen):
    return f"{np.array(chosen)[:, 3].mean():.2f}"


def _task_frame(ax, table, title):
    layers, heads = table.shape
    ax.set_title(title, loc="left", fontsize=10)
    ax.set_xticks(range(0, heads, 2), range(1, heads + 1, 2))
    ax.set_yticks(range(layers), range(1, layers + 1))
    ax.tick_params(labelsize=8, length=0)
    ax.spines[:].set_visible(False)


def _bar(figure, image, axes, label):
    bar = figure.colorbar(image, ax=list(axes), fraction=0.03, pad=0.02)
    bar.set_label(label, fontsize=8)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)
