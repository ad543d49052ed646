"""What a page loads before it can be seen: one sheet with the rules it can use, its icons within, no script in the way."""

import re
import sys
from pathlib import Path

import pytest
import tinycss2

sys.path.insert(0, str(Path(__file__).parents[2] / "site"))
import book_assets  # noqa: E402


@pytest.fixture(scope="module")
def pages(book):
    alone = book / "embed"  # those have nothing of the theme
    return {path: path.read_text("utf8") for path in book.rglob("*.html") if "_static" not in path.parts and path.parent != alone}


def rules(text, words):
    return "".join(book_assets.kept(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), set(words)))


@pytest.mark.parametrize(
    "rule, words, left",
    [
        (".used{a:b}", ["used"], ".used{a:b}"),
        (".unused{a:b}", ["used"], ""),
        (".used .unused,p .used{a:b}", ["used"], "p .used{a:b}"),
        ("p>#here::before{a:b}", ["here"], "p>#here::before{a:b}"),
        ("p:not(.unused){a:b}", [], "p:not(.unused){a:b}"),
        ("@media print{.unused{a:b}}", [], ""),
        ("@media print{.used{a:b}.unused{a:b}}", ["used"], "@media print{.used{a:b}}"),
        ("@font-face{font-family:x}", [], "@font-face{font-family:x}"),
    ],
)
def test_a_rule_stays_if_its_classes_and_ids_are_words_of_the_book(rule, words, left):
    assert rules(rule, words).replace(";", "") == left


def test_every_page_has_one_sheet_and_no_script_that_holds_it_up(pages):
    assert pages
    for path, page in pages.items():
        head = page[: page.index("</head>")]
        (sheet,) = re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"?]*)', page)
        assert (path.parent / sheet).exists()
        if path.name != "search.html":
            waits = re.findall(r"<script(?=[^>]* src=)[^>]*>", head)
            assert waits and all("defer" in script for script in waits), path.name
            assert "searchindex" not in page and 'rel="preload"' not in head
        assert "widget-state+json" not in page, "the state has a file of its own"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_has_the_colours_of_each_theme(book, theme):
    sheet = (book / "_static" / "book.css").read_text("utf8")
    assert re.search(rf'\[data-theme="?{theme}"?\] \.highlight \.kn\{{', sheet)


def test_icons_are_within_the_sheet_and_all_that_pages_name_are_there(pages, book):
    sheet = (book / "_static" / "book.css").read_text("utf8")
    named = {name for page in pages.values() for name in re.findall(r"\bfa-(?!solid|lg|brands|regular)[a-z-]+", page)}
    assert len(named) >= 8
    for name in named:
        assert re.search(rf"\.{name}:{{1,2}}before", sheet), name
    assert "url(vendor" not in sheet and sheet.count("font/woff;base64,") >= 1
    for address in re.findall(r"url\((?!['\"]?(?:data:|#))['\"]?([^)'\"]+)", sheet):
        assert (book / "_static" / address).exists(), address


def test_the_sheet_is_a_quarter_of_what_it_is_made_of(book):
    assert (book / "_static" / "book.css").stat().st_size < 200_000  # the theme's own are 570 kB


def test_pictures_say_their_size(pages):
    for path, page in pages.items():
        for image in re.findall(r"<img[^>]*_images[^>]*>", page):
            assert re.search(r'width="\d+" height="\d+"', image), (path.name, image[:100])


def test_doing_it_twice_changes_nothing(pages, book):
    for path, page in pages.items():
        assert book_assets.state_apart(book, path, page) == page and book_assets.sized(path, page) == page
        assert path.name == "search.html" or book_assets.late_scripts(page, "") == page
