"""Still figures of Chapter 4: heads, segments and read-outs, and the roles of a real model's heads; `style` says how they are made."""

import numpy as np

from ..real.labelled import TASKS
from .style import PALETTE, new_figure

LOOKS = (("joint", "ink", "o"), ("frozen", "query", "s"), ("fine", "value", "^"), ("blind", "reference", "x"))
_SHORT = {"entity": "entity", "class": "sentence class", "sentiment": "sentiment"}


def segments(words, segments, *, layer):
    """The article's Fig. 7 from numbers: a row a word, and each head's segment as a block of its coordinates.

    `words` are n strings, `segments` is (H, n, d_head). Returns a Figure.
    """
    from matplotlib.colors import LinearSegmentedColormap

    H, n, d_head = segments.shape
    ramp = LinearSegmentedColormap.from_list("signed", ("#7A3E62", "#FFFFFF", "#00664A"))
    figure = new_figure(7.2, 1.1 + 0.27 * n)
    ax = figure.add_axes((0.14, 0.13, 0.84, 0.72))
    rows = np.swapaxes(segments, 0, 1).reshape(n, H * d_head)
    reach = np.abs(rows).max()
    picture = ax.imshow(rows, cmap=ramp, vmin=-reach, vmax=reach, aspect="auto")
    for h in range(1, H):
        ax.axvline(h * d_head - 0.5, color=PALETTE["ink"], linewidth=2)
    ax.set_yticks(range(n), words, fontsize=9)
    ax.set_xticks([(h + 0.5) * d_head - 0.5 for h in range(H)], [f"h{'¹²³⁴⁵⁶⁷⁸'[h]}" for h in range(H)], fontsize=11)
    ax.tick_params(length=0)
    ax.set_title(f"Layer {layer}: the segments side by side, before W_O", loc="left", fontsize=10)
    figure.colorbar(picture, ax=ax, pad=0.02, shrink=0.8)
    return figure


def reads(shares, tasks):
    """The article's Fig. 8 from numbers: lines from each segment to each read-out, as wide as the share of the block of W between them, less 5 %.

    `shares` is (tasks, L, H), see `heads.block_norms`; the widest line of each task is drawn in green. Returns a Figure.
    """
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


def tables(panels, tasks):
    """Tables heads × tasks side by side, with their numbers in percent. `panels`: {title: (tasks, L, H)}. Returns a Figure."""
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("share", ["#FFFFFF", PALETTE["value"]])
    figure = new_figure(7.2, 1.0 + 1.65 * len(panels))
    axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for ax, (title, table) in zip(axes, panels.items()):
        T, L, H = table.shape
        flat = table.reshape(T, L * H)
        ax.imshow(flat, cmap=ramp, vmin=min(flat.min(), 0), vmax=flat.max() * 1.15, aspect="auto")
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


def accuracies(table, tasks, floors):
    """Accuracy by task, a dot a seed. `table` is {model: {task: [seeds]}}, `floors` {name: {task: number}} baselines. Returns a Figure."""
    figure = new_figure(7.2, 3.6)
    axes = figure.subplots(1, len(tasks), sharey=True)
    marks = (("_", "#7D6A00"), ("|", "#7A3E62"), ("+", PALETTE["reference"]))
    for ax, task in zip(axes, tasks):
        for i, (kind, colour, mark) in enumerate(LOOKS):
            values = np.array(table[kind][task])
            at = i + 0.25 * np.linspace(-1, 1, len(values))
            ax.plot(at, values, mark, color=PALETTE[colour], markersize=5, label=kind)
        for (name, by_task), (mark, colour) in zip(floors.items(), marks):
            ax.axhline(by_task[task], color=colour, linewidth=1.2, linestyle=":" if mark == "_" else (0, (5, 2)), label=name)
        ax.set_title(task, loc="left", fontsize=10)
        ax.set_xticks([])
        ax.set_xlim(-0.6, len(LOOKS) - 0.4)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set(ylim=(0, 1.03), ylabel="accuracy on held-out sentences")
    handles = dict(zip(*axes[0].get_legend_handles_labels()[::-1]))
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncol=len(handles), fontsize=8, frameon=False)
    figure.tight_layout(pad=0.6, rect=(0, 0.08, 1, 1))
    return figure


