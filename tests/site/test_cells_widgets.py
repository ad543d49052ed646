"""Widgets that cells make: how they and the page follow each other. Python is a stand-in here."""

import json
import subprocess

import pytest
from cells_page import IDS, ROOT, Cells
from node import find
from test_access import AXE, TAGS

from tokendynamics.widgets import Encyclopedia, ForceLab

AT = IDS.index("two-lab")  # the page shows a Force lab there
VIEW = "application/vnd.jupyter.widget-view+json"


def made(name="a", widget=None, **more):
    """A line that opens a widget as Python does."""
    state = (widget or ForceLab(Q=[[2, 0], [0, 2]])).get_state()
    state |= {"_esm": f"book:{(widget or ForceLab).view}.js", "_css": "book:force-lab.css", "layout": ""} | more
    return said(name, "open", state=state, buffer_paths=[])


def said(name, kind="msg", **data):
    return f"comm('{json.dumps({'kind': kind, 'comm_id': name, 'data': data})}')"


def sets(name, **state):
    return said(name, method="update", state=state, buffer_paths=[])


def view(name="a"):
    return f"""mime('{json.dumps({VIEW: {"model_id": name}, "text/plain": "ForceLab()"})}')"""


class Widgets(Cells):
    """The page with a widget that its cell has made."""

    def make(self, *lines, at=AT):
        self.write(at, "\n".join(lines or [made(), view()]))
        self.run(at)
        return self

    def root(self, at=AT, part=".td-live"):
        return self.cell(at).locator(f"{part} [data-widget]")

    def state(self, name, **where):
        return self.root(**where).evaluate("(root, name) => root.widgetState()[name]", name)

    def until_state(self, name, value, at=AT):
        self.page.wait_for_function(
            "([at, name, value]) => JSON.stringify(document.querySelector(`[data-cell='${at}'] [data-widget]`)?.widgetState()[name]) === value",
            arg=[IDS[at], name, json.dumps(value, separators=(",", ":"))],
        )

    def press(self, key="ArrowRight"):
        self.root().locator(".td-token").first.press(key)

    def told(self):
        """What Python was told of widgets."""
        return [message["data"] for (message,) in self.asked("comm")]

    def until_told(self, count):
        self.page.wait_for_function("count => window.__asked.filter(([what]) => what === 'comm').length >= count", arg=count)
        return self.told()

    def unheard(self):
        return self.cell(AT).get_by_text("Python no longer listens to this widget")


@pytest.fixture
def lab(visit, cells_site):
    return lambda **options: Widgets(visit(cells_site, **options))


def test_a_cells_widget_takes_the_place_of_the_pages_and_they_follow_each_other(lab):
    page = lab()
    page.root().wait_for()
    assert page.state("Q") == [[1, 0], [0, 1]]
    page.press()
    page.make()
    page.until_state("Q", [[2, 0], [0, 2]])
    assert page.state("tokens") == ForceLab().tokens.tolist(), "as the cell makes it"
    assert page.root().count() == 1 and page.live(AT).inner_text() == "" and page.do(AT, "stored").is_hidden()
    assert page.said(AT).endswith("The widget below and Python now follow each other. There it is “_”, until a cell gives another result.")
    assert page.root().get_attribute("aria-label") == "Force lab"
    page.write(0, sets("a", scale=3.5))
    page.run(0)
    page.until_state("scale", 3.5)
    page.press()
    (told,) = page.until_told(1)
    assert told == {"method": "update", "state": {"tokens": page.state("tokens")}, "buffer_paths": []}


def test_a_cells_widget_is_as_the_cell_says_whatever_link_led_to_the_page(visit, cells_site):
    page = Widgets(visit(cells_site + ForceLab(scale=4).link()))
    page.until_state("scale", 4)
    page.make(made(widget=ForceLab(scale=2)), view(), "lab")
    page.until_state("scale", 2)
    assert page.said(AT).endswith("There it is “lab”.") and not page.told()
    page.page.evaluate("link => { location.hash = link; }", ForceLab(scale=3).link())
    page.until_state("scale", 3)
    assert page.until_told(1)[0]["state"]["scale"] == 3, "a link that is followed then moves both"


