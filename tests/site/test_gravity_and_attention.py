"""Gravity and attention on the built page, as a reader meets it: two panes, one clock, meters, words, keys."""

import numpy as np
import pytest
from widget_page import Stage, centre, link

import tokendynamics as td
from tokendynamics import gravity
from tokendynamics.widgets import GravityAndAttention
from tokendynamics.widgets.gravity_and_attention import PRESETS, engine

VIEW = "gravity-and-attention"


class Panes(Stage):
    def why(self):
        self.panel("why")
        return self.root.locator(".td-why").inner_text()

    def seen(self):
        return self.picture() + str(self.charts()) + self.why() + self.root.locator("table").text_content()


@pytest.fixture
def widget(visit, desk):
    return Panes(visit(desk(VIEW)), VIEW)


CONTROLS = {
    "Spin at the start": ("slide", 0.5, {"spin"}),
    "G": ("slide", 1, {"G"}),
    "Softening ε": ("slide", 0.5, {"softening"}),
    "Mass of the selected": ("slide", 3, {"masses"}),
    "β": ("slide", 2, {"scale"}),
    "Time of a step": ("slide", 0.02, {"step"}),
    "Steps": ("slide", 40, {"steps"}),
    "Bodies": ("slide", 9, {"bodies", "masses"}),
    "Body": ("choose", "4", {"selected"}),
    "Gravity": ("choose", "overdamped", {"gravity"}),
    "Attention": ("choose", "inertia", {"attention"}),
    "Q angle": ("slide", 40, {"Q"}),
    "K stretch": ("slide", 2, {"K"}),
    "V shear": ("slide", 1, {"V"}),
    "Include self: a token attends to itself too": ("toggle", None, {"include_self"}),
    "Trails": ("toggle", None, {"trails"}),
}


def test_every_control_changes_its_part_of_the_state_and_what_is_seen(widget):
    for label, (how, value, parts) in CONTROLS.items():
        widget.choose("Preset", "crowd")
        widget.at(30)
        seen = widget.seen()
        assert widget.changed(label, how, value) == parts, label
        assert widget.seen() != seen, label
    widget.choose("Preset", "inertia")
    widget.at(30)
    seen = widget.seen()
    widget.slide("Friction", 2)
    assert widget.state()["friction"] == 2 and widget.seen() != seen


def test_what_belongs_to_one_law_leaves_the_other_alone(widget):
    widget.choose("Preset", "crowd")
    widget.at(30)
    for label, value, other in (
        ("β", 2, "gravity"),
        ("V angle", 60, "gravity"),
        ("G", 1, "attention"),
        ("Mass of the selected", 9, "attention"),
    ):
        widget.control(label)  # its panel is open: with that of a matrix its columns stand in the picture
        widget.root.locator(".td-felt.td-on").wait_for(state="detached")  # what a slide showed is gone again
        widget.settle()
        drawn, computed = widget.picture(other), widget.read("steps-computed")
        widget.slide(label, value)
        assert widget.picture(other) == drawn, label
        assert widget.read("steps-computed") == computed + widget.state()["steps"], label


@pytest.mark.parametrize("matrix", "QKV")
def test_a_matrix_is_taken_by_hand_in_the_pane_of_attention_alone(widget, matrix):
    widget.choose("Preset", "crowd")
    widget.panel(matrix)
    tips = lambda side: widget.root.locator(f".td-pane-{side} .td-hand-of")
    assert (tips("attention").count(), tips("gravity").count()) == (2, 0)
    before, computed = widget.state(), widget.read("steps-computed")
    widget.drag(tips("attention").nth(1).locator(".td-tip"), -25, 18)
    after = widget.state()
    moved = np.array(after[matrix]) - np.array(before[matrix])
    assert {name for name in after if after[name] != before[name]} == {matrix}
    assert not moved[:, 0].any() and moved[0, 1] < 0 and moved[1, 1] < 0, "the second column went left and down"
    assert widget.read("steps-computed") >= computed + after["steps"], "once it is let go the whole history is there"
    assert widget.root.locator(".td-pane-attention .td-felt").get_attribute("data-matrix") == matrix


