"""Real trajectories on the built page, as a reader meets it: words, layers, planes, numbers, keys."""

from itertools import combinations

import numpy as np
import pytest
from widget_page import WidgetPage

from tokendynamics.real import senses
from tokendynamics.widgets import RealTrajectories

VIEW = "real-trajectories"


@pytest.fixture
def widget(visit, desk):
    return opened(visit(desk(VIEW)))


def opened(page):
    return WidgetPage(page, VIEW)


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
        widget.panel(
            "heads" if name in ("compared", "head") else "words"
        )  # the tables stand in the plane's place while their panel is open
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
    widget.panel("words")
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
    widget.panel("cosines")
    label = widget.root.locator(".td-chart svg").first.get_attribute("aria-label")
    within, across = senses.within_across(journeys, "light")
    for values in (within, across):
        assert ", ".join(f"{v:.2f}" for v in values) in label
    gaps = widget.root.locator(".td-chart svg").nth(1)
    assert {"“light”", "[CLS], control", "“.”, control"} <= set(gaps.locator(".td-names text").all_text_contents())


def test_keyboard_alone_suffices(widget):
    start = widget.state()
    widget.control("Word").focus()
    reached = widget.tabbed(36)
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


def test_a_token_says_its_name_under_the_pointer(widget):
    widget.choose("Show", "all")
    token = widget.root.locator(".td-tokens g:not(.td-main)").first
    words = token.get_attribute("aria-label").split(",")[0]
    token.dispatch_event("pointerenter")
    assert any(text.endswith(words) for text in widget.root.locator(".td-names text").all_text_contents())


def test_no_sentence_and_one_sentence_are_told(widget):
    widget.panel("words")
    for box in widget.root.locator(".td-sentences input").all():
        box.uncheck()
    widget.settle()
    assert widget.state()["shown"] == []
    assert "Check at least one" in widget.notices()
    assert widget.root.locator("[data-readout=cosine-within]").inner_text() == "–"
    widget.root.locator(".td-sentences input").first.check()
    widget.settle()
    assert widget.root.locator(".td-tokens g").count() == 1
    widget.panel("cosines")
    assert "A line needs a pair" in widget.notices()


def test_the_prediction_is_kept_to_and_then_explained(visit, desk, journeys):
    widget = WidgetPage(visit(desk(VIEW)), VIEW, skip=False)
    asked = widget.root.locator("[data-predict]")
    asked.get_by_label("Farther apart, in one sense too.").check()
    asked.get_by_role("button", name="Commit to it").click()
    alike = []
    for entry in journeys["words"].values():
        pairs = list(combinations(entry["sentences"], 2))
        same = [journeys["sentences"][a]["sense"] == journeys["sentences"][b]["sense"] for a, b in pairs]
        alike.append(np.array(entry["cosines"]["word"])[:, same])
    cosines = np.hstack(alike)
    said = asked.inner_text()
    assert "As you said" in said and f"{cosines[0].mean():.2f} to {cosines[6].mean():.2f}" in said
    assert f"{(cosines[6] < cosines[0]).sum()} of {cosines.shape[1]} pairs" in said


def test_a_finger_picks_a_token(visit, desk):
    widget = opened(visit(desk(VIEW), width=360, height=800, has_touch=True, is_mobile=True))
    widget.choose("Show", "all")
    widget.root.locator(".td-tokens g.td-main").first.locator(".td-shape").tap(force=True)
    assert widget.root.locator(".td-tokens g[aria-pressed=true]").count() == 1
