"""Questions with choices on the built pages: they answer in place, by keyboard, from a file, with no script at all."""

import pytest

from tokendynamics.exercises import EXERCISES
from tokendynamics.exercises._verdict import judge_of

CHAPTERS = ["01_tokens_as_particles", "02_encyclopedia", "03_trajectories", "04_many_heads", "05_emergence", "06_real_model"]


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request, chromium, book):
    context = chromium.new_context(java_script_enabled=request.param, viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


def test_every_chapter_asks_and_answers_in_place(page, book):
    for number, chapter in enumerate(CHAPTERS, start=1):
        page.goto((book / "chapters" / f"{chapter}.html").as_uri())
        asked, exercise = page.locator(f'[data-question="{number}.0"]'), EXERCISES[f"{number}.0"]
        assert asked.count() == 1
        for place, (text, _, words) in enumerate(judge_of(exercise).choices):
            choice = asked.locator("details").nth(place)
            assert text in choice.inner_text() and not choice.locator("p").is_visible()
            choice.locator("summary").press("Enter")
            choice.locator("p").wait_for(state="visible")
            assert words in choice.locator("p").inner_text()
        assert asked.locator("details[open]").count() == 1  # the last one; it closed the others
        assert asked.evaluate("box => box.scrollWidth <= box.clientWidth")
