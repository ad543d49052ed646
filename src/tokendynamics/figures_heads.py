"""Still figures of heads, segments and read-outs; `figures` says how stills are made."""

import numpy as np

from .figures import PALETTE, _figure

LOOKS = (("joint", "ink", "o"), ("frozen", "query", "s"), ("fine", "value", "^"), ("blind", "reference", "x"))


def segments(words, segments, *, layer):
    """The article's Fig. 7 from numbers: a row a word, and each head's segment as a block of its coordinates.

    `words` are n strings, `segments` is (H, n, d_head). Returns a Figure.
    """
    from matplotlib.colors import LinearSegmentedColormap

    H, n, d_head = segments.shape
    ramp = LinearSegmentedColormap.from_list("signed", ("#7A3E62", "#FFFFFF", "#00664A"))
    figure = _figure(7.2, 1.1 + 0.27 * n)
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
    figure = _figure(7.2, 3.6)
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
    figure = _figure(7.2, 1.0 + 1.65 * len(panels))
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
    figure = _figure(7.2, 3.6)
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
    figure = _figure(7.2, 4.2)
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
