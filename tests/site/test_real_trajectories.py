"""Real trajectories on the built page, as a reader meets it: words, layers, planes, numbers, keys, links."""

import numpy as np
import pytest
from widget_page import WidgetPage, link

from tokendynamics.real import senses
from tokendynamics.widgets import RealTrajectories

CHAPTER = "chapters/06_real_model.html"
VIEW = "real-trajectories"


@pytest.fixture
def widget(visit, address):
    return opened(visit(f"{address}/{CHAPTER}"))


def opened(page):
    return WidgetPage(page, VIEW, ".td-plane svg")


def slider(widget):
    return widget.root.get_by_role("slider")  # its label holds the layer's number, and changes


def at_layer(widget, layer):
    slider(widget).fill(str(layer))
    widget.settle()


def test_every_control_changes_the_state_and_the_picture(widget):
    at_layer(widget, 4)
    for name, act in {
        "layer": lambda: at_layer(widget, 5),
        "basis": lambda: widget.choose("Projection", "common"),
        "components": lambda: widget.choose("Directions", "1,3"),
        "tokens": lambda: widget.choose("Show", "all"),
        "trails": lambda: (widget.control("Trails").click(), widget.settle()),
        "compared": lambda: widget.choose("Beside it", "2"),
        "head": lambda: widget.choose("Head", "7"),
        "shown": lambda: (widget.root.locator(".td-sentences input").nth(1).click(), widget.settle()),
        "word": lambda: widget.choose("Word", "spring"),
    }.items():
        before, drawn = widget.state(), widget.picture() + widget.root.locator(".td-pair").inner_html()
        act()
        after = widget.state()
        changed = {key for key in after if after[key] != before[key]}
        assert changed == ({"word", "shown", "compared"} if name == "word" else {name})
        assert widget.picture() + widget.root.locator(".td-pair").inner_html() != drawn, name
    widget.press("Reset")
    assert widget.state() == RealTrajectories().state()


@pytest.mark.parametrize("word", ["light", "crane"])
@pytest.mark.parametrize("basis", ["own", "common"])
def test_readouts_are_numpys(widget, journeys, word, basis):
    widget.choose("Word", word)
    widget.choose("Projection", basis)
    widget.choose("Directions", "2,3")
    widget.root.locator(".td-sentences input").nth(2).uncheck()
    fit = journeys["words"][word]["own"] if basis == "own" else journeys["common"]
    shown = [i for n, i in enumerate(journeys["words"][word]["sentences"]) if n != 2]
    within, across = senses.within_across(journeys, word, shown=shown)
    for layer in (0, 3, 6):
        at_layer(widget, layer)
        assert widget.read("layer") == layer
        assert widget.read("cosine-within") == pytest.approx(within[layer], rel=1e-12)
        assert widget.read("cosine-across") == pytest.approx(across[layer], rel=1e-12)
        assert widget.read("explained-variance") == pytest.approx(sum(fit["each"][1:]), rel=1e-12)
        assert widget.read("explained-by-layer") == fit["by_layer"][layer]
        assert widget.read("apart-seen") == journeys["words"][word]["apart_seen"][basis][layer]
    assert widget.state()["shown"] == shown


def test_tokens_stand_where_the_data_says(widget, journeys):
    """Pixels are one affine map of the projection, the same length scale on both axes, y up."""
    widget.choose("Word", "bank")
    at_layer(widget, 5)
    places = widget.root.locator(".td-tokens g").evaluate_all(
        "groups => groups.map(g => [g.dataset.token.split('-').map(Number), g.transform.baseVal[0].matrix.e, g.transform.baseVal[0].matrix.f])"
    )
    assert len(places) == 6
    real = np.array([np.array(journeys["sentences"][i]["own"])[5, t, :2] for (i, t), _, _ in places])
    seen = np.array([[x, -y] for _, x, y in places])
    assert all(journeys["sentences"][i]["target"] == t for (i, t), _, _ in places)
    real, seen = real - real.mean(axis=0), seen - seen.mean(axis=0)
    scale = (seen * real).sum() / (real**2).sum()
    assert scale > 0
    np.testing.assert_allclose(seen, scale * real, atol=1e-2)


def test_the_charts_say_their_numbers(widget, journeys):
    label = widget.root.locator(".td-chart svg").first.get_attribute("aria-label")
    within, across = senses.within_across(journeys, "light")
    for values in (within, across):
        assert ", ".join(f"{v:.2f}" for v in values) in label
    gaps = widget.root.locator(".td-chart svg").nth(1)
    assert {"“light”", "[CLS], control", "“.”, control"} <= set(gaps.locator(".td-names text").all_text_contents())


def test_play_runs_to_the_last_layer_and_pause_stops(widget):
    at_layer(widget, 4)
    widget.press("Play")
    widget.page.wait_for_timeout(500)
    widget.press("Pause")
    stopped = widget.state()["layer"]
    assert 4 < stopped < 6 and widget.read("layer") == stopped
    widget.page.wait_for_timeout(200)
    assert widget.state()["layer"] == stopped
    widget.press("Play")
    widget.page.wait_for_function(f"() => document.querySelector('{widget.selector}').widgetState().layer === 6", timeout=5000)
    widget.button("Play").wait_for()
    widget.press("Play")  # from the end it starts again
    assert widget.state()["layer"] < 2
    widget.press("Pause")


def test_play_goes_by_whole_layers_where_motion_is_unwelcome(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}", reduced_motion="reduce"))
    widget.press("Play")
    seen = {widget.state()["layer"]}
    for _ in range(12):
        widget.page.wait_for_timeout(120)
        seen.add(widget.state()["layer"])
    widget.press("Pause")
    assert len(seen) > 1 and all(layer == int(layer) for layer in seen)


