"""The script that breaks the book on purpose, held to what it says on a package of two lines."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "upkeep"))
import mutants  # noqa: E402

SOURCE = "def double(x):\n    return 2 * x\n"
TESTS = ["tests/test_small.py"]
FLIPPED = {"file": "src/small.py", "changes": [["2 * x", "-2 * x"]], "tests": TESTS}
HARMLESS = {"file": "src/small.py", "append": "# nothing\n", "tests": TESTS}
GONE = {"file": "src/small.py", "changes": [["3 * x", "x"]], "tests": TESTS}
MOVED = FLIPPED | {"file": "src/elsewhere.py"}


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "small"
    for name, text in {
        "src/small.py": SOURCE,
        "tests/test_small.py": "from small import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
        "tests/conftest.py": "",
        "pytest.ini": "[pytest]\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf8")
    return root


def test_a_mutant_is_noticed_and_taken_out_again(root):
    assert mutants.noticed(FLIPPED, root) == "tests/test_small.py::test_double"
    assert (root / "src/small.py").read_text("utf8") == SOURCE


def test_tests_that_cannot_run_notice_nothing(root):
    with pytest.raises(RuntimeError, match="could not run"):
        mutants.first_failure(["tests/test_nothing_of_this_name.py"], root)


def test_each_is_told_and_a_misfit_stops_nothing(root, capsys):
    assert mutants.tried({"flipped": FLIPPED, "gone": GONE, "moved": MOVED}, root)
    told = capsys.readouterr().out
    assert "caught    flipped" in told and "1 of 1 mutants were caught; 2 no longer fit" in told
    assert "'3 * x' must stand once in src/small.py; it stands there 0 times" in told and "elsewhere.py" in told
    assert not mutants.tried({"harmless": HARMLESS}, root)
    assert "SURVIVED  harmless" in capsys.readouterr().out


def test_nothing_is_tried_while_a_test_fails_by_itself(root):
    (root / "src/small.py").write_text("def double(x):\n    return x\n", "utf8")
    with pytest.raises(SystemExit, match="fails with nothing broken"):
        mutants.tried({"harmless": HARMLESS}, root)


def test_a_name_that_no_mutant_has_is_told(capsys):
    with pytest.raises(SystemExit):
        mutants.main(["of this name there is none"])
    assert "no mutant is called of this name there is none" in capsys.readouterr().err
