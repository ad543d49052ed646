"""The sweeps on the built page: a plot that comes when it is reached, draws the shipped runs, and is not needed to read them."""

import numpy as np
import pytest
from widget_page import WidgetPage, met

from tokendynamics.widgets import Sweeps
from tokendynamics.widgets.sweeps import engine

CHAPTER = "chapters/05_emergence.html"
VIEW = "sweeps"
CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent).join(' '))"


@pytest.fixture(scope="module")
def data():
    return engine.points()


@pytest.fixture
def widget(visit, desk):
    return met(visit(desk(VIEW)), VIEW)


def marks(widget):
    """What plotly holds of each line: its runs, in the order of the data."""
    return widget.root.locator(".td-plot").evaluate(
        "place => place.data.filter(t => t.mode === 'markers').map(t => ({ y: t.y, text: t.text }))"
    )


def rows(widget):
    """The table's rows, of all lines."""
    return widget.root.locator("tbody tr").all_text_contents()


def test_plotly_is_loaded_once_and_only_when_reached(visit, address):
    page = visit(f"{address}/objects.inv.html", errors=False)  # nothing there: only to listen before the visit
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)
    page.goto(f"{address}/{CHAPTER}")
    page.wait_for_selector(f"[data-widget={VIEW}][data-ready]")
    page.wait_for_load_state("networkidle")
    assert asked == []
    widget = met(page, VIEW)
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
    for name, act in {
        "seed": lambda: widget.choose("Pick out", "6"),
        "length": lambda: widget.slide("n answers in a row", 2),
        "diagram": lambda: (widget.control("As a diagram of both").click(), widget.settle()),
        "metric": lambda: widget.choose("Measure", "trained"),
        "sweep": lambda: widget.choose("Sweep", "heads"),
    }.items():
        before, drawn, table = widget.state(), widget.picture(), rows(widget)
        act()
        assert {key for key in before if widget.state()[key] != before[key]} == {name}
        assert widget.picture() != drawn, name
        assert (rows(widget) != table) == (name != "diagram"), name
    assert "seed 6" in widget.root.locator("thead").text_content()
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


def test_the_arrow_keys_change_the_length_and_the_words(widget):
    widget.control("n answers in a row").focus()
    widget.page.keyboard.press("ArrowLeft")
    assert widget.state()["length"] == 3
    place = widget.root.locator(".td-plot")
    assert place.get_attribute("role") == "img" and "answers of 3 all right" in (widget.settle() or place.get_attribute("aria-label"))


def test_without_plotly_the_numbers_are_still_there(visit, desk):
    page = visit(desk(VIEW), errors=False)
    page.route("**/plotly.js", lambda route: route.abort())
    page.reload()  # it may have come already
    widget = WidgetPage(page, VIEW)
    widget.root.scroll_into_view_if_needed()
    widget.root.get_by_text("could not be loaded").wait_for()
    assert "The numbers are in the panel Table" in widget.notices()
    widget.panel("table")
    table = widget.root.locator("tbody tr")
    assert table.count() == 32
    seen = []
    for line in widget.control("Line").locator("option").all_inner_texts():
        widget.choose("Line", line)
        seen += widget.root.locator("tbody tr:visible").all_inner_texts()
    assert len(seen) == 32 and [text.split() for text in seen] == [
        text.split() for text in widget.root.locator("tbody tr").evaluate_all(CELLS)
    ]
    page.unroute("**/plotly.js")  # the next change asks again
    widget.choose("Pick out", "1")
    page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]")
    assert widget.notices() == ""


@pytest.mark.parametrize("dark", [False, True])
def test_its_colours_are_those_of_the_theme(visit, desk, dark):
    widget = met(visit(desk(VIEW), dark=dark), VIEW)
    widget.choose("Sweep", "superposition")
    colour = widget.root.locator(".td-plot").evaluate("place => place.data[1].marker.color")
    assert colour == ("#56b4f0" if dark else "#0072b2")
