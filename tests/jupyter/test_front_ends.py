"""What a notebook does to a widget besides running it: it opens views out of the page, hides and themes them, restarts kernels, closes widgets."""

import json

import lab
import nbformat
import pytest
from weekly import seldom

MODES = ("full", "defer", "none", "contentVisibility")
CELLS = [
    "import time\nfrom IPython.display import display\nfrom tokendynamics.widgets import ForceLab, GravityAndAttention, Sweeps, Trajectories\n"
    "late = Trajectories()\ntime.sleep(2)\nlate",
    "late",
    "both = GravityAndAttention()\ntime.sleep(1)\nboth",
    *["\n" * 40] * 6,
    "force = ForceLab()\nforce",
    "made = [Trajectories() for _ in range(20)]\nfor each in made:\n    display(each)",
    "for each in made:\n    each.close()",
]
WITH_PICTURES, LAST, MANY, CLOSING = (0, 1, 2, 9), 9, 10, 11
RUN = """(k) => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = k;
  window.jupyterapp.commands.execute("notebook:run-cell"); // a run that is dropped would be waited for in vain
}"""
THEME = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
COUNT = "(k) => window.jupyterapp.shell.currentWidget.content.widgets[k].node.querySelectorAll('[data-widget][data-ready]').length"
# of a cell's canvases, whether each has marks of its own colours and nothing black; and its widget's paper, which is the theme's
DRAWN = """(k) => {
  const widget = window.jupyterapp.shell.currentWidget.content.widgets[k].node.querySelector("[data-widget]");
  const style = getComputedStyle(widget);
  const wanted = ["query", "key"].map((name) => Number.parseInt(style.getPropertyValue(`--td-${name}`).trim().slice(1), 16));
  const drawn = [...widget.querySelectorAll("canvas:not(.td-flow)")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let black = 0, own = 0, marks = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      const colour = data[i] * 65536 + data[i + 1] * 256 + data[i + 2];
      marks++;
      if (colour === 0) black++;
      if (wanted.includes(colour)) own++;
    }
    return { black, own, marks };
  });
  return { drawn, paper: style.getPropertyValue("--td-paper") };
}"""
SAID = "() => [...document.querySelectorAll('[data-widget] > .td-notice')].filter(({ hidden }) => !hidden).map((each) => each.textContent)"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, home) of a JupyterLab with one notebook."""
    folder, home = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("home")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "all.ipynb")
    with lab.served(folder, home) as (address, _):
        yield address, home


@pytest.fixture
def opened(chromium, server):
    """opened(mode) is the notebook in JupyterLab, which takes cells out of sight off the page as `mode` has it."""
    pages, (address, home) = [], server

    def start(mode):
        settings = home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps({"windowingMode": mode}), "utf8")
        page = chromium.new_page(viewport={"width": 1400, "height": 1000})
        pages.append(page)
        page.goto(f"{address}/lab/tree/all.ipynb?reset", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)
        assert page.evaluate("window.jupyterapp.shell.currentWidget.content.notebookConfig.windowingMode") == mode
        return page

    yield start
    for page in pages:
        lab.close(page)
        page.close()


def run(page, k, widgets=1):
    """Run a cell, as often as it takes until its widgets stand there: JupyterLab drops a run that is asked for too early."""
    for _ in range(4):
        page.evaluate(RUN, k)
        page.evaluate(lab.SHOW, k)
        for _ in range(60):
            if page.evaluate(COUNT, k) >= widgets:
                return page.wait_for_timeout(500)
            page.wait_for_timeout(250)
    pytest.fail(f"cell {k} shows {page.evaluate(COUNT, k)} widgets, not {widgets}")


def looked_at(page, k):
    page.evaluate(lab.SHOW, k)
    page.wait_for_timeout(1000)
    found = page.evaluate(DRAWN, k)
    for canvas in found["drawn"]:  # the Force lab draws its tokens in an SVG
        assert canvas["black"] == 0 and canvas["own" if k != LAST else "marks"] > 20, (k, found)
    return found["paper"]


@seldom  # a minute of JupyterLab; tests/site/test_views.py tries the same each day, in a page
@pytest.mark.parametrize("mode", MODES)
def test_pictures_have_their_colours_at_first_again_and_in_another_theme(opened, mode):
    page = opened(mode)
    for k in WITH_PICTURES:
        run(page, k)
    light = {looked_at(page, k) for k in WITH_PICTURES}
    page.evaluate(THEME, "JupyterLab Dark")  # the first cells are out of sight
    try:
        page.wait_for_timeout(1000)
        dark = {looked_at(page, k) for k in WITH_PICTURES}
    finally:
        page.evaluate(THEME, "JupyterLab Light")
        page.wait_for_timeout(1000)
    assert len(light) == len(dark) == 1 and light != dark


@seldom  # closing is tried each day without JupyterLab, in tests/widgets and in a page of the book
def test_closed_widgets_are_let_go_and_a_restart_is_told(opened):
    page = opened("contentVisibility")
    run(page, 0)
    run(page, MANY, 20)
    page.evaluate("() => { window.gone = [...document.querySelectorAll('[data-widget]')].map((each) => new WeakRef(each)); }")
    page.evaluate(RUN, CLOSING)
    page.wait_for_function("() => document.querySelectorAll('[data-widget]').length === 1", timeout=30_000)
    page.wait_for_timeout(2500)  # what waits, such as words for a screen reader, has been said
    collector = page.context.new_cdp_session(page)
    for _ in range(3):
        collector.send("HeapProfiler.collectGarbage")
    assert page.evaluate("window.gone.filter((each) => each.deref()).length") == 1

    assert page.evaluate(SAID) == []
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_function(f"() => ({SAID})().length === 1", timeout=30_000)
    assert "Python no longer listens to this widget" in page.evaluate(SAID)[0]
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)
    run(page, 0)
    page.wait_for_function(f"() => ({SAID})().length === 0", timeout=30_000)
