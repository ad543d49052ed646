"""The ledger says nothing that the book does not print: its chapters, cells, lines, numbers and tests are there."""

import ast
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from tokendynamics import ledger

ROOT = Path(__file__).parents[2]
CLAIMS = ledger.claims()
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?")
each = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.claim[:40])


def numbers(text):
    return [float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)]


@cache
def outputs(chapter):
    """{cell id: lines it prints}, of checked cells, with runs of blanks made one."""
    cells = nbformat.read(ROOT / chapter, as_version=4).cells
    checked = [cell for cell in cells if cell.cell_type == "code" and cell.source.startswith("# NBVAL_CHECK_OUTPUT")]
    texts = {cell.id: "".join(out.get("text") or out.data["text/plain"] for out in cell.outputs) for cell in checked}
    return {name: [" ".join(line.split()) for line in text.splitlines()] for name, text in texts.items()}


@cache
def functions_in(path):
    return {node.name for node in ast.parse((ROOT / path).read_text("utf8")).body if isinstance(node, ast.FunctionDef)}


def lines_of(claim):
    wanted = " ".join(claim.line.split())
    return [line for line in outputs(claim.chapter)[claim.cell] if wanted in line]


def test_enough_claims_each_once_in_every_section_and_with_every_verdict():
    assert len(CLAIMS) >= 25 and len({(claim.claim, claim.place) for claim in CLAIMS}) == len(CLAIMS)
    assert {claim.section for claim in CLAIMS} == set(ledger.SECTIONS)
    assert {claim.verdict for claim in CLAIMS} == set(ledger.VERDICTS)
    assert [claim.section for claim in CLAIMS] == sorted(claim.section for claim in CLAIMS)


@each
def test_the_chapter_and_its_line_are_there(claim):
    assert (ROOT / claim.chapter).is_file()
    assert lines_of(claim), f"{claim.cell} of {claim.chapter} prints no line with {claim.line!r}"


@each
def test_the_deciding_test_exists(claim):
    path, name = claim.test.split("::")
    assert path.startswith("tests/laws/test_") and (ROOT / path).is_file()
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


def test_printed_shows_all_and_parts():
    whole = ledger.printed()
    assert max(map(len, whole.splitlines())) <= ledger.WIDTH
    assert "\n".join(ledger.printed(section=section) for section in ledger.SECTIONS) == whole
    for chapter in range(1, 7):
        assert ledger.printed(chapter).count(f"(Chapter {chapter})") == sum(claim.chapter_number == chapter for claim in CLAIMS)
    assert sum(sum(row.values()) for row in ledger.counts().values()) == len(CLAIMS)
    for wrong in ({"chapter": 9}, {"section": 1}, {"chapter": 6, "section": 2}):
        with pytest.raises(ValueError, match="chapter must be 1 to 6 and section 2 to 6"):
            ledger.printed(**wrong)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"verdict": "true"}, "verdict of claim 3 must be one of exact, holds if, fails, open"),
        ({"place": "7"}, "place of claim 3 must begin with a section"),
        ({"place": "Fig. 4"}, "place of claim 3 must begin with a section"),
        ({"claim": " "}, "claim of claim 3 must be words"),
        ({"value": "0.5", "tolerance": 0}, "value and tolerance of claim 3 must be numbers"),
        ({"value": 0.5, "tolerance": None}, "value and tolerance of claim 3 must be numbers"),
        ({"note": "x"}, "claim 3 must have the keys"),
    ],
)
def test_a_wrong_entry_is_told(change, words):
    with pytest.raises(ValueError, match=words):
        ledger._claim(3, CLAIMS[0]._asdict() | change)
