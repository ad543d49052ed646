"""The page's judge and Python's: one set of rules, the same words for the same answers."""

import json
import subprocess
from itertools import combinations
from pathlib import Path

import book_exercises
import node
import numpy as np
from exercise_answers import MIRRORED, SENTENCE, TOPIC, WRONG, own, spring

from tokendynamics.exercises import EXERCISES, check
from tokendynamics.exercises._verdict import judge_of
from tokendynamics.widgets import EmergenceLab, ForceLab, HeadsAndTasks, RealTrajectories

ROOT = Path(__file__).parents[2]
RULES = book_exercises.rules()
ODD = ["", " ", "0,5", "12 %", "12,5%", "1/8", "−0.5", "0.5.", "abc", "1e400", "1e-3", "5/0", "None", "½", "–", "0.0", "7"]
STATES = {
    "1.2": [ForceLab(), ForceLab(tokens=MIRRORED), ForceLab(tokens=MIRRORED, Q=[[0, 1], [1, 0]])],
    "4.6": [HeadsAndTasks(sentence=text, off=off) for text in (SENTENCE, "never .", "the film was never good .", "the film was never")
            for off in ([], [[0, 0]], [[0, 0], [1, 1]])],
    "5.6": [EmergenceLab(), EmergenceLab.preset("deep"), EmergenceLab.preset("deep", layers=1, seed=7, d=32), EmergenceLab.preset("deep", layers=1, steps=90)],
    "6.1": [spring(18, 22), spring(22, 23), spring(18), RealTrajectories()],
}  # fmt: skip


def test_what_can_be_told_without_python_has_a_field():
    assert set(RULES["exercises"]) == {
        *("1.2", "1.4", "1.5", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "4.2", "4.3", "4.5", "4.6"),
        *("5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6"),
    }


def typed(rng, number):
    """Answers as a reader may leave them in the fields of an exercise: near its boxes, rounded, and odd."""
    rules = RULES["exercises"][number]["rules"]
    if rules["kind"] == "state":
        widgets = STATES[number] + [answer for (other, _), answer in WRONG.items() if other == number]
        links = [[each.link()] for each in widgets]
        return [*links, [links[0][0][:-3]], ["https://example.org"], [f"page.html{own(word='x')}"], [""]]
    if rules["kind"] == "table":
        if rules["form"] == "boxes":
            options = rules["fields"][0]["options"]
            return [list(some) for count in range(len(options) + 1) for some in combinations(options, count)]
        return [[str(rng.choice(field["options"])) for field in rules["fields"]] for _ in range(30)] + [[""] * len(rules["fields"])]
    boxes = [rules["right"], *(box for known in rules["known"] for box in known["boxes"])]
    answers = []
    for low, high in boxes:
        for decimals in (1, 2, 3, 6):
            near = rng.uniform(np.array(low) - 0.01, np.array(high) + 0.01)
            answers.append([f"{x:.{decimals}f}" for x in near])
            answers.append([f"{x:.{decimals}f}".replace(".", ",") for x in np.where(rng.random(len(near)) < 0.3, near + 1, near)])
    answers += [[f"{x:.{decimals}f}" for x in rules["values"]] for decimals in range(5)]
    return answers + [[str(rng.choice(ODD)) for _ in rules["values"]] for _ in range(20)]


def in_python(number, answer):
    """The same answer as a cell hands it in."""
    judge = judge_of(EXERCISES[number])
    if not answer or any(not text.strip() for text in answer):
        return check(number)
    if getattr(judge, "none", False):
        return check(number, dict(zip(judge.entries, answer)))
    return check(number, answer[0] if RULES["exercises"][number]["rules"]["kind"] == "state" else answer)


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
