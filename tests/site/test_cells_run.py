"""Cells that run where they stand: buttons and keys, what a run shows, and faults. Python is a stand-in here."""

import json
import re

import pytest
from cells_page import IDS, notebook


def test_a_cell_runs_and_what_was_stored_can_be_had_back(cells):
    page = cells()
    stored = page.cell(1).locator("> .cell_output:not([data-live-output])")
    page.page.evaluate("window.__hold = true")
    page.do(1, "run").click()
    page.page.wait_for_selector("html[data-python='loading']")
    assert stored.is_visible()
    page.page.wait_for_selector("progress")
    assert page.said(1) == "Python is fetched, 22.0 MB. Your browser keeps it." and "1.0 of 22.0 MB" in page.live(1).inner_text()
    page.page.evaluate("window.__hold = false")
    page.until(1, "done")
    assert page.python() == "ready" and stored.is_hidden() and "Done in 0.2 s." in page.said(1)
    ((code, name),) = page.asked()
    assert (
        code == "".join([c for c in notebook()["cells"] if c["cell_type"] == "code"][1]["source"]).removeprefix("# NBVAL_CHECK_OUTPUT\n")
        and name == "cell 2"
    )
    page.do(1, "stored").click()
    assert stored.is_visible() and page.live(1).is_hidden() and page.do(1, "stored").get_attribute("aria-pressed") == "true"
    page.do(1, "stored").click()
    assert stored.is_hidden()


def test_keys_run_a_cell_and_go_on_to_the_next(cells):
    page = cells()
    page.do(0, "run").focus()
    page.page.keyboard.press("Control+Enter")
    page.until(0, "done")
    page.page.keyboard.press("Shift+Enter")
    page.page.keyboard.press("Control+Enter")
    page.until(1, "done")
    assert [name for _, name in page.asked()] == ["cell 1", "cell 1", "cell 2"]
    page.write(0, 'print("by key")')
    page.page.keyboard.press("Control+Enter")
    page.have_run(4)
    assert page.asked()[-1] == ['print("by key")', "cell 1"], "no new line came into the editor"


def test_fingers_run_cells_and_the_targets_are_large(cells):
    page = cells(width=360, height=740, has_touch=True, is_mobile=True)
    assert re.search(r"\d\d MB", page.do(0, "run").evaluate("e => getComputedStyle(e, '::after').content + e.dataset.size"))
    page.do(0, "run").tap()
    page.until(0, "done")
    page.do(0, "edit").tap()
    page.cell(0).locator(".cm-content").wait_for()
    for button in page.page.locator(".tc-run :is(button, summary):visible, .tc-run-page button").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44, button.inner_text()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_all_cells_run_in_their_order_and_those_above_only(cells):
    page = cells()
    page.page.locator("[data-do=run-all]").click()
    page.until(-1, "done")
    assert [name for _, name in page.asked()] == [f"cell {n + 1}" for n in range(len(IDS))]
    page.cell(3).locator(".tc-run-more summary").click()
    page.do(3, "run-above").click()
    page.have_run(len(IDS) + 3)
    assert [name for _, name in page.asked()][-3:] == ["cell 1", "cell 2", "cell 3"]


def test_an_error_marks_its_line_and_the_rest_does_not_run(cells):
    page = cells()
    page.write(0, 'print("before")\n1 / 0')
    page.page.locator("[data-do=run-all]").click()
    page.until(0, "error")
    assert "ZeroDivisionError" in page.live(0).inner_text() and "before" in page.live(0).inner_text()
    assert "line 2" in page.said(0) and "Not run: cell 1 ended in an error." == page.said(1)
    assert page.cell(0).locator(".cm-line.tc-wrong-line").inner_text() == "1 / 0"
    assert len(page.asked()) == 1
    page.do(0, "edit").click()
    page.run(0, "error")
    line, pre = page.cell(0).locator(".tc-line").bounding_box(), page.cell(0).locator(".cell_input pre").bounding_box()
    assert 0.4 < (line["y"] + line["height"] / 2 - pre["y"]) / pre["height"] < 0.85, "the second line of two"


def test_stop_ends_what_runs_at_once_and_what_was_loading(cells):
    page = cells()
    page.page.evaluate("window.__hold = true")
    page.do(0, "run").click()
    page.do(0, "stop").click()
    page.until(0, "error")
    assert page.python() == "idle" and "Stopped before" in page.said(0) and page.do(0, "stop").is_hidden() and page.asked("close")
    page.page.evaluate("window.__hold = false")
    page.write(0, 'print("so far")\nwhile True: pass')
    page.page.locator("[data-do=run-all]").click()
    page.live(0).get_by_text("so far").wait_for()
    assert page.python() == "busy"
    page.do(0, "stop").click()
    page.until(0, "error")
    assert page.asked("stop") and "so far" in page.live(0).inner_text() and "starts anew" in page.said(0)
    assert page.said(1) == "Not run: cell 1 was stopped." and page.python() == "idle"
    page.run(1)
    assert page.python() == "ready"


