"""The built book: nothing from elsewhere, maths finished, stills beside widgets, buttons that lead somewhere."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from page_weight import first_visit, ready_and_steady
from weekly import part_of, seldom

ROOT = Path(__file__).parents[2]
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
REPOSITORY = "https://github.com/OWNER/NAME"
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
READ = ["index", *(f"chapters/{chapter}" for chapter in CHAPTERS)]
WIDTHS = [(page, width) for page in READ for width in (390, 1280)]  # of which a part is a phone's
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}


class Page(HTMLParser):
    """The tags of a page, and its text outside scripts."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.text, self.quiet = [], "", 0
        self.feed(path.read_text("utf8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.quiet += tag in ("script", "style", "annotation", "code", "pre")

    def handle_endtag(self, tag):
        self.quiet -= tag in ("script", "style", "annotation", "code", "pre")

    def handle_data(self, data):
        if not self.quiet:
            self.text += data

    def hrefs(self):
        return [a["href"] for tag, a in self.tags if tag == "a" and a.get("href")]


def pages(folder):
    return {path.relative_to(folder).as_posix(): Page(path) for path in sorted(Path(folder).rglob("*.html"))}


@pytest.fixture(scope="module")
def built(book):
    return pages(book)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The book built once more, with the address of a repository; the executed notebooks are reused. The workflow that publishes does so each time."""
    folder = tmp_path_factory.mktemp("published")
    return build(folder, REPOSITORY)


def build(folder, repository):
    command = [JUPYTER_BOOK, "build", str(ROOT), "--path-output", str(folder), "-W", "-n", "--keep-going"]
    run = subprocess.run(command, env=os.environ | {"BOOK_REPOSITORY": repository}, capture_output=True, encoding="utf8", timeout=600)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return folder / "_build" / "html"


def test_pages_load_nothing_from_elsewhere(built, book):
    for name, page in built.items():
        outside = [a[LOADED[tag]] for tag, a in page.tags if tag in LOADED and re.match(r"(https?:)?//", a.get(LOADED[tag]) or "")]
        assert not outside, (name, outside)
    for sheet in book.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import\s+['\"]?https?:", sheet.read_text("utf8")), sheet


def test_no_leftovers_of_what_the_book_does_without(book):
    for path in book.rglob("*.html"):
        text = path.read_text("utf8")
        for word in (
            "mathjax@",
            "tex-mml-chtml",
            "window.MathJax",
            "require.min.js",
            "html-manager",
            "THEBE_JS_URL",
            "unpkg.com",
            "cdn.jsdelivr",
        ):
            assert word not in text, (path.name, word)


def test_formulas_are_finished(built):
    total = 0
    for name, page in built.items():
        assert "$$" not in page.text and r"\(" not in page.text, name
        total += sum("katex" == a.get("class") for _, a in page.tags)
        maths = sum(tag == "math" for tag, _ in page.tags)
        assert maths == sum("katex" == a.get("class") for _, a in page.tags), name
    assert total > 100


def test_every_widget_has_a_still_with_words(book):
    seen = 0
    for path in book.rglob("*.html"):
        if path.parent == book / "embed":
            continue  # those lead to a chapter, which has it
        text = path.read_text("utf8")
        views = text.count("application/vnd.jupyter.widget-view+json") + text.count('<script type="application/vnd.plotly.v1+json"')
        stills = re.findall(r'<div class="td-still[^>]*>\s*(?:<figure[^>]*>\s*)?<img[^>]*alt="([^"]*)"', text)
        assert len(stills) == views, path.name
        assert all(len(words) > 60 for words in stills), (path.name, stills)
        seen += views
    assert seen >= 4


def test_links_inside_the_book_lead_somewhere(built, book):
    for name, page in built.items():
        for href in page.hrefs():
            parts = urlsplit(href)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = (book / name).parent / unquote(parts.path)
            assert target.exists(), (name, href)


def test_without_a_repository_no_button_leads_away(built):
    for name, page in built.items():
        for href in page.hrefs():
            assert "mybinder.org" not in href and "colab.research" not in href and "OWNER" not in href, (name, href)


def test_every_notebook_can_be_downloaded(built, book):
    for chapter in CHAPTERS:
        source = [href for href in built[f"chapters/{chapter}.html"].hrefs() if href.endswith(".ipynb") and "_sources" in href]
        assert source, chapter
        nbformat.validate(nbformat.read(book / "chapters" / source[0], as_version=4))


@seldom
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_with_a_repository_the_buttons_work(published, chapter):
    hrefs = Page(published / "chapters" / f"{chapter}.html").hrefs()
    path = f"chapters/{chapter}.ipynb"
    assert f"https://mybinder.org/v2/gh/OWNER/NAME/main?urlpath=lab/tree/{path}" in hrefs
    assert (ROOT / path).exists()
    assert f"https://colab.research.google.com/github/OWNER/NAME/blob/gh-pages/_sources/{path}" in hrefs
    copy = json.loads((published / "_sources" / path).read_text("utf8"))
    first = copy["cells"][0]
    assert f"git+{REPOSITORY}" in "".join(first["source"]) and first["cell_type"] == "code"
    nbformat.validate(nbformat.from_dict(copy))
    original = json.loads((ROOT / path).read_text("utf8"))
    assert [cell["source"] for cell in copy["cells"][1:]] == [cell["source"] for cell in original["cells"]]


@seldom
def test_built_again_with_nothing_changed_it_stays_as_it_is(published):
    texts = lambda: {
        path: path.read_bytes() for path in published.rglob("*") if path.suffix in (".html", ".ipynb") or path.name == "book.css"
    }
    before = texts()
    build(published.parents[1], REPOSITORY)
    if texts() != before:  # a file of the book may have changed while it was built first
        before = texts()
        build(published.parents[1], REPOSITORY)
    assert texts() == before


@seldom
def test_published_pages_say_where_they_are_and_stand_on_the_map(published):
    for chapter in CHAPTERS:
        tags = Page(published / "chapters" / f"{chapter}.html").tags
        address = f"https://owner.github.io/NAME/chapters/{chapter}.html"
        assert ("link", {"rel": "canonical", "href": address}) in tags
        cards = {a.get("property"): a["content"] for tag, a in tags if tag == "meta" and a.get("property")}
        assert cards["og:url"] == address
        image = cards["og:image"].removeprefix("https://owner.github.io/NAME/")
        assert (published / image).stat().st_size > 1000
    on_map = re.findall(r"<loc>https://owner.github.io/NAME/(.*?)</loc>", (published / "sitemap.xml").read_text("utf8"))
    assert {f"chapters/{chapter}.html" for chapter in CHAPTERS} <= set(on_map) and "" in on_map
    assert all((published / (page or "index.html")).exists() for page in on_map)


def test_a_wrong_address_is_told(tmp_path):
    command = [JUPYTER_BOOK, "build", str(ROOT), "--path-output", str(tmp_path)]
    run = subprocess.run(command, env=os.environ | {"BOOK_REPOSITORY": "github.com/no"}, capture_output=True, encoding="utf8", timeout=600)
    assert run.returncode != 0
    assert "BOOK_REPOSITORY must look like https://github.com/OWNER/NAME" in run.stdout + run.stderr


@pytest.mark.parametrize("page_name", READ)
def test_a_first_visit_is_at_most_a_megabyte(visit, address, page_name):
    page = visit(f"{address}/objects.inv.html", errors=False, alone=True)  # nothing there: only to listen before the visit
    compressed, requests = first_visit(page, address, page_name)
    assert requests > 5
    assert compressed <= 1_000_000, f"{compressed / 1e6:.2f} MB"


@pytest.mark.parametrize("page_name, width", part_of(WIDTHS, WIDTHS[::2]))
def test_pages_do_not_jump(visit, address, page_name, width):
    page = visit(f"{address}/objects.inv.html", errors=False, width=width, alone=True)
    shift = ready_and_steady(page, f"{address}/{page_name}.html", slow=1)[1]
    assert shift <= 0.05


@seldom
def test_with_a_repository_the_links_for_a_hub_have_it_filled_in(published):
    guide = Page(published / "back" / "teaching.html")
    shown = (published / "back" / "teaching.html").read_text("utf8")
    for chapter in CHAPTERS:
        assert f"urlpath=lab%2Ftree%2FNAME%2Fchapters%2F{chapter}.ipynb" in shown
    assert not any("HUB" in href for href in guide.hrefs())
