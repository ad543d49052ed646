"""For a class: a book without its solutions, and a chapter's questions on paper, with their answers and without."""

import os
import re
import subprocess
import sys
from pathlib import Path

import book_guesses
import book_handout
import book_solutions
import pytest
from bs4 import BeautifulSoup
from weekly import seldom

from tokendynamics.exercises import EXERCISES
from tokendynamics.exercises._verdict import judge_of

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "index.ipynb", *(ROOT / "chapters").glob("*.ipynb"), *(ROOT / "back").glob("*.md")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_without_solutions_nothing_speaks_of_them(path):
    page = path.relative_to(ROOT).with_suffix("").as_posix()
    text, left = path.read_text("utf8"), book_solutions.left(path.read_text("utf8"), page)
    words = re.compile(r"(?i)solutions?_\d|#sol-|worked solution|\[solution|solutions (?:to|are|open)")
    assert not words.search(left), words.findall(left)
    assert len(left) <= len(text) and (len(text) - len(left) < 900 if words.search(text) else book_solutions.without(text, page) == text)


@seldom
def test_such_a_book_builds_with_no_warning_and_has_no_page_of_solutions(tmp_path):
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(ROOT),
        "--path-output",
        str(tmp_path),
        "-W",
        "-n",
        "--keep-going",
    ]
    run = subprocess.run(command, env=os.environ | {"BOOK_SOLUTIONS": "none"}, capture_output=True, encoding="utf8", timeout=900)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    html = tmp_path / "_build" / "html"
    assert not [path for path in html.rglob("*") if "solutions_" in path.name]
    for page in [*html.rglob("*.html"), *html.rglob("_sources/**/*.ipynb")]:
        assert not re.search(r"solutions_\d|#sol-\d", page.read_text("utf8")), page


def test_the_handout_asks_everything_and_answers_nothing(book):
    for chapter in range(1, 7):
        page, handout = book_handout.sheet(book, chapter, key=False)
        _, key = book_handout.sheet(book, chapter, key=True)
        handout, key = (" ".join(BeautifulSoup(text, "html.parser").article.get_text().split()) for text in (handout, key))
        for number, exercise in EXERCISES.items():
            if number.startswith(f"{chapter}."):
                words = judge_of(exercise).question if number.endswith(".0") else f"{number[2:]} · {exercise.title}"
                assert " ".join(words.split()) in handout, number
        given = book_guesses.predictions(book, page.stem)
        assert given and all(" ".join(each["question"].split()) in handout for each in given)
        for each in given:
            assert each["explanation"] not in handout and " ".join(each["explanation"].split()) in key
        assert "☒" not in handout and key.count("☒") == len(given) + 1
        assert "Solution" not in handout
