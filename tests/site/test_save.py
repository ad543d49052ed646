"""Files of what a widget shows: the drawing is the picture on the page, each file says whose it is, and nothing is fetched before."""

import csv
import io
import itertools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import book_metadata
import numpy as np
import pytest
import yaml
from PIL import Image
from weekly import FEW, part_of
from widget_page import KINDS, met

import tokendynamics as td
from tokendynamics.real import own, senses
from tokendynamics.widgets.sweeps import engine as sweeps

ROOT = Path(__file__).parents[2]
BOOK = json.loads((ROOT / "src/tokendynamics/widgets/ui/save/book.json").read_text("utf8"))
SVG = "{http://www.w3.org/2000/svg}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEETING = "v3!identity;norm=_sphere;step=0_3"  # three tokens on a circle, which come together
OF_THE_PAGE = re.compile(r"var[(]|color-mix|color[(]|foreignObject| class=| style=| aria-|currentColor", re.IGNORECASE)
TEXTS = """picture => [...picture.querySelectorAll("svg text")]
  .filter(text => text.textContent.trim() && text.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && getComputedStyle(text).fillOpacity !== "0")
  .map(text => text.textContent)"""


def saver(it, kind):
    """A button of Save."""
    if it.root.locator(".td-save[open]").count() == 0:
        it.root.locator(".td-save > summary").click()
    return it.root.locator(f"[data-do={'cite' if kind == 'cite' else 'save-' + {'GIF': 'animation'}.get(kind, kind.lower())}]")


def saved(it, kind):
    """The bytes of a file that a press of Save gives."""
    with it.page.expect_download() as download:
        saver(it, kind).click()
    assert download.value.suggested_filename == f"{it.view}.{kind.lower()}"
    return Path(download.value.path()).read_bytes()


def numbers(image, size=(48, 48)):
    """A picture's colours, coarse: where a letter's edge falls within a pixel is no matter."""
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX), dtype=float)


def column(rows, what, name=None):
    """The values of rows of a saved table, in their order."""
    return [float(row[4]) for row in rows if row[0] == what and name in (None, row[1])]


def walked(rows, shape, name=None):
    """Tracks of a saved table as states, (layers, tokens, d)."""
    layers, tokens, d = shape
    return np.array(column(rows, "track", name)).reshape(tokens, layers, d).swapaxes(0, 1)


