"""Trajectories on the built page, as a reader meets it: hands, keys, time, numbers, bad input."""

import numpy as np
import pytest
from weekly import part_of
from widget_page import Stage, centre

from tokendynamics import seeded
from tokendynamics.widgets import Trajectories
from tokendynamics.widgets.trajectories import PRESETS

VIEW = "trajectories"


@pytest.fixture
def widget(visit, desk):
    return Stage(visit(desk(VIEW)), VIEW)


def in_front(widget):
    """A start that faces the reader and stands clear of its neighbours, by its number."""
    return widget.root.locator(".td-stage").evaluate("""stage => {
      const all = [...stage.querySelectorAll('.td-token')].map(g => ({g, x: g.transform.baseVal[0].matrix.e, y: g.transform.baseVal[0].matrix.f}));
      const front = all.filter(({g}) => !g.classList.contains('td-behind'));
      const room = ({x, y}) => Math.min(...all.map(o => Math.hypot(o.x - x, o.y - y)).filter(r => r > 0));
      const half = stage.clientWidth / 2, inside = front.filter(({x, y}) => Math.hypot(x - half, y - half) < 0.6 * half);
      return Number(inside.sort((a, b) => room(b) - room(a))[0].g.dataset.token);
    }""")


CONTROLS = {
    "β": ("slide", 3, {"scale"}),
    "Step": ("slide", 0.2, {"step"}),
    "Layers": ("slide", 20, {"layers"}),
    "Tokens": ("slide", 40, {"tokens"}),
    "Turn": ("slide", 50, {"turn"}),
    "Tilt": ("slide", -40, {"turn"}),
    "Q angle": ("slide", 40, {"Q"}),
    "K stretch": ("slide", 2, {"K"}),
    "V angle": ("slide", 60, {"V"}),
    "Norm": ("choose", "layernorm", {"norm"}),
    "Method": ("choose", "rk4", {"method"}),
    "Token": ("choose", "5", {"selected"}),
    "Weights": ("choose", "drawn", {"weights"}),
    "Space": ("choose", "2", {"tokens", "Q", "K", "V"}),
    "Causal mask: a token sees only those before it": ("toggle", None, {"causal"}),
    "Include self: a token attends to itself too": ("toggle", None, {"include_self"}),
    "Trails": ("toggle", None, {"trails"}),
}


def test_every_control_changes_its_part_of_the_state_and_the_picture(widget):
    for label, (how, value, parts) in CONTROLS.items():
        widget.press("Reset")
        widget.at(12)
        drawn = widget.picture() + str(widget.charts())
        assert widget.changed(label, how, value) == parts, label
        assert widget.picture() + str(widget.charts()) != drawn, label
        assert widget.notices() == "" or label in ("Norm", "Weights"), label


WAYS = [(method, norm) for norm in ("none", "layernorm") for method in ("layer", "euler", "rk4")]


@pytest.mark.parametrize("preset", PRESETS)
def test_readouts_are_numpys(widget, preset):
    widget.choose("Preset", preset)
    made = widget.state()
    same = Trajectories.preset(preset, turn=made["turn"])
    assert made == same.state()
    meters = same.meters()
    for layer in (0, 7, len(meters["rank"]) - 1):
        widget.at(layer)
        assert widget.read("layer") == layer
        assert widget.read("energy") == pytest.approx(meters["energy"][layer], rel=1e-8)
        assert widget.read("effective-rank") == pytest.approx(meters["rank"][layer], rel=1e-6)
        assert widget.read("clusters") == meters["clusters"][layer]
    assert PRESETS[preset]["note"][:40] in widget.notices()


@pytest.mark.parametrize("method, norm", part_of(WAYS, WAYS[::2]))
def test_readouts_are_numpys_by_every_method_and_norm(widget, method, norm):
    widget.slide("β", 2)
    widget.slide("V stretch", 0.5)
    widget.choose("Method", method)
    widget.choose("Norm", norm)
    widget.control("Causal mask: a token sees only those before it").check()
    widget.at(9)
    meters = Trajectories(**widget.state()).meters()
    assert widget.read("energy") == pytest.approx(meters["energy"][9], rel=1e-8)
    assert widget.read("clusters") == meters["clusters"][9]
    assert widget.control("Step").is_disabled() == (method == "layer")


