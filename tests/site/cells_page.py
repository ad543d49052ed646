"""A page of the book whose cells run a stand-in for Python (fake_kernel.mjs) that keeps the contract, as a reader uses it."""

import json
import shutil
import time
from pathlib import Path

import book_cells
import pytest

ROOT = Path(__file__).parents[2]
NAME = "back/solutions_01"  # a page with text, a picture and code, and no widget that takes its time


def notebook(name=NAME):
    return json.loads((ROOT / f"{name}.ipynb").read_text("utf8"))


def with_cells(book, name=NAME):
    page = (book / f"{name}.html").read_text("utf8")
    assert book_cells.DATA in page, "the book was built with BOOK_PYTHON=none"
    return page


@pytest.fixture(scope="module")
def cells_folder(book, tmp_path_factory):
    """A folder with one page of the book, live, and what it loads."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(book / "_static", folder / "_static", ignore=shutil.ignore_patterns("minilm", "plotly.js", "python"))
    shutil.copytree(book / "_images", folder / "_images")
    shutil.copytree(ROOT / "site/cells/static", folder / "_static", dirs_exist_ok=True)
    shutil.copy(Path(__file__).with_name("fake_kernel.mjs"), folder / "_static/cells-kernel.js")
    book_cells.copy_widgets(folder)
    for part in ("back", "_sources/back"):
        (folder / part).mkdir(parents=True)
    shutil.copy(ROOT / f"{NAME}.ipynb", folder / "_sources/back")
    (folder / f"{NAME}.html").write_text(with_cells(book), "utf8")
    return folder


@pytest.fixture(scope="module")
def cells_site(cells_folder, serve):
    """Its address."""
    return f"{serve(cells_folder)}/{NAME}.html"


IDS = [cell["id"] for cell in notebook()["cells"] if cell["cell_type"] == "code"]


class Cells:
    """A page as a reader uses it: the cells by their number from 0."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("html[data-python]")

    def cell(self, n):
        return self.page.locator(f"[data-cell='{IDS[n]}']")

    def do(self, n, name):
        return self.cell(n).locator(f"[data-do='{name}']")

    def live(self, n):
        return self.cell(n).locator("[data-live-output]")

    def said(self, n):
        return self.cell(n).locator(".tc-run-said").inner_text()

    def write(self, n, code):
        """Open the editor of a cell and put code in the place of what is there."""
        if not self.cell(n).locator(".cm-content").count():
            self.do(n, "edit").click()
        content = self.cell(n).locator(".cm-content")
        content.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        return content

    def run(self, n, state="done"):
        self.do(n, "run").click()
        self.until(n, state)

    def until(self, n, state):
        self.cell(n).locator(f"[data-live-output][data-state='{state}']").wait_for(state="attached")

    def have_run(self, times):
        """Wait until the stand-in was asked to run as many cells, and is done with them."""
        deadline = time.monotonic() + 5
        while len(self.asked()) != times or self.python() != "ready":
            assert time.monotonic() < deadline, self.asked()
            self.page.wait_for_timeout(20)

    def python(self):
        return self.page.evaluate("document.documentElement.dataset.python")

    def asked(self, what="run"):
        return [each[1:] for each in self.page.evaluate("window.__asked ?? []") if each[0] == what]

    def shown(self, n):
        return self.cell(n).locator(".cell_input pre").text_content().removesuffix("\n")


@pytest.fixture
def cells(visit, cells_site):
    """cells(**options) opens the page."""
    return lambda fragment="", **options: Cells(visit(cells_site + fragment, **options))