def test_restart_starts_python_anew(cells):
    page = cells()
    restart = page.page.locator("[data-do=restart]")
    restart.click()
    assert page.python() == "idle" and "Nothing has run yet." in page.page.locator(".tc-run-page").inner_text()
    page.run(0)
    restart.click()
    page.page.get_by_text("it knows no names of before").wait_for()
    assert page.asked("restart") and page.python() == "ready"


def test_streams_pictures_tables_and_texts(cells):
    page = cells()
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="9"><script>parent.__ran = 1</script></svg>'
    page.write(
        0,
        "\n".join(
            [
                'print("half\\rwhole")',
                'warn("careful")',
                "picture()",
                f"mime('{json.dumps({'image/svg+xml': svg, 'text/plain': 'A line'})}')",
                'mime(\'{"text/latex": "$x^2$"}\')',
                'mime(\'{"text/markdown": "*so*"}\')',
                "html('<table><tr><th>a</th></tr><tr><td>1</td></tr></table>')",
            ]
        ),
    )
    page.run(0)
    live = page.live(0)
    assert live.locator(".stream").first.inner_text() == "whole\n" and live.locator(".stderr").inner_text().strip() == "careful"
    assert [image.get_attribute("alt") for image in live.locator("img").all()] == ["A white point", "A line"]
    assert all(live.locator("img").evaluate_all("all => all.map(each => each.naturalWidth > 0)"))
    assert live.locator("td").inner_text() == "1"
    text = live.inner_text()
    assert "$x^2$" in text and "*so*" in text
    assert page.page.evaluate("window.__ran") is None
    page.write(0, 'print("one")\nclear()\nprint("two")')
    page.run(0)
    assert live.inner_text().strip() == "two"


DIRT = [
    "<script>window.__ran = 1</script>",
    '<img src=x onerror="window.__ran = 1">',
    '<a href="javascript:window.__ran = 1" class="go">go</a>',
    '<iframe srcdoc="<script>parent.__ran = 1</script>"></iframe>',
    '<meta http-equiv="refresh" content="0;url=/elsewhere">',
    "<style>body { display: none }</style>",
    '<form action="/elsewhere"><button data-do="run-all" id="tc-run">go</button></form>',
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"></use></svg>',
]


def test_html_runs_nothing_and_changes_nothing_else(cells):
    page = cells(errors=False)  # what is not found is told there
    address = page.page.url
    for dirt in DIRT:
        page.write(0, f"html('<b>clean</b>{dirt}')")
        page.run(0)
        if page.live(0).locator(".go").count():
            page.live(0).locator(".go").click()
        page.page.wait_for_timeout(60)
        assert page.live(0).locator("b").inner_text() == "clean" and page.page.evaluate("window.__ran") is None, dirt
        assert page.page.url == address and page.page.locator("body").is_visible(), dirt
        assert not page.live(0).locator("script, iframe, meta, style, form, button, [onerror], [id='tc-run'], use").count(), dirt


def test_an_endless_print_does_not_fill_the_page(cells):
    page = cells()
    page.write(0, "flood()")
    page.run(0)
    assert len(page.live(0).text_content()) < 210_000 and "More came than is shown here." in page.live(0).inner_text()


def test_faults_are_words_at_the_cell_and_nothing_written_is_lost(cells):
    page = cells()
    page.page.evaluate("window.__broken = 'unsupported'")
    page.write(0, 'print("mine")')
    page.run(0, "error")
    assert page.python() == "failed" and "too old" in page.live(0).inner_text() and page.said(0)
    assert page.cell(0).locator(".cm-content").inner_text() == 'print("mine")'
    page.page.evaluate("window.__broken = ''")
    page.run(0)
    assert page.live(0).inner_text().strip() == "mine", "it starts again when it is asked again"
    page.write(0, "full()\nforget()")
    page.run(0, "error")
    assert page.python() == "failed" and "no memory left" in page.live(0).inner_text()
    assert "store is full" in page.page.locator(".tc-run-page").inner_text()


@pytest.mark.parametrize("lost", ["cells-run.js", "cells-kernel.js", "cells-editor.js"])
def test_a_file_that_does_not_come_is_told_at_the_cell(cells, lost):
    page = cells(errors=False)
    page.page.route(f"**/{lost}*", lambda route: route.abort())
    page.do(0, "edit" if "editor" in lost else "run").click()
    page.cell(0).get_by_text("did not come").first.wait_for()
    assert "Look whether there is a connection" in page.said(0)
