"""Stills of the real models: what is drawn is what was given."""

import numpy as np
import pytest

from tokendynamics.figures import chapter6

rng = np.random.default_rng(0)


@pytest.mark.filterwarnings("error")
def test_lines_by_layer_are_the_numbers_given_and_a_token_is_grey():
    lines = {"heads": rng.uniform(1, 9, 6), "token": rng.uniform(1, 9, 6)}
    ax = chapter6.by_layer({"one": lines}, ylabel="length", first=1).axes[0]
    for drawn, (name, values) in zip(ax.lines, lines.items()):
        assert list(drawn.get_xdata()) == [1, 2, 3, 4, 5, 6] and list(drawn.get_ydata()) == list(values)
        assert drawn.get_label() == name and (drawn.get_linestyle() == "--") == (name == "token")
    with pytest.raises(ValueError, match="above 0"):
        chapter6.by_layer({"one": {"a": np.array([1.0, 0.0])}}, ylabel="y", log=True)


@pytest.mark.filterwarnings("error")
def test_a_patch_is_drawn_where_it_was_made():
    states, heads = rng.uniform(-1, 1, (4, 3)), rng.uniform(-1, 1, (3, 2))
    left, right = chapter6.patching(states, ["a", "b", "c"], heads).axes[:2]
    for ax, values in ((left, states), (right, heads)):
        np.testing.assert_array_equal(np.asarray(ax.images[0].get_array()), values)
    assert [label.get_text() for label in left.get_xticklabels()] == ["a", "b", "c"]
