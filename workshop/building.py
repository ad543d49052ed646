"""The pages: Jupyter Book at work, told as chapters and pages."""

import json
import os
import re
import shutil
import time
from pathlib import Path

from console import Trouble
from environment import PYTHON, ROOT, variables
from troubles import gist, meaning

OUT = ROOT / "_build"
HTML = OUT / "html"
UNDER_WAY = OUT / "under-way"  # left behind by a build that was cut off: pages may be halves
COMMAND = [PYTHON, "-c", "from jupyter_book.cli.main import main; main()", "build", ROOT, "-W", "-n", "--keep-going"]
COLOURS = re.compile(r"\x1b\[[\d;]*m")
EXECUTING = re.compile(r"([^\s:]+)\.ipynb: Executing notebook")
EXECUTED = re.compile(r"\.ipynb: Executed notebook in")
OUTDATED = re.compile(r"building \[html\]: targets for (\d+) source files")
WRITING = re.compile(r"writing output\.\.\. \[ *\d+%\]")
FAILED = re.compile(r"(?m)^(.*?\.ipynb): (?:WARNING: )?Executing notebook failed: (\w+)")


class Progress:
    """Says of Sphinx's lines what a reader wants to know: which chapter runs, how many pages are written."""

    def __init__(self, console):
        self.console = console
        self.chapters = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
        self.pages = self.written = 0

    def __call__(self, line):
        line = COLOURS.sub("", line)
        if found := EXECUTING.search(line):
            self.console.begin(self.name(Path(found[1]).name))
        elif EXECUTED.search(line):
            self.console.end()
        elif found := OUTDATED.search(line):
            self.pages = int(found[1])
        elif WRITING.search(line):
            if not self.written:
                self.console.begin("pages")
            self.written += 1
            self.console.counts(f"page {self.written} of {max(self.pages, self.written)}")

    def name(self, notebook):
        if notebook in self.chapters:
            return f"chapter {self.chapters.index(notebook) + 1} of {len(self.chapters)}"
        return f"the notebook {notebook}"


def where(said):
    """The notebook, the cell and the error that stopped a build, in a sentence; nothing if none did."""
    said = COLOURS.sub("", said)
    found = FAILED.search(said)
    if not found:
        return ""
    path = Path(found[1])
    sources = [cell["source"] for cell in json.loads(path.read_text("utf8"))["cells"] if cell["cell_type"] == "code"]
    at_fault = re.search(r"following cell:\n-+\n(.*?)\n-+\n", said, re.DOTALL)
    number = next((n for n, source in enumerate(sources, 1) if at_fault and "".join(source).strip() == at_fault[1].strip()), None)
    cell = f"code cell {number}" if number else "a cell"
    if found[2] == "CellTimeoutError":
        why = "it took longer than _config.yml allows (execute, timeout)"
    else:
        why = next(
            iter(re.findall(r"(?m)^\w*(?:Error|Exception|Interrupt|Warning): .*", said[at_fault.end() :] if at_fault else said)), found[2]
        )
    return f"In {path.relative_to(ROOT).as_posix()} {cell} failed: {why}"


def complaints(said, most=10):
    """Sphinx's warnings, each once; nothing if it gave none."""
    lines = [
        line.replace(f"{ROOT}{os.sep}", "")
        for line in COLOURS.sub("", said).splitlines()
        if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line)
    ]
    lines = list(dict.fromkeys(lines))
    return "\n".join(["The book does not build without a warning:", *lines[:most]]) if lines else ""


def fetch_python(console):
    """Fetch what Python in the pages is made of, once, while a network may be asked; where that fails, the words say how to do without."""
    if os.environ.get("BOOK_PYTHON") == "none" or list((OUT / "python").glob("*.whl")):
        return
    console.begin("Python for the pages, 98 MB")
    code, said = console.run([PYTHON, ROOT / "site" / "book_python.py"], cwd=ROOT, env=variables())
    if code:
        console.end("failed")
        raise Trouble(f"{meaning(said) or gist(said)}\nOr build the book without Python in its pages: set BOOK_PYTHON=none.")
    console.end()


def build(console, **more):
    """Build the pages into _build/html; gives the time that it took."""
    start = time.monotonic()
    fetch_python(console)
    if UNDER_WAY.exists():
        for half in (HTML, OUT / ".doctrees"):
            shutil.rmtree(half, ignore_errors=True)
    UNDER_WAY.touch()
    console.begin("the pages: reading")
    code, said = console.run(COMMAND, hears=Progress(console), cwd=ROOT, env=variables() | more)
    if code:
        console.end("failed")
        raise Trouble(where(said) or meaning(said) or complaints(said) or f"The build failed: {gist(said)}")
    console.end()
    UNDER_WAY.unlink()
    return time.monotonic() - start
