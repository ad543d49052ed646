"""Stills of the emergence chapter: what they show is what they were given."""

import numpy as np
import pytest

from tokendynamics.emergence import roles
from tokendynamics.figures import chapter5, style

rng = np.random.default_rng(0)


@pytest.mark.filterwarnings("error")
def test_every_seed_is_drawn():
    values = rng.uniform(size=(3, 8))
    figure = chapter5.thresholds(
        {"one": {"a": ([1, 2, 4], values)}, "two": {"b": ([32, 64, 128], values)}}, xlabel="x", ylabel="y", log=True, chance=0.2
    )
    for ax in figure.axes:
        drawn = np.sort(ax.lines[0].get_ydata())
        np.testing.assert_array_equal(drawn, np.sort(values.ravel()))
        np.testing.assert_allclose(ax.lines[1].get_ydata(), values.mean(axis=1))
    assert len(style.png(figure)) < 60_000


@pytest.mark.filterwarnings("error")
def test_cells_carry_their_numbers():
    share = np.array([[0.1, 0.9, 0.5], [0.25, 0.0, 1.0]])
    one = chapter5.matrices({"m": share}, rows="head", columns="role").axes[0]
    assert [text.get_text() for text in one.texts] == ["10", "90", "50", "25", "0", "100"]
    two = chapter5.phase_diagram(share, (1, 2), (8, 16, 32), title="t").axes[0]
    assert [text.get_text() for text in two.texts] == ["25", "0", "100", "10", "90", "50"]  # more heads above
    assert [label.get_text() for label in two.get_yticklabels()] == ["2", "1"]


@pytest.mark.filterwarnings("error")
def test_four_seeds_along_training():
    curves = [{"steps": np.arange(5), "accuracy": rng.uniform(size=5), "previous": rng.uniform(size=5)} for _ in range(8)]
    figure = chapter5.along_training(curves, names=("accuracy", "previous"))
    assert len(figure.axes) == 4 and all(len(ax.lines) == 2 for ax in figure.axes)
    np.testing.assert_array_equal(figure.axes[3].lines[1].get_ydata(), curves[3]["previous"])


@pytest.mark.filterwarnings("error")
def test_every_seed_has_a_line_of_its_own():
    x, share, loss = np.array([0, 10, 100]), rng.uniform(size=(3, 8)), rng.uniform(-9, 0, size=(3, 8))
    rows = {"share": {"one": {"a": (x, share)}, "two": {"a": (x, share)}}, "loss": {"one": {"a": (x, loss)}, "two": {"a": (x, loss)}}}
    figure = chapter5.every_seed(rows, xlabel="step", chance=0.2)
    assert len(figure.axes) == 4
    for ax, values in zip(figure.axes, (share, share, loss, loss)):
        drawn = [line.get_ydata() for line in ax.lines[:8]]
        np.testing.assert_array_equal(np.transpose(drawn), values)
    assert figure.axes[0].get_ylim() != figure.axes[2].get_ylim()
    late = chapter5.every_seed({"share": {"one": {"a": (x, share)}}}, xlabel="step", log=True).axes[0]
    np.testing.assert_array_equal(late.lines[0].get_xdata(), x[1:])  # 0 has no place among factors of ten
    with pytest.raises(ValueError, match="^rows must have as many panels each"):
        chapter5.every_seed(rows | {"more": {"one": {"a": (x, share)}}}, xlabel="step")


@pytest.mark.filterwarnings("error")
def test_a_fit_is_drawn_over_the_marks_it_was_made_of():
    x = np.array([10.0, 100, 1000])
    values = 3 * x[:, None] ** -0.5 * np.ones((3, 4))
    ax = chapter5.scaling({"runs": (x, values)}, {"law": (x, -0.5, np.log(3))}, xlabel="size", ylabel="loss").axes[0]
    np.testing.assert_allclose(ax.lines[2].get_ydata(), values[:, 0])
    assert len(ax.lines[0].get_ydata()) == values.size
    with pytest.raises(ValueError, match="above 0"):
        chapter5.scaling({"runs": (x, values - 1)}, {}, xlabel="size", ylabel="loss")


def test_attention_by_word_of_a_head_that_codes_the_word():
    batch = roles.sentences(rng, 500, roles=2, words=3, length=3)
    attention = np.where(batch.tags == 1, 0.1 + 0.2 * batch.words, 0.05)[..., None]
    found = roles.attention_by_word(attention, batch, 3)
    np.testing.assert_allclose(found[0], [[0.1, 0.3, 0.5], [0.05] * 3])
