"""Encyclopedia on the built page, as a reader meets it: hands, keys, numbers, bad input."""

import sys

import numpy as np
import pytest
from widget_page import WidgetPage, centre, link

import tokendynamics as td
from tokendynamics import seeded
from tokendynamics.widgets import Encyclopedia


def opened(page):
    return WidgetPage(page, "encyclopedia")


def asked(visit, desk, **state):
    """The page with a state in its address, and so as it was made, whatever the chapter says."""
    return opened(visit(desk("encyclopedia") + link("encyclopedia", Encyclopedia(**state).state())))


def token(it, space, index):
    return it.root.locator(f".td-space-{space} .td-token").nth(index)


def nudge(it, label, key="ArrowRight"):
    it.control(label).focus()
    for _ in range(3):
        it.page.keyboard.press(key)
    it.settle()


INDEX = {
    "σ₁ strength of index direction u₁": "sigma", "σ₂ strength of index direction u₂": "sigma", "Q angle": "q_angle",
    "K angle": "k_angle", "V angle": "V", "V stretch": "V", "V shear": "V", "ridge": "ridge", "noise": "noise",
}  # fmt: skip
CAPACITY = {
    "Entries": ("count", "End"),
    "Dimension": ("dimension", "Home"),
    "Noise in the question": ("noise", "End"),
    "β of attention": ("scale", "Home"),
}


def test_every_slider_of_the_two_spaces_changes_the_state_and_the_picture(visit, desk):
    it = asked(visit, desk)
    for label, name in INDEX.items():
        before, drawn = it.state(), it.picture()
        nudge(it, label)
        after = it.state()
        assert {key for key in after if after[key] != before[key]} == {name}, label
        assert it.picture() != drawn, label


def test_every_slider_of_the_memories_changes_the_state_and_the_meters(visit, desk):
    meters = lambda it: [shelf.get_attribute("aria-label") for shelf in it.root.locator(".td-entries").all()]
    for label, (name, key) in CAPACITY.items():
        it = asked(visit, desk, section="capacity", noise=0.3)
        before, drawn = it.state(), meters(it)
        nudge(it, label, key)
        after = it.state()
        assert {each for each in after if after[each] != before[each]} == {name}, label
        assert meters(it) != drawn, label


STATES = [
    {},
    {"sigma": [1.5, 0.2], "question": [0.3, -0.8], "ridge": 0.05, "noise": 0.4},
    {"sigma": [0.4, 1.2], "rank": 1, "q_angle": -130.0, "k_angle": 77.0},
    {"sigma": [1.5, 0.0], "V": [[0.2, 1.0], [-1.0, 0.3]]},
]


@pytest.mark.parametrize("state", STATES, ids=["plain", "damped", "rank 1", "lost"])
def test_readouts_are_numpys(visit, desk, state):
    it, made = asked(visit, desk, **state), Encyclopedia(**state)
    assert it.state() == made.state()
    Q, K, V, options = made.Q, made.K, made.V, {"ridge": made.ridge, "rank": made.rank}
    M, index = td.knowledge(Q, K, V, **options), Q.T @ K
    close = {"rel": 1e-9, "abs": 1e-9}
    assert it.read("residual") == pytest.approx(np.linalg.norm(V @ made.question - M @ index @ made.question), **close)
    assert it.read("matrix-residual") == pytest.approx(td.knowledge_residual(Q, K, V, **options), **close)
    condition = np.inf if made.sigma.min() == 0 else np.linalg.cond(index)
    assert it.read("condition") == pytest.approx(condition, **close)
    blur = made.noise * np.linalg.norm(index @ made.question) * np.linalg.norm(M, 2)
    assert it.read("blur") == pytest.approx(blur, **close)
    falling = np.argsort(np.argsort(-made.sigma))
    for r, loudness in enumerate(td.entries(Q, K, V, **options).loudness[falling], 1):
        assert it.read(f"loudness-{r}") == pytest.approx(loudness, **close)