def test_starts_stand_where_the_projection_puts_them(widget):
    """Pixels are one affine map of the two directions that face the reader, the same length scale on both axes, y up."""
    for turn in ([-30, 20], [75, -50]):
        widget.slide("Turn", turn[0])
        widget.slide("Tilt", turn[1])
        yaw, pitch = np.deg2rad(turn)
        axes = np.array([[np.cos(yaw), np.sin(yaw), 0], [-np.sin(yaw) * np.sin(pitch), np.cos(yaw) * np.sin(pitch), np.cos(pitch)]])
        places = Trajectories(**widget.state()).states()[0] @ axes.T
        seen = np.array(
            widget.root.locator(".td-token").evaluate_all(
                "all => all.map(g => [g.transform.baseVal[0].matrix.e, -g.transform.baseVal[0].matrix.f])"
            )
        )
        places, seen = places - places.mean(axis=0), seen - seen.mean(axis=0)
        scale = (seen * places).sum() / (places**2).sum()
        assert scale > 50
        np.testing.assert_allclose(seen, scale * places, atol=2e-2)


def test_scrubbing_and_playing_compute_nothing(widget):
    computed = widget.read("steps-computed")
    assert computed == widget.state()["layers"]
    lines = widget.charts()
    for layer in (20, 3, 31, 0, 32):
        widget.at(layer)
    widget.at(0)
    widget.press("Play")
    widget.page.wait_for_timeout(600)
    widget.press("Pause")
    widget.choose("Token", "3")
    widget.slide("Turn", 10)
    widget.control("Trails").click()
    widget.settle()
    assert widget.read("steps-computed") == computed and widget.charts() == lines
    widget.slide("Layers", 40)  # eight more: it goes on from what it has
    assert widget.read("steps-computed") == computed + 8
    widget.slide("Layers", 10)
    widget.slide("Layers", 40)
    assert widget.read("steps-computed") == computed + 8
    widget.slide("β", 3)
    assert widget.read("steps-computed") == computed + 48


def test_the_charts_scrub_under_the_pointer(widget):
    widget.panel("meters")
    widget.root.locator(".td-meters svg").scroll_into_view_if_needed()
    box = widget.root.locator(".td-meters svg").bounding_box()
    widget.page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 60)
    widget.settle()
    assert 12 < widget.state()["layer"] < 24
    label = widget.root.locator(".td-meters svg").get_attribute("aria-label")
    assert "energy" in label and "clusters: from" in label and "effective rank" in label


def test_a_start_is_dragged_over_the_sphere_and_only_that_one(widget):
    i = in_front(widget)
    before, drawn, lines = widget.state(), widget.picture(), widget.charts()
    widget.start(i).scroll_into_view_if_needed()
    x, y = centre(widget.start(i))
    widget.drag(widget.start(i), 24, -18)
    after = widget.state()
    assert np.linalg.norm(after["tokens"][i]) == pytest.approx(1, abs=2e-3)
    assert (after["turn"], after["selected"]) == (before["turn"], before["selected"])
    new_x, new_y = centre(widget.start(i))
    assert (new_x - x, new_y - y) == (pytest.approx(24, abs=2), pytest.approx(-18, abs=2))
    after["tokens"][i] = before["tokens"][i]
    assert after == before
    assert widget.picture() != drawn and widget.charts() != lines


def test_the_ground_turns_the_sphere(widget):
    before = widget.state()
    widget.root.locator(".td-stage").scroll_into_view_if_needed()
    box = widget.root.locator(".td-stage").bounding_box()
    widget.page.mouse.move(box["x"] + 12, box["y"] + 12)  # outside the sphere, where no start is
    widget.page.mouse.down()
    widget.page.mouse.move(box["x"] + 92, box["y"] + 52, steps=5)
    widget.page.mouse.up()
    widget.settle()
    after = widget.state()
    assert after["turn"][0] < before["turn"][0] - 10 and after["turn"][1] > before["turn"][1] + 5
    assert after["tokens"] == before["tokens"]


def test_starts_go_by_keys(widget):
    assert widget.root.locator(".td-token").evaluate_all("all => all.filter(g => g.tabIndex === 0).length") == 1
    widget.root.locator(".td-token[tabindex='0']").focus()
    widget.page.keyboard.press("PageDown")
    widget.settle()
    widget.settle()
    assert widget.state()["selected"] == 1
    assert widget.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("token 2, start at")
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "Shift+ArrowLeft"):
        was = widget.state()["tokens"][1]
        widget.page.keyboard.press(key)
        assert widget.state()["tokens"][1] != was, key
    widget.page.keyboard.press("PageUp")
    widget.settle()
    assert widget.state()["selected"] == 0


