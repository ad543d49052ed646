"""The widgets in a real JupyterLab, all in one notebook: Python moves the page, the page moves Python."""

import json
import sys

import nbformat
import numpy as np
import pytest
from browser import OPEN
from lab import served
from moved_by_python import MOVES
from playwright.sync_api import TimeoutError

CELLS = {  # one notebook: for each widget a cell that shows it, one that changes it, one that prints it
    "force-lab": (
        "from tokendynamics.widgets import ForceLab\nlab = ForceLab()\nlab",
        "lab.Q = [[0, -1], [1, 0]]",
        "print('tokens', lab.tokens.tolist(), 'V', lab.V.tolist())",
    ),
    "encyclopedia": (
        "from tokendynamics.widgets import Encyclopedia\nbook = Encyclopedia()\nbook",
        "book.sigma = [1.5, 0]",
        "print('tokens', book.tokens.tolist(), 'sigma', book.sigma.tolist(), 'count', book.count)",
    ),
}
OTHERS = {view: kind for view, kind in MOVES.items() if view not in CELLS}
for view, (name, trait, value, *_) in OTHERS.items():
    it = view.replace("-", "_")
    CELLS[view] = (
        f"from tokendynamics.widgets import {name}\n{it} = {name}()\n{it}",
        f"{it}.{trait} = {value}",
        f"import numpy as np\nprint(np.array({it}.{trait}).tolist())",
    )
SHOW, CHANGE, PRINT = range(3)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on this machine alone, with one notebook; gives its address."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for cells in CELLS.values() for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "live.ipynb")
    home = tmp_path_factory.mktemp("home")
    with served(folder, home) as (address, _):
        yield address


@pytest.fixture(scope="module")
def page(chromium, lab):
    page = chromium.new_page(viewport={"width": 1400, "height": 1400})
    page.goto(f"{lab}/lab/tree/live.ipynb?reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    # wait for the kernel: a cell run before it answers is lost
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)
    for view in CELLS:
        run(page, view, SHOW)
        page.wait_for_selector(f"[data-widget={view}][data-ready]", timeout=60_000)
    yield page
    page.close()


def run(page, view, which):
    """Run one cell and wait until it has a new execution count; JupyterLab drops a run asked for too early."""
    number = 3 * list(CELLS).index(view) + which
    cell = page.locator(".jp-CodeCell").nth(number)
    before = cell.locator(".jp-InputPrompt").inner_text()
    for _ in range(8):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        try:
            page.wait_for_function(
                "([n, before]) => { const t = document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')[n].innerText;"
                " return t !== before && /\\d/.test(t) }",
                arg=[number, before],
                timeout=6_000,
            )
            return cell
        except TimeoutError:
            continue
    pytest.fail(f"cell {number} did not run: {cell.inner_text()}")


def state(page, view):
    return page.locator(f"[data-widget={view}]").evaluate("root => root.widgetState()")


def printed(page, view):
    page.wait_for_timeout(500)  # the page tells Python of a few changes a second
    cell = run(page, view, PRINT)
    page.wait_for_timeout(300)
    return cell.locator(".jp-OutputArea-output").inner_text()


def drag(page, dot, dx, dy):
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.wait_for_timeout(250)  # a busy machine handles the last moves after the button is up


def control(page, view, label):
    """A widget's control, its panel open."""
    found = page.locator(f"[data-widget={view}]").get_by_label(label, exact=True).first
    found.evaluate(OPEN)
    return found


def test_python_moves_the_page(page):
    run(page, "force-lab", CHANGE)
    page.wait_for_function("document.querySelector('[data-widget=force-lab]').widgetState().Q[0][1] === -1", timeout=30_000)
    assert page.locator("[data-widget=force-lab]").get_by_label("Q row 1 column 2").input_value() == "−1.00"


def test_a_drag_moves_python(page):
    before = state(page, "force-lab")["tokens"]
    drag(page, page.locator("[data-widget=force-lab] .td-token .td-dot").nth(1), -60, 40)
    after = state(page, "force-lab")["tokens"]
    assert after[1] != before[1]
    assert [after[0], after[2]] == [before[0], before[2]]
    assert f"tokens {np.array(after).tolist()}" in printed(page, "force-lab")


def test_a_slider_moves_python(page):
    before = state(page, "force-lab")["V"]
    control(page, "force-lab", "V stretch").focus()
    page.keyboard.press("ArrowRight")
    after = state(page, "force-lab")["V"]
    assert after != before
    assert f"V {np.array(after).tolist()}" in printed(page, "force-lab")


