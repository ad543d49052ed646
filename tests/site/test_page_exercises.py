"""Exercises are answered where they stand: by the buttons of a page of the book, and every answer that the tests know, in the page’s own Python.

The book that is tested must have been built with Python in its pages.
"""

import importlib.util
import json
import re
from pathlib import Path

import book_safety
import page_python
import pytest
import weekly
from page_python import Session, of

from tokendynamics.exercises import EXERCISES, grading
from tokendynamics.widgets import ForceLab

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "tests/exercises/exercise_answers.py"
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("0[1-6]*.ipynb"))
KERNEL = "/_static/answers.html"
IMPORT = "import json\nimport answers"


@pytest.fixture(scope="module")
def base(live_book, serve):
    """The book's address; a bare page with its kernel stands there too."""
    alone = page_python.PAGE.replace("heard.push(event)", "event.comm || heard.push(event)")  # the answers make widgets by the dozen
    alone = book_safety.with_policy(alone)
    return serve(live_book, made=lambda path: alone.encode() if path == KERNEL else None)


@pytest.fixture
def session(base, visit):
    return Session(visit(base + KERNEL))


# ---------------------------------------------------------------- by the buttons


class Exercises:
    """A chapter’s page as a student uses it; cells by their names in the notebook."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("html[data-python]")

    def cell(self, name):
        return self.page.locator(f"[data-cell='{name}']")

    def do(self, name, what):
        self.cell(name).locator(f"[data-do='{what}']").click()

    def said(self, name):
        return self.cell(name).locator(".tc-run-said")

    def until(self, name, words, timeout=60_000):
        """Wait for what is said beside a cell’s buttons."""
        self.said(name).get_by_text(words).wait_for(timeout=timeout)

    def shown(self, name):
        return self.cell(name).locator("[data-live-output]").inner_text()

    def written(self, name):
        return self.cell(name).locator(".cm-content").inner_text()

    def edit(self, name):
        """Open the editor of an exercise’s cell, which has its dots selected."""
        self.cell(name).get_by_role("button", name="Write your answer").click()
        self.cell(name).locator(".cm-focused").wait_for()

    def write(self, name, code):
        """Put code in the place of what stands in an open editor."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)


@pytest.fixture
def chapter(base, visit):
    """chapter(n) opens the page of a chapter."""
    return lambda n, fragment="", **options: Exercises(visit(f"{base}/chapters/{CHAPTERS[n - 1]}.html{fragment}", **options))


def test_every_exercise_has_a_cell_to_write_in(live_book):
    asked = [re.findall(r'data-exercise="([^"]*)"', (live_book / f"chapters/{name}.html").read_text("utf8")) for name in CHAPTERS]
    assert sum(asked, []) == [number for number in EXERCISES if not number.endswith(".0")]
    assert "data-exercise" not in (live_book / "back/solutions_01.html").read_text("utf8")


# 8 seconds, on a machine that does nothing else
@pytest.mark.parametrize("width", weekly.part_of([1366, 390], [390]))
def test_a_student_answers_an_exercise_is_told_the_misconception_and_mends_it(chapter, width):
    page = chapter(1, width=width, height=844, has_touch=width < 400, is_mobile=width < 400)
    cell = "ex-1-3-answer"
    page.edit(cell)
    assert page.page.evaluate("() => getSelection().toString()") == "...", "the dots make room for the first letter"
    page.page.keyboard.type("return 0 * tokens")
    assert page.written(cell).startswith("def missing(tokens, Q, K, V):\n    return 0 * tokens\n")
    page.do(cell, "run")
    page.until(cell, "Not all cells above have run.")
    page.do(cell, "run-through")
    page.until(cell, "Not yet: self term left out.")
    assert "looks like self term left out. Nothing is missing if no token looks at itself." in page.shown(cell)
    assert page.cell(cell).locator(".td-answer[data-verdict=wrong]").bounding_box()["width"] <= width
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.said("ex-1-1-answer").inner_text() == "", "other exercises were left alone"
    page.write(cell, REPAIRED)
    page.page.keyboard.press("Control+Enter")
    page.until(cell, "Right.")
    said = page.shown(cell)
    assert said.startswith("1.3 · Repair the self term: right. It agrees on 3 hidden cases.")
    assert said.endswith("Try 2. The last check counts.")


REPAIRED = """def missing(tokens, Q, K, V):
    a = td.attention_weights(tokens, Q, K, include_self=True)
    return np.diag(a)[:, None] * (tokens @ (td.knowledge(Q, K, V) @ K.T @ Q).T)


check("1.3", missing)"""


