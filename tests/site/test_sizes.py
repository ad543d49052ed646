"""Any size of window, of letters and of the screen's pixels: nothing is wider than the page, widgets grow with the reader's letters, canvases stay sharp."""

from pathlib import Path

import pytest
from weekly import FEW, part_of
from widget_page import PLACES, met

ROOT = Path(__file__).parents[2]
PAGES = [
    "index",
    "search",
    "genindex",
    *(f"{f}/{p.stem}" for f in ("chapters", "back", "back/api") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")),
]
WIDE = """() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('main *')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 150))]"""
# what four times the letters make of a window of 1280 × 1024: the reader's zoom
ZOOMED = {"width": 320, "height": 256}


def widths(page):
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.wait_for_function("() => !document.querySelector('.td-live:not([data-live])')")
    return page.evaluate(WIDE)


@pytest.mark.parametrize("name", part_of(PAGES, [*(name for name in PAGES if "back/" not in name), "back/api/attention"]))
def test_no_page_is_wider_than_a_phone_of_320_px_or_a_window_zoomed_to_400_per_cent(visit, address, name):
    page = visit(f"{address}/{name}.html", **ZOOMED, device_scale_factor=4)
    wide, *what = widths(page)
    assert wide <= 320, what


def with_letters(page, size):
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})


@pytest.fixture
def enlarged(visit):
    """enlarged(url) is a page in a browser whose reader has set letters of 32 px."""

    def go(url, **options):
        return visit(url, errors=False, before=lambda page: with_letters(page, 32), **options)

    return go


TALL = """root => [...root.querySelectorAll('*')].filter(e => e.getClientRects().length && !e.closest('.td-hidden, .td-plot')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => {
    const drawing = e.ownerSVGElement, scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
    return [e.textContent.trim().slice(0, 30), scale * parseFloat(getComputedStyle(e).fontSize)];
  }).filter(([, size]) => size && size < 19)"""


@pytest.mark.parametrize("view", part_of(PLACES, FEW))
def test_widgets_follow_the_readers_letters(enlarged, desk, view):
    """Every word of a widget is twice as large as it would be, what a finger hits too, and all of it has its place."""
    page = enlarged(desk(view))
    widget = met(page, view)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert widget.root.evaluate("root => getComputedStyle(root).fontSize") == "30px"
    for tab in widget.root.get_by_role("tab").all():
        tab.evaluate("tab => tab.click()")
        widget.settle()
        assert not widget.root.evaluate(TALL), tab.inner_text()
        widget.fits(1280)
    if view == "sweeps":
        assert widget.root.locator(".td-plot text").first.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") > 22


def test_a_token_goes_where_the_pointer_goes_with_large_letters(enlarged, desk):
    widget = met(enlarged(desk("force-lab")), "force-lab")
    page = widget.page
    widget.panel("tokens")  # and no matrix lies on a token
    token = widget.root.locator(".td-token .td-dot").nth(2)
    widget.root.locator(".td-plane").scroll_into_view_if_needed()
    box = token.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 30, steps=5)
    page.mouse.up()
    widget.settle()
    now = token.bounding_box()
    assert abs(now["x"] - box["x"] + 40) < 3 and abs(now["y"] - box["y"] - 30) < 3


CANVASES = "root => [...root.querySelectorAll('.td-plane canvas:not(.td-flow)')].map(canvas => canvas.width / canvas.clientWidth)"


@pytest.mark.parametrize("view", ["force-lab", "trajectories", "gravity-and-attention"])
def test_a_canvas_is_as_fine_as_the_screen_that_the_window_goes_to(visit, desk, view):
    widget = met(visit(desk(view), alone=True), view)
    page, session = widget.page, widget.page.context.new_cdp_session(widget.page)
    before = widget.picture()
    # an emulated screen whose pixels alone change is told to no page; one of another kind is, as a real one
    for density in (2, 1):
        session.send(
            "Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": density, "mobile": density > 1}
        )
        page.wait_for_function("density => devicePixelRatio === density", arg=density)
        widget.settle()
        widget.settle()
        assert widget.root.evaluate(CANVASES) == pytest.approx(
            [density] * widget.root.locator(".td-plane canvas:not(.td-flow)").count(), abs=0.02
        )
    if view != "force-lab":  # whose specks of flow never rest
        assert widget.picture() == before
