"""Cells that run where they stand: their buttons, keys and editor, what a run shows, what is kept and passed on. Python is a stand-in here
(fake_kernel.mjs) that keeps the contract."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import book_cells
import book_safety
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from building import COMMAND
from node import find
from page_weight import ready_and_steady
from test_access import AXE, TAGS

from tokendynamics.widgets import Encyclopedia, ForceLab

ROOT = Path(__file__).parents[2]
NAME = "back/solutions_01"  # a page with text, a picture and code, and no widget that takes its time


def notebook(name=NAME):
    return json.loads((ROOT / f"{name}.ipynb").read_text("utf8"))


def with_cells(book, name=NAME):
    page = (book / f"{name}.html").read_text("utf8")
    assert book_cells.DATA in page, "the book was built with BOOK_PYTHON=none"
    return page


def body(*cells):
    """Code cells as myst-nb renders them."""
    inside = '<div class="cell docutils container">\n<div class="cell_input docutils container">\n<pre>{}\n</pre></div>\n</div>'
    return "".join(map(inside.format, cells))


def cell(name, source, *tags):
    return {"cell_type": "code", "id": name, "metadata": {"tags": list(tags)}, "source": [source]}


@pytest.fixture(scope="module")
def folder(book, tmp_path_factory):
    """A folder with one page of the book, live, and what it loads."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(book / "_static", folder / "_static", ignore=shutil.ignore_patterns("minilm", "plotly.js", "python"))
    shutil.copytree(book / "_images", folder / "_images")
    shutil.copytree(ROOT / "site/cells/static", folder / "_static", dirs_exist_ok=True)
    shutil.copy(Path(__file__).with_name("fake_kernel.mjs"), folder / "_static/cells-kernel.js")
    book_cells.copy_widgets(folder)
    for part in ("back", "_sources/back"):
        (folder / part).mkdir(parents=True)
    shutil.copy(ROOT / f"{NAME}.ipynb", folder / "_sources/back")
    (folder / f"{NAME}.html").write_text(with_cells(book), "utf8")
    return folder


@pytest.fixture(scope="module")
def site(folder, serve):
    return f"{serve(folder)}/{NAME}.html"


IDS = [cell["id"] for cell in notebook()["cells"] if cell["cell_type"] == "code"]


