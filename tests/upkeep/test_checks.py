"""What a commit is held to before it is one, by `make check` and by the hooks; and one version told everywhere."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from check import PARTS

import tokendynamics

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("src", "site", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf8"))["repos"]
OLDEST = (3, 11)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "laws"])  # they are tests themselves
def test_what_make_check_would_say(part):
    run = subprocess.run(PARTS[part], cwd=ROOT, capture_output=True, encoding="utf8", timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr


def test_hooks_run_what_is_tested_here():
    entries = {hook["id"]: hook["entry"] for repository in HOOKS for hook in repository["hooks"]}
    assert entries.keys() == {"ruff", "format", "notebooks"}
    assert entries["ruff"].endswith("-m ruff check") and entries["format"].endswith("-m ruff format --check")
    assert entries["notebooks"].endswith("tests/notebooks/store.py --check")


def test_the_workflow_runs_each_part_once_and_no_stale_one():
    workflow = yaml.load((ROOT / ".github/workflows/test.yml").read_text("utf8"), yaml.BaseLoader)
    assert workflow["on"] == {"push": {"branches": ["main"]}, "pull_request": ""}
    assert workflow["concurrency"]["cancel-in-progress"] == "true"
    runs = {name: [step["run"] for step in job["steps"] if "run" in step][-1] for name, job in workflow["jobs"].items()}
    page = "python workshop test tests/site/test_force_lab.py"  # where there may be no make
    assert runs == {"check": "make check", "laws": "make test-laws", "site": "make test-site", "systems": page}
    assert set(workflow["jobs"]["systems"]["strategy"]["matrix"]["os"]) == {"windows-latest", "macos-latest"}


def test_public_functions_at_the_top_are_hinted():
    for name in tokendynamics.__all__:
        value = getattr(tokendynamics, name)
        if not isinstance(value, type):
            known = value.__annotations__
            assert "return" in known and set(value.__code__.co_varnames[: value.__code__.co_argcount]) <= set(known), name


def test_every_source_is_for_the_oldest_python_too():
    assert SOURCES
    for path in SOURCES:
        ast.parse(path.read_text("utf8"), str(path), feature_version=OLDEST)


def test_one_range_of_pythons_is_named_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    assert project["requires-python"] == f">={'.'.join(map(str, OLDEST))}"
    matrix = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf8"))["jobs"]["laws"]["strategy"]["matrix"]
    named = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if re.search(r"Python :: 3\.\d", line)]
    assert matrix["python"] == named == ["3.11", "3.12", "3.13", "3.14"]


def test_one_version_is_told_everywhere():
    version = tokendynamics.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert cited["version"] == version
    releases = re.findall(r"(?m)^## \[?([^\]\s]+)\]?(?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text("utf8"))
    assert releases[0] == ("Unreleased", "") and releases[1] == (version, str(cited["date-released"]))
