"""One run of training as a still: what it learned over its steps, and what its heads came to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ... import _checks
from ...emergence import pairs, roles
from ...figures.style import PALETTE, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def still(run: roles.Run | pairs.Run, title: str) -> Figure:
    """Accuracy and all-right over the steps of a run, and its heads' table at the end."""
    name, table, rows, columns = _table(run)
    _checks.labels(title=title)
    figure = new_figure(5.4, 3.4)
    left = figure.add_axes((0.1, 0.14, 0.46, 0.72))
    left.plot(run.steps, run.accuracy, color=PALETTE["query"], linewidth=2)
    left.plot(run.steps, run.all_right[:, -1], color=PALETTE["force"], linewidth=2, linestyle="--")
    left.annotate("accuracy", (run.steps[-1], run.accuracy[-1]), xytext=(-4, -12), textcoords="offset points", ha="right", fontsize=8)
    left.annotate(
        "all right",
        (run.steps[-1], run.all_right[-1, -1]),
        xytext=(-4, 6 if run.all_right[-1, -1] < 0.5 else -26),
        textcoords="offset points",
        ha="right",
        fontsize=8,
    )
    left.set(ylim=(-0.02, 1.05), xlabel="steps of training", ylabel="share")
    figure.suptitle(title, fontsize=9)
    right = figure.add_axes((0.66, 0.2, 0.32, 0.6))
    right.imshow(table, cmap="Oranges", vmin=0, vmax=1)
    for (i, j), value in np.ndenumerate(table):
        right.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=8, color="white" if value > 0.6 else PALETTE["ink"])
    right.set_xticks(range(table.shape[1]), [f"{columns} {j + 1}" for j in range(table.shape[1])], fontsize=7)
    right.set_yticks(range(table.shape[0]), [f"{rows} {i + 1}" for i in range(table.shape[0])], fontsize=7)
    right.set_title(name, fontsize=8)
    return figure


def alt(run: roles.Run | pairs.Run, title: str) -> str:
    """The same in words, with its numbers."""
    name, table, rows, _ = _table(run)
    said = "; ".join(f"{rows} {i + 1}: {', '.join(f'{value:.2f}' for value in row)}" for i, row in enumerate(table))
    return (
        f"A run of training, {title}. After {run.steps[-1]} steps {run.accuracy[-1]:.2f} of the answers on sentences not trained on "
        f"are right, and {run.all_right[-1, -1]:.2f} of the sentences have all answers right. {name}: {said}."
    )


def _table(run):
    if isinstance(run, roles.Run):
        return "heads × roles", run.matrix[-1], "head", "role"
    if isinstance(run, pairs.Run):
        return "induction scores", run.induction[-1], "layer", "head"
    raise ValueError(f"run must be a `roles.Run` or a `pairs.Run`; got {run!r:.60}")