def trajectories_are(it, rows):
    lab = KINDS[it.view](**it.state())
    options = {"step": lab.step if lab.method != "layer" else 1, "norm": lab.norm, "scale": lab.scale, "include_self": lab.include_self}
    states = td.trajectories(td.stack.normalised(lab.tokens, lab.norm), [(lab.Q, lab.K, lab.V)] * lab.layers, **options)
    np.testing.assert_allclose(walked(rows, states.shape), states, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(column(rows, "meter", "effective rank"), lab.travelled().rank, rtol=1e-8)


def histories_are(it, rows):
    lab = KINDS[it.view](**it.state())
    for side, history in zip(("gravity", "attention"), lab.histories()):
        mine = [row for row in rows if row[1].startswith(f"{side}, body")]
        np.testing.assert_allclose(walked(mine, history.states.shape), history.states, rtol=1e-7, atol=1e-9)
        assert column(rows, "meter", f"sum of forces ÷ their lengths: {side}") == pytest.approx(history.sum, abs=1e-9)


def path_is(it, rows):
    state = it.state()
    head = [np.array(state[name]) for name in "QKV"]
    options = {"scale": state["scale"], "include_self": state["include_self"]}
    where = walked(rows, (2, len(state["names"]), 2))
    np.testing.assert_allclose(where[1], state["tokens"], rtol=1e-12)
    np.testing.assert_allclose(td.trajectories(where[0], [head], norm=state["norm"], **options)[1], where[1], rtol=1e-9)
    force, content = (law[state["selected"]] for law in (td.force(where[1], *head[:2], **options), td.content(where[1], *head, **options)))
    assert column(rows, "arrow") == pytest.approx([*force, *content], rel=1e-9)


def places_are(it, rows):
    lab = KINDS[it.view](**it.state())
    tokens = np.vstack([lab.tokens, lab.question])
    contents = tokens @ lab.V.T
    assert column(rows, "place", "content") == pytest.approx(contents.ravel(), rel=1e-9)
    assert column(rows, "place", "answer of M") == pytest.approx((tokens @ (lab.M @ lab.Q.T @ lab.K).T).ravel(), rel=1e-7, abs=1e-9)


def answers_are(it, rows):
    lab = KINDS[it.view](**it.state())
    for task, wanted in lab.answers().items():
        assert column(rows, "answer", task) == pytest.approx(wanted, abs=1e-6)


def points_are(it, rows):
    state, data = it.state(), KINDS[it.view]().data
    wanted = [value for line in data["sweeps"][state["sweep"]]["lines"] for value in sweeps.values(line, state["metric"], state["length"])]
    assert column(rows, "point") == pytest.approx(wanted, rel=1e-12)


def ways_are(it, rows):
    state, data = it.state(), senses.shipped()
    shown = [data["sentences"][id] for id in state["shown"]]
    axes = [component - 1 for component in state["components"]]
    wanted = [np.array(sentence[state["basis"]])[:, sentence["target"], axes].ravel() for sentence in shown]
    assert sorted(column(rows, "track")) == pytest.approx(sorted(np.concatenate(wanted)), rel=1e-9)
    entry = data["words"][state["word"]]
    pairs = list(itertools.combinations(entry["sentences"], 2))
    both = [set(pair) <= set(state["shown"]) for pair in pairs]
    same = np.array([data["sentences"][a]["sense"] == data["sentences"][b]["sense"] for a, b in pairs])[both]
    for token, name in (("word", f"“{state['word']}”"), (".", "“.”, control")):
        cosines = np.array(entry["cosines"][token])[:, both]
        gap = cosines[:, same].mean(axis=1) - cosines[:, ~same].mean(axis=1)
        assert column(rows, "gap", name) == pytest.approx(gap, abs=1e-9), token
    assert column(rows, "law: cosine of V T a and ∇φ, mean over heads and tokens", "the book’s 80") == pytest.approx(
        own.averages()["cosine"]["book"], abs=1e-9
    )
    assert len(column(rows, "agreement of ranks")) == 7


NUMBERS = {
    "trajectories": trajectories_are,
    "gravity-and-attention": histories_are,
    "force-lab": path_is,
    "encyclopedia": places_are,
    "heads-and-tasks": answers_are,
    "sweeps": points_are,
    "real-trajectories": ways_are,
    "emergence-lab": lambda it, rows: None,  # nothing is trained yet: test_emergence_lab.py
}


@pytest.mark.parametrize("view", part_of(list(KINDS), FEW))
def test_files_show_what_the_page_shows_and_need_nothing_of_it(visit, desk, view):
    it = met(visit(desk(view), width=1000, height=900, reduced_motion="reduce"), view)
    if view == "force-lab":
        it.press("One layer")
        it.press("One layer")
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
    NUMBERS[view](it, rows)


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
    saver(it, "SVG").click()
    it.root.locator(".td-save").get_by_text("Nothing was saved: The script that saves did not come.").wait_for()
    page.unroute("**/save.js")
    saved(it, "SVG")


def test_what_plays_is_saved_as_a_gif_and_the_state_stays(visit, desk):
    it = met(visit(f"{desk('trajectories')}#trajectories=v2.clusters;layers=6", reduced_motion="reduce"), "trajectories", skip=False)
    assert b"\ntrack" not in saved(it, "CSV") and not saver(it, "GIF").is_visible(), "both tell the answer, and wait for the guess"
    it.press("Show me without a guess")
    it.at(2)
    before, picture = it.state(), it.root.locator("[data-picture]")
    now = picture.screenshot()
    gif = Image.open(io.BytesIO(saved(it, "GIF")))
    assert it.state() == before and picture.screenshot() == now
    assert gif.n_frames == 13 and gif.info["loop"] == 0 and gif.width == 640  # 6 layers of 0.16 s, 80 ms each, and the start
    comment = gif.info["comment"].decode()
    assert all(words in comment for words in (BOOK["title"], BOOK["licence"], BOOK["version"], "#trajectories=v3"))
    for frame, layer in ((0, 0), (6, 3), (12, 6)):
        gif.seek(frame)
        it.at(layer)
        page = numbers(Image.open(io.BytesIO(picture.screenshot())))
        assert np.abs(numbers(gif) - page).mean() < 4, f"frame {frame} is not layer {layer}"
    one = """async () => (await (await window.tdFiles.FILES.GIF({ root: document.querySelector("[data-widget]"), about: {}, light: (make) => make(),
        film: { count: 1, every: 80, shot: (k, make) => make() }, onFrame() {} })).text()).slice(0, 6)"""
    assert it.page.evaluate(one) == "GIF89a", "a run of one frame"
    twice = "button => { button.click(); const said = button.innerText; button.click(); return said; }"
    assert saver(it, "GIF").evaluate(twice) == "Stop"
    it.root.locator(".td-save").get_by_text("Nothing was saved: it was stopped.").wait_for()
    assert saver(it, "GIF").inner_text() == "GIF" and not it.root.locator("progress").is_visible()


def test_an_animation_for_paper_shows_a_run_to_its_end_and_no_light_page_in_between(visit, desk):
    it = met(visit(f"{desk('force-lab')}#force-lab={MEETING}", dark=True, reduced_motion="reduce"), "force-lab")
    before = it.state()
    it.page.evaluate("""() => {
        window.__light = 0;
        const look = () => { window.__light += document.documentElement.dataset.theme !== "dark"; requestAnimationFrame(look); };
        look();
    }""")
    saver(it, "GIF")
    it.root.locator(".td-save [type=checkbox]").check()
    gif = Image.open(io.BytesIO(saved(it, "GIF")))
    head = [np.array(before[name]) for name in "QKV"]
    states = td.trajectories(
        before["tokens"], [head] * 60, norm="sphere", **{name: before[name] for name in ("step", "scale", "include_self")}
    )
    apart = np.linalg.norm(states - states[:, :1], axis=-1).max(axis=1)
    assert gif.n_frames == np.argmax(apart < 0.02) + 1 and numbers(gif).mean() > 170
    assert it.page.evaluate("window.__light") == 0 and it.state() == before


def test_the_citation_is_the_one_of_the_book(visit, desk):
    given = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert (BOOK["title"], BOOK["version"], BOOK["date"]) == (given["title"], given["version"], str(given["date-released"]))
    assert BOOK["authors"] == given["authors"][0]["name"]
    it = met(visit(desk("force-lab"), permissions=["clipboard-read", "clipboard-write"]), "force-lab")
    saver(it, "cite").click()
    entry = it.page.evaluate("navigator.clipboard.readText()")
    link = re.search(r"url = [{](.*#force-lab=v3.*)[}]", entry)[1]
    assert re.sub(r"  urldate = .*\n", "", entry) == book_metadata.bibtex("Force lab", link)  # as chapters are cited
