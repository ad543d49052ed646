"""Stills of heads and read-outs: what is drawn is what was given."""

import numpy as np
import pytest

from tokendynamics.figures import chapter4, style
from tokendynamics.heads import corpus

rng = np.random.default_rng(0)
SHARES = rng.uniform(0.05, 0.2, (4, 2, 4))
TASKS = list(corpus.TASKS)


@pytest.mark.filterwarnings("error")
def test_segments_stand_side_by_side_with_walls_between_heads():
    segments = rng.standard_normal((3, 5, 2))
    figure = chapter4.segments(list("abcde"), segments, layer=1)
    ax = figure.axes[0]
    drawn = np.asarray(ax.images[0].get_array())
    for h in range(3):
        assert (drawn[:, 2 * h : 2 * h + 2] == segments[h]).all()
    assert sorted(line.get_xdata()[0] for line in ax.lines) == [1.5, 3.5]
    assert len(style.png(figure)) < 60_000


@pytest.mark.filterwarnings("error")
def test_the_widest_block_of_each_read_out_is_the_green_one():
    ax = chapter4.reads(SHARES, TASKS).axes[0]
    lines = np.array(ax.lines).reshape(4, 8)
    for row, shares in zip(lines, SHARES.reshape(4, 8)):
        widths = [line.get_linewidth() for line in row]
        assert np.argmax(widths) == shares.argmax()
        assert [line.get_color() == style.PALETTE["value"] for line in row] == list(shares == shares.max())


@pytest.mark.filterwarnings("error")
def test_tables_show_their_numbers_in_percent():
    table = SHARES - 0.05004
    figure = chapter4.tables({"one": table, "two": SHARES}, TASKS)
    for ax, values in zip(figure.axes, (table, SHARES)):
        assert [int(text.get_text()) for text in ax.texts] == [round(100 * v) for v in values.ravel()]
        assert "-0" not in [text.get_text() for text in ax.texts]


@pytest.mark.filterwarnings("error")
def test_a_dot_a_seed():
    table = {kind: {task: list(rng.uniform(size=5)) for task in TASKS} for kind in ("joint", "frozen", "fine", "blind")}
    figure = chapter4.accuracies(table, TASKS, {"majority": dict.fromkeys(TASKS, 0.4)})
    for ax, task in zip(figure.axes, TASKS):
        drawn = [list(line.get_ydata()) for line in ax.lines if len(line.get_xdata()) == 5]
        assert drawn == [by_task[task] for by_task in table.values()]
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named == ["trained on all four", "next word, then frozen", "then fine-tuned", "no attention", "majority"]


@pytest.mark.filterwarnings("error")
def test_paths_in_the_plane_keep_what_lies_in_it():
    flat = np.zeros((3, 2, 6))
    flat[..., :2] = rng.standard_normal((3, 2, 2))
    ax = chapter4.moved_paths({"one": flat, "two": flat + 1e-9}, ["a", "b"]).axes[0]
    drawn = np.array([line.get_xydata() for line in ax.lines if len(line.get_xdata()) == 3][:2])
    apart = np.linalg.norm(np.diff(drawn, axis=1), axis=-1)
    np.testing.assert_allclose(apart, np.linalg.norm(np.diff(np.swapaxes(flat, 0, 1), axis=1), axis=-1), atol=1e-6)
