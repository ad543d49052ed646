"""Stills of Chapter 3: pictures of the right size that draw the numbers they are given."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import tokendynamics as td
from tokendynamics.figures import chapter3 as fs

EYE = np.eye(2)
TOKENS = np.array([[-1.2, -0.6], [1.4, 0.7], [-0.2, 1.6]])
STATES = td.trajectories(TOKENS, [(EYE, EYE, EYE)] * 3)


def picture(figure):
    image = Image.open(BytesIO(figure._repr_png_()))
    assert image.width == 720 and len(image.convert("RGB").getcolors(1 << 20)) > 5
    return figure


def lines(ax):
    return [np.array(line.get_xydata()) for line in ax.lines]


def test_the_widths_of_a_stack_are_its_attention_weights():
    figure = picture(fs.stack(TOKENS, [(EYE, EYE, EYE)] * 2, names="abc", selected=0))
    widths = {
        (line.get_xdata()[0], line.get_xdata()[1], np.floor(line.get_ydata()[0])): line.get_linewidth() for line in figure.axes[0].lines
    }
    for layer, state in enumerate(STATES[:2]):
        a = td.attention_weights(state, EYE, EYE)
        for (k, i, at), width in widths.items():
            if at == layer:
                assert width == pytest.approx(5 * a[int(i), int(k)])
    assert len(widths) == 2 * 6
    with pytest.raises(ValueError, match="names must be one for each of the 3 tokens"):
        fs.stack(TOKENS, [(EYE, EYE, EYE)], names="ab")


def test_paths_are_the_states():
    drawn = lines(picture(fs.paths(STATES, EYE, EYE, names="abc", selected=1)).axes[0])
    for k in range(3):
        assert any(line.shape == (4, 2) and np.allclose(line, STATES[:, k]) for line in drawn)


def test_curves_carry_their_numbers_and_names():
    x = np.array([1.0, 2.0, 4.0])
    series = {"one": (x, x), "two": (x[::-1], x**2), "control": (x, 0 * x + 1)}
    figure = picture(fs.curves([series, series], xlabel=["left", "right"], ylabel="y", logx=True, logy=True, marks=True, titles=["a", "b"]))
    for ax, name in zip(figure.axes, ("left", "right")):
        assert ax.get_xlabel() == name and ax.get_xscale() == ax.get_yscale() == "log"
        np.testing.assert_array_equal(lines(ax)[1], np.stack([x[::-1], x**2], axis=1))
        heights = {text.get_text(): text.xy[1] for text in ax.texts}
        assert set(heights) == {"one", "two", "control"}
        assert heights["one"] > heights["control"] and min(np.diff(sorted(heights.values()))) > 0.07
    assert picture(fs.curves(series, xlabel="x", ylabel="y")).axes[0].get_xlabel() == "x"


def test_snapshots_show_near_and_far_and_rings():
    ball = np.random.default_rng(0).standard_normal((5, 9, 3))
    figure = picture(fs.snapshots(ball, [0, 1, 2, 4], list("abcd"), ball=True, mark=[2]))
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert len(shown) == 4
    far, near = lines(shown[3])[1:3]
    assert len(far) == (ball[4, :, 2] < 0).sum() and len(near) == (ball[4, :, 2] >= 0).sum()
    np.testing.assert_array_equal(lines(shown[3])[3], ball[4, 2:3, :2])
    hull = np.array([[0, 0], [1, 0], [0, 1]])
    assert len(lines(picture(fs.snapshots(STATES, [0, 1], "ab", hull=hull)).axes[0])[0]) == 4
    with pytest.raises(ValueError, match="states must have shape"):
        fs.snapshots(TOKENS, [0], "a")


def test_a_map_and_panes():
    values = np.linspace(0, 1, 12).reshape(3, 4)
    ax = picture(fs.map_of(values, across=np.arange(4), up=np.arange(3), xlabel="t", ylabel="b", label="share")).axes[0]
    np.testing.assert_array_equal(ax.collections[0].get_array().ravel(), values.ravel())
    figure = picture(fs.panes({"a": STATES, "b": STATES, "c": STATES, "d": STATES}, reach=2.0))
    assert [ax.get_title(loc="left") for ax in figure.axes] == list("abcd")
    np.testing.assert_array_equal(lines(figure.axes[1])[0], STATES[:, 0])
    assert figure.axes[0].get_xlim() == (-2, 2)


def test_turning_draws_the_orbits_and_the_crowd():
    orbits = STATES[:, :2]
    alone, together = picture(fs.turning(orbits, TOKENS, EYE, EYE, STATES, names="abc")).axes
    assert sum(line.shape == (4, 2) and np.allclose(line, orbits[:, k]) for line in lines(alone) for k in range(2)) == 2
    for k in range(3):
        assert any(line.shape == (4, 2) and np.allclose(line, STATES[:, k]) for line in lines(together))
    assert {text.get_text() for text in together.texts} == {"a", "b", "c"}
    with pytest.raises(ValueError, match="names must be one for each of the 3 tokens of crowd"):
        fs.turning(orbits, TOKENS, EYE, EYE, STATES, names="ab")