def moved_paths(paths, words):
    """Trajectories of a sentence's words in the plane of their largest variance, one model's dotted and another's solid.

    `paths` is {name: (S, n, d)} with two models, `words` n strings. The plane is fitted to both. Returns a Figure.
    """
    everything = np.concatenate([p.reshape(-1, p.shape[-1]) for p in paths.values()]).astype(np.float64)
    mean = everything.mean(axis=0)
    plane = np.linalg.svd(everything - mean, full_matrices=False)[2][:2]
    plane *= np.sign(plane[np.arange(2), np.abs(plane).argmax(axis=1)])[:, None]
    figure = new_figure(7.2, 4.2)
    ax = figure.add_axes((0.09, 0.12, 0.89, 0.85))
    for (name, path), (colour, line, mark) in zip(paths.items(), ((PALETTE["reference"], ":", "o"), (PALETTE["query"], "-", "s"))):
        flat = (path.astype(np.float64) - mean) @ plane.T
        for k, word in enumerate(words):
            ax.plot(*flat[:, k].T, color=colour, linestyle=line, linewidth=1.6, label=name if k == 0 else None)
            ax.plot(*flat[-1, k], mark, color=colour, markersize=6, markerfacecolor="white" if mark == "o" else colour)
            if mark == "s":
                ax.annotate(word, flat[-1, k], (6, 4), textcoords="offset points", fontsize=9)
    ax.legend(fontsize=8, frameon=False)
    ax.set(xlabel="first direction of the plane", ylabel="second direction")
    ax.spines[["top", "right"]].set_visible(False)
    return figure


def heads_by_tasks(data):
    """Layers × heads, a panel a task: how often a probe of that head's segment alone is right. Returns a Figure.

    Darker is more often right. A ring marks each head that was best on some part of the sentences; the line under a
    panel gives what those heads score on another part, and what the controls do.
    """
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
            f"head\n\nchosen heads {_score(data['chosen'][task])}, majority {controls['majority'][task]:.2f}\n"
            f"shuffled labels {_score(controls['shuffled_labels_chosen'][task])}\n"
            f"shuffled model {_score(controls['shuffled_model_chosen'][task])}\n"
            f"random directions {_score(controls['turned_chosen'][task])}",
            fontsize=8,
        )
    axes[0].set_ylabel("layer")
    figure.set_layout_engine("constrained")
    _bar(figure, image, axes, "right, one segment")
    return figure


def ablation_by_tasks(data, to="mean"):
    """Layers × heads, a panel a task: by how much the last layer's read-out misses more with that head switched off.

    to : "mean" or "zero", what stands in for the head; or "turned", for random directions in place of heads
    """
    if to not in data["ablation"]:
        raise ValueError(f"to must be one of {', '.join(map(repr, data['ablation']))}; got {to!r}")
    figure = new_figure(7.2, 3.1)
    axes = figure.subplots(1, len(TASKS), sharey=True)
    tables = {task: np.array(data["ablation"][to][task]["distance"]) for task in TASKS}
    most = max(np.abs(table).max() for table in tables.values())
    for ax, (task, table) in zip(axes, tables.items()):
        image = ax.imshow(table, cmap="PuOr_r", vmin=-most, vmax=most, aspect="auto")
        lost = np.array(data["ablation"][to][task]["chosen"])
        for layer, head in {tuple(c[:2]) for c in data["ablation"][to][task]["chosen"]}:
            ax.plot(head, layer, "o", markersize=11, markerfacecolor="none", markeredgecolor=PALETTE["ink"], markeredgewidth=1.6)
        _task_frame(ax, table, _SHORT[task])
        points = "point" if f"{abs(100 * lost[:, 3].mean()):.1f}" == "1.0" else "points"
        ax.set_xlabel(f"head\n\nwithout the worst: {-100 * lost[:, 3].mean():+.1f} {points}".replace("-", "−"), fontsize=8)
    axes[0].set_ylabel("layer")
    figure.set_layout_engine("constrained")
    _bar(figure, image, axes, "squared miss gained")
    return figure


def by_layer(data):
    """How often a read-out of the whole token is right, by layer, a line a task. Returns a Figure."""
    figure = new_figure(6.4, 3.2)
    ax = figure.subplots()
    looks = {
        "entity": (PALETTE["query"], "o", "-"),
        "class": (PALETTE["value"], "s", (0, (4, 2))),
        "sentiment": (PALETTE["force"], "^", "-."),
    }
    for task, (colour, marker, line) in looks.items():
        whole = data["layers"][task]
        ax.plot(whole, color=colour, marker=marker, linestyle=line)
        ax.annotate(_SHORT[task], (len(whole) - 1, whole[-1]), (8, -3), textcoords="offset points", color=colour, fontsize=9)
        ax.axhline(data["controls"]["majority"][task], color=PALETTE["reference"], linestyle=":", linewidth=1)
    ax.annotate(
        "majority",
        (0, max(data["controls"]["majority"].values())),
        (0, 4),
        textcoords="offset points",
        color=PALETTE["reference"],
        fontsize=8,
    )
    ax.set(xlabel="layer (0 is the embedding)", ylabel="right, whole token", ylim=(0.25, 1.03), xlim=(-0.2, len(whole) + 0.4))
    ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout(pad=0.6)
    return figure


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