@pytest.mark.parametrize("preset", PRESETS)
def test_meters_are_numpys(widget, preset):
    widget.choose("Preset", preset)
    same = GravityAndAttention.preset(preset)
    assert widget.state() == same.state()
    histories = same.histories()
    for step in (0, 17, same.steps):
        widget.at(step)
        for side, history in zip(("gravity", "attention"), histories):
            size = 1 + np.abs(history.velocities).sum(axis=(-1, -2))[step]
            moved = np.linalg.norm(history.momentum[step] - history.momentum[0])
            assert widget.read(f"{side}-sum") == pytest.approx(history.sum[step], abs=1e-6)
            assert widget.read(f"{side}-momentum") == pytest.approx(moved, rel=1e-6, abs=1e-6 * size)
            change = history.energy[step] - history.energy[0]
            assert widget.read(f"{side}-energy") == pytest.approx(change, rel=1e-6, abs=1e-6 * (1 + abs(history.energy[0])))
    options = {"softening": same.softening, "scale": same.scale, "G": same.G}
    pulls = engine.pulls(same.bodies, same.masses, same.Q, same.K, same.V, same.selected, **options)
    for name in ("doubled", "farther"):
        for side, expected in zip(("gravity", "attention"), pulls[name]):
            assert widget.read(f"{side}-{name}") == pytest.approx(expected, rel=1e-8, nan_ok=True)
    assert PRESETS[preset]["note"][:40] in widget.notices()


def test_readings_by_formula(widget):
    """The laws themselves, from the state on the page: third law, twice as many, the order in time."""
    widget.choose("Preset", "crowd")
    widget.at(12)
    made = widget.state()
    bodies, masses, (Q, K, V) = np.array(made["bodies"]), np.array(made["masses"]), (np.array(made[name]) for name in "QKV")
    states = td.trajectories(bodies, [(Q, K, V)] * 12, step=made["step"])
    given = td.content(states[12], Q, K, V)
    assert widget.read("attention-sum") == pytest.approx(np.linalg.norm(given.sum(axis=0)) / np.linalg.norm(given, axis=1).sum())
    assert widget.read("gravity-sum") < 1e-12
    assert widget.read("gravity-doubled") == pytest.approx(2) and widget.read("attention-doubled") == pytest.approx(1)
    velocities = engine.spinning(bodies, made["spin"])
    x, v = (
        part[12] for part in gravity.orbits(bodies, velocities, masses, dt=made["step"], steps=12, G=made["G"], softening=made["softening"])
    )
    options = {"G": made["G"], "softening": made["softening"]}
    change = gravity.energy(x, v, masses, **options) - gravity.energy(bodies, velocities, masses, **options)
    assert widget.read("gravity-energy") == pytest.approx(change, abs=1e-9)


@pytest.mark.parametrize(
    "gravity_, attention, orders",
    [("newton", "motion", (2, 1)), ("overdamped", "motion", (1, 1)), ("newton", "inertia", (2, 2)), ("overdamped", "inertia", (1, 2))],
)
def test_the_order_in_time_follows_inertia_and_so_do_the_words(widget, gravity_, attention, orders):
    widget.choose("Preset", "crowd")
    widget.choose("Gravity", gravity_)
    widget.choose("Attention", attention)
    assert (widget.read("gravity-order"), widget.read("attention-order")) == (
        pytest.approx(orders[0], abs=0.01),
        pytest.approx(orders[1], abs=0.01),
    )
    words = widget.why()
    assert f"power {orders[0]:.2f} under gravity and {orders[1]:.2f} under attention" in words
    assert ("The order is the same" in words) == (orders[0] == orders[1])
    assert ("goes downhill" in words) == (gravity_ == "overdamped")
    assert ("½ Σ v² − Σ φ" in words) == (attention == "inertia")
    assert widget.control("Friction").is_visible() == (attention == "inertia")


def test_the_words_say_what_the_meters_say(widget):
    widget.choose("Preset", "crowd")
    widget.at(20)
    net, words = widget.read("attention-sum"), widget.why()
    assert f"add up to {net:.2f} of their lengths" in words
    assert (
        f"gravity pulls {widget.read('gravity-doubled'):.2f} times as hard, attention {widget.read('attention-doubled'):.2f} times" in words
    )
    assert "one unit of attention to give" in words
    widget.control("Include self: a token attends to itself too").check()
    widget.settle()
    assert "one unit of attention to give" not in widget.why()  # its own share shrinks now: not exactly 1
    widget.choose("Preset", "ring")
    assert "cancel here too" in widget.why()  # a symmetric crowd hides it
    widget.drag(widget.start(1, "attention"), 30, -20)
    assert "cancel here too" not in widget.why()
    widget.slide("Softening ε", 0)
    widget.slide("Time of a step", 0.2)
    widget.at(45)
    assert "too long for meetings this close" in widget.why()