def test_where_the_page_shows_no_widget_it_comes_into_the_output_and_each_view_follows(lab):
    page = lab()
    page.make(made("b", Encyclopedia()), view("b"), view("b"), at=0)
    both = page.cell(0).locator("[data-live-output] [data-widget=encyclopedia][data-ready]")
    both.nth(1).wait_for()
    assert both.nth(0).bounding_box()["width"] > 300
    page.write(1, sets("b", count=7))
    page.run(1)
    page.page.wait_for_function(
        "[...document.querySelectorAll('[data-widget=encyclopedia]')].every((each) => each.widgetState().count === 7)"
    )
    page.write(1, said("b", "close"))
    page.run(1)
    page.cell(0).get_by_text("Python has closed this widget.").first.wait_for()
    assert not both.count()


def test_while_a_message_is_on_its_way_one_more_waits_and_nothing_is_taken_back(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("window.__deaf = true")
    for _ in range(4):
        page.press()
        page.page.wait_for_timeout(90)
    assert len(page.told()) == 1
    here = page.state("tokens")
    page.write(0, sets("a", tokens=[[0, 0], [1, 1], [2, 2]], V=[[0, 1], [1, 0]]))
    page.run(0)
    page.until_state("V", [[0, 1], [1, 0]])
    assert page.state("tokens") == here, "what the reader did since is on its way to Python"
    page.page.evaluate("window.__deaf = false")
    last = page.until_told(2)[1]
    page.page.wait_for_timeout(200)
    assert last["state"]["tokens"] == here and len(page.told()) == 2
    snapped = [[1, 1], [0, 0], [2, 2]]
    answer = {"kind": "msg", "comm_id": "a", "buffers": [], "data": {"method": "update", "state": {"tokens": snapped}}}
    page.page.evaluate("answer => { window.__observe = () => [{ comm: answer }]; }", answer)
    page.press()
    page.until_state("tokens", snapped)


def test_what_takes_python_long_while_no_cell_runs_is_said(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("window.__deaf = true")
    page.press()
    words = page.page.locator(".tc-run-page").get_by_text("Python still works on what you changed in a widget.")
    words.wait_for(timeout=8000)
    page.page.evaluate("window.__deaf = false")
    words.wait_for(state="detached")


def test_observers_are_heard_below_the_widget_and_the_last_of_it_is_kept(lab):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    page.page.evaluate("""() => { let n = 0; window.__observe = () => [
        { stream: { id: null, name: "stdout", text: `moved ${++n} ${"x".repeat(6000)}\n` } },
        ...(n === 3 ? [{ error: { id: null, name: "E", value: "", lines: ["ValueError: too far"], line: null } }] : [])]; }""")
    for n in range(3):
        page.press()
        page.cell(AT).locator(".tc-log", has_text=f"moved {n + 1}").wait_for()
    log = page.cell(AT).locator(".tc-log")
    log.get_by_text("ValueError: too far").wait_for()
    page.page.evaluate(AXE)
    assert not page.page.evaluate("tags => axe.run({ include: '.tc-log' }, { runOnly: tags, resultTypes: ['violations'] })", TAGS)[
        "violations"
    ]
    assert len(log.text_content()) < 10_100 and "moved 1" not in log.inner_text() and page.live(AT).inner_text() == ""
    assert log.bounding_box()["y"] > page.root().bounding_box()["y"] and log.bounding_box()["height"] < 250
    page.run(AT)
    assert not log.count()


@pytest.mark.parametrize("how", ["stop", "restart", "lost"])
def test_when_python_is_gone_the_widget_says_so_and_goes_on_until_a_run_makes_it_anew(lab, how):
    page = lab().make()
    page.until_state("Q", [[2, 0], [0, 2]])
    assert not page.unheard().count()
    if how == "restart":
        page.page.locator("[data-do=restart]").click()
    else:
        page.write(0, "while True: pass" if how == "stop" else "forget()")
        page.do(0, "run").click()
        if how == "stop":
            page.do(0, "stop").click()
    page.unheard().wait_for()
    assert "follow each other" not in page.said(AT)
    before, told = page.state("tokens"), len(page.told())
    page.press()
    page.page.wait_for_timeout(200)
    assert page.state("tokens") != before and len(page.told()) == told
    page.make(made("c", ForceLab(scale=2)), view("c"))
    page.until_state("scale", 2)
    assert not page.unheard().count()
    page.press()
    assert page.until_told(told + 1)[-1]["state"]["tokens"] == page.state("tokens")


def test_a_script_out_of_python_does_not_run_and_it_is_said_where_it_does(lab):
    page = lab()
    scripts = [
        "window.__ran = 1; export default {}",
        "book:../cells-run.js",
        "book:https://elsewhere.example/x.js",
        "data:text/javascript,window.__ran = 1",
    ]
    lines = [line for n, script in enumerate(scripts) for line in (made(f"n{n}", _esm=script), view(f"n{n}"))]
    slider = {"_model_name": "IntSliderModel", "_model_module": "@jupyter-widgets/controls", "value": 3}
    page.make(*lines, said("s", "open", state=slider), view("s"))
    notes = page.live(AT).locator(".tc-run-note").all_inner_texts()
    assert len(notes) == 5 and all("JupyterLab, on Binder or in Colab" in words for words in notes) and notes[4].startswith("IntSlider: ")
    assert page.page.evaluate("window.__ran") is None and page.state("Q") == [[1, 0], [0, 1]], "the page’s own stays"


BYTES = """import { withBuffers, withoutBuffers } from "./site/cells/buffers.js";
const { state, buffer_paths, buffers } = withoutBuffers({ a: 1, b: Uint8Array.of(7), c: [{ d: Uint8Array.of(8, 9).buffer }, Uint8Array.of(5)] });
const gone = JSON.stringify(state);
withBuffers(state, [...buffer_paths, ["__proto__", "evil"], ["x", "y"]], [...buffers, 1, 1]);
const bytes = [state.b, state.c[0].d, state.c[1]].map((each) => [...new Uint8Array(each)]);
console.log(JSON.stringify([gone, buffer_paths, bytes, {}.evil ?? null]));"""


def test_bytes_go_beside_a_state_and_come_to_their_places():
    command = [find("node"), "--input-type=module", "-e", BYTES]
    told = subprocess.run(command, check=True, capture_output=True, encoding="utf8", cwd=ROOT).stdout
    gone = '{"a":1,"c":[{},null]}'
    assert json.loads(told) == [gone, [["b"], ["c", 0, "d"], ["c", 1]], [[7], [8, 9], [5]], None]


def test_what_python_says_in_a_widgets_state_is_text(lab):
    page = lab()
    dirt = "<img src=x onerror='window.__ran = 1'>"
    asks = {"question": dirt, "choices": [dirt, dirt], "answer": 0, "explanation": dirt}
    page.make(
        made(widget=ForceLab(names=[dirt, "b", "c"], scale=2), prediction=asks, key=dirt, panel=dirt, _css="body { display: none }"), view()
    )
    page.until_state("scale", 2)
    assert dirt in page.root().inner_text() and not page.root().locator("img").count() and page.page.evaluate("window.__ran") is None
    assert page.page.locator("body").is_visible()


def test_a_widget_whose_views_are_gone_is_let_go_and_asked_for_when_it_is_shown_again(lab):
    page = lab()
    page.page.evaluate("window.gone = []")
    for n in range(6):
        page.make(made(f"a{n}"), view(f"a{n}"))
        page.make(made(f"b{n}"), view(f"b{n}"), at=0)
        page.cell(0).locator("[data-widget][data-ready]").wait_for()
        page.page.evaluate("() => { for (const each of document.querySelectorAll('[data-widget]')) window.gone.push(new WeakRef(each)); }")
    page.make('print("1")', at=0)
    page.make(made("last"), view("last"))
    page.page.wait_for_timeout(1500)  # what waits, such as words for a screen reader, has been said
    collector = page.page.context.new_cdp_session(page.page)
    for _ in range(3):
        collector.send("HeapProfiler.collectGarbage")
    assert page.page.evaluate("window.gone.filter((each) => each.deref()).length") == 0
    page.make(view("b5"), at=0)
    assert page.until_told(1)[-1] == {"method": "request_state"}
    page.write(1, sets("b5", **(ForceLab(scale=4).get_state() | {"_esm": "book:force-lab.js", "layout": ""})))
    page.run(1)
    page.until_state("scale", 4, at=0)


def test_what_was_shown_under_a_name_is_shown_anew(lab):
    page = lab()
    page.make('named("x", "one")', 'print("between")', 'anew("x", "two")', 'anew("y", "never")', at=0)
    assert page.live(0).inner_text().split() == ["two", "between"]
