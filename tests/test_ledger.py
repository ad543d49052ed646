"""The ledger says nothing that the book does not print: its chapters, cells, lines, numbers and tests are there.

That the tests have run and measured the numbers is asked at the end of a whole run, by tests/deciding.py.
"""

import ast
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tokendynamics import ledger

ROOT = Path(__file__).parents[1]
CLAIMS = ledger.claims()
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?")
each = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.claim[:40])


def numbers(text):
    return [float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)]


@cache
def outputs(chapter):
    """{cell id: lines it prints}, of checked cells less the ledger's own, with runs of blanks made one."""
    cells = nbformat.read(ROOT / chapter, as_version=4).cells
    checked = [
        cell
        for cell in cells
        if cell.cell_type == "code" and cell.source.startswith("# NBVAL_CHECK_OUTPUT") and "ledger." not in cell.source
    ]
    texts = {cell.id: "".join(out.get("text") or out.data["text/plain"] for out in cell.outputs) for cell in checked}
    return {name: [" ".join(line.split()) for line in text.splitlines()] for name, text in texts.items()}


@cache
def functions_in(path):
    return {node.name for node in ast.parse((ROOT / path).read_text("utf8")).body if isinstance(node, ast.FunctionDef)}


def lines_of(claim):
    wanted = " ".join(claim.line.split())
    return [line for line in outputs(claim.chapter).get(claim.cell, []) if wanted in line]


def test_each_claim_stands_once_in_every_section_and_with_every_verdict():
    article = [claim for claim in CLAIMS if claim.place]
    assert {claim.section for claim in article} == set(ledger.SECTIONS)
    assert len({claim.id for claim in CLAIMS}) == len({(claim.claim, claim.place) for claim in CLAIMS}) == len(CLAIMS)
    assert {claim.verdict for claim in CLAIMS} == set(ledger.VERDICTS) == set(ledger.MARKS)
    assert [claim.section for claim in article] == sorted(claim.section for claim in article)
    assert CLAIMS[: len(article)] == article, "the book's own come last"


@each
def test_the_chapter_and_its_line_are_there(claim):
    assert (ROOT / claim.chapter).is_file()
    wanted = " ".join(claim.line.split())
    where = [cell for cell, lines in outputs(claim.chapter).items() if any(wanted in line for line in lines)]
    assert claim.cell in where, f"{claim.cell} of {claim.chapter} prints no line with {claim.line!r}; cells that do: {where}"


@each
def test_the_deciding_tests_exist(claim):
    for test in claim.tests:
        path, name = test.split("::")
        assert path.startswith("tests/") and (ROOT / path).is_file()
        assert name.startswith("test_") and name in functions_in(path)


@each
def test_the_number_stands_on_its_line(claim):
    if claim.value is None:
        assert claim.line.endswith("True") or len(numbers(claim.line)) > 1, "with no value the line must decide"
        return
    found = [number for line in lines_of(claim) for number in numbers(line)]
    assert any(abs(number - claim.value) <= claim.tolerance for number in found), (claim.value, found)


@each
def test_every_decimal_that_is_told_is_printed_in_the_chapter(claim):
    printed = {abs(number) for lines in outputs(claim.chapter).values() for line in lines for number in numbers(line)}
    assert {float(told) for told in re.findall(r"\d+\.\d+", claim.condition)} <= printed


@each
def test_the_value_is_told(claim):
    """What the reader sees of a claim holds the number that is checked."""
    assert claim.value is None or claim.value in numbers(claim.condition)


def test_every_chapter_prints_its_verdicts_from_here():
    for chapter in sorted({claim.chapter for claim in CLAIMS}):
        cells = nbformat.read(ROOT / chapter, as_version=4).cells
        shown = [out.data["text/plain"] for cell in cells if cell.cell_type == "code" and "ledger." in cell.source for out in cell.outputs]
        number = int(Path(chapter).stem[:2])
        assert shown == [repr(ledger.verdicts(number, source)) for source in ledger.SOURCES if _has(number, source)]
        heading = next(cell.source for cell in cells if cell.source.startswith("## Verdicts"))
        assert not re.search(r"\*\*(Exact|Holds|Fails|Open)", heading), "a verdict by hand"


def _has(chapter, source):
    return any(claim.chapter_number == chapter and ledger.SOURCES[claim.place is None] == source for claim in CLAIMS)


def test_verdicts_are_all_or_parts():
    every = ledger.verdicts()
    assert list(every) == CLAIMS and max(map(len, repr(every).splitlines())) <= ledger.WIDTH
    assert [claim for section in ledger.SECTIONS for claim in ledger.verdicts(section=section)] == ledger.verdicts(source="article")
    for chapter in {claim.chapter_number for claim in CLAIMS}:
        assert all(claim.chapter_number == chapter for claim in ledger.verdicts(chapter))
    assert sum(sum(row.values()) for row in ledger.counts().values()) == len(CLAIMS)
    for wrong in ({"chapter": 99}, {"section": 1}, {"chapter": 6, "section": 2}, {"source": "hearsay"}):
        with pytest.raises(ValueError, match="chapter must be one of 1, 2, .*, source article or book, section 2 to 6"):
            ledger.verdicts(**wrong)


def test_the_page_shows_what_the_text_says():
    """The HTML has each claim's words, its verdict as a word and a mark, and nothing that a claim could slip in."""
    page = BeautifulSoup(ledger.verdicts()._repr_html_(), "html.parser")
    for claim, item in zip(CLAIMS, page.select("li"), strict=True):
        assert claim.claim == item.em.text and claim.condition in item.p.text
        assert item.strong.text.strip(".").lower() == claim.verdict == item["data-verdict"]
        assert item.select_one(".td-mark").text == ledger.MARKS[claim.verdict]
        assert [code["data-test"] for code in item.select("code")] == list(claim.tests)
    chapters = [
        (bool(BeautifulSoup(shown._repr_html_(), "html.parser").select("a"))) for shown in (ledger.verdicts(3), ledger.verdicts(section=3))
    ]
    assert chapters == [False, True], "a verdict links to its chapter from elsewhere only"
    slipped = ledger.Verdicts([CLAIMS[0]._replace(claim="<b onclick='x'>", condition="<script>")])
    assert "<b" not in slipped._repr_html_() and "<script" not in slipped._repr_html_()


@pytest.mark.parametrize(
    "change, words",
    [
        ({"verdict": "true"}, "verdict of claim 3 must be one of exact, holds if, fails, open"),
        ({"place": "7"}, "place of claim 3 must be None or begin with a section"),
        ({"place": "Fig. 4"}, "place of claim 3 must be None or begin with a section"),
        ({"place": ""}, "place of claim 3 must be None or begin with a section"),
        ({"tests": []}, "tests of claim 3 must name at least one test"),
        ({"claim": " "}, "claim of claim 3 must be words"),
        ({"value": "0.5", "tolerance": 0}, "value and tolerance of claim 3 must be numbers"),
        ({"value": 0.5, "tolerance": None}, "value and tolerance of claim 3 must be numbers"),
        ({"note": "x"}, "claim 3 must have the keys"),
    ],
)
def test_a_wrong_entry_is_told(change, words):
    with pytest.raises(ValueError, match=words):
        ledger._claim(3, CLAIMS[0]._asdict() | change)
