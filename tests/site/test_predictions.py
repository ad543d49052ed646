"""Predict, then release: what would give the answer away waits, a guess is told what happens and what tempts, and is remembered here only."""

import pytest
from weekly import part_of

STRANGE = ['{"chose": "1"}', '{"chose": 99}', "null", "{"]


@pytest.fixture
def ask(visit, address, book):
    """ask(chapter, view) opens a page and gives (page, widget, question)."""

    def open_(chapter="01_tokens_as_particles", view="force-lab", *, file=False, page=None, script=None):
        url = f"{book.as_uri() if file else address}/chapters/{chapter.split('#')[0]}.html"
        if page is None:
            page = visit(url, before=script and (lambda page: page.add_init_script(script)))
        elif page.url != url:
            page.goto(url)
        root = page.locator(f"[data-widget={view}][data-ready]").first
        root.wait_for()
        return page, root, root.locator(".td-predict")

    return open_


def choose(question, index):
    question.get_by_role("radio").nth(index).check()
    question.get_by_role("button", name="Commit to it").click()


@pytest.mark.parametrize("file", part_of([False, True], [False]))
def test_a_guess_is_remembered_and_can_be_forgotten(ask, file):
    page, root, question = ask(file=file)
    choose(question, 1)
    question.locator(".td-code").wait_for()  # which comes with a file
    said = question.inner_text()
    assert "You said “Towards a point between cat and mat”." in said and "It is “Almost straight up" in said
    assert "You took the answer that tempts. A weighted mean" in said and "goes nowhere else" in said
    assert page.evaluate("document.activeElement.className") == "td-verdict"
    page.reload()
    root.get_by_role("tab", name="Guess").click()  # who has answered finds the controls open
    question.locator(".td-code").wait_for()
    assert question.inner_text() == said
    assert page.evaluate("document.cookie") == "" and "guess" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert root.get_by_role("button", name="Play", exact=True).is_visible()
    other = page.locator(".td-predict").nth(1)
    other.scroll_into_view_if_needed()
    assert other.get_attribute("data-answered") is None, "another question is not answered by this one"
    question.get_by_role("button", name="Forget my guesses").click()
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes('guess'))") == []
    assert question.locator("input:checked").count() == 0 and question.locator("input:disabled").count() == 0
    assert not root.get_by_role("button", name="Play", exact=True).is_visible()
    choose(question, 2)
    assert "As you said." in question.inner_text()


def test_another_page_keeps_its_own(ask, address):
    page, _, question = ask()
    choose(question, 0)
    _, _, other = ask("04_many_heads", "heads-and-tasks", page=page)
    assert other.get_attribute("data-answered") is None
    choose(other, 1)
    page.goto(f"{address}/chapters/01_tokens_as_particles.html")
    assert question.get_attribute("data-answered") == "wrong"


@pytest.mark.parametrize("kept", part_of(STRANGE, STRANGE[1:3]))
def test_what_somebody_else_wrote_is_not_taken_for_a_guess(ask, kept):
    page, _, question = ask()
    choose(question, 0)
    page.evaluate("kept => Object.keys(localStorage).filter(n => n.includes('guess')).forEach(n => localStorage.setItem(n, kept))", kept)
    page.reload()
    question.wait_for()
    assert question.get_attribute("data-answered") is None


FORBIDDEN = """for (const name of ["getItem", "setItem"]) {
  const before = Storage.prototype[name]; // the theme keeps its mode there, and does not ask whether it may
  Storage.prototype[name] = function (key, ...given) {
    if (key.includes("guess")) throw new DOMException("no", "SecurityError");
    return before.call(this, key, ...given);
  };
}"""


def test_where_nothing_may_be_kept_the_question_works_all_the_same(ask):
    page, root, question = ask(script=FORBIDDEN)
    choose(question, 2)
    assert "As you said." in question.inner_text() and "This browser keeps nothing" in question.inner_text()
    assert root.get_by_role("button", name="Play", exact=True).is_visible()
    question.get_by_role("button", name="Forget my guesses").click()
    assert question.get_attribute("data-answered") is None


def test_what_another_tab_forgets_is_forgotten_here(ask):
    page, _, question = ask()
    choose(question, 1)
    other = page.context.new_page()
    _, _, there = ask(page=other)
    there.locator("input:checked").wait_for(state="attached")
    second = page.locator(".td-predict").nth(1)
    second.get_by_role("radio").first.check()  # not committed yet
    other.locator("[data-widget=force-lab]").first.get_by_role("tab", name="Guess").click()
    there.get_by_role("button", name="Forget my guesses").click()
    question.locator("input:disabled").first.wait_for(state="detached")
    assert question.get_attribute("data-answered") is None and question.locator("input:checked").count() == 0
    assert second.locator("input:checked").count() == 1, "what is being chosen stays"