@pytest.mark.parametrize(
    "count, dimension, noise, scale, seed", [(20, 12, 0.1, 16.0, 1), (40, 8, 0.5, 4.0, 7), (2, 64, 0.0, 1.0, 2**30 - 1)]
)
def test_recall_rates_are_numpys(visit, desk, count, dimension, noise, scale, seed):
    it = asked(visit, desk, section="capacity", count=count, dimension=dimension, noise=noise, scale=scale, seed=seed)
    for name, right in seeded.found(count, dimension, seed, noise=noise, scale=scale).items():
        assert it.read(f"recall-{name}") == pytest.approx(right.mean()), name
        cells = it.root.locator(f".td-meter-{name} .td-entries > *")
        assert [cell.get_attribute("class") == "td-cell-found" for cell in cells.all()] == right.tolist()


@pytest.mark.parametrize("space", ["index", "content"])
def test_a_token_is_dragged_in_either_space_and_the_other_follows(visit, desk, space):
    it = asked(visit, desk)
    before = it.state()
    dot = token(it, space, 2).locator(".td-dot")
    dot.scroll_into_view_if_needed()
    x, y = centre(dot)
    other = centre(token(it, "content" if space == "index" else "index", 2).locator(".td-dot"))
    it.page.mouse.move(x, y)
    it.page.mouse.down()
    it.page.mouse.move(x + 40, y + 30, steps=8)
    it.page.mouse.up()
    it.settle()
    after = it.state()
    assert after["tokens"][2] != before["tokens"][2]
    assert after | {"tokens": before["tokens"]} == before
    new_x, new_y = centre(dot)
    assert (new_x - x, new_y - y) == (pytest.approx(40, abs=1.5), pytest.approx(30, abs=1.5))
    assert centre(token(it, "content" if space == "index" else "index", 2).locator(".td-dot")) != other


def test_the_question_is_dragged_off_its_entry_and_an_entry_is_picked(visit, desk):
    it = asked(visit, desk)
    start = it.state()
    question = token(it, "index", len(start["tokens"])).locator(".td-dot")
    question.scroll_into_view_if_needed()
    x, y = centre(question)
    it.page.mouse.move(x, y)
    it.page.mouse.down()
    it.page.mouse.move(x - 50, y + 60, steps=6)
    it.page.mouse.up()
    it.settle()
    after = it.state()
    assert after["question"] != start["question"] and after["tokens"] == start["tokens"]
    assert it.control("Ask about").locator("option:checked").inner_text() == "a place of your own"
    token(it, "content", 3).locator(".td-dot").click()
    it.settle()
    assert it.state()["question"] == start["tokens"][3]
    it.control("Ask about").select_option("4")
    it.settle()
    assert it.state()["question"] == start["tokens"][4]
    assert "Egypt" in token(it, "index", len(start["tokens"])).get_attribute("aria-label")


def test_a_bar_is_dragged(visit, desk):
    """σ₂ pulled to the left: the loudness is 1/σ, and the arrow of M u₂ grows."""
    it = asked(visit, desk)
    bar = it.control("σ₂ strength of index direction u₂")
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    at = lambda sigma: box["x"] + 7 + (box["width"] - 14) * sigma / 3
    width = lambda: it.root.locator(".td-arrow-image").nth(1).bounding_box()["width"]
    thin = width()
    it.page.mouse.move(at(0.8), box["y"] + box["height"] / 2)
    it.page.mouse.down()
    it.page.mouse.move(at(0.4), box["y"] + box["height"] / 2, steps=6)
    it.page.mouse.up()
    it.settle()
    sigma = it.state()["sigma"][1]
    assert sigma == pytest.approx(0.4, abs=0.06)
    assert it.read("loudness-2") == pytest.approx(1 / sigma)
    assert width() > 1.5 * thin


