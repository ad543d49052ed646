"""The table of the article's statements: every claim that has a place there, with the verdict of today and links that lead somewhere."""

import re
from functools import cache
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from tokendynamics import ledger

CLAIMS = {claim.id: claim for claim in ledger.claims()}


@pytest.fixture(scope="module")
def page(book):
    @cache
    def read(path):
        return BeautifulSoup(path.read_text("utf8"), "html.parser")

    return lambda path: read((book / path).resolve())


@pytest.fixture(scope="module")
def rows(page):
    """(number of the article's section, the three cells) of each row."""
    sections = page("back/article.html").select("article section section")
    return [(int(section.h2.get_text()[0]), row.find_all("td")) for section in sections for row in section.select("tbody tr")]


def claimed(cell):
    return [link.code.get_text() for link in cell.select("a.td-claim")]


def test_every_row_says_what_the_article_says_and_how_it_is_treated(rows):
    assert len(rows) > 40 and [number for number, _ in rows] == sorted(number for number, _ in rows)
    for _, (said, treated, verdict) in rows:
        assert len(said.get_text().split()) > 5
        assert treated.find("a") or "Not treated" in treated.get_text()
        chapters = {urlsplit(link["href"]).path.removeprefix("../").removesuffix(".html") for link in treated.find_all("a")}
        for name in claimed(verdict):
            assert CLAIMS[name].chapter.removesuffix(".ipynb") in chapters, f"{name} is decided in a chapter that its row does not name"


def test_every_claim_of_the_article_stands_in_its_section(rows):
    placed = {(claim.section, name) for name, claim in CLAIMS.items() if claim.place}
    assert placed <= {(number, name) for number, cells in rows for name in claimed(cells[2])}


def test_verdicts_are_those_of_the_ledger_and_lead_to_it(rows, page):
    links = [link for _, cells in rows for link in cells[2].select("a")]
    assert len(links) >= len(CLAIMS) / 2
    for link in links:
        claim = CLAIMS[link.code.get_text()]
        assert link.get_text() == f"{ledger.MARKS[claim.verdict]} {claim.verdict} {claim.id}" and link["title"] == claim.claim
        path, fragment = link["href"].split("#")
        item = page(f"back/{path}").find(id=fragment)
        assert item["data-claim"] == claim.id and claim.condition in item.get_text()


def test_every_link_has_a_target(rows, page):
    for _, cells in rows:
        for link in (link for cell in cells for link in cell.find_all("a")):
            parts = urlsplit(link["href"])
            there = page(f"back/{parts.path or 'article.html'}")
            assert not parts.fragment or there.find(id=parts.fragment), link
            assert link.get_text().strip()


def test_a_verdict_that_stands_twice_on_a_page_has_one_place(page):
    items = page("chapters/07_where_it_ends.html").select("li[data-claim]")
    places = [item["id"] for item in items if item.get("id")]
    assert len(places) == len(set(places)) == len({item["data-claim"] for item in items}) < len(items)


def test_no_verdict_is_typed_into_the_table(rows):
    for _, (_, _, verdict) in rows:
        for link in verdict.select("a"):
            link.extract()
        assert re.fullmatch(r"[\s,]*", verdict.get_text())
