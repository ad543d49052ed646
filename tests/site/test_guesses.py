"""A class votes without a server: codes of guesses on the readers' pages, bars on the teacher's, a second window for the projector."""

import json
import math
import re
import subprocess
from pathlib import Path

import book_guesses
import node
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def asked(book):
    return json.loads((book / "_static" / book_guesses.DATA).read_text("utf8").removeprefix("window.tdGuesses="))


def test_the_questions_are_those_of_the_pages_widgets(book, asked):
    assert [chapter["chapter"] for chapter in asked] == [1, 2, 3, 4, 5, 6]
    assert asked == book_guesses.questions(book) and all(
        given["answer"] != given["tempting"] for each in asked for given in each["questions"]
    )


def test_a_code_says_what_was_guessed_and_a_wrong_one_says_nothing(asked):
    run = [node.find("node"), ROOT / "tests/site/guesses.mjs"]
    said = json.loads(subprocess.run(run, input=json.dumps(asked), capture_output=True, encoding="utf8", check=True).stdout)
    ways = sum(math.prod(len(given["choices"]) + 1 for given in each["questions"]) for each in asked)
    assert said == {"failed": [], "codes": ways}


def guess(page, number, choice):
    """Commit to a choice of a question of the open page; the code that is shown then."""
    question = page.locator(".td-predict").nth(number)
    question.scroll_into_view_if_needed()
    question.get_by_role("radio").nth(choice).check()
    question.get_by_role("button", name="Commit to it").click()
    return question.locator(".td-code output").inner_text()


# 8 seconds
def hands_in(visit, chapter, file):
    """A student with a phone guesses twice and hands in; the code after the first guess."""
    page = visit(chapter, width=360, height=740)
    page.locator("[data-widget=force-lab][data-ready]").first.wait_for()
    first = guess(page, 0, 1)
    page.get_by_role("button", name="QR picture").click()
    assert page.get_by_role("img", name=f"QR picture of {first}").bounding_box()["width"] > 100
    second = guess(page, 1, 0)
    assert second != first and page.locator(".td-code output").all_inner_texts() == [second, second]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("Your name").fill("Ann")
    with page.expect_download() as download:
        page.get_by_role("button", name="Hand in").click()
    download.value.save_as(file)
    assert json.loads(file.read_text("utf8"))["metadata"]["tokens_in_motion"]["guesses"] == second
    return first


def chooses_alike(visit, chapter):
    """Another browser with the same first guess; its code, after it has forgotten it."""
    other = visit(chapter)
    other.locator("[data-widget=force-lab][data-ready]").first.wait_for()
    code = guess(other, 0, 1)
    other.get_by_role("button", name="Forget my guesses").first.click()
    other.locator(".td-code").wait_for(state="detached")
    return code


def faults(page):
    """What axe finds in the vote, in light and in dark."""
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)  # colours pass over into each other
        found += page.evaluate("axe.run('.td-vote', { resultTypes: ['violations'] }).then(found => found.violations.map(each => each.id))")
    return found


def test_a_class_votes(visit, address, tmp_path, asked):
    chapter, file = f"{address}/chapters/01_tokens_as_particles.html", tmp_path / "Ann.ipynb"
    first, third = hands_in(visit, chapter, file), chooses_alike(visit, chapter)
    assert third != first

    teacher = visit(f"{address}/back/guesses.html", width=360, height=740)
    codes, said = teacher.get_by_label("Codes, as many as you like"), teacher.locator(".td-vote-codes [role=status]")
    codes.fill(f"Bo: {third.lower()}, {third}\n{first[:-1]}U {first}")
    teacher.get_by_role("button", name="Count them").click()
    said.get_by_text("2 new codes, 1 that was there already, 1 not counted.").wait_for()
    assert "no code has a letter U" in teacher.locator(".td-vote-wrong").inner_text() and codes.input_value() == f"{first[:-1]}U"
    (tmp_path / "no.ipynb").write_text('{"metadata": {}}', "utf8")
    teacher.get_by_label("Files that were handed in").set_input_files([file, tmp_path / "no.ipynb"])
    said.get_by_text("1 new code, 1 not counted.").wait_for()
    bars = teacher.locator(".td-vote-bars li")
    question = asked[0]["questions"][0]
    assert teacher.locator(".td-vote-question").inner_text() == question["question"]
    assert bars.nth(1).inner_text().splitlines() == [question["choices"][1], "2 · 100 %"], "two readers, one of them with two codes"
    assert question["explanation"] not in teacher.locator(".td-vote").inner_text()

    with teacher.expect_popup() as popup:
        teacher.get_by_role("button", name="Open for the projector").click()
    wide = popup.value
    wide.locator(".td-vote-bars li").first.wait_for()
    assert wide.locator("textarea, .bd-sidebar-primary:visible, h1:visible").count() == 0
    teacher.get_by_role("button", name="Show the answer").press("Enter")
    wide.get_by_text("✓ what happens").wait_for()
    assert (
        "the answer that tempts" in wide.locator("li[data-kind=tempts]").inner_text()
        and question["because"] in wide.locator(".td-vote").inner_text()
    )
    wide.get_by_role("button", name="Next").click()
    teacher.locator(".td-vote-question").get_by_text(asked[0]["questions"][1]["question"]).wait_for()
    assert teacher.get_by_role("button", name="Show the answer").is_visible(), "the next question keeps its answer"
    assert re.match("1 guess", teacher.locator(".td-vote-total").inner_text())
    teacher.get_by_role("button", name="Show the answer").click()
    assert teacher.evaluate("document.documentElement.scrollWidth") <= 360
    assert not faults(teacher)

    teacher.reload()
    teacher.locator(".td-vote-total").get_by_text("1 guess.").wait_for()
    teacher.get_by_role("button", name="Clear").click()
    wide.get_by_text("No guess is counted yet.").wait_for()
    teacher.get_by_role("button", name="Undo").click()
    wide.get_by_text("1 guess.").wait_for()
    wide.close()
