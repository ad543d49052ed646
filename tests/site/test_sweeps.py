"""The sweeps on the built page: a plot that comes when it is reached, draws the shipped runs, and is not needed to read them."""

import numpy as np
import pytest
from widget_page import WidgetPage, link

from tokendynamics.widgets import Sweeps
from tokendynamics.widgets.sweeps import engine

CHAPTER = "chapters/05_emergence.html"
VIEW = "sweeps"


@pytest.fixture(scope="module")
def data():
    return engine.points()


def opened(page):
    widget = WidgetPage(page, VIEW, ".td-plot")
    widget.root.scroll_into_view_if_needed()
    page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]")
    widget.settle()
    return widget


@pytest.fixture
def widget(visit, address):
    return opened(visit(f"{address}/{CHAPTER}"))


def marks(widget):
    """What plotly holds of each line: its runs, in the order of the data."""
    return widget.root.locator(".td-plot").evaluate(
        "place => place.data.filter(t => t.mode === 'markers').map(t => ({ y: t.y, text: t.text }))"
    )


def test_plotly_is_loaded_once_and_only_when_reached(visit, address):
    page = visit(f"{address}/objects.inv.html", errors=False)  # nothing there: only to listen before the visit
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)
    page.goto(f"{address}/{CHAPTER}")
    page.wait_for_selector(f"[data-widget={VIEW}][data-ready]")
    page.wait_for_load_state("networkidle")
    assert asked == []
    widget = opened(page)
    widget.choose("Sweep", "depth")
    assert len(asked) == 1 and asked[0].startswith(address)


def test_the_marks_are_the_shipped_runs(widget, data):
    for name in data["sweeps"]:
        widget.choose("Sweep", name)
        if name == "phase":
            widget.control("As a diagram of both").uncheck()
            widget.settle()
        state = widget.state()
        for line, drawn in zip(data["sweeps"][name]["lines"], marks(widget), strict=True):
            np.testing.assert_array_equal(drawn["y"], engine.values(line, state["metric"], state["length"]))
            assert all(f"seed {seed}" in text for seed, text in zip(line["seed"], drawn["text"]))


def test_the_diagram_stands_on_the_means(widget, data):
    """A cell's colour grows with its mean, its dots stand in it as high as their values."""
    lines = data["sweeps"]["phase"]["lines"]
    means = [mean for line in lines for _, mean, *_ in engine.means(line, "all_right", 4)]
    opacity = widget.root.locator(".td-plot").evaluate("place => place.layout.shapes.map(s => s.opacity)")
    np.testing.assert_allclose(opacity, 0.06 + 0.5 * np.array(means), rtol=1e-9)
    for i, (line, drawn) in enumerate(zip(lines, marks(widget), strict=True)):
        np.testing.assert_allclose((np.array(drawn["y"]) - i + 0.4) / 0.62, engine.values(line, "all_right", 4), atol=1e-12)


def test_every_control_changes_the_state_the_picture_and_the_table(widget):
    widget.root.locator("summary").click()
    for name, act in {
        "seed": lambda: widget.choose("Pick out", "6"),
        "length": lambda: (widget.root.get_by_role("slider").fill("2"), widget.settle()),
        "diagram": lambda: (widget.control("As a diagram of both").click(), widget.settle()),
        "metric": lambda: widget.choose("Measure", "trained"),
        "sweep": lambda: widget.choose("Sweep", "heads"),
    }.items():
        before, drawn, table = widget.state(), widget.picture(), widget.root.locator("tbody").inner_text()
        act()
        assert {key for key in before if widget.state()[key] != before[key]} == {name}
        assert widget.picture() != drawn, name
        assert (widget.root.locator("tbody").inner_text() != table) == (name != "diagram"), name
    assert "seed 6" in widget.root.locator("thead").inner_text()
    widget.press("Reset")
    assert widget.state() == Sweeps(sweep="phase").state()


