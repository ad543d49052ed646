"""The files that Binder reads, by the rules of repo2docker: pinned packages, a Python that fits, and `start` before the server."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]


def test_they_stand_where_binder_looks():
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists(), "a folder of this name would be read instead"
    for other in ("environment.yml", "Pipfile", "setup.py", "Dockerfile", "apt.txt"):
        assert not (ROOT / other).exists(), f"{other} would be read as well, or instead"


def test_python_is_named_and_is_one_that_the_package_takes():
    version = re.fullmatch(r"python-(3\.\d+)", (ROOT / "runtime.txt").read_text("utf8").strip())[1]
    assert version in SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["requires-python"])


def test_requirements_are_pinned_and_bring_the_package_itself():
    lines = [line for line in (ROOT / "requirements.txt").read_text("utf8").splitlines() if not line.startswith("#")]
    assert lines.pop() == "-e ."
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line) for line in lines)
    here = [
        need
        for need in map(Requirement, lines)
        if need.marker is None or need.marker.evaluate({"sys_platform": "linux", "platform_machine": "x86_64"})
    ]
    assert {"jupyterlab", "ipywidgets", "anywidget", "numpy"} <= {need.name for need in here}
    assert not any("node" in need.name for need in here)


@pytest.mark.skipif(os.name == "nt", reason="start is a shell script: Binder runs Linux")
@pytest.mark.parametrize(("given", "threads"), [({}, "1"), ({"OMP_NUM_THREADS": "4"}, "4")])
def test_start_sets_the_threads_and_hands_over(given, threads):
    command = [ROOT / "start", sys.executable, "-c", "import os, sys; print(os.environ['OMP_NUM_THREADS'], *sys.argv[1:])", "a b"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"} | given, capture_output=True, encoding="utf8", timeout=600)
    assert done.stdout.split("\n")[0] == f"{threads} a b"