# 11 seconds
def test_what_never_ends_is_ended_by_the_check_or_by_stop_and_what_was_written_stays(chapter):
    page = chapter(1)
    cell = "ex-1-6-answer"
    page.do("question-1", "run")
    page.until("question-1", "Done")
    page.edit(cell)
    endless = 'def layer(*given):\n    while True:\n        pass\n\ncheck("1.6", layer, seconds=1)'
    page.write(cell, endless)
    page.do(cell, "run")
    page.until(cell, "Not yet.")
    assert "no answer within 1 seconds, so the check gave up. Does a loop never end?" in page.shown(cell)
    far = (
        "import numpy as np\nbig = np.ones((6000, 6000))\ncheck('1.6', lambda *given: big @ big @ big, seconds=1)"  # no line of Python ends
    )
    page.write(cell, far)
    page.do(cell, "run")
    page.until(cell, "Runs.")
    page.page.wait_for_timeout(2500)
    assert page.said(cell).inner_text() == "Runs."
    page.do(cell, "stop")
    page.until(cell, "Stopped.", timeout=1000)
    assert page.written(cell) == far
    page.do(cell, "run")
    page.until(cell, "Not all cells above have run.")


# 9 seconds
def test_a_question_is_asked_and_a_link_that_a_widget_copied_is_an_answer(chapter):
    mirrored = [[1.4, 0.7], [-0.5, 1.2], [-1.4, -0.7], [0.5, -1.2]]  # as if dragged there
    page = chapter(1, ForceLab(tokens=mirrored).link())
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell, lab = "ex-1-2-answer", page.page.locator("[data-widget='force-lab'][data-ready]").first
    lab.get_by_role("button", name="Copy link").click()
    page.page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('#force-lab=')")
    page.do("question-1", "run")
    page.until("question-1", "Done")
    choices = page.cell("question-1").locator("[data-live-output] details")
    for choice in (0, 1):
        choices.nth(choice).locator("summary").click()
    assert [each.get_attribute("open") is not None for each in choices.all()] == [False, True, False, False], "a question works there too"
    page.edit(cell)
    page.page.keyboard.type('"')  # in the place of the dots; its partner comes by itself
    page.page.keyboard.press("Control+v")
    assert f'check("1.2", "{page.page.evaluate("() => navigator.clipboard.readText()")}")' in page.written(cell)
    page.do(cell, "run")
    page.until(cell, "Right.")


# 12 seconds, most of them in the grader
def test_what_a_student_hands_in_is_graded(chapter, tmp_path):
    page, name = chapter(1), "Ann “O/Lee” 李 👩‍👧"
    for cell, code in {"ex-1-3-answer": REPAIRED, "ex-1-5-answer": 'check("1.5", [[0.6, 1.15], [-0.2, 1.6]])'}.items():
        page.edit(cell)
        page.write(cell, code)
    for number, texts in {"1.4": ["0,1", "0", "0", "1"], "1.5": ["-0.6", "0,55", "-1.4", "1"]}.items():
        field = page.page.locator(f"[data-answers='{number}']")
        for box, text in zip(field.locator("input").all(), texts, strict=True):
            box.fill(text)
        field.get_by_role("button", name="Check").click()
        field.get_by_text("Checked once.").wait_for()
    block = page.page.get_by_role("group", name="Hand in")
    assert "3 of 6 exercises answered, 2 checks in the fields." in block.inner_text()
    block.get_by_label("Your name").fill(name)
    with page.page.expect_download() as download:
        block.get_by_role("button", name="Hand in").click()
    assert download.value.suggested_filename == f"Ann “O Lee” 李 👩 👧 - {CHAPTERS[0]}.ipynb"
    download.value.save_as(tmp_path / "x.ipynb")
    (row,) = grading.grade(tmp_path, seconds=200)
    assert (row["student"], row["1.3"], row["1.5"], row["answered"], row["tries"]) == (name, "right", "right", 3, 4)


# 10 seconds
@weekly.seldom
def test_the_real_model_comes_when_a_cell_reads_it_and_its_size_is_told(chapter):
    page, held = chapter(6), []
    page.page.context.route("**/layer-4-2.js", lambda it: held.append(it))
    page.do("real-01", "run")
    page.until("real-01", "Done")
    page.do("real-51", "run")
    page.until("real-51", "Runs. The model is fetched, 23.1 MB.")
    page.cell("real-51").get_by_text(re.compile(r"^\d\.\d of 23.1 MB$")).wait_for()
    while not held:
        page.page.wait_for_timeout(50)
    held[0].continue_()
    page.until("real-51", "Done")
    assert not page.cell("real-51").locator(".tc-progress").count()


# ---------------------------------------------------------------- every answer


def natively(chapter):
    spec = importlib.util.spec_from_file_location("exercise_answers", ANSWERS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [list(found) for found in module.judged(chapter)]


# 12 seconds each, and a minute for Chapter 6, whose answers ask the model
@pytest.mark.parametrize("chapter", weekly.part_of("123456", "1"))
def test_right_and_wrong_answers_are_told_in_the_page_as_they_are_elsewhere(session, chapter):
    session.page.evaluate("text => kernel.file({ name: 'answers.py', bytes: new TextEncoder().encode(text) })", ANSWERS.read_text("utf8"))
    heard = session.run(f"{IMPORT}\nprint(json.dumps(answers.judged('{chapter}')))", timeout=300_000)
    assert not of(heard, "error"), of(heard, "error")
    found = json.loads(page_python.printed(heard))
    assert all(meant == told for _, meant, told, _ in found), [each for each in found if each[1] != each[2]]
    assert found == natively(chapter)
    assert {number for number, *_ in found} == {number for number in EXERCISES if number.startswith(chapter)}
