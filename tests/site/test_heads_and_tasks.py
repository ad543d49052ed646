"""Heads and tasks on the built page: the model runs there, heads switch and bend, and every number is numpy's."""

import numpy as np
import pytest
from widget_page import Finger, WidgetPage, centre

from tokendynamics.heads import corpus, four_tasks
from tokendynamics.widgets import HeadsAndTasks
from tokendynamics.widgets.heads_and_tasks import PRESETS, engine, model

PAGE = "chapters/04_many_heads.html"
ROOT = "[data-widget=heads-and-tasks]"
HEADS = [(layer, head) for layer in range(2) for head in range(4)]
TASKS = ("next", "entity", "class", "sentiment")
SLIDERS = {f"{m} {part}": (name, i) for i, m in enumerate("QKV") for part, name in (("turn", "turns"), ("stretch", "stretches"))}


class Heads(WidgetPage):
    def __init__(self, page, **options):
        super().__init__(page, "heads-and-tasks", **options)

    def switch(self, layer, head):
        return self.control(f"Layer {layer + 1} Head {head + 1}")

    def word(self, index):
        return self.reached(self.root.locator(".td-word").nth(index))

    def said(self, task):
        return self.root.locator(f"[data-readout={task}-answer]").get_attribute("data-value")

    def answers(self):
        return {task: self.said(task) for task in TASKS}

    def rest(self):
        """Wait until the held-out sentences have been scored again: they are while their panel is open."""
        self.panel("tasks")
        self.page.wait_for_timeout(700)

    def lab(self):
        """The same widget in Python."""
        return HeadsAndTasks(**self.state())


@pytest.fixture
def open_heads(visit, desk):
    return lambda end="", skip=True, **options: Heads(visit(desk("heads-and-tasks") + end, **options), skip=skip)


@pytest.fixture
def heads(open_heads):
    return open_heads()


def held_to_numpy(heads):
    """Every readout of the page against the package, for the page's own state."""
    lab = heads.lab()
    words = corpus.numbers(lab.sentence)
    for task, p in lab.answers().items():
        assert heads.read(f"{task}-confidence") == pytest.approx(p.max(), rel=1e-9)
        assert heads.said(task) == corpus.TASKS[task][p.argmax()]
    heads.panel("adds")
    for task, table in engine.added(lab.parameters, words, lab.token, **lab.switches).items():
        for layer, head in HEADS:
            assert heads.read(f"added-{task}-{layer}-{head}") == pytest.approx(table[layer, head], abs=1e-10)


@pytest.mark.parametrize("preset", PRESETS)
def test_readouts_are_numpys(heads, preset):
    heads.control("Preset").select_option(preset)
    heads.settle()
    assert heads.state() == HeadsAndTasks.preset(preset).state()
    assert PRESETS[preset]["note"] in heads.notices()
    held_to_numpy(heads)


def test_readouts_are_numpys_in_a_state_of_ones_own(heads):
    heads.control("or your own").fill("the owners of Paris did ask Jordan why the films were not bad .")
    heads.control("or your own").press("Enter")
    heads.control("Bend").select_option("0.3")
    heads.control("K turn").fill("35")
    heads.control("V stretch").fill("1.6")
    heads.control("A head that is off writes").select_option("mean")
    heads.switch(1, 0).uncheck()
    heads.word(3).click()
    heads.settle()
    now = heads.state()
    assert (now["head"], now["turns"], now["stretches"], now["off"], now["token"]) == ([0, 3], [0, 35, 0], [1, 1, 1.6], [[1, 0]], 3)
    held_to_numpy(heads)


def test_the_averages_are_those_that_were_measured(heads):
    for task, table in model.shipped()["average"].items():
        for layer, head in HEADS:
            assert heads.read(f"average-{task}-{layer}-{head}") == table[layer][head]


