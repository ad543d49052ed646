"""One meaning, one colour: stills, widgets and pages take the palette from one place each, and the three places agree."""

import re
from pathlib import Path

import pytest

from tokendynamics.figures.style import PALETTE

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tokendynamics"
SHEETS = (PACKAGE / "widgets" / "ui" / "base.css", ROOT / "site" / "static" / "style.css")
MEANINGS = ("query", "key", "value", "force", "memory", "reference")


def themes(sheet):
    """{meaning: colour} of a style sheet, in the light and in the dark."""
    found = re.findall(r"--td-(query|key|value|force|memory|reference): (#\w{6});", sheet.read_text("utf8"))
    assert len(found) == 2 * len(MEANINGS)
    return dict(found[: len(MEANINGS)]), dict(found[len(MEANINGS) :])


def test_stills_widgets_and_pages_agree():
    (light, dark), (page_light, page_dark) = map(themes, SHEETS)
    assert light == page_light == {meaning: PALETTE[meaning].lower() for meaning in MEANINGS}
    assert dark == page_dark and not set(dark.values()) & set(light.values())
    for name in ("low", "high"):
        grounds = [re.findall(rf"--td-ground-{name}: (#\w{{6}});", sheet.read_text("utf8")) for sheet in SHEETS]
        assert grounds[0] == grounds[1] and len(grounds[0]) == 2


@pytest.mark.parametrize("kind", ["py", "js", "css"])
def test_nobody_else_writes_a_colour_that_has_a_meaning(kind):
    taken = re.compile("|".join(PALETTE[meaning] for meaning in MEANINGS), re.IGNORECASE)
    files = [
        path
        for path in PACKAGE.rglob(f"*.{kind}")
        if "static" not in path.parts and path not in (PACKAGE / "figures" / "style.py", *SHEETS)
    ]
    assert files
    assert [path.name for path in files if taken.search(path.read_text("utf8"))] == []


def test_the_legend_shows_every_meaning_in_the_colour_of_the_theme():
    legend = (ROOT / "back" / "notation.md").read_text("utf8").split("## One meaning, one colour")[1]
    assert {*re.findall(r"var\(--td-(\w+)\)", legend)} >= set(MEANINGS) and not re.search(r"#[0-9a-fA-F]{6}", legend)