@pytest.mark.parametrize("side", ["gravity", "attention"])
def test_a_start_is_dragged_in_either_pane_and_moves_in_both(widget, side):
    widget.choose("Preset", "crowd")
    before, seen = widget.state(), widget.picture()
    widget.drag(widget.start(0, side), -30, 25)
    after = widget.state()
    assert [k for k in range(16) if after["bodies"][k] != before["bodies"][k]] == [0]
    after["bodies"][0] = before["bodies"][0]
    assert after == before and widget.picture() != seen
    labels = [widget.start(0, each).get_attribute("aria-label") for each in ("gravity", "attention")]
    assert labels[0] == labels[1]
    place = [
        widget.start(0, each).evaluate("g => [g.transform.baseVal[0].matrix.e, g.transform.baseVal[0].matrix.f]")
        for each in ("gravity", "attention")
    ]
    assert place[0] == pytest.approx(place[1], abs=1.5)  # at the start both panes have one scale


def test_a_drag_computes_what_is_seen_and_letting_go_the_rest(widget):
    widget.choose("Preset", "crowd")
    widget.at(10)
    computed = widget.read("steps-computed")
    widget.start(0, "attention").scroll_into_view_if_needed()
    x, y = centre(widget.start(0, "attention"))
    widget.page.mouse.move(x, y)
    widget.page.mouse.down()
    for i in (1, 2, 3):
        widget.page.mouse.move(x - 10 * i, y + 5 * i)
        widget.settle()
        assert widget.read("steps-computed") == computed + 2 * 10 * i
        assert widget.clock().get_attribute("max") == "60" and widget.state()["time"] == 10
    widget.page.mouse.up()
    widget.settle()
    assert widget.read("steps-computed") == computed + 2 * (3 * 10 + 60)
    histories = GravityAndAttention(**widget.state()).histories()
    for step in (10, 60):
        widget.at(step)
        assert widget.read("attention-sum") == pytest.approx(histories[1].sum[step], abs=1e-6)
    assert widget.read("steps-computed") == computed + 2 * (3 * 10 + 60)


def test_one_clock_for_both_and_scrubbing_computes_nothing(widget):
    widget.choose("Preset", "crowd")
    computed, lines = widget.read("steps-computed"), widget.charts()
    drawn = {side: widget.picture(side) for side in ("gravity", "attention")}
    widget.at(25)
    for side, before in drawn.items():
        assert widget.picture(side) != before
    for step in (3, 60, 0):
        widget.at(step)
    widget.press("Play")
    widget.page.wait_for_timeout(500)
    widget.press("Pause")
    widget.choose("Body", "3")
    widget.choose("Body", "0")
    assert widget.read("steps-computed") == computed and widget.charts() == lines
    box = widget.root.locator(".td-meters svg").first
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    widget.page.mouse.click(place["x"] + 0.5 * place["width"], place["y"] + 50)
    widget.settle()
    assert 15 < widget.state()["time"] < 45 and widget.read("steps-computed") == computed


def test_starts_go_by_keys(widget):
    for side, index in (("gravity", 1), ("attention", 0)):
        widget.root.locator(f".td-pane-{side} .td-token[tabindex='0']").focus()
        widget.page.keyboard.press("PageDown")
        widget.settle()
        widget.settle()
        assert widget.state()["selected"] == index
        assert widget.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(f"body {index + 1}, start at")
        for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("Shift+ArrowDown", 1, -1)):
            was = widget.state()["bodies"][index][axis]
            widget.page.keyboard.press(key)
            assert (widget.state()["bodies"][index][axis] - was) * sign > 0, key


def test_fewest_and_most_bodies(widget):
    widget.slide("Bodies", 64)
    made = widget.state()
    assert len(made["bodies"]) == len(made["masses"]) == 64
    widget.choose("Body", "63")
    widget.slide("Bodies", 2)
    made = widget.state()
    assert len(made["bodies"]) == 2 and made["selected"] == 1 and widget.notices() == ""


def test_bodies_that_run_away_are_said(widget):
    widget.slide("V stretch", 3)
    widget.slide("Time of a step", 0.2)
    widget.drag(widget.start(0, "attention"), 20, -30)
    assert "run away" in widget.notices()
    histories = GravityAndAttention(**widget.state()).histories()
    assert len(histories[1].states) - 1 < 120 and f"after step {len(histories[1].states) - 1}" in widget.notices()
    widget.at(120)
    assert np.isfinite(widget.read("attention-sum"))
    widget.press("Reset")
    assert "run away" not in widget.notices()


def test_two_on_one_point_without_softening_are_refused(widget):
    widget.slide("Softening ε", 0)
    before = widget.state()
    widget.page.goto(widget.page.url.split("#")[0] + link(VIEW, {"bodies": [[1, 1], [1, 1]], "softening": 0}))
    widget.settle()
    assert "one point" in widget.notices() and "last good state" in widget.notices()
    assert widget.state() == before
