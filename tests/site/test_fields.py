"""Exercises are answered in fields of the page, with no Python, from a folder; what was answered is kept."""

import json
import re

from tokendynamics.exercises import EXERCISES, check
from tokendynamics.widgets import ForceLab, HeadsAndTasks

CHAPTERS = {
    1: "01_tokens_as_particles",
    2: "02_encyclopedia",
    3: "03_trajectories",
    4: "04_many_heads",
    5: "05_emergence",
    6: "06_real_model",
}


def test_every_exercise_has_a_field_or_says_where_its_answer_goes(book):
    for number, name in CHAPTERS.items():
        page = (book / f"chapters/{name}.html").read_text("utf8")
        asked = [other for other in EXERCISES if other.startswith(f"{number}.") and not other.endswith(".0")]
        places = re.findall(r'class="td-exercise" [^>]*data-answers="([\d.]+)"|class="td-exercise-none"', page)
        assert len(places) == len(asked) and [each for each in places if each] == [each for each in asked if each in places]
        assert not re.search(r'"(?:known|values|boxes)"', page), "the rules, and with them the answers, are no part of the page"
    assert "td-exercise" not in (book / "back/solutions_01.html").read_text("utf8")


class Field:
    """The field of an exercise on an open page."""

    def __init__(self, page, number):
        self.place = page.locator(f".td-exercise[data-answers='{number}']")
        self.number, self.inputs = number, self.place.locator("input, select")

    def answer(self, *texts):
        """Fill the fields in and press Enter in the last one; what is said, in the words of `check`, to the end."""
        for i, text in enumerate(texts):
            self.inputs.nth(i).fill(text)
        self.inputs.last.press("Enter")

    def says(self, verdict, tries):
        self.place.get_by_role("status").get_by_text(verdict.words.split(": ", 1)[1].replace("*", "")[:40]).wait_for()
        assert self.place.get_by_role("status").inner_text() == verdict.words.replace("*", "")
        kind = "right" if verdict.right else "wrong" if verdict.answered else "open"
        assert self.place.locator(".td-answer").get_attribute("data-verdict") == kind
        count = {0: "", 1: "Checked once."}.get(tries, f"Checked {tries} times.")
        assert self.place.locator(".td-exercise-tried").inner_text().startswith(count)


MEANS, PLACES = [[0.6, 1.15], [-0.2, 1.6]], [[-0.6, 0.55], [-1.4, 1.0]]


# 4 seconds
def test_a_reader_with_no_python_answers_is_told_the_mistake_mends_it_and_finds_it_again(visit, book):
    page = visit((book / "chapters/01_tokens_as_particles.html").as_uri(), width=360, height=740)
    field = Field(page, "1.5")
    field.answer("")
    field.says(check("1.5"), 0)
    assert field.inputs.first.evaluate("box => box === document.activeElement")
    field.answer("0,6", "1.15", "−0.2", "1.6")
    field.says(check("1.5", MEANS), 1)
    field.answer("-0.6", "0,55", "-1.4", "x")
    field.says(check("1.5", ["-0.6", "0,55", "-1.4", "x"]), 2)
    field.answer("-0.6", "0,55", "-1.4", "1")
    field.says(check("1.5", PLACES), 3)
    lab = Field(page, "1.2")
    page.locator("[data-widget='force-lab'][data-ready]").first.wait_for(state="attached")
    lab.place.get_by_role("button", name="Take what the Force lab shows").click()
    lab.place.get_by_text("The state is in the field.").wait_for()
    lab.place.get_by_role("button", name="Check").click()
    lab.says(check("1.2", lab.inputs.first.input_value()), 1)
    mirrored = ForceLab(tokens=[[1.4, 0.7], [-0.5, 1.2], [-1.4, -0.7], [0.5, -1.2]]).link()
    lab.answer(mirrored)
    lab.says(check("1.2", mirrored), 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.reload()
    assert [each.input_value() for each in field.inputs.all()] == [
        "-0.6",
        "0,55",
        "-1.4",
        "1",
    ] and lab.inputs.first.input_value() == mirrored
    assert field.place.locator(".td-exercise-tried").inner_text() == "Checked 3 times. The last one was right. The last check counts."
    block = page.get_by_role("group", name="Hand in")
    block.get_by_role("button", name="Hand in").click()
    block.get_by_text("Type your name first.").wait_for()
    page.keyboard.type("Ann Lee")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    cells = {cell["id"]: cell["source"] for cell in json.loads(download.value.path().read_text("utf8"))["cells"]}
    assert 'check("1.5", [-0.6, "0,55", -1.4, 1])' in cells["ex-1-5-answer"] and f'check("1.2", "{mirrored}")' in cells["ex-1-2-answer"]
    page.goto((book / "chapters/02_encyclopedia.html").as_uri())
    assert page.get_by_label("Your name").input_value() == "Ann Lee" and "0 of 6 exercises answered." in block.inner_text()


# 3 seconds
def test_words_are_chosen_and_a_sentence_is_read_by_the_model_of_the_page(visit, book):
    page = visit((book / "chapters/04_many_heads.html").as_uri())
    pair = Field(page, "4.3")
    for i, head in enumerate(("1.4", "2.3")):
        pair.inputs.nth(i).select_option(head)
    pair.place.get_by_role("button", name="Check").press("Enter")
    pair.says(check("4.3", ("1.4", "2.3")), 1)
    sentence = Field(page, "4.6")
    for tries, words in enumerate(("never .", "the film was never good ."), start=1):
        link = HeadsAndTasks(sentence=words, off=[[0, 0]]).link()
        sentence.answer(link)
        sentence.says(check("4.6", link), tries)


def test_where_a_browser_keeps_nothing_an_answer_lasts_as_long_as_the_page(chromium, book):
    context = chromium.new_context()
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    page = context.new_page()
    page.goto((book / "chapters/05_emergence.html").as_uri())
    field = Field(page, "5.1")
    field.answer("0.953")
    field.says(check("5.1", 0.953), 1)
    assert "This browser keeps nothing for the page" in field.place.inner_text()
    context.close()