class Cells:
    """A page as a reader uses it: the cells by their number from 0."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("html[data-python]")

    def cell(self, n):
        return self.page.locator(f"[data-cell='{IDS[n]}']")

    def do(self, n, name):
        return self.cell(n).locator(f"[data-do='{name}']")

    def live(self, n):
        return self.cell(n).locator("[data-live-output]")

    def said(self, n):
        return self.cell(n).locator(".tc-run-said").inner_text()

    def write(self, n, code):
        """Open the editor of a cell and put code in the place of what is there."""
        if not self.cell(n).locator(".cm-content").count():
            self.do(n, "edit").click()
        content = self.cell(n).locator(".cm-content")
        content.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        return content

    def run(self, n, state="done"):
        self.do(n, "run").click()
        self.until(n, state)

    def until(self, n, state):
        self.cell(n).locator(f"[data-live-output][data-state='{state}']").wait_for(state="attached")

    def have_run(self, times):
        """Wait until the stand-in was asked to run as many cells, and is done with them."""
        deadline = time.monotonic() + 5
        while len(self.asked()) != times or self.python() != "ready":
            assert time.monotonic() < deadline, self.asked()
            self.page.wait_for_timeout(20)

    def python(self):
        return self.page.evaluate("document.documentElement.dataset.python")

    def asked(self, what="run"):
        return [each[1:] for each in self.page.evaluate("window.__asked ?? []") if each[0] == what]

    def shown(self, n):
        return self.cell(n).locator(".cell_input pre").text_content().removesuffix("\n")


@pytest.fixture
def cells(visit, site):
    """cells(**options) opens the page."""
    return lambda fragment="", **options: Cells(visit(site + fragment, **options))


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("name", sorted(f"{p.parent.name}/{p.stem}" for f in ("chapters", "back") for p in (ROOT / f).glob("*.ipynb")))
def test_every_cell_is_named_and_its_source_is_the_notebooks_letter_by_letter(book, name):
    page = with_cells(book, name)
    code = [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]
    assert re.findall(r'data-cell="([^"]*)"', page) == [cell["id"] for cell in code]
    known = json.loads(re.search(re.escape(book_cells.DATA) + "(.*?)</script>", page, re.DOTALL)[1])["cells"]
    shown = [html.unescape(re.sub("<[^>]*>", "", found[1])) for found in book_cells.INPUT.finditer(page)]
    assert len(shown) == len(known) == len(code)
    for cell, known_, text in zip(code, known, shown):
        source = "".join(cell["source"]).removeprefix("# NBVAL_CHECK_OUTPUT\n").strip("\n")
        assert known_.get("source", text.removesuffix("\n")) == source
    assert page.count('data-do="run-all"') == 1


def test_buttons_stand_outside_what_is_closed(book):
    page = BeautifulSoup(with_cells(book, "chapters/01_tokens_as_particles"), "html.parser")
    folded = page.select(".cell.tag_hide-input")
    assert len(folded) == 2
    for cell in page.select("[data-cell]"):
        (place,) = cell.select(".tc-run")
        assert place.parent is cell and place.find_previous_sibling(["div", "details"]) is cell.find(["div", "details"], recursive=False)


def test_a_page_whose_code_is_not_shown_stays_as_it_is(book):
    page = (book / "index.html").read_text("utf8")
    assert book_cells.with_cells(page, notebook("index"), {"file": "index.ipynb"}) == page


def test_a_page_and_its_notebook_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match="it has 1 code cells to show, and its page 2"):
        book_cells.with_cells(body("a = 1", "b = 2"), {"cells": [cell("one", "a = 1")]}, {"file": "it"})


def test_cells_that_a_tag_leaves_out_run_and_are_not_looked_for():
    cells = [cell("one", "b = 2", "remove-cell"), cell("two", "a < 1")]
    made = book_cells.with_cells(body("a &lt; 1"), {"cells": cells}, {"file": "it"})
    data = json.loads(re.search(re.escape(book_cells.DATA) + "(.*?)</script>", made)[1])
    assert data["cells"] == [{"id": "one", "source": "b = 2"}, {"id": "two"}] and made.count("data-cell=") == 1
    assert made.endswith('</div>\n<div class="tc-run"></div>\n\n</div>')


def test_only_pages_with_cells_may_compile_webassembly(book):
    policy = re.compile(r"script-src [^;]*")
    live = with_cells(book)
    rules = policy.search(live)[0].split()
    plain = policy.search(book_safety.with_policy(live.replace(book_cells.DATA, "<script type='application/json'>")))[0].split()
    assert "'wasm-unsafe-eval'" in rules and set(rules) - {"'wasm-unsafe-eval'"} == set(plain)
    assert "wasm" not in policy.search((book / "index.html").read_text("utf8"))[0]
    assert book_safety.with_policy(live) == live


def test_nothing_is_loaded_before_the_first_press(visit, site):
    page = visit(f"{site.rsplit('/', 2)[0]}/_static/favicon.svg")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    cells = Cells(page)
    page.wait_for_timeout(800)
    scripts = {address.split("/_static/")[1].split("?")[0] for address in asked if "/_static/" in address}
    assert "cells.js" in scripts and not any(name.startswith(("cells-", "python")) for name in scripts)
    assert cells.python() == "idle" and re.search(r"fetches Python, \d\d MB", page.locator(".tc-run-page").inner_text())
    assert len(page.locator("[data-do=run]").all()) == len(IDS)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_buttons_come_to_a_place_that_was_kept_for_them(visit, site, width):
    page = visit(f"{site.rsplit('/', 2)[0]}/_static/favicon.svg", width=width, has_touch=width < 400, is_mobile=width < 400)
    assert ready_and_steady(page, site, slow=1)[1] <= 0.05
    places = page.locator(".tc-run").all()
    assert all(place.bounding_box()["height"] == places[0].bounding_box()["height"] for place in places), "one line of buttons each"


def test_from_a_folder_the_buttons_say_what_to_do(visit, folder):
    page = visit((folder / f"{NAME}.html").as_uri())
    cells = Cells(page)
    for name in ("run", "edit"):
        cells.do(1, name).click()
        assert "make serve" in cells.said(1)
    page.locator("[data-do=restart]").click()
    assert "make serve" in page.locator(".tc-run-page").inner_text()
    assert page.evaluate("performance.getEntriesByType('resource').filter(e => /cells-|python/.test(e.name)).length") == 0


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of one page, built with Python in its pages, and in the same place without: {asked: (page, sheet, names of files)}."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copy(ROOT / f"{NAME}.ipynb", folder / "index.ipynb")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n", "utf8")
    (folder / "references.bib").touch()
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8")) | {"bibtex_bibfiles": ["references.bib"], "html": {}}
    config["execute"] = {"execute_notebooks": "off"}
    config["sphinx"]["local_extensions"] = {"book_site": str(ROOT / "site")}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf8")
    built, html = {}, folder / "_build" / "html"
    for asked in ("1", "none"):
        environment = {k: v for k, v in os.environ.items() if k != "BOOK_REPOSITORY"} | {"BOOK_PYTHON": asked, "BOOK_WRITING": "1"}
        command = [sys.executable, *map(str, COMMAND[1:4]), folder]
        made = subprocess.run(command, env=environment, capture_output=True, encoding="utf8", timeout=300)
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
        files = {path.name for path in (html / "_static").iterdir()}
        built[asked] = (html / "index.html").read_text("utf8"), (html / "_static/book.css").read_text("utf8"), files
    return built


def test_the_build_makes_cells_where_it_is_asked_to(small):
    page, sheet, files = small["1"]
    assert page.count("data-cell=") == len(IDS) and "'wasm-unsafe-eval'" in page
    assert re.search(r'<script defer[^>]* src="_static/cells\.js\?v=\w+"', page)
    known = json.loads(re.search(re.escape(book_cells.DATA) + "(.*?)</script>", page, re.DOTALL)[1])
    assert known["notebook"] == "_sources/index.ipynb" and known["file"] == "index.ipynb"
    assert known["run"].split("?")[0] in files and known["editor"].split("?")[0] in files
    assert ".tc-run" in sheet and ".tc-editor" in sheet


def test_the_size_that_pages_tell_is_that_of_the_files(book, tmp_path, monkeypatch):
    (tmp_path / "_static/python").mkdir(parents=True)
    card = {"worker": {"bytes": 200_000}, "files": {"module": {"bytes": 20_000_000}, "library": {"bytes": 10_500_000}}}
    (tmp_path / "_static/python/card.json").write_text(json.dumps(card), "utf8")
    (tmp_path / "page.html").write_text(with_cells(book), "utf8")
    monkeypatch.setenv("BOOK_PYTHON", "1")
    book_cells.say_size(tmp_path)
    page = (tmp_path / "page.html").read_text("utf8")
    assert (
        "fetches Python, 31 MB," in BeautifulSoup(page, "html.parser").select_one(".tc-run-page").get_text()
        and f'{book_cells.DATA}{{"size": 31,' in page
    )
    assert book_safety.with_policy(page) == page


def test_nothing_of_it_is_left_where_it_is_not_asked_for(small):
    page, sheet, files = small["none"]
    assert not re.search(r"data-cell|\btc-|cells\.js|wasm", page)
    assert not any(name.startswith("cells") for name in files) and not re.search(r"\.tc-|data-live-output", sheet)


# ---------------------------------------------------------------- running


def test_a_cell_runs_and_what_was_stored_can_be_had_back(cells):
    page = cells()
    stored = page.cell(1).locator("> .cell_output:not([data-live-output])")
    page.page.evaluate("window.__hold = true")
    page.do(1, "run").click()
    page.page.wait_for_selector("html[data-python='loading']")
    assert stored.is_visible()
    page.page.wait_for_selector("progress")
    assert page.said(1) == "Python is fetched, 22.0 MB. Your browser keeps it." and "1.0 of 22.0 MB" in page.live(1).inner_text()
    page.page.evaluate("window.__hold = false")
    page.until(1, "done")
    assert page.python() == "ready" and stored.is_hidden() and "Done in 0.2 s." in page.said(1)
    ((code, name),) = page.asked()
    assert (
        code == "".join([c for c in notebook()["cells"] if c["cell_type"] == "code"][1]["source"]).removeprefix("# NBVAL_CHECK_OUTPUT\n")
        and name == "cell 2"
    )
    page.do(1, "stored").click()
    assert stored.is_visible() and page.live(1).is_hidden() and page.do(1, "stored").get_attribute("aria-pressed") == "true"
    page.do(1, "stored").click()
    assert stored.is_hidden()


def test_keys_run_a_cell_and_go_on_to_the_next(cells):
    page = cells()
    page.do(0, "run").focus()
    page.page.keyboard.press("Control+Enter")
    page.until(0, "done")
    page.page.keyboard.press("Shift+Enter")
    page.page.keyboard.press("Control+Enter")
    page.until(1, "done")
    assert [name for _, name in page.asked()] == ["cell 1", "cell 1", "cell 2"]
    page.write(0, 'print("by key")')
    page.page.keyboard.press("Control+Enter")
    page.have_run(4)
    assert page.asked()[-1] == ['print("by key")', "cell 1"], "no new line came into the editor"


def test_fingers_run_cells_and_the_targets_are_large(cells):
    page = cells(width=360, height=740, has_touch=True, is_mobile=True)
    assert re.search(r"\d\d MB", page.do(0, "run").evaluate("e => getComputedStyle(e, '::after').content + e.dataset.size"))
    page.do(0, "run").tap()
    page.until(0, "done")
    page.do(0, "edit").tap()
    page.cell(0).locator(".cm-content").wait_for()
    for button in page.page.locator(".tc-run :is(button, summary):visible, .tc-run-page button").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44, button.inner_text()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_all_cells_run_in_their_order_and_those_above_only(cells):
    page = cells()
    page.page.locator("[data-do=run-all]").click()
    page.until(-1, "done")
    assert [name for _, name in page.asked()] == [f"cell {n + 1}" for n in range(len(IDS))]
    page.cell(3).locator(".tc-run-more summary").click()
    page.do(3, "run-above").click()
    page.have_run(len(IDS) + 3)
    assert [name for _, name in page.asked()][-3:] == ["cell 1", "cell 2", "cell 3"]


def test_an_error_marks_its_line_and_the_rest_does_not_run(cells):
    page = cells()
    page.write(0, 'print("before")\n1 / 0')
    page.page.locator("[data-do=run-all]").click()
    page.until(0, "error")
    assert "ZeroDivisionError" in page.live(0).inner_text() and "before" in page.live(0).inner_text()
    assert "line 2" in page.said(0) and "Not run: cell 1 ended in an error." == page.said(1)
    assert page.cell(0).locator(".cm-line.tc-wrong-line").inner_text() == "1 / 0"
    assert len(page.asked()) == 1
    page.do(0, "edit").click()
    page.run(0, "error")
    line, pre = page.cell(0).locator(".tc-line").bounding_box(), page.cell(0).locator(".cell_input pre").bounding_box()
    assert 0.4 < (line["y"] + line["height"] / 2 - pre["y"]) / pre["height"] < 0.85, "the second line of two"


def test_stop_ends_what_runs_at_once_and_what_was_loading(cells):
    page = cells()
    page.page.evaluate("window.__hold = true")
    page.do(0, "run").click()
    page.do(0, "stop").click()
    page.until(0, "error")
    assert page.python() == "idle" and "Stopped before" in page.said(0) and page.do(0, "stop").is_hidden() and page.asked("close")
    page.page.evaluate("window.__hold = false")
    page.write(0, 'print("so far")\nwhile True: pass')
    page.page.locator("[data-do=run-all]").click()
    page.live(0).get_by_text("so far").wait_for()
    assert page.python() == "busy"
    page.do(0, "stop").click()
    page.until(0, "error")
    assert page.asked("stop") and "so far" in page.live(0).inner_text() and "starts anew" in page.said(0)
    assert page.said(1) == "Not run: cell 1 was stopped." and page.python() == "idle"
    page.run(1)
    assert page.python() == "ready"


def test_restart_starts_python_anew(cells):
    page = cells()
    restart = page.page.locator("[data-do=restart]")
    restart.click()
    assert page.python() == "idle" and "Nothing has run yet." in page.page.locator(".tc-run-page").inner_text()
    page.run(0)
    restart.click()
    page.page.get_by_text("it knows no names of before").wait_for()
    assert page.asked("restart") and page.python() == "ready"


# ---------------------------------------------------------------- widgets that cells make
AT = IDS.index("two-lab")  # the page shows a Force lab there
VIEW = "application/vnd.jupyter.widget-view+json"


def made(name="a", widget=None, **more):
    """A line that opens a widget as Python does."""
    state = (widget or ForceLab(Q=[[2, 0], [0, 2]])).get_state()
    state |= {"_esm": f"book:{(widget or ForceLab).view}.js", "_css": "book:force-lab.css", "layout": ""} | more
    return said(name, "open", state=state, buffer_paths=[])


def said(name, kind="msg", **data):
    return f"comm('{json.dumps({'kind': kind, 'comm_id': name, 'data': data})}')"


def sets(name, **state):
    return said(name, method="update", state=state, buffer_paths=[])


def view(name="a"):
    return f"""mime('{json.dumps({VIEW: {"model_id": name}, "text/plain": "ForceLab()"})}')"""


class Widgets(Cells):
    """The page with a widget that its cell has made."""

    def make(self, *lines, at=AT):
        self.write(at, "\n".join(lines or [made(), view()]))
        self.run(at)
        return self

    def root(self, at=AT, part=".td-live"):
        return self.cell(at).locator(f"{part} [data-widget]")

    def state(self, name, **where):
        return self.root(**where).evaluate("(root, name) => root.widgetState()[name]", name)

    def until_state(self, name, value, at=AT):
        self.page.wait_for_function(
            "([at, name, value]) => JSON.stringify(document.querySelector(`[data-cell='${at}'] [data-widget]`)?.widgetState()[name]) === value",
            arg=[IDS[at], name, json.dumps(value, separators=(",", ":"))],
        )

    def press(self, key="ArrowRight"):
        self.root().locator(".td-token").first.press(key)

    def told(self):
        """What Python was told of widgets."""
        return [message["data"] for (message,) in self.asked("comm")]

    def until_told(self, count):
        self.page.wait_for_function("count => window.__asked.filter(([what]) => what === 'comm').length >= count", arg=count)
        return self.told()

    def unheard(self):
        return self.cell(AT).get_by_text("Python no longer listens to this widget")


@pytest.fixture
def lab(visit, site):
    return lambda **options: Widgets(visit(site, **options))


def test_a_cells_widget_takes_the_place_of_the_pages_and_they_follow_each_other(lab):
    page = lab()
    page.root().wait_for()
    assert page.state("Q") == [[1, 0], [0, 1]]
    page.press()
    page.make()
    page.until_state("Q", [[2, 0], [0, 2]])
    assert page.state("tokens") == ForceLab().tokens.tolist(), "as the cell makes it"
    assert page.root().count() == 1 and page.live(AT).inner_text() == "" and page.do(AT, "stored").is_hidden()
    assert page.said(AT).endswith("The widget below and Python now follow each other. There it is “_”, until a cell gives another result.")
    assert page.root().get_attribute("aria-label") == "Force lab"
    page.write(0, sets("a", scale=3.5))
    page.run(0)
    page.until_state("scale", 3.5)
    page.press()
    (told,) = page.until_told(1)
    assert told == {"method": "update", "state": {"tokens": page.state("tokens")}, "buffer_paths": []}


def test_a_cells_widget_is_as_the_cell_says_whatever_link_led_to_the_page(visit, site):
    page = Widgets(visit(site + ForceLab(scale=4).link()))
    page.until_state("scale", 4)
    page.make(made(widget=ForceLab(scale=2)), view(), "lab")
    page.until_state("scale", 2)
    assert page.said(AT).endswith("There it is “lab”.") and not page.told()
    page.page.evaluate("link => { location.hash = link; }", ForceLab(scale=3).link())
    page.until_state("scale", 3)
    assert page.until_told(1)[0]["state"]["scale"] == 3, "a link that is followed then moves both"


def test_where_the_page_shows_no_widget_it_comes_into_the_output_and_each_view_follows(lab):
    page = lab()
    page.make(made("b", Encyclopedia()), view("b"), view("b"), at=0)
    both = page.cell(0).locator("[data-live-output] [data-widget=encyclopedia][data-ready]")
    both.nth(1).wait_for()
    assert both.nth(0).bounding_box()["width"] > 300
    page.write(1, sets("b", count=7))
    page.run(1)
    page.page.wait_for_function(
        "[...document.querySelectorAll('[data-widget=encyclopedia]')].every((each) => each.widgetState().count === 7)"
    )
    page.write(1, said("b", "close"))
    page.run(1)
    page.cell(0).get_by_text("Python has closed this widget.").first.wait_for()
    assert not both.count()


def test_while_a_message_is_on_its_way_one_more_waits_and_nothing_is_taken_back(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("window.__deaf = true")
    for _ in range(4):
        page.press()
        page.page.wait_for_timeout(90)
    assert len(page.told()) == 1
    here = page.state("tokens")
    page.write(0, sets("a", tokens=[[0, 0], [1, 1], [2, 2]], V=[[0, 1], [1, 0]]))
    page.run(0)
    page.until_state("V", [[0, 1], [1, 0]])
    assert page.state("tokens") == here, "what the reader did since is on its way to Python"
    page.page.evaluate("window.__deaf = false")
    last = page.until_told(2)[1]
    page.page.wait_for_timeout(200)
    assert last["state"]["tokens"] == here and len(page.told()) == 2
    snapped = [[1, 1], [0, 0], [2, 2]]
    answer = {"kind": "msg", "comm_id": "a", "buffers": [], "data": {"method": "update", "state": {"tokens": snapped}}}
    page.page.evaluate("answer => { window.__observe = () => [{ comm: answer }]; }", answer)
    page.press()
    page.until_state("tokens", snapped)


def test_what_takes_python_long_while_no_cell_runs_is_said(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("window.__deaf = true")
    page.press()
    words = page.page.locator(".tc-run-page").get_by_text("Python still works on what you changed in a widget.")
    words.wait_for(timeout=8000)
    page.page.evaluate("window.__deaf = false")
    words.wait_for(state="detached")


def test_observers_are_heard_below_the_widget_and_the_last_of_it_is_kept(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("""() => { let n = 0; window.__observe = () => [
        { stream: { id: null, name: "stdout", text: `moved ${++n} ${"x".repeat(6000)}\n` } },
        ...(n === 3 ? [{ error: { id: null, name: "E", value: "", lines: ["ValueError: too far"], line: null } }] : [])]; }""")
    for n in range(3):
        page.press()
        page.cell(AT).locator(".tc-log", has_text=f"moved {n + 1}").wait_for()
    log = page.cell(AT).locator(".tc-log")
    log.get_by_text("ValueError: too far").wait_for()
    page.page.evaluate(AXE)
    assert not page.page.evaluate("tags => axe.run({ include: '.tc-log' }, { runOnly: tags, resultTypes: ['violations'] })", TAGS)[
        "violations"
    ]
    assert len(log.text_content()) < 10_100 and "moved 1" not in log.inner_text() and page.live(AT).inner_text() == ""
    assert log.bounding_box()["y"] > page.root().bounding_box()["y"] and log.bounding_box()["height"] < 250
    page.run(AT)
    assert not log.count()


@pytest.mark.parametrize("how", ["stop", "restart", "lost"])
def test_when_python_is_gone_the_widget_says_so_and_goes_on_until_a_run_makes_it_anew(lab, how):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    assert not page.unheard().count()
    if how == "restart":
        page.page.locator("[data-do=restart]").click()
    else:
        page.write(0, "while True: pass" if how == "stop" else "forget()")
        page.do(0, "run").click()
        if how == "stop":
            page.do(0, "stop").click()
    page.unheard().wait_for()
    assert "follow each other" not in page.said(AT)
    before, told = page.state("tokens"), len(page.told())
    page.press()
    page.page.wait_for_timeout(200)
    assert page.state("tokens") != before and len(page.told()) == told
    page.make(made("c", ForceLab(scale=2)), view("c"))
    page.until_state("scale", 2)
    assert not page.unheard().count()
    page.press()
    assert page.until_told(told + 1)[-1]["state"]["tokens"] == page.state("tokens")


def test_a_script_out_of_python_does_not_run_and_it_is_said_where_it_does(lab):
    page = lab()
    scripts = [
        "window.__ran = 1; export default {}",
        "book:../cells-run.js",
        "book:https://elsewhere.example/x.js",
        "data:text/javascript,window.__ran = 1",
    ]
    lines = [line for n, script in enumerate(scripts) for line in (made(f"n{n}", _esm=script), view(f"n{n}"))]
    slider = {"_model_name": "IntSliderModel", "_model_module": "@jupyter-widgets/controls", "value": 3}
    page.make(*lines, said("s", "open", state=slider), view("s"))
    notes = page.live(AT).locator(".tc-run-note").all_inner_texts()
    assert len(notes) == 5 and all("JupyterLab, on Binder or in Colab" in words for words in notes) and notes[4].startswith("IntSlider: ")
    assert page.page.evaluate("window.__ran") is None and page.state("Q") == [[1, 0], [0, 1]], "the page’s own stays"


BYTES = """import { withBuffers, withoutBuffers } from "./site/cells/buffers.js";
const { state, buffer_paths, buffers } = withoutBuffers({ a: 1, b: Uint8Array.of(7), c: [{ d: Uint8Array.of(8, 9).buffer }, Uint8Array.of(5)] });
const gone = JSON.stringify(state);
withBuffers(state, [...buffer_paths, ["__proto__", "evil"], ["x", "y"]], [...buffers, 1, 1]);
const bytes = [state.b, state.c[0].d, state.c[1]].map((each) => [...new Uint8Array(each)]);
console.log(JSON.stringify([gone, buffer_paths, bytes, {}.evil ?? null]));"""


def test_bytes_go_beside_a_state_and_come_to_their_places():
    command = [find("node"), "--input-type=module", "-e", BYTES]
    told = subprocess.run(command, check=True, capture_output=True, encoding="utf8", cwd=ROOT).stdout
    gone = '{"a":1,"c":[{},null]}'
    assert json.loads(told) == [gone, [["b"], ["c", 0, "d"], ["c", 1]], [[7], [8, 9], [5]], None]


def test_what_python_says_in_a_widgets_state_is_text(lab):
    page = lab()
    dirt = "<img src=x onerror='window.__ran = 1'>"
    asks = {"question": dirt, "choices": [dirt, dirt], "answer": 0, "explanation": dirt}
    page.make(
        made(widget=ForceLab(names=[dirt, "b", "c"], scale=2), prediction=asks, key=dirt, panel=dirt, _css="body { display: none }"), view()
    )
    page.until_state("scale", 2)
    assert dirt in page.root().inner_text() and not page.root().locator("img").count() and page.page.evaluate("window.__ran") is None
    assert page.page.locator("body").is_visible()


def test_a_widget_whose_views_are_gone_is_let_go_and_asked_for_when_it_is_shown_again(lab):
    page = lab()
    page.page.evaluate("window.gone = []")
    for n in range(6):
        page.make(made(f"a{n}"), view(f"a{n}"))
        page.make(made(f"b{n}"), view(f"b{n}"), at=0)
        page.cell(0).locator("[data-widget][data-ready]").wait_for()
        page.page.evaluate("() => { for (const each of document.querySelectorAll('[data-widget]')) window.gone.push(new WeakRef(each)); }")
    page.make('print("1")', at=0)
    page.make(made("last"), view("last"))
    page.page.wait_for_timeout(1500)  # what waits, such as words for a screen reader, has been said
    collector = page.page.context.new_cdp_session(page.page)
    for _ in range(3):
        collector.send("HeapProfiler.collectGarbage")
    assert page.page.evaluate("window.gone.filter((each) => each.deref()).length") == 0
    page.make(view("b5"), at=0)
    assert page.until_told(1)[-1] == {"method": "request_state"}
    page.write(1, sets("b5", **(ForceLab(scale=4).get_state() | {"_esm": "book:force-lab.js", "layout": ""})))
    page.run(1)
    page.until_state("scale", 4, at=0)


def test_what_was_shown_under_a_name_is_shown_anew(lab):
    page = lab()
    page.make('named("x", "one")', 'print("between")', 'anew("x", "two")', 'anew("y", "never")', at=0)
    assert page.live(0).inner_text().split() == ["two", "between"]


# ---------------------------------------------------------------- what a run shows


def test_streams_pictures_tables_and_texts(cells):
    page = cells()
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="9"><script>parent.__ran = 1</script></svg>'
    page.write(
        0,
        "\n".join(
            [
                'print("half\\rwhole")',
                'warn("careful")',
                "picture()",
                f"mime('{json.dumps({'image/svg+xml': svg, 'text/plain': 'A line'})}')",
                'mime(\'{"text/latex": "$x^2$"}\')',
                'mime(\'{"text/markdown": "*so*"}\')',
                "html('<table><tr><th>a</th></tr><tr><td>1</td></tr></table>')",
            ]
        ),
    )
    page.run(0)
    live = page.live(0)
    assert live.locator(".stream").first.inner_text() == "whole\n" and live.locator(".stderr").inner_text().strip() == "careful"
    assert [image.get_attribute("alt") for image in live.locator("img").all()] == ["A white point", "A line"]
    assert all(live.locator("img").evaluate_all("all => all.map(each => each.naturalWidth > 0)"))
    assert live.locator("td").inner_text() == "1"
    text = live.inner_text()
    assert "$x^2$" in text and "*so*" in text
    assert page.page.evaluate("window.__ran") is None
    page.write(0, 'print("one")\nclear()\nprint("two")')
    page.run(0)
    assert live.inner_text().strip() == "two"


DIRT = [
    "<script>window.__ran = 1</script>",
    '<img src=x onerror="window.__ran = 1">',
    '<a href="javascript:window.__ran = 1" class="go">go</a>',
    '<iframe srcdoc="<script>parent.__ran = 1</script>"></iframe>',
    '<meta http-equiv="refresh" content="0;url=/elsewhere">',
    "<style>body { display: none }</style>",
    '<form action="/elsewhere"><button data-do="run-all" id="tc-run">go</button></form>',
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"></use></svg>',
]


def test_html_runs_nothing_and_changes_nothing_else(cells):
    page = cells(errors=False)  # what is not found is told there
    address = page.page.url
    for dirt in DIRT:
        page.write(0, f"html('<b>clean</b>{dirt}')")
        page.run(0)
        if page.live(0).locator(".go").count():
            page.live(0).locator(".go").click()
        page.page.wait_for_timeout(60)
        assert page.live(0).locator("b").inner_text() == "clean" and page.page.evaluate("window.__ran") is None, dirt
        assert page.page.url == address and page.page.locator("body").is_visible(), dirt
        assert not page.live(0).locator("script, iframe, meta, style, form, button, [onerror], [id='tc-run'], use").count(), dirt


def test_an_endless_print_does_not_fill_the_page(cells):
    page = cells()
    page.write(0, "flood()")
    page.run(0)
    assert len(page.live(0).text_content()) < 210_000 and "More came than is shown here." in page.live(0).inner_text()


def test_faults_are_words_at_the_cell_and_nothing_written_is_lost(cells):
    page = cells()
    page.page.evaluate("window.__broken = 'unsupported'")
    page.write(0, 'print("mine")')
    page.run(0, "error")
    assert page.python() == "failed" and "too old" in page.live(0).inner_text() and page.said(0)
    assert page.cell(0).locator(".cm-content").inner_text() == 'print("mine")'
    page.page.evaluate("window.__broken = ''")
    page.run(0)
    assert page.live(0).inner_text().strip() == "mine", "it starts again when it is asked again"
    page.write(0, "full()\nforget()")
    page.run(0, "error")
    assert page.python() == "failed" and "no memory left" in page.live(0).inner_text()
    assert "store is full" in page.page.locator(".tc-run-page").inner_text()


@pytest.mark.parametrize("lost", ["cells-run.js", "cells-kernel.js", "cells-editor.js"])
def test_a_file_that_does_not_come_is_told_at_the_cell(cells, lost):
    page = cells(errors=False)
    page.page.route(f"**/{lost}*", lambda route: route.abort())
    page.do(0, "edit" if "editor" in lost else "run").click()
    page.cell(0).get_by_text("did not come").first.wait_for()
    assert "Look whether there is a connection" in page.said(0)


# ---------------------------------------------------------------- the reader's own version


def test_an_edit_is_kept_marked_and_reset_with_an_undo(cells):
    page = cells()
    book = page.shown(0)
    page.write(0, "mine = 1\nif mine:")
    page.page.keyboard.press("Enter")
    page.page.keyboard.insert_text("more = 2")
    page.page.keyboard.press("Escape")
    mine = "mine = 1\nif mine:\n    more = 2"
    assert page.shown(0) == mine and "Your version." in page.cell(0).inner_text()
    assert page.page.evaluate("document.activeElement.dataset.do") == "edit", "the reader goes on where the editor was opened"
    assert page.cell(0).locator("pre .mi").first.inner_text() == "1", "in colours"
    page.page.reload()
    page = Cells(page.page)
    assert page.shown(0) == mine and page.cell(0).get_attribute("data-edited") == "mine"
    page.do(0, "reset").click()
    assert page.shown(0) == book and page.cell(0).get_attribute("data-edited") == "" and page.do(0, "reset").is_hidden()
    page.page.reload()
    page = Cells(page.page)
    assert page.shown(0) == book
    page.do(0, "undo").click()
    assert page.shown(0) == mine


def test_where_nothing_is_kept_it_is_said_and_the_edit_lasts(visit, site):
    page = visit(site)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })")
    page.reload()
    cells = Cells(page)
    cells.write(0, "mine = 1")
    page.keyboard.press("Escape")
    assert cells.shown(0) == "mine = 1"
    assert "This browser keeps nothing for the page" in cells.cell(0).inner_text()


def test_what_was_written_in_another_tab_is_shown(cells):
    one = cells()
    other = one.page.context.new_page()
    other.goto(one.page.url)
    other = Cells(other)
    other.write(0, "theirs = 1")
    other.page.keyboard.press("Escape")
    one.cell(0).locator("pre", has_text="theirs").wait_for()


def test_the_editor_completes_and_explains_and_is_left_by_escape_alone(cells):
    page = cells()
    page.run(0)
    content = page.write(0, "")
    page.page.keyboard.type("ab")
    page.page.locator(".cm-tooltip-autocomplete li", has_text="ab_of_the_session").wait_for()
    page.page.keyboard.press("Escape")
    assert content.count(), "the first Escape puts the names away"
    page.page.keyboard.press("Control+i")
    page.page.locator(".tc-doc", has_text="What stands at 2.").wait_for()
    page.page.keyboard.press("Escape")
    assert not page.page.locator(".tc-doc").count() and content.count()
    page.page.keyboard.press("Tab")
    assert content.inner_text() == "    ab"
    page.page.keyboard.press("Control+z")
    assert content.inner_text() == "ab"
    described = page.page.locator("#" + content.get_attribute("aria-describedby")).inner_text()
    assert described.startswith("Esc leaves the editor.")
    page.page.keyboard.press("Escape")
    assert not content.count()


# ---------------------------------------------------------------- links and the notebook


def test_a_link_carries_a_cell_that_is_somebody_elses_and_runs_only_when_asked(cells):
    sender = cells()
    code = 'print("über; x=1 ~ <b>")\n# end.'
    sender.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sender.write(2, code)
    sender.cell(2).locator(".tc-run-more summary").click()
    sender.do(2, "link").click()
    sender.cell(2).get_by_text("The link is copied.").wait_for()
    link = sender.page.evaluate("navigator.clipboard.readText()")
    fragment = link[link.index("#") :]
    assert re.fullmatch(rf"#cell={IDS[2]};code=_[\w-]+", fragment)
    reader = cells(fragment)
    assert reader.shown(2) == code and "somebody else wrote it" in reader.cell(2).inner_text()
    assert reader.page.evaluate("window.__asked") is None, "it has not run"
    reader.page.locator("[data-do=run-all]").click()
    reader.until(1, "done")
    reader.page.wait_for_timeout(50)
    assert [name for _, name in reader.asked()] == ["cell 1", "cell 2"] and "came with a link" in reader.said(2)
    reader.run(2)
    assert reader.live(2).inner_text().strip() == "über; x=1 ~ <b>"
    reader.do(2, "reset").click()
    assert (
        reader.shown(2) == reader.page.evaluate("id => document.querySelector(`[data-cell='${id}'] pre`).textContent.trimEnd()", IDS[2])
        and reader.cell(2).get_attribute("data-edited") == ""
    )
    reader.page.evaluate("location.hash = '#cell=nobody;code=_61'")
    reader.page.locator(".tc-run-page", has_text="The link to a cell cannot be read").wait_for()


def test_a_link_does_not_take_the_place_of_what_the_reader_wrote(cells):
    page = cells()
    page.write(0, "mine = 1")
    page.page.keyboard.press("Escape")
    page.page.evaluate(f"location.hash = '#cell={IDS[0]};code=_theirs'")
    page.page.locator("[data-edited=link]").wait_for()
    assert page.shown(0) == "theirs"
    page.do(0, "reset").click()
    assert page.shown(0) == "mine = 1"
    page.page.evaluate(f"location.hash = '#cell={IDS[0]};code=_yours'")
    page.page.locator("[data-edited=link]").wait_for()
    page.write(0, "changed")
    page.page.keyboard.press("Escape")
    page.do(0, "undo").click()
    assert page.shown(0) == "mine = 1", "an edit of what came with the link has an Undo"


def test_the_notebook_comes_with_what_the_reader_wrote(cells, tmp_path):
    page = cells()
    page.write(1, 'mine = "ü"\nmine')
    with page.page.expect_download() as download:
        page.page.locator("[data-do=open-notebook]").click()
    download.value.save_as(tmp_path / "it.ipynb")
    assert download.value.suggested_filename == "solutions_01.ipynb"
    made = nbformat.read(tmp_path / "it.ipynb", as_version=4)
    nbformat.validate(made)
    before = {cell["id"]: cell for cell in nbformat.read(ROOT / f"{NAME}.ipynb", as_version=4).cells}
    assert [cell["id"] for cell in made.cells] == list(before)
    for cell in made.cells:
        assert cell["source"] == ('mine = "ü"\nmine' if cell["id"] == IDS[1] else before[cell["id"]]["source"])
    assert next(cell for cell in made.cells if cell["id"] == IDS[1])["outputs"] == []


# ---------------------------------------------------------------- for every reader


@pytest.mark.parametrize("width, theme", [(360, "dark"), (1366, "light")])
def test_axe_finds_nothing_on_a_page_with_an_editor_and_outputs(cells, width, theme):
    page = cells(width=width, dark=theme == "dark")
    page.write(0, 'print("%s")\nwarn("careful")\npicture()\n1 / 0' % ("long " * 60))
    page.run(0, "error")
    page.write(1, 'x = [1, None, "two"]  # a comment\ndef f(self):\n    return not x @ 2.5')
    page.cell(IDS.index("three-code")).locator(".tc-run-more summary").click()
    page.page.evaluate("scrollTo(0, 0)")  # the bar above covers nothing there
    page.page.evaluate(AXE)
    assert page.page.evaluate("document.documentElement.dataset.theme") == theme
    found = page.page.evaluate(
        "tags => axe.run({ include: 'article', exclude: '.td-live' }, { runOnly: tags, resultTypes: ['violations'] })", TAGS
    )["violations"]
    assert not found, "\n".join(f"{theme} {v['id']}: {n['target']} {n['html'][:200]}" for v in found for n in v["nodes"][:4])
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
