"""The book on paper: every page is there, stills stand for widgets, links lead to places in it, and it is set as a book is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from weekly import part_of, seldom

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))
import book_paper  # noqa: E402

ALL = book_paper.order(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8")))
PAGES = part_of(ALL, [*ALL[:4], "back/solutions_01", "back/glossary", "back/built", "back/api/attention"])
ADDRESS = "https://owner.github.io/NAME/"
WIDTH, HIGH = 559, 110  # a page between its margins is 148 mm wide, and 249 mm high: what stays whole takes less than half of it


@pytest.fixture(scope="module")
def paper(book):
    return BeautifulSoup(book_paper.one_page(book, PAGES, ADDRESS), "html.parser")


def test_every_page_is_there_once(paper):
    assert len(PAGES) == len(paper.select("article")) >= 8
    assert "back/api/attention" in PAGES and not paper.select(".td-code"), "the package is there, without its sources"
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


def test_all_that_a_click_would_open_is_open(paper):
    assert paper.select("details") and not paper.select("details:not([open]), details[name]")


@pytest.fixture(scope="module")
def sheet(visit_for_long, serve, book, paper):
    """All these pages in a browser, as wide as a page of paper."""
    page = visit_for_long(
        serve(book, made=lambda path: str(paper).encode() if path == "/paper.html" else None) + "/paper.html", width=WIDTH
    )
    page.emulate_media(media="print")
    page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => {})))")
    return page


def test_text_code_and_tables_keep_to_one_measure_of_some_eighty_letters(sheet):
    found = sheet.evaluate("""() => {
      const right = e => Math.round(e.getBoundingClientRect().right);
      const all = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
      const long = all('section > p').filter(e => e.textContent.length > 300 && !e.querySelector('.katex'));
      const letters = long.map(e => e.textContent.length / e.getBoundingClientRect().height * parseFloat(getComputedStyle(e).lineHeight));
      return {text: [...new Set(all('section > p').map(right))], code: [...new Set(all('section > .cell > .cell_input').map(right))],
        letters: letters.sort((a, b) => a - b)[letters.length >> 1],
        over: all('article :is(p, pre, table, img, .td-display)').filter(e => right(e) > innerWidth + 1).map(e => e.outerHTML.slice(0, 99))};
    }""")
    assert found["text"] == found["code"] == [WIDTH]
    assert 60 <= found["letters"] <= 88
    assert found["over"] == []


def test_nothing_that_stays_whole_could_leave_half_a_page_empty(sheet):
    high = sheet.evaluate(
        """most => [...document.querySelectorAll('article *')].filter(e => {
      const style = getComputedStyle(e);
      const whole = style.breakInside === 'avoid' || !['visible', 'clip'].includes(style.overflowY) || style.display === 'inline-block';
      return whole && e.getBoundingClientRect().height * 25.4 / 96 > most;
    }).map(e => `${e.closest('article').id} ${e.outerHTML.slice(0, 80)}`)""",
        HIGH,
    )
    assert high == []


def test_each_page_has_a_number_and_the_name_of_its_chapter(sheet, paper):
    rules = sheet.evaluate("""() => Object.fromEntries([...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
      .filter(rule => rule instanceof CSSPageRule)
      .map(rule => [rule.selectorText, Object.fromEntries([...rule.cssRules].map(box => [box.name, box.style.content]))]))""")
    assert rules.pop("") == {"bottom-center": "counter(page)"}
    names = sheet.evaluate("[...document.querySelectorAll('article')].map(article => getComputedStyle(article).page)")
    heads = [rules.get(name, {}).get("top-right", "").strip('"') for name in names]
    assert heads == ["", *(book_paper.title(article) for article in paper.select("article")[1:])]
    assert heads[3] == "3 · The attention stack and trajectories"


def outline(pdf):
    """The titles in the outline of a PDF."""
    found = re.findall(rb"/Title\s*(?:<([0-9A-F]+)>|\(((?:\\.|[^\\)])*)\))", pdf)
    octal = [re.sub(rb"\\([0-7]{3})", lambda n: bytes([int(n[1], 8)]), text) for _, text in found]
    plain = [re.sub(rb"\\(.)", rb"\1", text) for text in octal]
    return [
        bytes.fromhex(code.decode()).decode("utf-16") if code else text.decode("latin1")
        for (code, _), text in zip(found, plain, strict=True)
    ]


@seldom
def test_chromium_prints_chapters_with_an_outline_that_can_be_read(book, tmp_path):
    pages = ["chapters/01_tokens_as_particles", "chapters/03_trajectories"]
    command = [sys.executable, str(ROOT / "site" / "book_paper.py"), "--html", str(book), "--out", str(tmp_path / "two.pdf")]
    subprocess.run([*command, *pages], check=True, timeout=600)
    data = (tmp_path / "two.pdf").read_bytes()
    assert data.startswith(b"%PDF") and 16 <= len(re.findall(rb"/Type /Page\b", data)) <= 90
    assert not (book / "_paper.html").exists()
    titles = outline(data)
    headings = BeautifulSoup(book_paper.one_page(book, pages), "html.parser").select("article :is(h1, h2, h3, h4)")
    assert {" ".join(h.get_text().replace("#", "").split()) for h in headings} <= {" ".join(title.split()) for title in titles}
    assert {"3 · The attention stack and trajectories", "5 · Nothing sets the unit of M"} <= set(titles)


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