def test_the_held_out_sentences_are_scored_in_the_page(heads):
    some = corpus.part(corpus.split().test, np.arange(100))
    heads.rest()
    for off in ([], [[1, 2]]):
        if off:
            heads.switch(1, 2).uncheck()
            heads.rest()
        keep = np.ones((2, 4))
        for layer, head in off:
            keep[layer, head] = 0
        parameters = {name: value.astype(np.float64) for name, value in four_tasks.load().items()}
        expected = four_tasks.accuracy(parameters, some, keep=keep)
        for task in ("entity", "class", "sentiment"):
            assert heads.read(f"{task}-accuracy") == pytest.approx(expected[task])
    assert heads.read("entity-accuracy") < 0.9 < heads.read("class-accuracy")


def test_every_switch_changes_state_picture_and_answers_at_once(heads):
    for layer, head in HEADS:
        before, drawn, sure = heads.state(), heads.picture(), [heads.read(f"{t}-confidence") for t in TASKS]
        heads.switch(layer, head).click()
        heads.settle()
        assert heads.state() == before | {"off": [[layer, head]]}
        assert heads.picture() != drawn
        assert [heads.read(f"{t}-confidence") for t in TASKS] != sure
        heads.switch(layer, head).click()
        heads.settle()
        assert heads.state() == before and [heads.read(f"{t}-confidence") for t in TASKS] == sure


def test_a_changed_answer_is_marked_in_words(heads):
    heads.panel("tasks")
    assert heads.root.locator(".td-changed").count() == 0
    heads.switch(1, 2).uncheck()
    heads.panel("tasks")
    changed = heads.root.locator(".td-card.td-changed")
    assert "entity" in [card.get_attribute("data-task") for card in changed.all()]
    mark = changed.first.locator(".td-answer").evaluate("e => getComputedStyle(e, '::after').content")
    assert "changed" in mark
    row = heads.root.locator(".td-said.td-changed output:first-child")
    assert "place" in row.all_inner_texts() and "→" in row.first.evaluate("e => getComputedStyle(e, '::before').content")


def test_the_table_waits_for_the_guess(open_heads):
    heads = open_heads(skip=False)
    table = heads.root.locator(".td-heads-table").first
    heads.panel("adds")
    assert not table.is_visible() and "after your guess" in heads.root.inner_text()
    heads.press("Show me without a guess")
    heads.panel("adds")
    assert "after your guess" not in heads.root.inner_text()
    assert table.is_visible() and "+" in table.inner_text()


def test_all_off_and_all_on(heads):
    before = heads.answers()
    heads.press("All off")
    assert heads.state()["off"] == [list(each) for each in HEADS]
    assert heads.answers() != before
    heads.press("All on")
    assert heads.state()["off"] == [] and heads.answers() == before


def test_every_slider_bends_and_the_role_dissolves(heads):
    for label, (name, i) in SLIDERS.items():
        before, drawn = heads.state(), heads.picture()
        heads.control(label).focus()
        for _ in range(3):
            heads.page.keyboard.press("ArrowRight")
        heads.settle()
        after = heads.state()
        assert {key for key in after if after[key] != before[key]} == {name}, label
        assert [k for k in range(3) if after[name][k] != before[name][k]] == [i]
        assert heads.picture() != drawn, label
    heads.press("As learned")
    assert heads.state()["turns"] == [0, 0, 0] and heads.state()["stretches"] == [1, 1, 1]
    assert heads.said("entity") == "organisation" and heads.read("attention-moved") == 0
    heads.control("Q turn").fill("90")
    heads.settle()
    assert heads.said("entity") == "place" and heads.read("attention-moved") > 0.1
    moved, seed = heads.read("attention-moved"), heads.state()["seed"]
    heads.press("Another random matrix")
    assert heads.state()["seed"] == seed + 1 and heads.read("attention-moved") != moved


def test_choosing_a_sentence_and_a_word(heads):
    texts = heads.control("Sentence").locator("option").all_inner_texts()
    assert len(texts) == 13
    heads.control("Sentence").select_option(texts[4])
    heads.settle()
    assert heads.state()["sentence"] == texts[4] and heads.control("or your own").input_value() == texts[4]
    assert heads.root.locator(".td-word").count() == len(texts[4].split())
    heads.word(1).click()
    heads.settle()
    assert heads.state()["token"] == 1 and heads.word(1).get_attribute("aria-pressed") == "true"
    heads.panel("tasks")
    assert texts[4].split()[1] in heads.root.locator("[data-task=entity] h3").inner_text()
    held_to_numpy(heads)


