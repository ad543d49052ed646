"""A JupyterLab on this machine alone, and a notebook run in it from top to bottom by a browser, its widgets started."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOMES = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
OPTIONS = ("--no-browser", "--ip=127.0.0.1", "--ServerApp.token=", "--IdentityProvider.token=", "--allow-root",
           "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.expose_app_in_browser=True")  # fmt: skip
# What a reader does: wait for the kernel, run all cells, then scroll from widget to widget. A widget out of sight is not drawn.
# JupyterLab may drop what it is asked for too early, and a page that is asked waits without end: in `seconds` it fails.
RUN = """(seconds) => {
  const panel = window.jupyterapp.shell.currentWidget;
  const run = panel.sessionContext.ready.then(() => window.jupyterapp.commands.execute("notebook:run-all-cells"));
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error(`not run in ${seconds} seconds`)), 1000 * seconds));
  return Promise.race([run.then(() => null), late]);
}"""
SHUT = """() => Promise.race([
  window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null),
  new Promise((_, fail) => setTimeout(() => fail(new Error("the kernel was not shut down in 30 seconds")), 30_000)),
])"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code").map((cell) => ({
  id: cell.model.id,
  run: cell.model.executionCount !== null,
  place: window.jupyterapp.shell.currentWidget.content.widgets.indexOf(cell),
  outputs: cell.model.outputs.toJSON(),
}))"""
SHOW = "(place) => window.jupyterapp.shell.currentWidget.content.scrollToItem(place, 'start')"
AWAKE = """(place) => {
  const node = window.jupyterapp.shell.currentWidget.content.widgets[place].node;
  return node.querySelector("[data-widget][data-ready]")?.dataset.widget ?? (node.querySelector(".widget-slider") ? "slider" : undefined);
}"""
VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass
class Run:
    seconds: float  # from the order to run until the last widget has started
    widgets: list  # their names, in order
    errors: list  # cells that failed or did not run, as "id: what"


@contextmanager
def served(folder, home, *, python=sys.executable, environment=None, before=()):
    """Serve `folder`; gives (address, process). `home` is where Jupyter keeps what it knows, apart from the user's own.

    before : a command that starts the server, as the `start` file of the repository does on Binder
    """
    home = Path(home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = (os.environ if environment is None else environment) | {name: str(home / name) for name in HOMES}
    log = home / "log"
    with log.open("w", encoding="utf8") as said:
        command = [*map(str, before), str(python), "-m", "jupyterlab", f"--port={port}", *OPTIONS]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(480):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2)
                break
            except OSError:
                assert server.poll() is None, log.read_text("utf8", errors="replace")[-2000:]
                time.sleep(0.25)
        else:
            raise AssertionError(log.read_text("utf8", errors="replace")[-2000:])
        yield address, server
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(20)


def run_all(page, address, path, *, patience=120):
    """Open a notebook in JupyterLab, run all its cells and start all its widgets; a `Run`."""
    page.goto(f"{address}/lab/tree/{path}?reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)
    page.set_default_timeout(patience * 1000)
    start = time.monotonic()
    page.evaluate(RUN, patience)
    cells = page.evaluate(CELLS)
    widgets = []
    for cell in cells:
        if any(VIEW in output.get("data", {}) for output in cell["outputs"]):
            page.evaluate(SHOW, cell["place"])
            widgets.append(page.wait_for_function(AWAKE, arg=cell["place"], timeout=60_000).json_value())
    seconds = time.monotonic() - start
    return Run(seconds, widgets, list(failures(cells)))


def failures(cells):
    for cell in cells:
        if not cell["run"]:
            yield f"{cell['id']}: did not run"
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"{cell['id']}: {output['ename']}: {output['evalue']}"
            elif output.get("name") == "stderr":
                yield f"{cell['id']}: {''.join(output['text'])[:200]}"


def close(page):
    """Shut the notebook's kernel down, so that its memory is free for the next."""
    page.evaluate(SHUT)
