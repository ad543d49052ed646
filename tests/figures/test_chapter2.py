"""The figures of Chapter 2: drawn without a warning, small, and what they draw is what the package computes."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import tokendynamics as td
from tokendynamics.figures import chapter2, style
from tokendynamics.real import mobility
from tokendynamics.widgets import Encyclopedia

pytestmark = pytest.mark.filterwarnings("error")
BOOK = Encyclopedia.preset("plain")
HEAD = (BOOK.tokens, BOOK.Q, BOOK.K, BOOK.V)
WORDS = {"names": BOOK.names, "answers": BOOK.answers}


def is_a_small_picture(figure):
    picture = style.png(figure)
    return len(picture) <= 90_000 and Image.open(BytesIO(picture)).width == 720


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("selected", range(6))
@pytest.mark.parametrize("scale", [0.0, 1.0, 4.0])
def test_fig_4_shows_the_force_above_and_the_content_below(selected, scale):
    figure = chapter2.index_and_content(*HEAD, **WORDS, selected=selected, scale=scale)
    above, below = figure.axes
    weights = td.attention_weights(*HEAD[:3], scale=scale)[selected]
    others = [k for k in range(6) if k != selected]
    for ax, words in ((above, BOOK.names), (below, BOOK.answers)):
        assert [f"{words[k]}  {weights[k]:.2f}" for k in others] == [text for text in texts(ax) if "T a" not in text]
    pull, moved = (ax.patches[0]._posA_posB[1] for ax in (above, below))
    if scale:
        np.testing.assert_allclose(pull, td.force(*HEAD[:3], scale=scale)[selected] / scale)
    np.testing.assert_allclose(moved, td.content(*HEAD, scale=scale)[selected], atol=1e-12)
    for ax, places in ((above, BOOK.tokens @ BOOK.K.T @ BOOK.Q), (below, BOOK.tokens @ BOOK.V.T)):
        dots = [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "o"]
        np.testing.assert_allclose(dots, places[others])
    assert is_a_small_picture(figure)


def test_fig_4_asks_for_a_word_for_each():
    for name in ("names", "answers"):
        with pytest.raises(ValueError, match=rf"^{name} must be one for each of the 6 tokens; got 1"):
            chapter2.index_and_content(*HEAD, **WORDS | {name: ["it"]})


@pytest.mark.parametrize("preset", ["plain", "loud", "lost"])
def test_loud_entries_are_as_long_as_the_table_says(preset):
    book = Encyclopedia.preset(preset)
    figure = chapter2.loud_entries(book.Q, book.K, book.V)
    table = td.entries(book.Q, book.K, book.V)
    asked, answered = ([text.xy for text in ax.texts if not text.get_text()] for ax in figure.axes)
    np.testing.assert_allclose(asked, table.index)
    np.testing.assert_allclose(answered, table.answers)
    told = "\n".join(texts(figure.axes[1]))
    assert all(f"1/σ = {loudness:.2f}" in told for loudness in table.loudness if loudness)
    assert is_a_small_picture(figure)


def test_curves_draw_the_mean_and_the_lowest_and_highest_seed():
    rates = np.random.default_rng(0).random((5, 4))
    x = [4, 8, 16, 32]
    panels = {"a": {"outer": rates, "nothing": rates[0]}, "b": {"attention, β = 1": rates, "attention, β = 8": rates}}
    figure = chapter2.curves(panels, x, xlabel="x", ylabel="y", marks=[(8, "d")])
    left, right = figure.axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), rates.mean(axis=0))
    band = left.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == rates.min() and band[:, 1].max() == rates.max()
    assert len(left.collections) == 1, "one seed has no band"
    assert len({line.get_marker() for line in right.lines[:2]}) == 2, "two lines of one colour, and one mark"
    assert is_a_small_picture(figure)
    assert is_a_small_picture(chapter2.curves({"alone": {"any": rates}}, x, xlabel="x", ylabel="y", log=False))


def test_learned_index_shows_both_at_one_length():
    R = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    figure = chapter2.learned_index(7 * np.eye(5), R, d_key=3)
    found, wanted = (ax.images[0].get_array() for ax in figure.axes[:2])
    np.testing.assert_allclose(found, np.eye(5) * np.sqrt(3 / 5))
    np.testing.assert_allclose(wanted[:3, :3], R)
    assert not wanted[3:].any() and not wanted[:, 3:].any() and is_a_small_picture(figure)


def test_real_heads_draws_a_mark_for_each_head_and_each_mean():
    table = mobility.shipped()
    figure = chapter2.real_heads(table)
    above, below = figure.axes
    np.testing.assert_allclose(above.lines[0].get_ydata(), table["residual"].ravel())
    names = ["pseudo_inverse", "fitted", "fitted_random", "fitted_best"]
    for name, line, bars in zip(names, below.lines, below.collections, strict=False):
        np.testing.assert_allclose(line.get_ydata(), table[name].ravel())
        np.testing.assert_allclose([bar[0, 1] for bar in bars.get_segments()], table[name].mean(axis=1))
    assert is_a_small_picture(figure)