def test_keyboard_alone_suffices(widget):
    start = widget.state()
    widget.control("Word").focus()
    reached = widget.tabbed(36)
    for wanted in (
        "Word",
        "Show",
        "Projection",
        "Picture",
        "Directions",
        "Trails",
        "Head",
        "Sentence",
        "Beside it",
        "Play",
        "Layer 0",
        "Reset",
        "Copy link",
        "Copy Python",
    ):
        assert wanted in reached, wanted
    assert any(name.startswith("1 The light") for name in reached)
    slider(widget).focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.state() == start | {"layer": 1}
    tokens = widget.root.locator(".td-tokens g")
    assert tokens.evaluate_all("groups => groups.filter(g => g.tabIndex === 0).length") == 1
    widget.root.locator(".td-tokens g[tabindex='0']").focus()
    widget.page.keyboard.press("ArrowRight")
    focused = widget.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("light, sentence 2, glow")
    widget.page.keyboard.press("Enter")
    assert widget.page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    widget.control("Word").focus()
    widget.settle()
    assert "2 light, glow" in widget.root.locator(".td-names text").all_text_contents()  # stays open
    widget.button("Reset").focus()
    widget.page.keyboard.press("Space")
    assert widget.state() == start


def test_a_token_says_its_name_under_the_pointer(widget):
    widget.choose("Show", "all")
    token = widget.root.locator(".td-tokens g:not(.td-main)").first
    words = token.get_attribute("aria-label").split(",")[0]
    token.dispatch_event("pointerenter")
    assert any(text.endswith(words) for text in widget.root.locator(".td-names text").all_text_contents())


def test_no_sentence_and_one_sentence_are_told(widget):
    for box in widget.root.locator(".td-sentences input").all():
        box.uncheck()
    widget.settle()
    assert widget.state()["shown"] == []
    assert "Check at least one" in widget.notices()
    assert widget.root.locator("[data-readout=cosine-within]").inner_text() == "–"
    widget.root.locator(".td-sentences input").first.check()
    widget.settle()
    assert "A line needs a pair" in widget.notices()
    assert widget.root.locator(".td-tokens g").count() == 1


def test_copy_link_and_copy_python_restore_the_state(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}", permissions=["clipboard-read", "clipboard-write"]))
    widget.choose("Word", "palm")
    widget.choose("Projection", "common")
    widget.choose("Show", "all")
    widget.choose("Head", "5")
    widget.choose("Beside it", "none")
    widget.root.locator(".td-sentences input").nth(4).uncheck()
    at_layer(widget, 3)
    made = widget.state()
    assert eval(widget.copied("Copy Python"), {"RealTrajectories": RealTrajectories}).state() == made
    copied = widget.copied("Copy link")
    assert RealTrajectories.from_link(copied).state() == made
    assert opened(visit(copied)).state() == made


@pytest.mark.parametrize(
    "state, said",
    [
        ({"word": "ghost"}, "word must be one of light"),
        ({"layer": 9}, "layer must be a number from 0 to 6"),
        ({"layer": "deep"}, "layer must be a number"),
        ({"shown": [999]}, "shown must be a list of sentences"),
        ({"components": [1, 4]}, "components must be [1, 2]"),
        ({"basis": "best"}, "basis must be"),
        ({"tokens": 3}, "tokens must be"),
        ({"trails": "yes"}, "trails must be true or false"),
        ({"dimensions": 4}, "dimensions must be 2 or 3"),
        ({"turn": [0, 90]}, "turn must be [turn, tilt] in degrees"),
        ({"compared": [0, 1, 2]}, "compared must be one or two sentences"),
        ({"head": 0}, "head must be a whole number from 1 to 12"),
    ],
)
def test_an_impossible_link_is_refused_in_words(visit, address, state, said):
    widget = opened(visit(f"{address}/{CHAPTER}" + link(VIEW, state)))
    assert said in widget.notices() and "last good state" in widget.notices()
    assert widget.state() == RealTrajectories().state()


def test_a_broken_link_is_told_and_the_widget_works(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}#{VIEW}=v1.e30x"))
    assert "link is broken" in widget.notices()
    widget.choose("Word", "bank")
    assert widget.state()["word"] == "bank" and widget.notices() == ""


def test_the_prediction_is_kept_to_and_then_explained(visit, address, journeys):
    widget = WidgetPage(visit(f"{address}/{CHAPTER}"), VIEW, ".td-plane svg", skip=False)
    asked = widget.root.locator("[data-predict]")
    asked.get_by_label("They part a little more in every layer.").check()
    asked.get_by_role("button", name="Commit to it").click()
    within, across = senses.within_across(journeys, "light")
    said = asked.inner_text()
    assert "As you said" in said and f"{across[6]:.2f}" in said and f"{within[6]:.2f}" in said


@pytest.mark.parametrize("dark", [False, True])
def test_it_lives_from_a_folder(visit, book, dark):
    widget = opened(visit((book / CHAPTER).as_uri(), dark=dark))
    drawn = widget.picture()
    at_layer(widget, 6)
    assert widget.state()["layer"] == 6 and widget.picture() != drawn


def test_it_fits_a_phone_and_a_finger(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}", width=360, height=800, has_touch=True, is_mobile=True))
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 360
    box = widget.root.locator(".td-plane").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    widget.choose("Show", "all")
    widget.root.locator(".td-tokens g.td-main").first.locator(".td-shape").tap(force=True)
    assert widget.root.locator(".td-tokens g[aria-pressed=true]").count() == 1


def test_the_still_says_the_same_in_words(book):
    page = (book / CHAPTER).read_text(encoding="utf-8")
    assert "The word “light” in 6 of its sentences (glow or not heavy) at layer 0" in page
