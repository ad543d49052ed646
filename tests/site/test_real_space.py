"""Real trajectories in three dimensions on the built page: plotly comes when it is asked for, and the plane stays where it cannot."""

import io

import numpy as np
import pytest
from PIL import Image
from test_save import numbers, saved, saver
from weekly import part_of
from widget_page import WidgetPage, link

from tokendynamics.real import distances

CHAPTER = "chapters/06_real_model.html"
VIEW = "real-trajectories"
SIZES = [(390, 844), (844, 390), (1366, 768)]
SLOW = 90_000  # ms: without a graphics card the processor draws, and it may be busy
NO_WEBGL = """() => {
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind.includes("webgl") ? null : get.call(this, kind, ...rest); };
}"""


def deepened(page):
    """The widget with its picture in space; a browser that cannot draw one skips the test."""
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl'))"):
        pytest.skip("this browser has no WebGL")
    widget = WidgetPage(page, VIEW)
    widget.control("Picture").select_option("3")
    page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]", timeout=SLOW)
    return widget


def drawn(widget, what):
    return widget.root.locator(".td-plot").evaluate(f"place => ({what})(place)")


def test_the_space_comes_when_it_is_asked_for_shows_the_data_and_turns(visit, desk, journeys):
    page = visit(desk(VIEW))
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)
    page.locator(f"[data-widget={VIEW}]").first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert asked == []
    widget = deepened(page)
    assert len(asked) == 1
    widget.root.get_by_role("slider", name="Layer").fill("5")
    widget.settle()
    marks = drawn(widget, "place => place.data.filter(t => t.mode === 'markers+text').map(t => [t.x, t.y, t.z])")
    for sense, places in zip(journeys["words"]["light"]["senses"], marks, strict=True):
        real = [s["own"][5][s["target"]] for s in journeys["sentences"] if (s["word"], s["sense"]) == ("light", sense)]
        np.testing.assert_allclose(np.transpose(places), real, rtol=1e-12)
    sides = drawn(widget, "place => ['xaxis', 'yaxis', 'zaxis'].map(a => place.layout.scene[a].range)")
    np.testing.assert_allclose(np.diff(sides), np.diff(sides)[0] * np.ones((3, 1)), rtol=1e-9)  # one scale of length
    assert not widget.root.locator(".td-plane").is_visible() and not widget.control("Directions").is_visible()
    _, screen, full = distances.distances(journeys, "light", components=(1, 2, 3))
    assert widget.read("rank-agreement") == pytest.approx(distances.rank_agreement(screen, full)[5], rel=1e-12)
    assert widget.read("explained-variance") == pytest.approx(sum(journeys["words"]["light"]["own"]["each"]), rel=1e-12)
    turns_by_keys_and_by_hand(widget)
    page_shows = numbers(Image.open(io.BytesIO(widget.root.locator("[data-picture]").screenshot())))
    apart = np.abs(numbers(Image.open(io.BytesIO(saved(widget, "PNG")))) - page_shows).mean()
    assert apart < 4 and apart < np.abs(page_shows - np.median(page_shows.reshape(-1, 3), axis=0)).mean() / 2, "WebGL keeps no picture"
    saver(widget, "GIF").click()
    widget.root.get_by_text("Nothing was saved: an animation is made of the plane.").wait_for()
    widget.control("Picture").select_option("2")
    widget.settle()
    assert widget.root.locator(".td-plane").is_visible() and not widget.root.locator(".td-plot").is_visible()


@pytest.mark.parametrize("size", part_of(SIZES, SIZES[:1]), ids=lambda size: "x".join(map(str, size)))
def test_the_space_is_no_higher_than_a_picture_may_be_also_when_the_window_turns(visit, desk, size):
    widget = deepened(visit(desk(VIEW), width=size[0], height=size[1]))
    for width, height in (size, size[::-1]):
        widget.page.set_viewport_size({"width": width, "height": height})
        widget.page.wait_for_function(
            "place => place.layout.height === place.clientHeight", arg=widget.root.locator(".td-plot").element_handle(), timeout=SLOW
        )
        drawn_in, side = widget.root.locator(".td-plot").evaluate(
            """place => {
              const probe = document.createElement('div');
              probe.style.cssText = 'position: absolute; height: var(--td-side)';
              place.append(probe);
              return [place.layout.height, probe.getBoundingClientRect().height];
            }"""
        )
        assert 150 < drawn_in <= side + 1


def turns_by_keys_and_by_hand(widget):
    before = drawn(widget, "place => place.layout.scene.camera.eye")
    widget.control("Turn").focus()
    for _ in range(3):  # faster than frames
        widget.page.keyboard.press("ArrowRight")
    widget.control("Tilt").focus()
    widget.page.keyboard.press("ArrowLeft")
    assert widget.state()["turn"] == [-45, 15]
    widget.settle()
    assert drawn(widget, "place => place.layout.scene.camera.eye") != before
    widget.page.wait_for_timeout(800)  # for some 200 ms after its camera was set, plotly heeds no hand
    widget.root.locator(".td-plot").scroll_into_view_if_needed()
    box = widget.root.locator(".td-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    widget.page.mouse.move(x, y)
    widget.page.mouse.down()
    for i in range(1, 6):  # a hand is slower than frames, even where the processor draws them
        widget.settle()
        widget.page.mouse.move(x + 16 * i, y)
    widget.settle()
    widget.page.mouse.up()
    widget.page.wait_for_function(f"() => document.querySelector('{widget.selector}').widgetState().turn[0] !== -45", timeout=SLOW)
    widget.settle()
    assert widget.control("Turn").input_value() != "-45"


def test_without_webgl_the_plane_stays_and_says_why(visit, address):
    asked = []

    def prepare(page):
        page.add_init_script(f"({NO_WEBGL})()")
        page.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)

    page = visit(f"{address}/{CHAPTER}" + link(VIEW, {"dimensions": 3, "word": "bank"}), errors=False, before=prepare)
    widget = WidgetPage(page, VIEW)
    assert "no WebGL" in widget.notices() and widget.root.locator(".td-plane").is_visible()
    assert widget.state()["dimensions"] == 3 and widget.root.locator(".td-tokens g").count() == 6
    widget.control("Picture").select_option("2")
    widget.settle()
    assert "WebGL" not in widget.notices()
    assert asked == []


def test_a_link_into_space_opens_there_from_a_folder(visit, book):
    page = visit((book / CHAPTER).as_uri() + link(VIEW, {"dimensions": 3, "turn": [10, 40], "word": "spring", "layer": 6}), dark=True)
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl'))"):
        pytest.skip("this browser has no WebGL")
    widget = WidgetPage(page, VIEW)
    page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]", timeout=SLOW)
    assert widget.state()["turn"] == [10, 40]
    assert "“spring” in 6 sentences at layer 6" in widget.root.locator(".td-plot").get_attribute("aria-label")
