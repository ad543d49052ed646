"""Files of what a widget shows: the drawing is the picture on the page, each file says whose it is, and nothing is fetched before."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from widget_page import KINDS, met

ROOT = Path(__file__).parents[2]
BOOK = json.loads((ROOT / "src/tokendynamics/widgets/ui/save/book.json").read_text("utf8"))
SVG = "{http://www.w3.org/2000/svg}"
DC = "{http://purl.org/dc/elements/1.1/}"
OF_THE_PAGE = re.compile(r"var[(]|color-mix|color[(]|foreignObject| class=| style=| aria-|currentColor", re.IGNORECASE)
TEXTS = """picture => [...picture.querySelectorAll("svg text")]
  .filter(text => text.textContent.trim() && text.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && getComputedStyle(text).fillOpacity !== "0")
  .map(text => text.textContent)"""


def saved(it, kind):
    """The bytes of a file that a press of Save gives."""
    if it.root.locator(".td-save[open]").count() == 0:
        it.root.locator(".td-save > summary").click()
    with it.page.expect_download() as download:
        it.root.locator(f"[data-save={kind}]").click()
    assert download.value.suggested_filename == f"{it.view}.{kind.lower()}"
    return Path(download.value.path()).read_bytes()


def numbers(image, size=(48, 48)):
    """A picture's colours, coarse: where a letter's edge falls within a pixel is no matter."""
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX), dtype=float)


@pytest.mark.parametrize("view", KINDS)
def test_files_show_what_the_page_shows_and_need_nothing_of_it(visit, desk, view):
    it = met(visit(desk(view), width=1000, height=900, reduced_motion="reduce"), view)
    picture = it.root.locator("[data-picture]")
    text = saved(it, "SVG").decode()
    drawing = ET.fromstring(text)
    assert not OF_THE_PAGE.search(text)
    assert {DC + "title", DC + "rights", DC + "source"} <= {each.tag for each in drawing.iter()}
    assert f"#{view}" in drawing.find(f".//{DC}source").text and BOOK["version"] in text and BOOK["licence"] in text
    words = ["".join(each.itertext()) for each in drawing.iter(f"{SVG}text")]
    assert set(picture.evaluate(TEXTS)) <= set(words)

    page = numbers(Image.open(io.BytesIO(picture.screenshot())))
    fine = Image.open(io.BytesIO(saved(it, "PNG")))
    size = picture.bounding_box()
    assert fine.size == pytest.approx((2 * size["width"], 2 * size["height"]), abs=2)
    assert {"Title", "Description", "Copyright", "Source"} <= set(fine.text) and fine.text["Copyright"] == BOOK["licence"]
    apart = np.abs(numbers(fine) - page).mean()
    empty = np.abs(page - np.median(page.reshape(-1, 3), axis=0)).mean()
    assert apart < 4 and apart < empty / 2, f"the drawing is another picture than the page's: {apart:.2f}, an empty sheet {empty:.2f}"

    head, *rows = csv.reader(io.StringIO(saved(it, "CSV").decode(), newline=""))
    assert head == ["what", "name", "row", "column", "value"] and {len(row) for row in rows} == {5}
    settings = [row for row in rows if row[0] == "setting"]
    assert len(settings) == sum(np.array(value, dtype=object).size for value in it.state().values())
    for name, value in it.state().items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert [float(row[4]) for row in settings if row[1] == name] == [value]


def test_in_the_dark_a_drawing_is_dark_or_light_for_paper_and_the_page_stays_as_it_is(visit, desk):
    it = met(visit(desk("force-lab"), dark=True, reduced_motion="reduce"), "force-lab")
    dark = numbers(Image.open(io.BytesIO(saved(it, "PNG"))))
    before = numbers(Image.open(io.BytesIO(it.root.locator("[data-picture]").screenshot())))
    it.root.locator(".td-save [type=checkbox]").check()
    light = numbers(Image.open(io.BytesIO(saved(it, "PNG"))))
    assert dark.mean() < 110 and light.mean() > 170
    after = numbers(Image.open(io.BytesIO(it.root.locator("[data-picture]").screenshot())))
    assert it.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert np.abs(after - before).mean() < 0.5


def test_what_saves_is_fetched_at_the_first_save_and_a_fetch_that_fails_may_be_tried_again(visit, desk):
    page = visit(desk("force-lab"), errors=False)  # a file that does not come is told by the browser too
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/save.js", lambda route: route.abort())
    it = met(page, "force-lab")
    it.root.locator(".td-save > summary").click()
    assert not [url for url in asked if "save.js" in url]
    it.root.locator("[data-save=SVG]").click()
    it.root.locator(".td-save").get_by_text("Nothing was saved: The script that saves did not come.").wait_for()
    page.unroute("**/save.js")
    saved(it, "SVG")


def test_the_citation_is_the_one_of_the_book(visit, desk):
    given = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert (BOOK["title"], BOOK["version"], BOOK["date"]) == (given["title"], given["version"], str(given["date-released"]))
    assert BOOK["authors"] == given["authors"][0]["name"]
    it = met(visit(desk("force-lab"), permissions=["clipboard-read", "clipboard-write"]), "force-lab")
    it.root.locator(".td-save > summary").click()
    it.press("Copy citation")
    entry = it.page.evaluate("navigator.clipboard.readText()")
    assert entry.startswith("@misc{") and entry.count("{") == entry.count("}")
    assert all(f"{{{BOOK[name]}}}" in entry for name in ("title", "version", "authors")) and "#force-lab=v3" in entry