def test_keyboard_alone_suffices(visit, desk):
    """Ask, move, type and change the section without a pointer."""
    it = asked(visit, desk)
    start, page = it.state(), it.page
    token(it, "index", 1).focus()
    page.keyboard.press("Enter")
    assert it.state()["question"] == start["tokens"][1]
    made = Encyclopedia(**start)
    index, V = made.Q.T @ made.K, made.V
    for space, map_ in (("index", index), ("content", V)):
        for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("ArrowDown", 1, -1)):
            token(it, space, 3).focus()
            was = map_ @ it.state()["tokens"][3]
            page.keyboard.press(key)
            it.settle()
            moved = map_ @ it.state()["tokens"][3] - was
            assert moved == pytest.approx([sign * 0.1 * (axis == k) for k in range(2)], abs=2e-3)
    cell = it.control("σ₁ as a number")
    cell.focus()
    page.keyboard.press("Meta+A" if sys.platform == "darwin" else "Control+A")
    page.keyboard.type("0,7")
    page.keyboard.press("Enter")
    assert it.state()["sigma"] == [0.7, start["sigma"][1]]
    it.root.get_by_role("tab", name="Numbers").focus()
    page.keyboard.press("ArrowRight")
    it.settle()
    assert it.state()["section"] == "capacity"
    assert it.root.get_by_role("tab", name="Capacity").evaluate("e => e === document.activeElement && e.ariaSelected === 'true'")
    it.button("Another draw").focus()
    page.keyboard.press("Enter")
    assert it.state()["seed"] == start["seed"] + 1
    it.root.get_by_role("tab", name="Capacity").focus()
    page.keyboard.press("ArrowLeft")
    it.settle()
    assert it.state()["section"] == "index"


def test_the_panel_and_the_section_are_one(visit, desk):
    """What stands in the picture is what the open panel is about, whoever asked for it: a tab, a link, Reset."""
    it = asked(visit, desk)
    spaces, shelves = it.root.locator(".td-spaces"), it.root.locator(".td-shelves")
    of = lambda: (it.state()["section"], it.root.get_by_role("tab", selected=True).inner_text(), spaces.is_visible(), shelves.is_visible())
    go = lambda **state: it.page.goto(it.page.url.split("#")[0] + link("encyclopedia", Encyclopedia(**state).state()))
    it.panel("capacity")
    assert of() == ("capacity", "Capacity", False, True)
    it.panel("V")
    assert of() == ("index", "V", True, False)
    go(section="capacity", count=9)
    it.settle()
    it.settle()
    assert of() == ("capacity", "Capacity", False, True)
    go(noise=0.5)
    it.settle()
    it.settle()
    assert of() == ("index", "Ask", True, False)
    it.panel("capacity")
    it.slide("Entries", 30)
    it.press("Reset")
    assert of() == ("capacity", "Capacity", False, True) and it.state()["count"] == 20
    it.panel("question")
    assert of() == ("index", "Guess", True, False)


def test_what_is_slid_is_shown_in_its_space_and_goes_again(visit, desk):
    it = asked(visit, desk)
    shown = lambda: it.root.locator(".td-felt").evaluate_all("all => all.map(e => e.classList.contains('td-on') && e.dataset.matrix)")
    for label, wanted in (("Q angle", ["Q", False]), ("K angle", ["K", False]), ("V shear", [False, "V"])):
        nudge(it, label)
        assert shown() == wanted, label
        it.page.wait_for_function("root => !root.querySelector('.td-felt.td-on')", arg=it.root.element_handle())


def test_V_is_taken_by_hand_in_the_content_space(visit, desk):
    it = asked(visit, desk)
    hands = it.root.locator(".td-space-content .td-hand-of")
    assert hands.count() == 0
    it.panel("V")
    V = it.state()["V"]
    hands.nth(1).focus()
    it.page.keyboard.press("ArrowUp")
    it.settle()
    assert it.state()["V"] == [V[0], [V[1][0], pytest.approx(V[1][1] + 0.1)]]
    assert it.root.get_by_label("V row 2 column 2").input_value() == "1.00"
    it.panel("M")
    assert hands.count() == 0


def test_no_number_tells_the_answer_before_the_guess(visit, desk):
    it = WidgetPage(visit(desk("encyclopedia")), "encyclopedia", skip=False)
    seen = lambda selector: it.root.locator(selector).evaluate("e => e.checkVisibility({ visibilityProperty: true })")
    it.panel("numbers")
    assert not seen(".td-readouts") and not seen("[data-readout=residual]")
    it.press("Show me without a guess")
    it.panel("numbers")
    assert seen(".td-readouts") and seen("[data-readout=residual]")