def test_a_mark_under_the_pointer_says_whose_it_is(widget):
    widget.choose("Sweep", "metric")
    mark = widget.root.locator(".td-plot .scatterlayer .points path").last
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    widget.page.mouse.move(box["x"] + box["width"] / 2 - 3, box["y"] + box["height"] / 2)
    widget.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    said = widget.root.locator(".td-plot .hovertext")
    said.first.wait_for()
    assert "seed" in said.first.text_content() and "23,776 parameters" in said.first.text_content()


def test_keyboard_alone_suffices(widget):
    widget.control("Sweep").focus()
    reached = widget.tabbed(12)
    for wanted in (
        "Sweep",
        "Measure",
        "Pick out",
        "As a diagram of both",
        "Reset",
        "n answers in a row",
        "These numbers as a table",
        "Copy link",
    ):
        assert wanted in reached, wanted
    widget.root.get_by_role("slider").focus()
    widget.page.keyboard.press("ArrowLeft")
    assert widget.state()["length"] == 3
    place = widget.root.locator(".td-plot")
    assert place.get_attribute("role") == "img" and "answers of 3 all right" in (widget.settle() or place.get_attribute("aria-label"))


def test_copy_link_and_copy_python_restore_the_state(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}", permissions=["clipboard-read", "clipboard-write"]))
    widget.choose("Sweep", "depth")
    widget.choose("Measure", "induction")
    widget.choose("Pick out", "4")
    made = widget.state()
    assert eval(widget.copied("Copy Python"), {"Sweeps": Sweeps}).state() == made
    copied = widget.copied("Copy link")
    assert Sweeps.from_link(copied).state() == made
    assert opened(visit(copied)).state() == made


@pytest.mark.parametrize(
    "state, said",
    [
        ({"sweep": "deep"}, "sweep must be one of heads"),
        ({"metric": "taste"}, "metric must be one of all_right"),
        ({"length": 9.5}, "length must be a whole number"),
        ({"seed": 12}, "seed must be a whole number"),
        ({"diagram": "yes"}, "diagram must be true or false"),
    ],
)
def test_an_impossible_link_is_refused_in_words(visit, address, state, said):
    widget = WidgetPage(visit(f"{address}/{CHAPTER}" + link(VIEW, state)), VIEW, ".td-plot")
    assert said in widget.notices() and "last good state" in widget.notices()
    assert widget.state() == Sweeps(sweep="phase").state()


def test_without_plotly_the_numbers_are_still_there(visit, address):
    page = visit(f"{address}/{CHAPTER}", errors=False)
    page.route("**/plotly.js", lambda route: route.abort())
    widget = WidgetPage(page, VIEW, ".td-plot")
    widget.root.scroll_into_view_if_needed()
    widget.root.get_by_text("could not be loaded").wait_for()
    assert "The numbers are in the table below" in widget.notices()
    widget.root.locator("summary").click()
    assert widget.root.locator("tbody tr").count() == 32
    page.unroute("**/plotly.js")  # the next change asks again
    widget.choose("Pick out", "1")
    page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]")
    assert widget.notices() == ""


@pytest.mark.parametrize("dark", [False, True])
def test_it_lives_from_a_folder(visit, book, dark):
    widget = opened(visit((book / CHAPTER).as_uri(), dark=dark))
    drawn = widget.picture()
    widget.choose("Sweep", "superposition")
    assert widget.picture() != drawn
    colour = widget.root.locator(".td-plot").evaluate("place => place.data[1].marker.color")
    assert colour == ("#56b4f0" if dark else "#0072b2")


def test_it_fits_a_phone(visit, address):
    widget = opened(visit(f"{address}/{CHAPTER}", width=360, height=800, has_touch=True, is_mobile=True))
    for name in ("phase", "depth"):
        widget.choose("Sweep", name)
        assert widget.page.evaluate("document.documentElement.scrollWidth") <= 360
        box = widget.root.locator(".td-plot svg").first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
