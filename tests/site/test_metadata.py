"""Pages say what they are about, and the whole book can be taken along."""

import re
import zipfile
from pathlib import Path

import book_cells
import book_metadata
import book_python
import pytest
import yaml
from bs4 import BeautifulSoup

VOID = {"genindex", "search"}


@pytest.fixture(scope="module")
def texts(book):
    paths = [path for path in sorted(book.rglob("*.html")) if "_static" not in path.parts and path.stem not in VOID]
    return {path.relative_to(book).as_posix(): path.read_text("utf8") for path in paths}


def test_every_page_has_a_description_of_its_own(texts):
    said = {}
    for name, text in texts.items():
        found = re.findall(r'<meta name="description" content="([^"]*)"', text)
        assert len(found) == 1 and 40 <= len(found[0]) <= 170, (name, found)
        assert "$" not in found[0] and "\\" not in found[0], name
        said.setdefault(found[0], []).append(name)
    assert all(len(names) == 1 for names in said.values()), said


def test_the_book_and_each_chapter_say_how_they_are_cited_with_no_script(texts):
    given = yaml.safe_load((Path(__file__).parents[2] / "CITATION.cff").read_text("utf8"))
    for name, text in texts.items():
        chapter = name.startswith("chapters/") and int(name[9:11])
        assert text.count('<details class="td-cite">') == (name == "index.html" or bool(chapter)), name
        if (at := text.find('<details class="td-cite">')) < 0:
            continue
        cite = BeautifulSoup(text[at : text.index("</details>", at)], "html.parser")
        line, entry = cite.p.get_text(), cite.select_one(".highlight pre").get_text()  # .highlight: it gets a button that copies it
        assert all(str(words) in line for words in (given["title"], given["version"], given["authors"][0]["name"]))
        assert entry.startswith("@misc{") and entry.count("{") == entry.count("}") and f"title = {{{{{given['title']}}}}}" in entry
        assert not chapter or f"Chapter {chapter}, " in line and f"note = {{Chapter {chapter}, " in entry
    chapter = book_metadata.how_to_cite("chapters/03_trajectories", "3 · Tra<i>j</i>ectories", "https://owner.github.io/NAME/")
    assert chapter.count("https://owner.github.io/NAME/chapters/03_trajectories.html") == 2 and "Chapter 3, Trajectories" in chapter


def test_one_viewport_a_page(texts):
    assert all(text.count('<meta name="viewport"') == 1 for text in texts.values())


def test_the_zip_is_the_book_and_opens_with_no_server(book, tmp_path, visit):
    with zipfile.ZipFile(book / "tokens-in-motion.zip") as packed:
        packed.extractall(tmp_path)
    unpacked = tmp_path / "tokens-in-motion"
    served = {book / book_python.FOLDER, book / book_cells.SCRIPTS}  # what a page that was opened from a folder may not load
    here = {
        path.relative_to(book) for path in book.rglob("*") if path.is_file() and path.suffix != ".zip" and served.isdisjoint(path.parents)
    }
    assert {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()} == here
    page = visit((unpacked / "index.html").as_uri())
    page.wait_for_selector("[data-widget][data-ready]")
    assert page.locator(".td-offline").count() == 0, "in the zip the link would lead nowhere"


def test_every_page_leads_to_the_zip(texts, book):
    for name, text in texts.items():
        if name.startswith("embed/"):
            continue  # those lead to a chapter
        (link,) = re.findall(r'<p class="td-offline"><a href="([^"]*)"', text)
        assert ((book / name).parent / link).resolve() == (book / "tokens-in-motion.zip").resolve()


def test_search_works_without_a_server(book, visit):
    page = visit(f"{(book / 'search.html').as_uri()}?q=potential")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li").count() >= 2
