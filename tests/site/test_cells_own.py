"""What a reader makes of a cell: the editor, what is kept, and what is passed on. Python is a stand-in here."""

import re

import nbformat
import pytest
from cells_page import IDS, NAME, ROOT, Cells
from test_access import AXE, TAGS


def test_an_edit_is_kept_marked_and_reset_with_an_undo(cells):
    page = cells()
    book = page.shown(0)
    page.write(0, "mine = 1\nif mine:")
    page.page.keyboard.press("Enter")
    page.page.keyboard.insert_text("more = 2")
    page.page.keyboard.press("Escape")
    mine = "mine = 1\nif mine:\n    more = 2"
    assert page.shown(0) == mine and "Your version." in page.cell(0).inner_text()
    assert page.page.evaluate("document.activeElement.dataset.do") == "edit", "the reader goes on where the editor was opened"
    assert page.cell(0).locator("pre .mi").first.inner_text() == "1", "in colours"
    page.page.reload()
    page = Cells(page.page)
    assert page.shown(0) == mine and page.cell(0).get_attribute("data-edited") == "mine"
    page.do(0, "reset").click()
    assert page.shown(0) == book and page.cell(0).get_attribute("data-edited") == "" and page.do(0, "reset").is_hidden()
    page.page.reload()
    page = Cells(page.page)
    assert page.shown(0) == book
    page.do(0, "undo").click()
    assert page.shown(0) == mine


def test_where_nothing_is_kept_it_is_said_and_the_edit_lasts(visit, cells_site):
    closed = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    page = visit(cells_site, before=lambda page: page.add_init_script(closed))
    cells = Cells(page)
    cells.write(0, "mine = 1")
    page.keyboard.press("Escape")
    assert cells.shown(0) == "mine = 1"
    assert "This browser keeps nothing for the page" in cells.cell(0).inner_text()


def test_what_was_written_in_another_tab_is_shown(cells):
    one = cells()
    other = one.page.context.new_page()
    other.goto(one.page.url)
    other = Cells(other)
    other.write(0, "theirs = 1")
    other.page.keyboard.press("Escape")
    one.cell(0).locator("pre", has_text="theirs").wait_for()


def test_the_editor_completes_and_explains_and_is_left_by_escape_alone(cells):
    page = cells()
    page.run(0)
    content = page.write(0, "")
    page.page.keyboard.type("ab")
    page.page.locator(".cm-tooltip-autocomplete li", has_text="ab_of_the_session").wait_for()
    page.page.keyboard.press("Escape")
    assert content.count(), "the first Escape puts the names away"
    page.page.keyboard.press("Control+i")
    page.page.locator(".tc-doc", has_text="What stands at 2.").wait_for()
    page.page.keyboard.press("Escape")
    assert not page.page.locator(".tc-doc").count() and content.count()
    page.page.keyboard.press("Tab")
    assert content.inner_text() == "    ab"
    page.page.keyboard.press("Control+z")
    assert content.inner_text() == "ab"
    described = page.page.locator("#" + content.get_attribute("aria-describedby")).inner_text()
    assert described.startswith("Esc leaves the editor.")
    page.page.keyboard.press("Escape")
    assert not content.count()


def test_a_link_carries_a_cell_that_is_somebody_elses_and_runs_only_when_asked(cells):
    sender = cells()
    code = 'print("über; x=1 ~ <b>")\n# end.'
    sender.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sender.write(2, code)
    sender.cell(2).locator(".tc-run-more summary").click()
    sender.do(2, "link").click()
    sender.cell(2).get_by_text("The link is copied.").wait_for()
    link = sender.page.evaluate("navigator.clipboard.readText()")
    fragment = link[link.index("#") :]
    assert re.fullmatch(rf"#cell={IDS[2]};code=_[\w-]+", fragment)
    reader = cells(fragment)
    assert reader.shown(2) == code and "somebody else wrote it" in reader.cell(2).inner_text()
    assert reader.page.evaluate("window.__asked") is None, "it has not run"
    reader.page.locator("[data-do=run-all]").click()
    reader.until(1, "done")
    reader.page.wait_for_timeout(50)
    assert [name for _, name in reader.asked()] == ["cell 1", "cell 2"] and "came with a link" in reader.said(2)
    reader.run(2)
    assert reader.live(2).inner_text().strip() == "über; x=1 ~ <b>"
    reader.do(2, "reset").click()
    assert (
        reader.shown(2) == reader.page.evaluate("id => document.querySelector(`[data-cell='${id}'] pre`).textContent.trimEnd()", IDS[2])
        and reader.cell(2).get_attribute("data-edited") == ""
    )
    reader.page.evaluate("location.hash = '#cell=nobody;code=_61'")
    reader.page.locator(".tc-run-page", has_text="The link to a cell cannot be read").wait_for()


def test_a_link_does_not_take_the_place_of_what_the_reader_wrote(cells):
    page = cells()
    page.write(0, "mine = 1")
    page.page.keyboard.press("Escape")
    page.page.evaluate(f"location.hash = '#cell={IDS[0]};code=_theirs'")
    page.page.locator("[data-edited=link]").wait_for()
    assert page.shown(0) == "theirs"
    page.do(0, "reset").click()
    assert page.shown(0) == "mine = 1"
    page.page.evaluate(f"location.hash = '#cell={IDS[0]};code=_yours'")
    page.page.locator("[data-edited=link]").wait_for()
    page.write(0, "changed")
    page.page.keyboard.press("Escape")
    page.do(0, "undo").click()
    assert page.shown(0) == "mine = 1", "an edit of what came with the link has an Undo"


def test_the_notebook_comes_with_what_the_reader_wrote(cells, tmp_path):
    page = cells()
    page.write(1, 'mine = "ü"\nmine')
    with page.page.expect_download() as download:
        page.page.locator("[data-do=open-notebook]").click()
    download.value.save_as(tmp_path / "it.ipynb")
    assert download.value.suggested_filename == "solutions_01.ipynb"
    made = nbformat.read(tmp_path / "it.ipynb", as_version=4)
    nbformat.validate(made)
    before = {cell["id"]: cell for cell in nbformat.read(ROOT / f"{NAME}.ipynb", as_version=4).cells}
    assert [cell["id"] for cell in made.cells] == list(before)
    for cell in made.cells:
        assert cell["source"] == ('mine = "ü"\nmine' if cell["id"] == IDS[1] else before[cell["id"]]["source"])
    assert next(cell for cell in made.cells if cell["id"] == IDS[1])["outputs"] == []


@pytest.mark.parametrize("width, theme", [(360, "dark"), (1366, "light")])
def test_axe_finds_nothing_on_a_page_with_an_editor_and_outputs(cells, width, theme):
    page = cells(width=width, dark=theme == "dark")
    page.write(0, 'print("%s")\nwarn("careful")\npicture()\n1 / 0' % ("long " * 60))
    page.run(0, "error")
    page.write(1, 'x = [1, None, "two"]  # a comment\ndef f(self):\n    return not x @ 2.5')
    page.cell(IDS.index("three-code")).locator(".tc-run-more summary").click()
    page.page.evaluate("scrollTo(0, 0)")  # the bar above covers nothing there
    page.page.evaluate(AXE)
    assert page.page.evaluate("document.documentElement.dataset.theme") == theme
    found = page.page.evaluate(
        "tags => axe.run({ include: 'article', exclude: '.td-live' }, { runOnly: tags, resultTypes: ['violations'] })", TAGS
    )["violations"]
    assert not found, "\n".join(f"{theme} {v['id']}: {n['target']} {n['html'][:200]}" for v in found for n in v["nodes"][:4])
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
