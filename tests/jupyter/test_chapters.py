"""A chapter in JupyterLab from top to bottom, its widgets awake; and the heads of all chapters, which say what that takes.

The other notebooks are run so by `make classroom`, which also measures them. Their cells are compared by nbval in every run of the tests.
"""

import shutil

import classroom
import lab
import nbformat
import pytest
from test_tours import SAME

from tokendynamics.widgets import ForceLab

CHAPTER = "chapters/01_tokens_as_particles.ipynb"
MEASURED = classroom.recorded()  # a new chapter joins at the next `make classroom`


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    (folder / "chapters").mkdir()
    shutil.copy(classroom.ROOT / CHAPTER, folder / CHAPTER)
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in (("fine", "1"), ("fails", "1 / 0"), ("after", "2"))]
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}),
        folder / "fails.ipynb",
    )
    with lab.served(folder, tmp_path_factory.mktemp("home")) as (address, _):
        yield address


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    yield page
    page.close()


def test_a_chapter_runs_from_top_to_bottom_and_its_links_drive_its_widgets(page, address):
    run = lab.run_all(page, address, CHAPTER)
    assert run.errors == []
    assert run.widgets == ["force-lab", "force-lab", "slider"]
    root = page.locator("[data-widget=force-lab]").first
    before = root.evaluate("root => root.widgetState()")
    link = page.locator(".jp-RenderedMarkdown a", has_text="show me").first
    wanted = ForceLab.from_link(link.get_attribute("href")).state()
    assert wanted != before
    link.click()
    page.wait_for_function(SAME, arg=[root.element_handle(), wanted])
    root.get_by_role("button", name="Undo").click()
    page.wait_for_function(SAME, arg=[root.element_handle(), before])
    lab.close(page)


def test_a_cell_that_fails_is_found_and_so_is_the_one_after_it(page, address):
    run = lab.run_all(page, address, "fails.ipynb")
    lab.close(page)
    assert run.errors == ["fails: ZeroDivisionError: division by zero", "after: did not run"]


@pytest.mark.parametrize("name", [name for name in MEASURED if name.startswith("chapters/")])
def test_the_head_of_a_chapter_says_what_was_measured(name):
    first = nbformat.read(classroom.ROOT / name, as_version=4).cells[0].source
    assert f", and {classroom.takes(*MEASURED[name])} to run." in first


def test_seven_chapters_and_their_solutions_were_measured_and_kept_to_the_bar_of_memory():
    assert MEASURED and set(MEASURED) <= set(classroom.NOTEBOOKS)
    assert max(memory for _, memory in MEASURED.values()) <= classroom.MEMORY


def test_the_guide_says_the_most_of_them():
    most = [max(column) for column in zip(*MEASURED.values())]
    assert classroom.TAKES.findall(classroom.GUIDE.read_text("utf8")) == [classroom.takes(*most)]
