"""The hook that asks of a whole run whether every claim was decided can fail, and asks nothing of a run in part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from deciding import Record

from tokendynamics import ledger

HERE = Path(__file__).parents[1]
LAW, NUMBER = "tests/test_a.py::test_law", "tests/test_a.py::test_number"
CLAIM = ledger.claims()[0]._replace(id="one", value=1.48, tests=(LAW, NUMBER))


@pytest.mark.parametrize(
    "outcomes, measured, words",
    [
        ({LAW: {"passed"}, NUMBER: {"passed"}}, True, None),
        ({LAW: {"skipped"}, NUMBER: {"passed"}}, True, None),
        ({LAW: {"passed"}}, True, f"{NUMBER} did not run"),
        ({LAW: {"passed", "failed"}, NUMBER: {"passed"}}, True, f"{LAW} failed"),
        ({LAW: {"passed"}, NUMBER: {"passed"}}, False, "no test measured 1.48"),
        ({LAW: {"skipped"}, NUMBER: {"skipped"}}, False, "all its tests were skipped"),
    ],
)
def test_a_claim_needs_each_test_run_none_failed_one_passed_and_its_number(outcomes, measured, words):
    record = Record()
    record.outcomes, record.measured = outcomes, {"one": {NUMBER}} if measured else {}
    told = record.wrong(CLAIM)
    assert told is None if words is None else told.startswith(words)


CONFTEST = """
from tokendynamics import ledger

pytest_plugins = ["deciding"]
tests = ("tests/test_a.py::test_law", "tests/test_a.py::test_number")
claim = ledger.claims()[0]._replace(id="one", value=1.48, tolerance=0.005, tests=tests)
ledger.claims = lambda: [claim]
"""
SKIPS = "import pytest\n\n\ndef test_law():\n    pytest.skip('no weights')\n\n\n"


@pytest.mark.parametrize(
    "number, arguments, code, words",
    [
        ("measured('one', 1.4832)", ["tests"], 0, f"not run here, one: {LAW}"),
        ("pass", ["tests"], 1, "UNDECIDED one: no test measured 1.48"),
        ("measured('one', 1.49)", ["tests"], 1, "one: measured 1.49, where the ledger has 1.48"),
        ("pass", ["tests", "-k", "number"], 0, "1 passed"),
        ("pass", ["tests/test_a.py"], 0, "1 passed"),
    ],
    ids=["decided", "not measured", "another number", "filtered", "one file"],
)
def test_a_whole_run_fails_where_a_claim_is_undecided(tmp_path, number, arguments, code, words):
    laws = tmp_path / "tests"
    laws.mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf8")
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf8")
    (laws / "test_a.py").write_text(f"{SKIPS}def test_number(measured):\n    {number}\n", "utf8")
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    alone = {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf8", env=os.environ | alone, timeout=600)
    assert done.returncode == code and words in done.stdout, done.stdout + done.stderr
