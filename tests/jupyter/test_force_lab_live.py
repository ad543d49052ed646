"""The same widget in a real JupyterLab: Python moves the page, the page moves Python."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import numpy as np
import pytest
from playwright.sync_api import TimeoutError

CELLS = [
    "from tokendynamics.widgets import ForceLab\nlab = ForceLab()\nlab",
    "lab.Q = [[0, -1], [1, 0]]",
    "print('tokens', lab.tokens.tolist(), 'V', lab.V.tolist())",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on this machine alone, with one notebook; gives its address."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "live.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ip=127.0.0.1", "--ServerApp.token=",
        "--IdentityProvider.token=", "--allow-root", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log = (folder / "log").open("w")
    server = subprocess.Popen(command, cwd=folder, env={**os.environ, **home}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2)
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()[-2000:]
                time.sleep(0.25)
        else:
            pytest.fail((folder / "log").read_text()[-2000:])
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="module")
def page(chromium, lab):
    page = chromium.new_page(viewport={"width": 1400, "height": 1400})
    page.goto(f"{lab}/lab/tree/live.ipynb?reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    # wait for the kernel: a cell run before it answers is lost
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)
    run(page, 0)
    page.wait_for_selector("[data-widget=force-lab][data-ready]", timeout=60_000)
    yield page
    page.close()


def run(page, number):
    """Run one cell and wait until it has a new execution count; JupyterLab drops a run asked for too early."""
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


def state(page):
    return page.locator("[data-widget=force-lab]").evaluate("root => root.widgetState()")


def printed(page):
    cell = run(page, 2)
    page.wait_for_timeout(300)
    return cell.locator(".jp-OutputArea-output").inner_text()


def test_python_moves_the_page(page):
    run(page, 1)
    page.wait_for_function("document.querySelector('[data-widget=force-lab]').widgetState().Q[0][1] === -1", timeout=10_000)
    assert page.get_by_label("Q row 1 column 2").input_value() == "−1.00"


def test_a_drag_moves_python(page):
    token = page.locator("[data-widget=force-lab] .td-token").nth(1)
    token.scroll_into_view_if_needed()
    box = token.locator(".td-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = state(page)["tokens"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 40, steps=6)
    page.mouse.up()
    after = state(page)["tokens"]
    assert after[1] != before[1]
    assert [after[0], after[2]] == [before[0], before[2]]
    page.wait_for_timeout(500)
    assert f"tokens {np.array(after).tolist()}" in printed(page)


def test_a_slider_moves_python(page):
    before = state(page)["V"]
    page.get_by_label("V stretch", exact=True).focus()
    page.keyboard.press("ArrowRight")
    after = state(page)["V"]
    assert after != before
    page.wait_for_timeout(500)
    assert f"V {np.array(after).tolist()}" in printed(page)


def test_no_link_is_offered_where_it_would_lead_nowhere(page):
    root = page.locator("[data-widget=force-lab]")
    assert root.get_by_role("button", name="Copy Python").count() == 1
    assert root.get_by_role("button", name="Copy link").count() == 0
