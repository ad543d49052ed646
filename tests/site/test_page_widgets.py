"""Widgets that cells of a page make, with Python itself in the page: what a cell sets moves the page, and what a reader moves Python has."""

import json
import re
import time
from pathlib import Path

import book_cells
import pytest
import weekly
from browser import OPEN
from moved_by_python import MOVES

ROOT = Path(__file__).parents[2]
CHAPTER = "chapters/01_tokens_as_particles"
LAB, FIRST, NEXT, LAST = "lab", "imports", "by-hand-code", "by-the-mean-check"  # cells of it; the page shows a Force lab at LAB
STATE = f"document.querySelector(`[data-cell={LAB}] [data-widget]`)?.widgetState()"
UNHEARD = "Python no longer listens to this widget"


@pytest.fixture(scope="module")
def place(live_book, serve):
    """The address of a chapter with Python."""
    return f"{serve(live_book)}/{CHAPTER}.html"


class Chapter:
    """The page as a reader uses it."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("html[data-python]")

    def cell(self, name):
        return self.page.locator(f"[data-cell='{name}']")

    def run(self, name, code=None, state="done"):
        """Run a cell, with other code where some is given; its output."""
        cell = self.cell(name)
        if code is not None:
            if not cell.locator(".cm-content").count():
                cell.locator("[data-do=edit]").click()
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(code)
        cell.locator("[data-do=run]").click()
        live = cell.locator("[data-live-output]")
        cell.locator(f"[data-live-output][data-state={state}]").wait_for(state="attached", timeout=60_000)
        return live

    def printed(self, code):
        return self.run(LAST, code).inner_text().strip()

    def root(self, name=LAB, kind="force-lab"):
        return self.cell(name).locator(f"[data-widget={kind}][data-ready]")

    def state(self, trait, **where):
        return self.root(**where).evaluate("(root, trait) => root.widgetState()[trait]", trait)

    def until(self, trait, value, name=LAB):
        text = json.dumps(value, separators=(",", ":")).replace(".0", "")
        self.page.wait_for_function(
            "([name, trait, text]) => JSON.stringify(document.querySelector(`[data-cell='${name}'] [data-widget]`)?.widgetState()[trait]) === text",
            arg=[name, trait, text],
        )

    def drag(self, dx, dy, steps=8):
        dot = self.root().locator(".td-token .td-dot").first
        dot.scroll_into_view_if_needed()
        box = dot.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=steps)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)  # Python hears of a few changes a second


@pytest.fixture
def chapter(place, visit):
    return Chapter(visit(place))


def test_a_cells_widget_and_python_move_each_other_and_a_stop_leaves_it_alive(chapter):
    chapter.root().wait_for()
    chapter.drag(60, 20)
    moved = chapter.state("tokens")
    chapter.run(FIRST)
    chapter.run(LAB)
    chapter.page.wait_for_function(f"() => JSON.stringify({STATE}.tokens) !== '{json.dumps(moved, separators=(',', ':'))}'")
    assert chapter.cell(LAB).locator("[data-widget]").count() == 1

    code = "lab = _\nlab.observe(lambda change: print('now at', *lab.tokens[0].round(1)), 'tokens')\nlab.Q = [[0, -1], [1, 0]]"
    chapter.run(NEXT, code)
    chapter.until("Q", [[0, -1], [1, 0]])
    chapter.drag(70, -40)
    tokens = chapter.state("tokens")
    assert tokens != moved and chapter.printed("print(lab.tokens.tolist())") == str(tokens)
    said = chapter.cell(LAB).locator(".tc-log").inner_text().splitlines()
    assert said[-1] == f"now at {tokens[0][0]:.1f} {tokens[0][1]:.1f}"

    chapter.root().locator(".td-token").first.press("ArrowUp")
    chapter.page.wait_for_timeout(300)
    assert chapter.printed("print(lab.tokens.tolist())") == str(chapter.state("tokens")) != str(tokens)

    chapter.cell(NEXT).locator(".cm-content").click()
    chapter.page.keyboard.press("Control+a")
    chapter.page.keyboard.insert_text("while True:\n    pass")
    chapter.cell(NEXT).locator("[data-do=run]").click()
    chapter.cell(NEXT).get_by_text("Runs.").wait_for()
    chapter.page.wait_for_timeout(300)
    chapter.drag(-30, 30)
    chapter.cell(NEXT).locator("[data-do=stop]").click()
    chapter.cell(LAB).get_by_text(UNHEARD).wait_for()
    before = chapter.state("tokens")
    chapter.drag(-30, 10)
    assert chapter.state("tokens") != before

    chapter.run(FIRST)
    chapter.run(LAB)
    chapter.until("Q", [[1, 0], [0, 1]])
    assert not chapter.cell(LAB).get_by_text(UNHEARD).count()
    chapter.run(NEXT, "lab = _\nlab.scale = 2.5")
    chapter.until("scale", 2.5)
    chapter.drag(40, 40)
    assert chapter.printed("print(lab.tokens.tolist())") == str(chapter.state("tokens"))


@weekly.seldom
def test_each_of_the_books_widgets_lives_where_a_cell_shows_it(chapter):
    assert {f"{view}.js" for view in MOVES} == {path.name for path in book_cells.widget_files() if path.suffix == ".js"}
    for view, (name, trait, value, label, after) in MOVES.items():
        chapter.run(NEXT, f"from tokendynamics.widgets import {name}\nit = {name}()\nit")
        root = chapter.root(NEXT, view)
        root.wait_for()
        chapter.run(LAST, f"it.{trait} = {value}")
        chapter.until(trait, value, NEXT)
        control = root.get_by_label(label, exact=True).first
        control.evaluate(OPEN)
        control.focus()
        chapter.page.keyboard.press("ArrowRight")
        assert chapter.state(trait, name=NEXT, kind=view) == after
        chapter.page.wait_for_timeout(300)
        assert chapter.printed(f"import numpy as np\nprint(np.array(it.{trait}).tolist())") == str(after)
        assert chapter.page.evaluate("document.querySelectorAll('[data-cell=by-hand-code] [data-widget]').length") == 1


@weekly.seldom
def test_own_sentences_are_read_by_the_page_and_python_gets_the_answer(chapter):
    chapter.run(NEXT, "from tokendynamics.widgets import RealTrajectories\nit = RealTrajectories()\nit")
    root = chapter.root(NEXT, "real-trajectories")
    root.wait_for()
    asked = []
    chapter.page.on("request", lambda request: asked.append(request.url) if "/minilm/" in request.url else None)
    sentences = ["The seal swam under the ice.", "The letter had a wax seal."]
    for number, sentence in enumerate(sentences, 1):
        control = root.get_by_label(f"Sentence {number}", exact=True)
        control.evaluate(OPEN)
        control.fill(sentence)
    root.get_by_label("Sentence 1", exact=True).press("Enter")
    chapter.until("sentences", sentences, NEXT)
    gain = root.get_by_label("V times", exact=True).first
    gain.evaluate(OPEN)
    gain.fill("0")
    chapter.page.wait_for_timeout(1500)
    count = len(asked)
    moved = root.locator("[data-readout=moved-all]").get_attribute("data-value")
    assert chapter.printed("print(it.sentences, it.word, it.gain, it.own['moved']['all'][-1])") == f"{sentences} seal 0.0 {moved}"
    assert 30 < len(asked) == count < 100, "Python has not fetched the model too"
    assert chapter.printed("print(len(it.reading.runs))") == "2" and len(asked) > 150


ELSEWHERE = {
    "import ipywidgets\nipywidgets.interact(lambda x: print('x is', x), x=3);": ["x is 3", "JupyterLab, on Binder or in Colab"],
    "import ipywidgets\nipywidgets.IntSlider()": ["IntSlider: this page shows the book’s own widgets alone"],
    "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    print('held')\nout": ["held", "Output: this page"],
    "from ipywidgets import VBox\nfrom tokendynamics.widgets import ForceLab\nVBox([ForceLab()])": ["VBox: this page"],
}


PLOT = 'import plotly.graph_objects as go\nplot = go.Figure(go.Scatter(y=[2, 5, 3], line_color="#0072B2"))\nplot'


def test_a_plotly_figure_is_drawn_and_what_a_page_cannot_show_says_where_it_is_shown(chapter):
    chapter.run(NEXT, PLOT).locator(".td-plot[data-drawn]").wait_for()
    drawn = "name => { const [trace] = document.querySelector(`[data-cell='${name}'] .td-plot`).data; return [trace.y, trace.line.color]; }"
    blue = chapter.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--td-query').trim()")
    assert chapter.page.evaluate(drawn, NEXT) == [[2, 5, 3], blue]
    for code, words in ELSEWHERE.items():
        said = chapter.run(NEXT, code).inner_text()
        assert all(each in said for each in words), said
    said = chapter.run(NEXT, "import scipy", "error").inner_text()
    assert "No module named 'scipy'" in said and "JupyterLab, on Binder or in Colab" in said


ENDLESS = ["while True:\n    lab.scale = 1 + lab.scale % 2", "while True:\n    display(lab.scale)"]


@weekly.seldom
def test_a_program_that_changes_and_shows_without_end_reaches_the_page_and_can_be_stopped(chapter):
    chapter.run(LAB, "from tokendynamics.widgets import ForceLab\nlab = ForceLab(scale=2)\nlab")
    chapter.until("scale", 2)
    chapter.run(NEXT, "for i in range(4000):\n    lab.scale = i / 1000")
    chapter.until("scale", 3.999)
    for code in ENDLESS:
        chapter.cell(LAST).locator("[data-do=edit]").click()
        chapter.cell(LAST).locator(".cm-content").click()
        chapter.page.keyboard.press("Control+a")
        chapter.page.keyboard.insert_text(f"from tokendynamics.widgets import ForceLab\nlab = ForceLab()\n{code}")
        chapter.cell(LAST).locator("[data-do=run]").click()
        chapter.cell(LAST).get_by_text("Runs.").wait_for(timeout=60_000)
        chapter.page.wait_for_timeout(2000)
        chapter.cell(LAST).locator("[data-do=stop]").click(timeout=10_000)
        chapter.cell(LAST).get_by_text("Stopped. What it knew is gone").wait_for(timeout=10_000)
        chapter.cell(LAST).locator("[data-do=edit]").click()


@weekly.seldom
def test_an_observer_that_fails_is_told_below_the_widget_and_python_goes_on(chapter):
    code = "from tokendynamics.widgets import ForceLab\nlab = ForceLab(scale=2)\n\n@lab.observe\ndef moved(change):\n    if change['name'] == 'tokens':\n        1 / 0\nlab"
    chapter.run(LAB, code)
    chapter.until("scale", 2)
    chapter.drag(50, 10)
    log = chapter.cell(LAB).locator(".tc-log")
    log.get_by_text("ZeroDivisionError").first.wait_for()
    assert re.search(r"cell \d+.*line 7", log.inner_text().replace("\n", " "))
    assert chapter.printed("print(1 + 1)") == "2"


def test_what_is_shown_under_a_name_is_shown_anew(chapter):
    code = "from IPython.display import display, update_display\nh = display('one', display_id=True)\ndisplay(2, display_id='b')\nh.update('three')\nupdate_display(4, display_id='b')"
    assert chapter.run(NEXT, code).inner_text().split() == ["'three'", "4"]


WRITE = "(code) => Object.entries(code).forEach(([id, mine]) => localStorage.setItem(`tokens-in-motion/cell/v1/${location.pathname}#${id}`, JSON.stringify({ mine })))"
RUN = "(id) => document.querySelector(`[data-cell='${id}'] [data-do=run]`).click()"
DONE = "(id) => document.querySelector(`[data-cell='${id}'] [data-live-output]`)?.dataset.state === 'done'"
DOT = f"""() => {{ const dot = document.querySelector("[data-cell={LAB}] .td-token .td-dot"); dot.scrollIntoView({{ block: "center" }});
  const {{ x, y, width, height }} = dot.getBoundingClientRect(); return [x + width / 2, y + height / 2]; }}"""


@weekly.seldom
def test_in_firefox_and_webkit_too(engine, place):
    """A cell's widget, set by a cell and moved by hand; what the cells print is the page's state."""
    engine.goto(place)
    engine.run(WRITE, {NEXT: "lab = _\nlab.scale = 2.5", LAST: "print(lab.tokens.tolist())"})
    engine.goto(place + "?again")  # the page as a reader finds it who wrote that before
    for cell in (FIRST, LAB, NEXT):
        engine.run(RUN, cell)
        engine.wait(DONE, cell, seconds=90)
    engine.wait(f"() => {STATE}.scale === 2.5")
    before = engine.run(f"() => JSON.stringify({STATE}.tokens)")
    x, y = engine.run(DOT)[:2]
    engine.drag([x, y], [x + 20, y + 10], [x + 40, y + 20])
    time.sleep(0.5)  # Python hears of a few changes a second
    engine.run(RUN, LAST)
    engine.wait(DONE, LAST, seconds=30)
    after = engine.run(f"() => JSON.stringify({STATE}.tokens)")
    printed = engine.run(f"() => document.querySelector(`[data-cell='{LAST}'] [data-live-output]`).innerText")
    assert json.loads(printed) == json.loads(after) != json.loads(before)