@pytest.mark.parametrize(
    "typed, named", [("the zebra was good .", "zebra"), ("the film, was good .", "film,"), ("the paris was good .", "paris")]
)
def test_an_unknown_word_is_named_and_not_guessed(heads, typed, named):
    before = heads.state()
    field = heads.control("or your own")
    field.fill(typed)
    field.press("Enter")
    assert f"“{named}” is not a word" in heads.notices()
    assert field.get_attribute("aria-invalid") == "true"
    assert named in heads.page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
    assert heads.state() == before
    field.fill("the film was good.")
    field.press("Enter")
    heads.settle()
    assert heads.notices() == "" and heads.state()["sentence"] == "the film was good." and heads.state()["token"] == 4
    assert field.get_attribute("aria-invalid") is None


@pytest.mark.parametrize("typed", ["", "   ", "the " * 25])
def test_too_few_and_too_many_words_are_told(heads, typed):
    before = heads.state()
    heads.control("or your own").fill(typed)
    heads.control("or your own").press("Enter")
    assert "1 to 24 words" in heads.notices() and heads.state() == before


def test_a_sentence_without_its_full_stop_is_read_at_its_last_word_and_said_so(heads):
    heads.control("or your own").fill("the film was good")
    heads.control("or your own").press("Enter")
    heads.settle()
    assert "full stop" in heads.notices()
    held_to_numpy(heads)


def test_it_names_the_words_it_knows(heads):
    heads.click("summary")
    listed = heads.root.locator(".td-vocabulary p").inner_text().split(", ")
    assert listed == [word for word in corpus.VOCABULARY if word]


def test_keyboard_alone_suffices(heads):
    page, start = heads.page, heads.state()
    heads.word(8).focus()
    page.keyboard.press("ArrowRight")
    heads.settle()
    assert heads.state()["token"] == 9
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert heads.state()["token"] == 7
    assert heads.page.evaluate("document.activeElement.dataset.token") == "7"
    heads.switch(0, 1).focus()
    page.keyboard.press("Space")
    assert heads.state() == start | {"token": 7, "off": [[0, 1]]}


def test_arcs_and_segments_say_what_they_show(heads):
    label = heads.root.locator(".td-arcs").nth(6).get_attribute("aria-label")
    assert label.startswith("Aurora looks at ")
    lab = heads.lab()
    from tokendynamics.heads import transformer

    run = transformer.forward(lab.parameters, corpus.numbers(lab.sentence))
    words = lab.sentence.split()
    best = run.attention[1, 2, 8].argmax()
    assert f"{words[best]} {run.attention[1, 2, 8, best]:.2f}" in label
    told = heads.root.locator(".td-segment").nth(6).get_attribute("aria-label").removeprefix("Segment: ").replace("−", "-")
    np.testing.assert_allclose([float(x) for x in told.split(", ")], run.segments[1, 2, 8], atol=0.051)


def test_a_finger_slides_and_does_not_scroll_sideways(open_heads):
    heads = open_heads(width=360, height=800, has_touch=True, is_mobile=True)
    heads.word(3).tap()
    heads.settle()
    assert heads.state()["token"] == 3
    heads.switch(1, 1).tap()
    heads.settle()
    assert heads.state()["off"] == [[1, 1]]
    thumb = heads.control("Q turn")
    thumb.scroll_into_view_if_needed()
    box = thumb.bounding_box()
    finger = heads.page.context.new_cdp_session(heads.page)
    x, y = box["x"] + 14, box["y"] + box["height"] / 2
    for kind, points in [("touchStart", [(x, y)]), *(("touchMove", [(x + 15 * i, y)]) for i in range(1, 8)), ("touchEnd", [])]:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    heads.settle()
    assert heads.state()["turns"][0] > 20 and thumb.bounding_box()["y"] == pytest.approx(box["y"], abs=1)