def test_python_moves_the_encyclopedia(page):
    run(page, "encyclopedia", CHANGE)
    page.wait_for_function("document.querySelector('[data-widget=encyclopedia]').widgetState().sigma[1] === 0", timeout=30_000)
    root = page.locator("[data-widget=encyclopedia]")
    assert root.get_by_label("σ₂ as a number").input_value() == "0.00"
    assert "cannot be inverted" in root.inner_text()


def test_the_encyclopedia_moves_python(page):
    root = page.locator("[data-widget=encyclopedia]")
    root.get_by_role("tab", name="M", exact=True).click()
    root.get_by_label("σ₁ strength of index direction u₁").focus()
    page.keyboard.press("ArrowRight")
    before = state(page, "encyclopedia")["tokens"]
    drag(page, root.locator(".td-space-content .td-token .td-dot").nth(2), 30, 40)
    root.get_by_role("tab", name="Capacity").click()
    root.get_by_label("Entries", exact=True).focus()
    page.keyboard.press("ArrowRight")
    after = state(page, "encyclopedia")
    assert after["tokens"][2] != before[2] and after["sigma"] == [1.51, 0] and after["count"] == 21
    said = printed(page, "encyclopedia")
    assert f"tokens {np.array(after['tokens'], float).tolist()} sigma [1.51, 0.0] count 21" in said


@pytest.mark.parametrize("view", OTHERS)
def test_both_ways(page, view):
    _, trait, value, label, after = OTHERS[view]
    run(page, view, CHANGE)
    page.wait_for_function(
        "([view, trait, value]) => JSON.stringify(document.querySelector(`[data-widget=${view}]`).widgetState()[trait]) === value",
        arg=[view, trait, json.dumps(value, separators=(",", ":")).replace(".0", "")],
        timeout=10_000,
    )
    control(page, view, label).focus()
    page.keyboard.press("ArrowRight")
    assert state(page, view)[trait] == after
    assert str(after) in printed(page, view)


def test_the_page_trains_and_python_reads_what_came_of_it(page):
    root = page.locator("[data-widget=emergence-lab]")
    control(page, "emergence-lab", "Steps").fill("100")
    root.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('[data-widget=emergence-lab] [data-readout=seconds]').dataset.value", timeout=60_000
    )
    cell = page.locator(".jp-CodeCell").nth(3 * list(CELLS).index("emergence-lab") + PRINT)
    cell.locator(".cm-content").click()
    page.keyboard.press("Meta+a" if sys.platform == "darwin" else "Control+a")
    page.keyboard.type("print(emergence_lab.results[-1]['step'], len(emergence_lab.results[-1]['matrix']))")
    assert "100 4" in printed(page, "emergence-lab")


def test_sentences_typed_in_the_page_go_through_the_model_in_python(page):
    root = page.locator("[data-widget=real-trajectories]")
    sentences = ["The seal swam under the ice.", "The letter had a wax seal."]
    for number, sentence in enumerate(sentences, 1):
        control(page, "real-trajectories", f"Sentence {number}").fill(sentence)
    root.get_by_label("Sentence 2", exact=True).press("Enter")
    page.wait_for_function("() => document.querySelector('[data-widget=real-trajectories]').widgetState().sentences.length", timeout=60_000)
    control(page, "real-trajectories", "V times").fill("0")
    seen = "document.querySelector('[data-widget=real-trajectories] [data-readout={}]').dataset.value"
    page.wait_for_function(f"() => {seen.format('moved-control')}", timeout=60_000)  # asked for when the hand rests
    cell = page.locator(".jp-CodeCell").nth(3 * list(CELLS).index("real-trajectories") + PRINT)
    cell.locator(".cm-content").click()
    page.keyboard.press("Meta+a" if sys.platform == "darwin" else "Control+a")
    page.keyboard.type("it = real_trajectories; print(it.word, it.sentences, it.gain, it.own['moved']['all'][-1])")
    moved = page.evaluate(f"() => {seen.format('moved-all')}")
    assert f"seal {sentences} 0.0 {moved}" in printed(page, "real-trajectories")


def test_python_sends_what_draws_plots(page):
    root = page.locator("[data-widget=sweeps]")
    root.locator(".td-plot").scroll_into_view_if_needed()
    page.wait_for_selector("[data-widget=sweeps] .td-plot[data-drawn]", timeout=60_000)
    assert root.locator(".td-plot .scatterlayer .points path").count() == 144
    assert page.evaluate("window.Plotly === undefined")  # other extensions may bring their own


@pytest.mark.parametrize("view", CELLS)
def test_no_link_is_offered_where_it_would_lead_nowhere(page, view):
    root = page.locator(f"[data-widget={view}]")
    assert root.get_by_role("button", name="Copy Python").count() == 1
    assert root.get_by_role("button", name="Copy link").count() == 0
