"""The page's judge and Python's: one set of rules, the same words for the same answers."""

import json
import subprocess
from pathlib import Path

import book_exercises
import node
import numpy as np
from exercise_answers import TOPIC
from field_answers import RULES, in_python, typed

from tokendynamics.widgets import HeadsAndTasks

ROOT = Path(__file__).parents[2]


def test_what_can_be_told_without_python_has_a_field():
    assert set(RULES["exercises"]) == {
        *("1.2", "1.4", "1.5", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "4.2", "4.3", "4.5", "4.6"),
        *("5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6"),
    }


def test_the_page_and_python_say_the_same():
    rng = np.random.default_rng(0)
    given = [(number, answer) for number in RULES["exercises"] for answer in typed(rng, number)]
    given += [("6.2", [str(layer) for layer in TOPIC.values()])]
    asked = json.dumps({"rules": RULES, "given": given, "model": HeadsAndTasks().model})
    run = subprocess.run(
        [node.find("node"), ROOT / "tests/exercises/judge.mjs"], input=asked, capture_output=True, text=True, encoding="utf8", check=True
    )
    kinds = set()
    for (number, answer), found in zip(given, json.loads(run.stdout), strict=True):
        verdict = in_python(number, answer)
        torn = "link that cannot be read" in verdict.words  # which part of a link is torn is told in other words
        words = found["words"].split("read:")[0] if torn else found["words"]
        assert words == (verdict.words.split("read:")[0] if torn else verdict.words), (number, answer)
        assert (found["right"], found["misconception"], found["answered"]) == (verdict.right, verdict.misconception, verdict.answered)
        kinds.add((number, verdict.misconception or verdict.right))
    for number in RULES["exercises"]:
        assert {(number, True), (number, False)} <= kinds, f"{number}: neither right nor wrong was tried"
    assert len(kinds) > 100


CELL = '<div class="cell docutils container">\n<div class="cell_input docutils container"><pre>{}</pre></div></div>\n'


def test_the_text_says_what_works_where_the_reader_is(monkeypatch):
    body = "".join(CELL.format(code) for code in ('check("1.3", ...)', 'check("1.5", ...)', 'check("6.7", ...)', 'check("1.5", [1, 2])'))
    for on, words in ((True, "brings Python into this page"), (False, "This page runs no Python")):
        monkeypatch.setattr(book_exercises.book_cells, "on", lambda on=on: on)
        page = book_exercises.with_fields(body, "x.ipynb")
        assert page.count(words) == 2 and page.count('<a href="x.ipynb" download>') == 2
        assert page.count('class="td-exercise"') == 1 and page.count("<label>") == 4 + 1, "a solution has no field; Hand in has one"
        assert page.index("This answer is code") < page.index('check("1.3"') < page.index('data-answers="1.5"') < page.index('check("1.5"')
        assert page.index('check("1.5"') < page.index("The model has to read your sentences") < page.index('check("6.7"')