@pytest.mark.parametrize("label", ["Layer 2 Head 4", "V stretch"])
def test_answers_and_the_bent_head_stay_in_sight_on_a_phone(open_heads, label):
    heads = open_heads(width=360, height=640, has_touch=True, is_mobile=True)
    heads.control(label).scroll_into_view_if_needed()
    for part in (".td-now", ".td-bent .td-arcs"):
        box = heads.root.locator(part).bounding_box()
        assert 0 <= box["y"] and box["y"] + box["height"] < heads.control(label).bounding_box()["y"], part
    before = heads.root.locator(".td-now").inner_text()
    heads.press("All off")
    assert heads.root.locator(".td-now").inner_text() != before


def test_a_press_in_the_picture_chooses_a_word_and_a_slide_goes_along_them(open_heads):
    heads = open_heads(width=360, height=640, has_touch=True, is_mobile=True)
    heads.root.locator(".td-strips").scroll_into_view_if_needed()
    place = lambda i: centre(heads.root.locator(".td-names span").nth(i))
    heads.page.touchscreen.tap(*place(2))
    heads.settle()
    assert heads.state()["token"] == 2 and heads.root.locator(".td-asked-about").inner_text().split() == ["asked", "at", "say"]
    scrolled = heads.page.evaluate("scrollY")
    Finger(heads.page).drag(place(2), place(9))
    heads.settle()
    assert heads.state()["token"] == 9 and heads.page.evaluate("scrollY") == scrolled


def test_a_sentence_of_any_length_leaves_its_words_apart_and_whole(open_heads):
    """Each word in its column, none over its neighbour and none cut, and its arc's end below it."""
    heads = open_heads(width=360, height=640)
    for text in ("the film was good .", max(model.shipped()["examples"], key=len), " ".join(["residents"] * 24)):
        heads.type("or your own", text)
        columns = heads.root.locator(".td-names span").evaluate_all(
            "all => all.map(e => [...['left', 'right'].map(side => e.getBoundingClientRect()[side]), e.scrollHeight - e.clientHeight])"
        )
        stops = heads.root.locator(".td-bent circle").evaluate_all(
            "all => all.map(e => { const b = e.getBoundingClientRect(); return b.x + b.width / 2; })"
        )
        assert len(columns) == len(stops) == len(text.split())
        assert all(right <= left + 0.1 for (_, right, _), (left, _, _) in zip(columns, columns[1:])) and not any(
            over > 0 for *_, over in columns
        )
        assert all(left < stop < right for (left, right, _), stop in zip(columns, stops))


def test_damaged_weights_are_refused_in_words(visit, address, book):
    """The page with one digit of the weights changed on its way."""
    data = model.shipped()["weights"]["data"]
    state = (book / "_static/state/chapters-04_many_heads.js").read_text("utf8")
    assert data in state
    spoilt = state.replace(data, ("A" if data[0] != "A" else "B") + data[1:])

    page = visit(f"{address}/index.html")
    page.route(
        "**/state/chapters-04_many_heads.js*", lambda route: route.fulfill(body=spoilt, content_type="text/javascript; charset=utf-8")
    )
    page.goto(f"{address}/{PAGE}")
    page.wait_for_selector(f"{ROOT}[data-ready]")
    words = page.locator(f"{ROOT} .td-notice").inner_text()
    assert "weights are damaged" in words and "cannot run" in words
    assert page.locator(f"{ROOT} .td-card").count() == 0


def test_a_slide_is_drawn_within_a_frame_or_two(heads):
    """From an input to the end of its drawing, in the page's own clock."""
    heads.panel("bend")
    times = heads.root.evaluate("""async root => {
      const slider = root.querySelector('.td-bend input[type=range]'), times = [];
      for (let i = 1; i <= 40; i++) {
        const start = performance.now();
        slider.value = i;
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        times.push(performance.now() - start);
        await new Promise(requestAnimationFrame);
      }
      return times.sort((a, b) => a - b);
    }""")
    assert times[len(times) // 2] < 33