@pytest.mark.parametrize("preset", ["plain", "loud", "ridge", "lost"])
def test_presets(visit, desk, preset):
    it = asked(visit, desk, rank=1, noise=0.7)
    it.control("Preset").select_option(preset)
    it.settle()
    assert it.state() == Encyclopedia.preset(preset).state()
    assert it.notices() != ""
    nudge(it, "σ₁ strength of index direction u₁")
    assert it.control("Preset").input_value() == ""  # its note was about other bars


@pytest.mark.parametrize(
    "state, said",
    [
        ({"sigma": [1.5, 0.0]}, "no entry along u₂"),
        ({"sigma": [0.0, 1.5]}, "no entry along u₁"),
        ({"sigma": [0.0, 0.0]}, "Both bars are 0"),
        ({"rank": 1}, "Rank 1: M keeps the larger bar"),
        ({"rank": 1, "sigma": [1.0, 1.0]}, "the two are equal"),
    ],
)
def test_the_singular_cases_are_said_in_words(visit, desk, state, said):
    it = asked(visit, desk, **state)
    assert said in it.notices()
    made = Encyclopedia(**state)
    if "equal" not in said and "Both" not in said:
        missed = td.knowledge_residual(made.Q, made.K, made.V, rank=made.rank)
        assert f"{100 * missed:.0f} % of V" in it.notices()
    it.control("Rank").select_option("2")
    it.control("σ₁ as a number").fill("1.2")
    it.control("σ₁ as a number").press("Enter")
    it.control("σ₂ as a number").fill("0.6")
    it.control("σ₂ as a number").press("Enter")
    it.settle()
    assert it.notices() == ""


def test_a_lost_gap_is_drawn_and_a_held_one_is_not(visit, desk):
    """Where (13) fails, answer and content stand apart on the page by the gap that is read out."""
    it = asked(visit, desk, sigma=[1.5, 0.0])
    line = it.root.locator(".td-gap:not(.td-faint)")
    length = lambda: line.evaluate("e => Math.hypot(e.x2.baseVal.value - e.x1.baseVal.value, e.y2.baseVal.value - e.y1.baseVal.value)")
    per = it.root.locator(".td-space-content svg").evaluate("e => e.viewBox.baseVal.width") / 6
    assert length() == pytest.approx(per * it.read("residual"), rel=1e-3)
    assert "gap 0.82" in it.root.locator(".td-space-content svg").text_content()
    it.control("σ₂ as a number").fill("0.8")
    it.control("σ₂ as a number").press("Enter")
    it.settle()
    assert length() < 0.01


@pytest.mark.parametrize("typed, said", [("abc", "not a number"), ("", "not a number"), ("-1", "out of range"), ("1e9", "out of range")])
def test_nonsense_in_a_cell_is_told_beside_it(visit, desk, typed, said):
    it = asked(visit, desk)
    before, cell = it.state(), it.control("σ₂ as a number")
    cell.fill(typed)
    cell.press("Enter")
    assert said in it.notices()
    assert cell.get_attribute("aria-invalid") == "true"
    assert said in it.page.locator(f"#{cell.get_attribute('aria-describedby')}").inner_text()
    assert it.state() == before
    cell.fill("0,5")
    cell.press("Enter")
    it.settle()
    assert it.state()["sigma"][1] == 0.5
    assert it.notices() == ""


@pytest.mark.parametrize("typed, said", [("x", "not a number"), ("1.5", "not a whole number"), ("-3", "out of range")])
def test_nonsense_for_a_draw_is_told(visit, desk, typed, said):
    it = asked(visit, desk, section="capacity")
    before, field = it.state(), it.control("Draw")
    field.fill(typed)
    field.press("Enter")
    assert said in it.notices() and it.state() == before
    field.fill("12")
    field.press("Enter")
    it.settle()
    assert it.state()["seed"] == 12 and it.notices() == ""
