"""Still figures of the roles of a real model's heads, from what `real_roles.shipped` returns; `figures` says how stills are made."""

import numpy as np

from .figures import PALETTE, _figure
from .labelled import TASKS

_SHORT = {"entity": "entity", "class": "sentence class", "sentiment": "sentiment"}


def heads_by_tasks(data):
    """Layers × heads, a panel a task: how often a probe of that head's segment alone is right. Returns a Figure.

    Darker is more often right. A ring marks each head that was best on some part of the sentences; the line under a
    panel gives what those heads score on another part, and what the controls do.
    """
    figure = _figure(7.2, 3.5)
    axes = figure.subplots(1, len(TASKS), sharey=True)
    controls = data["controls"]
    for ax, task in zip(axes, TASKS):
        table = np.array(data["probe"][task])
        image = ax.imshow(table, cmap="Blues", vmin=0.2, vmax=1, aspect="auto")
        for layer, head in {tuple(c[:2]) for c in data["chosen"][task]}:
            ax.plot(head, layer, "o", markersize=11, markerfacecolor="none", markeredgecolor=PALETTE["force"], markeredgewidth=1.6)
        _frame(ax, table, _SHORT[task])
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
    figure = _figure(7.2, 3.1)
    axes = figure.subplots(1, len(TASKS), sharey=True)
    tables = {task: np.array(data["ablation"][to][task]["distance"]) for task in TASKS}
    most = max(np.abs(table).max() for table in tables.values())
    for ax, (task, table) in zip(axes, tables.items()):
        image = ax.imshow(table, cmap="PuOr_r", vmin=-most, vmax=most, aspect="auto")
        lost = np.array(data["ablation"][to][task]["chosen"])
        for layer, head in {tuple(c[:2]) for c in data["ablation"][to][task]["chosen"]}:
            ax.plot(head, layer, "o", markersize=11, markerfacecolor="none", markeredgecolor=PALETTE["ink"], markeredgewidth=1.6)
        _frame(ax, table, _SHORT[task])
        points = "point" if f"{abs(100 * lost[:, 3].mean()):.1f}" == "1.0" else "points"
        ax.set_xlabel(f"head\n\nwithout the worst: {-100 * lost[:, 3].mean():+.1f} {points}".replace("-", "−"), fontsize=8)
    axes[0].set_ylabel("layer")
    figure.set_layout_engine("constrained")
    _bar(figure, image, axes, "squared miss gained")
    return figure


def by_layer(data):
    """How often a read-out of the whole token is right, by layer, a line a task. Returns a Figure."""
    figure = _figure(6.4, 3.2)
    ax = figure.subplots()
    looks = {"entity": (PALETTE["query"], "o", "-"), "class": (PALETTE["value"], "s", (0, (4, 2))), "sentiment": (PALETTE["force"], "^", "-.")}
    for task, (colour, marker, line) in looks.items():
        whole = data["layers"][task]
        ax.plot(whole, color=colour, marker=marker, linestyle=line)
        ax.annotate(_SHORT[task], (len(whole) - 1, whole[-1]), (8, -3), textcoords="offset points", color=colour, fontsize=9)
        ax.axhline(data["controls"]["majority"][task], color=PALETTE["reference"], linestyle=":", linewidth=1)
    ax.annotate("majority", (0, max(data["controls"]["majority"].values())), (0, 4), textcoords="offset points", color=PALETTE["reference"], fontsize=8)
    ax.set(xlabel="layer (0 is the embedding)", ylabel="right, whole token", ylim=(0.25, 1.03), xlim=(-0.2, len(whole) + 0.4))
    ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout(pad=0.6)
    return figure


def _score(chosen):
    return f"{np.array(chosen)[:, 3].mean():.2f}"


def _frame(ax, table, title):
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
