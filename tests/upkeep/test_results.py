"""What was measured and written down speaks of every page and every widget, and keeps to the bars of `make bench` and `make lighthouse`.

Times are measured by those commands on a machine with nothing else to do, not here: what is held is that nobody writes
a table that misses a page or a bar, or keeps one of a page that is gone. A new page joins at the next measurement.
"""

import sys
from pathlib import Path

import pytest

from tokendynamics import widgets

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import results  # noqa: E402

CHAPTERS = {f"chapters/{name}" for name in (
    "01_tokens_as_particles", "02_encyclopedia", "03_trajectories", "04_many_heads", "05_emergence", "06_real_model", "07_where_it_ends",
)}  # fmt: skip
INTERACTIVE = 3.8  # seconds; Lighthouse calls a page fast up to here
MARKS = ["performance", "accessibility", "best practices", "SEO"]


def exists(page):
    return any((ROOT / page).with_suffix(suffix).exists() for suffix in (".ipynb", ".md")) or page.startswith("back/api/")


@pytest.mark.parametrize("title", ["Pages", "Lighthouse"])
def test_every_page_was_measured_and_no_page_that_is_gone(title):
    measured = [row["page"] for row in results.recorded(title)]
    assert {"index", *CHAPTERS} <= set(measured) and len(measured) == len(set(measured)) >= 20
    assert [page for page in measured if not exists(page)] == []


@pytest.mark.parametrize("row", results.recorded("Pages"), ids=lambda row: row["page"])
def test_a_page_is_light_quick_and_steady(row):
    assert float(row["kB"]) <= 1000
    assert float(row["interactive, s, processor 4 × slower"]) <= INTERACTIVE
    assert float(row["layout shift"]) <= 0.05


@pytest.mark.parametrize("row", results.recorded("Lighthouse"), ids=lambda row: row["page"])
def test_lighthouse_gives_a_page_95_or_more(row):
    assert {mark: row[mark] for mark in MARKS if int(row[mark]) < 95} == {}


def test_a_drag_is_painted_in_time_in_every_widget():
    rows = results.recorded("Drag to paint")
    assert {row["widget"] for row in rows} == {getattr(widgets, name).view for name in widgets.__all__}
    assert [row for row in rows if float(row["95th percentile, ms"]) > float(row["bar, ms"])] == []


def test_the_stage_shows_30_frames_a_second():
    rows = results.recorded("Frames a second, 64 tokens")
    assert len(rows) == 12 and [row for row in rows if float(row["frames a second"]) < 30] == []


def test_a_table_that_was_written_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    results.write(
        "One", "make one", "Words.", results.table(["page", "kB"], [["index", 3], ["a", 4]]), "More words.", results.table(["x"], [[1]])
    )
    results.write("Another", "make another", "Words, and no table.")
    assert results.recorded("One") == [{"page": "index", "kB": "3"}, {"page": "a", "kB": "4"}]
    assert results.recorded("Another") == [] == results.recorded("Never")
