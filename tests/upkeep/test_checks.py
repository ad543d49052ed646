"""What a commit is held to before it is one: ruff, the storing of notebooks, mypy; and one version told everywhere."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import tokendynamics

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("src", "site", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf8"))["repos"]
OLDEST = (3, 11)


def notebooks():
    return [str(path) for path in [ROOT / "index.ipynb", *sorted(ROOT.glob("chapters/*.ipynb")), *sorted(ROOT.glob("back/*.ipynb"))]]


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "--no-cache", "."],
        ["tests/notebooks/store.py", "--check", *notebooks()],
        ["-m", "mypy", "--cache-dir", "_build/mypy"],
    ],
    ids=["ruff", "notebooks", "mypy"],
)
def test_what_a_hook_would_say(command):
    run = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_hooks_run_what_is_tested_here():
    entries = {hook["id"]: hook["entry"] for repository in HOOKS for hook in repository["hooks"]}
    assert entries.keys() == {"ruff", "notebooks"}
    assert entries["ruff"].endswith("-m ruff check") and entries["notebooks"].endswith("tests/notebooks/store.py --check")


def test_public_functions_at_the_top_are_hinted():
    for name in tokendynamics.__all__:
        value = getattr(tokendynamics, name)
        if not isinstance(value, type):
            known = value.__annotations__
            assert "return" in known and set(value.__code__.co_varnames[: value.__code__.co_argcount]) <= set(known), name


def test_every_source_is_for_the_oldest_python_too():
    assert len(SOURCES) > 100
    for path in SOURCES:
        ast.parse(path.read_text("utf8"), str(path), feature_version=OLDEST)


def test_one_range_of_pythons_is_named_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    assert project["requires-python"] == f">={'.'.join(map(str, OLDEST))}"
    matrix = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf8"))["jobs"]["test"]["strategy"]["matrix"]
    named = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if re.search(r"Python :: 3\.\d", line)]
    assert matrix["python"] == named == ["3.11", "3.12", "3.13"]


def test_one_version_is_told_everywhere():
    version = tokendynamics.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert cited["version"] == version
    releases = re.findall(r"(?m)^## \[?([^\]\s]+)\]?(?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text("utf8"))
    assert releases[0] == ("Unreleased", "") and releases[1] == (version, str(cited["date-released"]))
