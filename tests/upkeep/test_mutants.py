"""`make mutants` breaks the book in many places; here are a few of them, so that the script itself is held to what it says."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "upkeep"))
import mutants  # noqa: E402

SAMPLE = ("force has its sign flipped", "a number of the ledger is changed", "the policy names no hash")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return mutants.copied(tmp_path_factory.mktemp("mutants"))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_is_noticed_and_taken_out_again(copy, name):
    mutant = mutants.MUTANTS[name]
    before = (copy / mutant["file"]).read_bytes()
    failed = mutants.noticed(mutant, copy)
    assert failed and failed.partition("::")[0] in [test.partition("::")[0] for test in mutant["tests"]]
    assert (copy / mutant["file"]).read_bytes() == before


def test_a_change_that_breaks_nothing_is_not_noticed(copy):
    harmless = {"file": "src/tokendynamics/learning.py", "append": "# nothing\n", "tests": ["tests/test_optimise.py"]}
    assert mutants.noticed(harmless, copy) is None


def test_tests_that_cannot_run_notice_nothing(copy):
    with pytest.raises(RuntimeError, match="could not run"):
        mutants.first_failure(["tests/test_nothing_of_this_name.py"], copy)


@pytest.mark.parametrize("name", mutants.MUTANTS)
def test_every_mutant_fits_the_source_and_was_recorded(name):
    mutant = mutants.MUTANTS[name]
    text = (ROOT / mutant["file"]).read_text("utf8")
    assert mutants.spoilt(mutant, text) != text
    assert f"| {name} |" in mutants.TABLE.read_text("utf8")


def test_a_mutant_that_does_not_fit_is_told():
    with pytest.raises(ValueError, match="must stand once in x.py; it stands there 2 times"):
        mutants.spoilt({"file": "x.py", "changes": [["a", "b"]]}, "a a")


def test_enough_is_broken():
    assert len(mutants.MUTANTS) >= 40