def test_the_seed_draws_what_python_draws(widget):
    widget.control("Seed").fill("77")
    widget.control("Seed").press("Enter")
    widget.control("Seed").blur()
    widget.settle()
    now = widget.state()
    n = len(now["tokens"])
    assert now["seed"] == 77 and now["tokens"] == seeded.drawn_tokens(n, 3, 77).tolist()
    widget.press("Draw again")
    assert widget.state()["seed"] == 78 and widget.control("Seed").input_value() == "78"
    widget.slide("Tokens", 64)
    assert widget.state()["tokens"] == seeded.drawn_tokens(64, 3, 78).tolist()
    widget.slide("Tokens", 3)
    assert widget.state()["tokens"] == seeded.drawn_tokens(3, 3, 78).tolist()
    for nonsense, words in (("abc", "not a number"), ("1.5", "whole number"), ("-3", "out of range")):
        widget.control("Seed").fill(nonsense)
        widget.control("Seed").press("Enter")
        assert words in widget.notices() and widget.state()["seed"] == 78


def test_nonsense_in_a_cell_is_told_beside_it(widget):
    before = widget.state()
    cell = widget.control("V row 2 column 3")
    cell.fill("abc")
    cell.press("Enter")
    assert "not a number" in widget.notices() and cell.get_attribute("aria-invalid") == "true"
    assert widget.state() == before
    cell.fill("−0,5")
    cell.press("Enter")
    widget.settle()
    assert widget.state()["V"][1][2] == -0.5 and widget.notices() == ""


def test_tokens_that_run_away_are_said_and_shown_as_far_as_they_got(widget):
    widget.choose("Norm", "none")
    widget.slide("V stretch", 3)
    widget.slide("Step", 1)
    widget.slide("Layers", 40)
    assert "run away" in widget.notices()
    states = Trajectories(**widget.state()).states()
    assert int(widget.clock().get_attribute("max")) == len(states) - 1 < 40
    widget.at(len(states) - 1)
    assert widget.read("layer") == len(states) - 1
    widget.choose("Norm", "sphere")
    assert "run away" not in widget.notices() and int(widget.clock().get_attribute("max")) == 40


def test_layernorm_in_the_plane_is_said_to_leave_two_places(widget):
    widget.choose("Space", "2")
    widget.choose("Norm", "layernorm")
    assert "two places only" in widget.notices()
    places = {tuple(np.round(p, 9)) for p in Trajectories(**widget.state()).states()[0]}
    assert places == {(1, -1), (-1, 1)}


@pytest.mark.parametrize("preset, d", [("clusters", 3), ("divergence", 2)])
@pytest.mark.parametrize("matrix", part_of("QKV", "V"))
def test_a_matrix_is_taken_by_its_columns(widget, preset, d, matrix):
    """In space columns are seen as they are turned; a drag keeps the depth, so the column moves along the screen and by as much."""
    widget.choose("Preset", preset)
    widget.panel(matrix)
    before = widget.state()
    assert len(before[matrix]) == d
    tips = widget.root.locator(".td-hand-of")
    assert tips.count() == d
    x, y = centre(tips.nth(d - 1).locator(".td-tip"))
    widget.page.mouse.move(x, y)
    widget.page.mouse.down()
    widget.page.mouse.move(x - 30, y + 20, steps=5)
    felt = widget.root.locator(".td-felt.td-on").get_attribute("data-matrix")
    widget.page.mouse.up()
    widget.settle()
    after = widget.state()
    moved = np.array(after[matrix]) - np.array(before[matrix])
    assert felt == matrix and {name for name in after if after[name] != before[name]} == {matrix}
    assert not moved[:, :-1].any() and moved[:, -1].any(), "one column alone"
    new_x, new_y = centre(tips.nth(d - 1).locator(".td-tip"))
    assert (new_x - x, new_y - y) == (pytest.approx(-30, abs=2), pytest.approx(20, abs=2))
    tips.nth(0).focus()
    widget.page.keyboard.press("ArrowUp")
    widget.settle()
    assert widget.state()[matrix] != after[matrix]


def test_drawn_matrices_are_not_taken_by_hand(widget):
    widget.choose("Preset", "drawn")
    widget.panel("V")
    assert widget.root.locator(".td-hand-of").count() == 0
