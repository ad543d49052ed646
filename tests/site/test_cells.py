"""Cells on the page: their places, names and buttons, and what the build makes of them."""

import html
import json
import os
import re
import shutil
import subprocess
import sys

import book_cells
import book_safety
import pytest
import yaml
from bs4 import BeautifulSoup
from building import COMMAND
from cells_page import IDS, NAME, ROOT, Cells, notebook, with_cells
from page_weight import ready_and_steady
from weekly import seldom


def body(*cells):
    """Code cells as myst-nb renders them."""
    inside = '<div class="cell docutils container">\n<div class="cell_input docutils container">\n<pre>{}\n</pre></div>\n</div>'
    return "".join(map(inside.format, cells))


def cell(name, source, *tags):
    return {"cell_type": "code", "id": name, "metadata": {"tags": list(tags)}, "source": [source]}


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


def test_nothing_is_loaded_before_the_first_press(visit, cells_site):
    page = visit(f"{cells_site.rsplit('/', 2)[0]}/_static/favicon.svg")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(cells_site)
    cells = Cells(page)
    page.wait_for_timeout(800)
    scripts = {address.split("/_static/")[1].split("?")[0] for address in asked if "/_static/" in address}
    assert "cells.js" in scripts and not any(name.startswith(("cells-", "python")) for name in scripts)
    assert cells.python() == "idle" and re.search(r"fetches Python, \d\d MB", page.locator(".tc-run-page").inner_text())
    assert len(page.locator("[data-do=run]").all()) == len(IDS)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_buttons_come_to_a_place_that_was_kept_for_them(visit, cells_site, width):
    page = visit(
        f"{cells_site.rsplit('/', 2)[0]}/_static/favicon.svg", width=width, has_touch=width < 400, is_mobile=width < 400, alone=True
    )
    assert ready_and_steady(page, cells_site, slow=1)[1] <= 0.05
    places = page.locator(".tc-run").all()
    assert all(place.bounding_box()["height"] == places[0].bounding_box()["height"] for place in places), "one line of buttons each"


def test_from_a_folder_the_buttons_say_what_to_do(visit, cells_folder):
    page = visit((cells_folder / f"{NAME}.html").as_uri())
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


@seldom  # two books are built
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


@seldom  # two books are built
def test_nothing_of_it_is_left_where_it_is_not_asked_for(small):
    page, sheet, files = small["none"]
    assert not re.search(r"data-cell|\btc-|cells\.js|wasm", page)
    assert not any(name.startswith("cells") for name in files) and not re.search(r"\.tc-|data-live-output", sheet)
