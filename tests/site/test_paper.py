"""The book on paper: every page is there, stills stand for widgets, links lead to places in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))
import book_paper  # noqa: E402

PAGES = book_paper.order(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8")))
ADDRESS = "https://owner.github.io/NAME/"


@pytest.fixture(scope="module")
def paper(book):
    return BeautifulSoup(book_paper.one_page(book, PAGES, ADDRESS), "html.parser")


def test_every_page_is_there_once(paper):
    assert len(PAGES) == len(paper.select("article")) >= 8
    ids = [element["id"] for element in paper.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_links_lead_to_places_on_paper_or_outside(paper):
    ids = {element["id"] for element in paper.find_all(id=True)}
    inner = [a["href"] for a in paper.select("a[href]") if a["href"].startswith("#")]
    assert len(inner) > 100
    assert [href for href in inner if href[1:] not in ids] == []
    rest = {a["href"] for a in paper.select("a[href]")} - set(inner)
    assert all(href.startswith(("http", "mailto:")) for href in rest), rest


def test_stills_stand_for_widgets_and_say_where_the_live_one_is(paper):
    places = paper.select(".td-live")
    assert places and not paper.select("script, .td-place")
    for place in places:
        assert place.select_one(".td-still img[alt]") and place.select_one(".td-where a")["href"].startswith(ADDRESS)


def test_pictures_are_where_the_paper_looks(paper, book):
    assert all((book / image["src"]).exists() for image in paper.select("img[src]") if not image["src"].startswith(("data:", "http")))


def test_chromium_prints_a_chapter(book, tmp_path):
    command = [sys.executable, str(ROOT / "site" / "book_paper.py"), "--html", str(book), "--out", str(tmp_path / "one.pdf")]
    subprocess.run([*command, "chapters/01_tokens_as_particles"], check=True, timeout=600)
    data = (tmp_path / "one.pdf").read_bytes()
    assert data.startswith(b"%PDF") and 8 <= len(re.findall(rb"/Type /Page\b", data)) <= 60
    assert b"/Outlines" in data and not (book / "_paper.html").exists()


LOOK = """() => {
  const shown = selector => [...document.querySelectorAll(selector)].some(e => e.checkVisibility());
  const lightness = colour => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + part / 765, 0);
  const style = (selector, name) => [...document.querySelectorAll(selector)].map(e => getComputedStyle(e)[name]);
  return {
    ink: Math.max(...style('.bd-article :is(p, li, h2, a, td, th, .highlight span)', 'color').map(lightness)),
    paper: lightness(getComputedStyle(document.body).backgroundColor),
    turned: style('.cell_output img', 'filter').filter(filter => filter !== 'none').length,
    beside: ['.skip-link', '#pst-primary-sidebar', '#pst-secondary-sidebar', '.bd-header-article', '#pst-back-to-top'].filter(shown),
  };
}"""


@pytest.mark.parametrize("page_name", ["chapters/01_tokens_as_particles", "back/api/attention"])
def test_paper_is_light_in_the_dark_theme_too_and_the_screen_stays_dark(visit, address, page_name):
    page = visit(f"{address}/{page_name}.html", dark=True)
    page.wait_for_load_state("networkidle")
    page.evaluate(f"() => addEventListener('beforeprint', () => {{ window.__printed = ({LOOK})(); }})")
    page.pdf()
    printed = page.evaluate("window.__printed")
    assert printed["paper"] > 0.95 and printed["turned"] == 0
    assert printed["ink"] < 0.62, "no text is lighter than what can be read on white"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(f"({LOOK})().paper") < 0.2


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_is_beside_the_text_does_not_print(visit, address, scripts):
    page = visit(f"{address}/chapters/01_tokens_as_particles.html", java_script_enabled=scripts)
    page.emulate_media(media="print")
    for selector in (
        ".skip-link",
        "#pst-primary-sidebar",
        "#pst-secondary-sidebar",
        ".bd-header-article",
        "#pst-back-to-top",
        ".td-coming",
    ):
        assert not page.locator(selector).locator("visible=true").count(), selector
