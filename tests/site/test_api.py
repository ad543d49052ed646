"""The package's pages: every function with its source, and from every figure of a chapter one click to the function that draws it."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import book_api
import book_uses
import pytest
from bs4 import BeautifulSoup

import tokendynamics
from tokendynamics import ledger

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))


def soup(path):
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


@pytest.fixture(scope="module")
def package(book):
    """{id of a function's place: its section} over all pages of the package."""
    pages = [soup(path) for path in sorted((book / "back" / "api").glob("*.html"))]
    return {section["id"]: section for page in pages for section in page.select("section[id^='tokendynamics.']")}


def documented():
    names = [module.name for module in pkgutil.walk_packages(tokendynamics.__path__, "tokendynamics.") if "._" not in module.name]
    modules = [importlib.import_module(name) for name in names if name != "tokendynamics.widgets"]
    return {f"{module.__name__}.{found.__name__}": found for module in modules for found in book_api.public(module)}


def test_every_public_function_has_its_place_its_words_and_its_source(package):
    for name, found in documented().items():
        section = package[name]
        source = section.find("details", class_="td-code", recursive=False)
        assert source.pre.text.lstrip().startswith(("def ", "class ", "@")), name
        said = " ".join(part.text for part in section.find_all(["p", "ul"], recursive=False))
        first = re.match(r"`?(\w+)", found.__doc__ or "")  # a word: the page's apostrophes are round
        assert not first or first[1] in said, name


def test_a_function_lists_the_chapters_whose_cells_use_it(package):
    told = {
        name: [a["href"] for p in section.find_all("p", class_="td-used", recursive=False) for a in p("a")]
        for name, section in package.items()
    }
    used = {}
    for chapter in CHAPTERS:
        for name in book_uses.uses(ROOT / "chapters" / f"{chapter}.ipynb"):
            used.setdefault(name, []).append(f"../../chapters/{chapter}.html")
    assert {name: hrefs for name, hrefs in told.items() if hrefs} == used and len(used) > 80


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_picture_of_a_chapter_leads_to_what_draws_it(book, package, chapter):
    page = soup(book / "chapters" / f"{chapter}.html")
    for picture in page.select("div.cell_output img, div.cell_output .td-live"):
        cell = picture.find_parent("div", class_="cell")
        if "display(" in cell.select_one(".cell_input").text:
            continue  # drawn only where a model's weights are
        link = cell.select_one("p.td-drawn a")
        assert link and link["href"].partition("#")[2] in package, cell.text[:80]
    used = page.select("#functions-used-here a.reference[href*='#tokendynamics.']")
    assert {a["href"].partition("#")[2] for a in used} == set(book_uses.uses(ROOT / "chapters" / f"{chapter}.ipynb"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_shows_its_verdicts_as_a_list_with_marks_and_words(book, chapter):
    items = soup(book / "chapters" / f"{chapter}.html").select("li.td-verdict")
    here = f"chapters/{chapter}.ipynb"
    wanted = (
        ledger.verdicts(source="article") if chapter.startswith("07_") else [claim for claim in ledger.claims() if claim.chapter == here]
    )
    assert {claim.id for claim in wanted} <= {item["data-claim"] for item in items}
    assert all(item.select_one(".td-mark") and item.strong.text and item.select("code") for item in items)


def test_names_lead_to_where_a_thing_is_defined():
    assert book_uses.resolve("tokendynamics.force") == "tokendynamics.attention.force"
    assert book_uses.resolve("tokendynamics.widgets.ForceLab.preset") == "tokendynamics.widgets.force_lab.ForceLab"
    assert book_uses.resolve("tokendynamics.nothing") is None and book_uses.resolve("numpy.dot") is None
    names = book_uses.Names()
    used = names.read(
        ast.parse("import tokendynamics as td\nfrom tokendynamics.figures import chapter3 as f\nx = td.force(1)\nf.curves(x)")
    )
    assert used == ["tokendynamics.attention.force", "tokendynamics.figures.chapter3.curves"]
    assert names.shown(ast.parse("y = 2\nf.curves(y)")) == "tokendynamics.figures.chapter3.curves"
    assert names.shown(ast.parse("f.curves(y)\ny")) is None


def test_a_docstring_gives_a_line_to_each_argument():
    said = """Sums up; equation (9).

    Parameters
    ----------
    Q, K : (d, d) array
    scale : float, default 1
        β of `force`,
        at least 0.
    **options

    Raises
    ------
    ValueError
        For bad input.
    """
    summary, *lists = book_api.documented(inspect.cleandoc(said), "back/api/attention")
    assert summary.astext() == "Sums up; equation (9)." and summary[1]["refuri"] == "../notation.html#equation-9"
    assert [node.astext() for node in lists[::2]] == ["Parameters", "Raises"]
    assert [[line.astext() for line in node] for node in lists[1::2]] == [
        ["Q, K : (d, d) array", "scale : float, default 1. β of force, at least 0.", "**options"],
        ["ValueError. For bad input."],
    ]
    assert [node.astext() for node in book_api.documented("tokens : (n, d)\nscale : β", "back/api/attention")[0]] == [
        "tokens : (n, d)",
        "scale : β",
    ]


def test_with_a_repository_sources_and_tests_are_links():
    claim = ledger.claims()[0]
    body = f'{ledger.Verdicts([claim])._repr_html_()}<span class="td-source" data-source="src/tokendynamics/attention.py#L1-L2"></span>'
    plain, linked = (BeautifulSoup(book_api.with_sources(body, address), "html.parser") for address in ("", "https://github.com/O/N"))
    assert not plain.select("a[href^=http]") and [c.text for c in plain.select("code")] == [t.split("::")[1] for t in claim.tests]
    assert [a["href"] for a in plain.select("a")] == ["01_tokens_as_particles.html"]
    hrefs = [a["href"] for a in linked.select("a[href^=http]")]
    assert hrefs[-1] == "https://github.com/O/N/blob/main/src/tokendynamics/attention.py#L1-L2"
    for href, test in zip(hrefs, claim.tests):
        path, line = href.removeprefix("https://github.com/O/N/blob/main/").split("#L")
        assert (ROOT / path).read_text("utf8").splitlines()[int(line) - 1].startswith(f"def {test.split('::')[1]}(")
