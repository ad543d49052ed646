"""Python in a bare page: opened by Playwright, and asked as the book's cells ask it."""

import json
import shutil
from pathlib import Path

import book_cells
import book_python
import book_real_model
import book_safety

ROOT = Path(__file__).parents[2]
KERNEL = "cells-kernel.js"
ADDRESS = "/_static/python.html"  # of a page that stands beside it
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Python</title></head><body>
{book_cells.DATA}</script>
<script type="module">
import {{ openKernel }} from "./{KERNEL}";
window.heard = [];
window.kernel = openKernel({{ asset: (name) => name, hear: (event) => heard.push(event) }});
</script></body></html>"""
# Before anything else on a page: its worker runs that script first.
IN_WORKERS = """(code) => {
  const Kept = Blob;
  window.Blob = class extends Kept {
    constructor(parts, options) {
      super(options?.type === "text/javascript" ? [`${code};\\n`, ...parts] : parts, options);
    }
  };
}"""


def bare(path):
    """The bare page, with the policy of a page with cells, where a server is asked for it; nothing elsewhere."""
    if path != ADDRESS:
        return None
    return book_safety.with_policy(PAGE).encode()


def build(folder):
    """A folder with what a built book has for Python, and nothing else."""
    book_python.build(folder)
    book_real_model.write(folder)
    shutil.copy(ROOT / "site/cells/static" / KERNEL, folder / "_static")
    return folder


class Session:
    """A kernel in a page."""

    def __init__(self, page):
        self.page, self.cells = page, 0
        page.wait_for_function("window.kernel")

    def begin(self):
        self.page.evaluate("kernel.start()")
        return self

    def send(self, code, name=None):
        """Queue a cell, and give its number."""
        self.cells += 1
        given = {"id": str(self.cells), "code": code, "name": name or f"Cell {self.cells}"}
        self.page.evaluate("given => kernel.run(given)", given)
        return given["id"]

    def done(self, cell, timeout=60_000):
        """What was heard of a cell, once it is done."""
        self.page.wait_for_function("id => heard.some(({ done }) => done?.id === id)", arg=cell, timeout=timeout)
        return [event for event in self.heard() for body in event.values() if isinstance(body, dict) and body.get("id") == cell]

    def run(self, code, name=None, timeout=60_000):
        return self.done(self.send(code, name), timeout)

    def heard(self):
        return self.page.evaluate("heard")

    def ask(self, what, code, cursor=None):
        where = {"code": code, "cursor": len(code) if cursor is None else cursor}
        return self.page.evaluate("([what, where]) => kernel[what](where)", [what, where])


def of(events, kind):
    """The bodies of the events of one kind."""
    return [event[kind] for event in events if kind in event]


def printed(events):
    return "".join(body["text"] for body in of(events, "stream"))


def result(events):
    """The text of the last expression."""
    assert not of(events, "error"), of(events, "error")
    return of(events, "result")[0]["data"]["text/plain"]


def code_cells(name):
    return code_of(ROOT / f"{name}.ipynb")


def code_of(notebook):
    cells = json.loads(notebook.read_text("utf8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]


def stored(cell):
    """The text that a notebook holds of a cell: what it printed, and its last value; pictures and widgets are not compared."""
    outputs = cell["outputs"]
    printed = "".join("".join(each["text"]) for each in outputs if each["output_type"] == "stream" and each["name"] == "stdout")
    return printed + "".join("".join(each["data"]["text/plain"]) for each in outputs if each["output_type"] == "execute_result")


def compared(session, notebook):
    """Run a notebook's code cells: (name, whether something is stored, what it gave, what is stored) of each."""
    for cell in code_of(notebook):
        heard = session.run("".join(cell["source"]), name=cell["id"], timeout=300_000)
        assert not of(heard, "error"), (cell["id"], of(heard, "error")[0]["lines"])
        given = "".join(body["text"] for body in of(heard, "stream") if body["name"] == "stdout")
        given += "".join(body["data"]["text/plain"] for body in of(heard, "result"))
        yield cell["id"], bool(cell["outputs"]), given, stored(cell)
