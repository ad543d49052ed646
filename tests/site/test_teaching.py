"""The teacher's guide: minutes that add up, exercises that exist, states that open, numbers that a cell has printed."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import book_teaching
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup

import tokendynamics as td
from tokendynamics import widgets

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "back" / "teaching.md").read_text("utf8")
NOTEBOOKS = {
    path.relative_to(ROOT).as_posix(): nbformat.read(path, as_version=4)
    for folder in ("chapters", "back")
    for path in (ROOT / folder).glob("*.ipynb")
}
LESSONS = [
    (int(minutes), plan)
    for minutes, plan in re.findall(r"^## (?:Prepare in )?(\d+) minutes.*?\n(.*?)(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)
]
STATES = [line for _, line in re.findall(r"\{state\}`([^`<]+) <([^`]+)>`", GUIDE)]
KEYS = ["", "turning"]  # of a page's widgets of one kind, in their order
SAME = """const same = (a, b) => a === b || (!!a && !!b && typeof a === "object" && typeof b === "object"
  && Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => same(a[key], b[key])));"""
NUMBERS_OF_THINGS = re.compile(
    r"`[^`]*`|\]\([^)]*\)|\[\d\.\d\]|(?:segment|without) \d\.\d\b|\| (?:\d\.\d(?:, )?)+ \|"
)  # heads and exercises
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\.?\d)")


def test_three_lessons_and_their_preparation():
    assert sorted(minutes for minutes, _ in LESSONS) == [45, 90, 90, 180]


@pytest.mark.parametrize(("minutes", "plan"), LESSONS, ids=lambda value: str(value) if isinstance(value, int) else "")
def test_minutes_follow_one_another_and_add_up(minutes, plan):
    spans = [(int(a), int(b)) for a, b in re.findall(r"^- \*\*(\d+)–(\d+)\*\* · ", plan, re.MULTILINE)]
    assert spans[0][0] == 0 and spans[-1][1] == minutes
    assert all(start < end for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_every_lesson_has_its_parts():
    for _, plan in LESSONS[1:]:
        assert plan.count("**Hands:**") >= 3 and plan.count("{state}") >= 4
        for part in ("*Aims.*", "*Have open.*", "*To set.*"):
            assert part in plan


def test_exercises_it_names_exist():
    asked = {
        number for nb in NOTEBOOKS.values() for cell in nb.cells for number in re.findall(r"^\(ex-(\d+-\d+)\)=$", cell.source, re.MULTILINE)
    }
    named = re.findall(r"\[(\d+)\.(\d+)\]\(#ex-(\d+-\d+)\)", GUIDE)
    assert len(named) >= 10
    for chapter, number, target in named:
        assert f"{chapter}-{number}" == target and target in asked


def test_sections_of_chapters_it_names_exist():
    headings = {
        line.lstrip("# ").strip()
        for nb in NOTEBOOKS.values()
        for cell in nb.cells
        for line in cell.source.splitlines()
        if line.startswith("#")
    }
    named = [
        title
        for cell in re.findall(r"Screen:\*.*? Chapter \d, (\*.*?\*(?: and \*.*?\*)?)\.?$", GUIDE, re.MULTILINE)
        for title in re.findall(r"\*(.*?)\*", cell)
    ]
    assert len(named) >= 9 and set(named) <= headings


def test_the_first_lesson_opens_what_its_lines_say():
    """Its states are where the tokens are by then: shifted by one, three layers on with V off, and seen from where cat stands."""
    shown = {words: book_teaching.widget(line) for words, line in re.findall(r"\{state\}`([^`<]+) <([^`]+)>`", GUIDE)}
    start, eye = shown["Q, K and V do nothing"], np.eye(2)
    assert np.allclose(shown["all shifted by one"].tokens, start.tokens + [1, 0])
    later = shown["three layers on, V switched off"]
    assert (later.tokens == td.trajectories(start.tokens, [(eye, eye, eye)] * 3)[-1].round(2)).all() and not later.V.any()
    cat = shown["from where cat stands"]
    assert cat.names[cat.selected] == "cat"
    weights = td.attention_weights(start.tokens, eye, eye).round(2)
    assert np.allclose([weights[0, 1] * start.tokens[1], weights[1, 0] * start.tokens[0]], [[0.28, 0.14], [-0.06, -0.03]])


def test_its_decimals_were_printed_by_a_cell_of_the_book():
    printed = {
        float(n)
        for nb in NOTEBOOKS.values()
        for cell in nb.cells
        for output in cell.get("outputs", [])
        for n in re.findall(r"\d+\.\d+", output.get("text", ""))
    }
    shown = {abs(number) for line in STATES for number in flat(book_teaching.widget(line).state())}
    prose = NUMBERS_OF_THINGS.sub(" ", GUIDE)
    loose = [number for number in DECIMAL.findall(prose) if float(number) not in printed | shown]
    assert not loose


def flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [n for each in value for n in flat(each)] if isinstance(value, list) else [value] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("line", sorted(set(STATES)))
def test_a_state_is_a_line_of_python_and_a_link_that_says_the_same(line):
    shown = book_teaching.widget(line)
    assert type(shown).from_link(shown.link()).state() == shown.state()
    assert eval(line, vars(widgets)).state() == shown.state()  # what a teacher pastes into a cell


@pytest.mark.parametrize(
    "line", ["print(1)", "ForceLab.preset(open('x'))", "ForceLab.still()", "ForceLab.preset('no such state')", "ForceLab("]
)
def test_a_line_that_is_no_state_is_refused(line):
    with pytest.raises(ValueError):
        book_teaching.widget(line)


def test_every_state_opens_on_its_page(book, address, visit):
    """One visit a page; each link is followed from the guide by its fragment, as a click on it does."""
    guide = BeautifulSoup((book / "back" / "teaching.html").read_text("utf8"), "html.parser")
    links = [urlsplit(link["href"]) for link in guide.select("a.td-state")]
    assert len(links) == len(STATES)
    states = map(book_teaching.widget, STATES)
    wanted = {shown.link()[1:]: shown.state() for shown in states}
    pages = {}
    for link in links:
        pages.setdefault(link.path, set()).add(link.fragment)
    for path, fragments in pages.items():
        page = visit(f"{address}/back/{path}")
        for fragment in sorted(fragments):
            view, _, key = fragment.split("=")[0].partition("~")
            root = page.locator(f"[data-widget={view}]").nth(KEYS.index(key))
            page.locator(".td-live").first.wait_for()
            page.evaluate("fragment => { location.hash = fragment }", fragment)
            root.and_(page.locator("[data-ready]")).wait_for()
            page.wait_for_function(
                f"([root, wanted]) => {{ {SAME} return same(root.widgetState(), wanted) }}",
                arg=[root.element_handle(), wanted[fragment]],
            )


def test_the_page_has_each_state_as_a_line_that_runs(book):
    page = BeautifulSoup((book / "back" / "teaching.html").read_text("utf8"), "html.parser")
    code = next(block.get_text() for block in page.select("div.highlight-python pre"))
    names = {}
    for line in filter(None, code.splitlines()):
        exec(line, names)
    assert {line.split("  #")[0].rstrip() for line in code.splitlines()[2:]} == set(STATES)


def test_the_page_has_a_link_for_a_hub_to_every_chapter(book):
    page = BeautifulSoup((book / "back" / "teaching.html").read_text("utf8"), "html.parser")
    shown = [block.get_text().strip() for block in page.select("div.highlight-text pre")]
    assert shown == [book_teaching.pull(book_teaching.NOWHERE, path) for path in book_teaching.notebooks()]


def test_links_for_a_hub_hold_what_nbgitpuller_asks_for():
    for path in book_teaching.notebooks():
        link = urlsplit(book_teaching.pull("https://github.com/OWNER/NAME", path))
        asked = parse_qs(link.query)
        assert link.path == "/hub/user-redirect/git-pull" and (ROOT / path).exists()
        assert asked == {"repo": ["https://github.com/OWNER/NAME"], "branch": ["main"], "urlpath": [f"lab/tree/NAME/{path}"]}


def test_mistakes_are_named_as_the_checkers_name_them():
    """Each name belongs to one of the exercises beside it, and each of these exercises knows one of the names."""
    exercises = pytest.importorskip("tokendynamics.exercises").EXERCISES
    rows = re.findall(r"^\| [^|]+ \| (\*[^|]+) \| ([\d., ]+) \|", GUIDE, re.MULTILINE)
    assert rows
    for names, numbers in rows:
        known = [set(exercises[number].misconceptions) for number in numbers.split(", ")]
        named = set(re.findall(r"\*(.+?)\*", names))
        assert named <= set.union(*known) and all(named & each for each in known), (names, numbers)
