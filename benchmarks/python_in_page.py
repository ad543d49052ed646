"""Python in the page: what it weighs, how long a reader waits for the first output, what a tab holds, and each notebook beside Jupyter.

    .venv/bin/python benchmarks/python_in_page.py            (after make book; some eight minutes, on a machine that has nothing else to do)
    .venv/bin/python benchmarks/python_in_page.py --try      says the numbers and writes nothing

A page of the book is opened in Chromium and its kernel asked as its cells ask it. Each visit is to a new browser, since one that has compiled the
module before keeps what it made. A notebook's seconds are those of its cells, in the page and in a kernel of Jupyter, one after the other.
"""

import contextlib
import datetime
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the page has it
import nbformat  # noqa: E402
import results  # noqa: E402
import served  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/site", "site", "workshop")]
import book_notebooks  # noqa: E402
from browser import ARGUMENTS, browser_path  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
CARD = HTML / "_static/python/card.json"
NOTEBOOKS = [f"{folder}/{path.stem}" for folder in ("chapters", "back") for path in sorted((ROOT / folder).glob("*.ipynb"))]
TITLE = "Python in the page"
VISITS = 5
BARS = {"MB": 24, "first output, s": 2.5, "first output from the store, s": 1.5, "import, s": 1.5, "times native": 3, "tab, MB": 500}

OPEN = """async () => {
  const { openKernel } = await import(new URL("../_static/cells-kernel.js", location));
  window.heard = [];
  const hear = (event) => heard.push({ ...event, at: performance.now() });
  window.kernel = openKernel({ asset: (name) => new URL(`../_static/${name}`, location).href, hear });
}"""
# Seconds from Run until the first output, and from when all bytes were there; the seconds of the cell itself.
RUN = """async ([id, code]) => {
  const start = performance.now();
  kernel.run({ id, code, name: id });
  while (!heard.some(({ done }) => done?.id === id)) await new Promise((done) => setTimeout(done, 2));
  const wrong = heard.find((event) => event.error?.id === id || event.fault);
  if (wrong) throw new Error(JSON.stringify(wrong));
  const at = (found) => (heard.find(found)?.at - start) / 1000;
  const here = at(({ progress }) => progress?.loaded === progress?.total && progress);
  const first = at(({ stream, done }) => (stream ?? done)?.id === id);
  return { first, after: first - here, cell: heard.find(({ done }) => done?.id === id).done.seconds };
}"""


@contextlib.contextmanager
def opened(playwright, address, profile, name="back/solutions_01"):
    """A page of the book in a browser of its own, which knows what the profile holds; its kernel has not started."""
    context = playwright.chromium.launch_persistent_context(profile, executable_path=browser_path(), args=ARGUMENTS)
    page = context.pages[0]
    page.set_default_timeout(300_000)
    page.goto(f"{address}/{name}.html")
    page.evaluate(OPEN)
    yield page
    context.close()


def run(page, code):
    return page.evaluate(RUN, [str(time.monotonic()), code])


def sizes():
    card = json.loads(CARD.read_text("utf8"))
    parts = {**card["files"], "worker": card["worker"]}
    rows = [(name, f"{each['bytes'] / 1e6:.2f}", f"{each.get('unpacked', each['bytes']) / 1e6:.1f}") for name, each in parts.items()]
    return rows, sum(each["bytes"] for each in parts.values()) / 1e6


def waits(playwright, address):
    """Medians of what a reader waits for: the first output of all, with the files in the browser's store, and the book's package."""
    cold, warm, imported = [], [], []
    for _ in range(VISITS):
        with tempfile.TemporaryDirectory() as profile:
            with opened(playwright, address, profile) as page:
                cold.append(run(page, "print(1)")["after"])
                imported.append(run(page, "import tokendynamics as td")["cell"])
                page.wait_for_timeout(3000)  # until all is kept
            with opened(playwright, address, profile) as page:
                warm.append(run(page, "print(1)")["first"])
    return [statistics.median(each) for each in (cold, warm, imported)]


def held(playwright, address):
    """The most memory of the tab while Chapter 3 runs from top to bottom, in MB: what its process alone has."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(profile, executable_path=browser_path(), args=ARGUMENTS)
        page, most = context.pages[0], 0
        page.goto(f"{address}/chapters/03_trajectories.html")
        page.locator("[data-do='run-all']").click()
        told = context.browser.new_browser_cdp_session() if context.browser else context.new_cdp_session(page)
        left = "() => [...document.querySelectorAll('[data-cell]:has([data-do=run])')].filter((cell) => !cell.querySelector('[data-live-output]:is([data-state=done], [data-state=error])')).length"
        while page.evaluate(left):
            pids = [each["id"] for each in told.send("SystemInfo.getProcessInfo")["processInfo"] if each["type"] == "renderer"]
            most = max([most, *(alone(pid) for pid in pids)])
            page.wait_for_timeout(250)
        context.close()
    return most


def alone(pid):
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf8").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1000
    return 0


def beside(playwright, address, name):
    """Seconds of a notebook's cells: in the page, and in Jupyter."""
    notebook = nbformat.read(ROOT / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as profile, opened(playwright, address, profile) as page:
        run(page, "1")
        here = sum(run(page, cell.source)["cell"] for cell in notebook.cells if cell.cell_type == "code" and cell.source)
    NotebookClient(notebook, record_timing=True, resources={"metadata": {"path": str(ROOT / Path(name).parent)}}).execute()
    times = [cell.metadata.execution for cell in notebook.cells if cell.cell_type == "code" and cell.source]
    read = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    native = sum((read(each["iopub.status.idle"]) - read(each["iopub.status.busy"])).total_seconds() for each in times)
    return here, native


def main():
    parts, total = sizes()
    book_notebooks.speak_privately()
    with served.book(HTML) as address, sync_playwright() as playwright:
        measured = [total, *waits(playwright, address), held(playwright, address)]
        found = [(name, *beside(playwright, address, name)) for name in NOTEBOOKS]
    whole = sum(here for _, here, _ in found) / sum(native for _, _, native in found)
    rows = []
    for (what, bar), number in zip(BARS.items(), [*measured[:4], whole, measured[4]]):
        rows.append((what, f"{number:.2f}", bar, "yes" if number <= bar else "no"))
    paragraphs = [
        f"A new browser for each of {VISITS} visits, medians. The machine's load at the end was {results.load():.1f}.",
        results.table(["what", "measured", "bar", "kept"], rows),
        results.table(["file", "MB packed", "MB"], parts),
        "Seconds of a notebook's cells, in the page and in a kernel of Jupyter.",
        results.table(
            ["notebook", "page, s", "Jupyter, s", "times"], [(n, f"{a:.1f}", f"{b:.1f}", f"{a / max(b, 0.01):.1f}") for n, a, b in found]
        ),
    ]
    if "--try" in sys.argv:
        print("\n\n".join(paragraphs))
    else:
        results.write(TITLE, "python benchmarks/python_in_page.py", *paragraphs)


if __name__ == "__main__":
    main()
