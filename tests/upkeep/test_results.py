"""Tables of what was measured are read as they were written; what they miss is a warning, and no test."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import results  # noqa: E402


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")


def test_a_table_that_was_written_is_read_again():
    results.write(
        "One", "make one", "Words.", results.table(["page", "kB"], [["index", 3], ["a", 4]]), "More words.", results.table(["x"], [[1]])
    )
    results.write("Another", "make another", "Words, and no table.")
    assert results.recorded("One") == [{"page": "index", "kB": "3"}, {"page": "a", "kB": "4"}]
    assert results.recorded("Another") == [] == results.recorded("Never")


def test_a_missing_row_and_a_broken_bar_are_told():
    results.write(
        "Drag to paint",
        "make bench",
        results.table(["widget", "dragged", "95th percentile, in calibrations", "bar, in calibrations"], [["sweeps", "a", 2.5, 2]]),
    )
    results.write("Lighthouse", "make lighthouse", results.table(["page", *results.MARKS], [["index", 100, 94, 100, 100]]))
    results.write(
        "The real model in the page",
        "make bench",
        results.table(["what", "measured", "bar", "kept"], [["a", 9, 8, "no"], ["b", 7, 8, "yes"]]),
    )
    told = list(results.warnings())
    assert [words for words in told if words.startswith("The real model")] == ["The real model in the page: a: 9, bar 8"]
    assert "Pages: index was not measured" in told and "Drag to paint: force-lab was not measured" in told
    assert "Drag to paint: sweeps, a: 2.5 calibrations, above 2" in told and "Lighthouse: index: accessibility 94, below 95" in told
    assert not any(words.startswith(("Drag to paint: sweeps was", "Lighthouse: index was")) for words in told)
