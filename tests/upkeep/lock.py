"""Compile the two locks from pyproject.toml; `make lock` calls this with a Python that has pip-tools."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPILE = [
    sys.executable, "-m", "piptools", "compile", "--quiet", "--strip-extras", "--no-header", "--no-annotate", "--upgrade",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "pyproject.toml",
]  # fmt: skip
READERS = """\
# What readers and Binder install: every version that the book was built and tested with, and the package itself.
# Compiled from pyproject.toml. To renew it, after a change there or for newer versions: make lock (with Python 3.11)
"""
TESTS = """\
# What the tests need on top of requirements.txt. Compiled from pyproject.toml; to renew it: make lock
"""


def compile_lock(name, head, *options, tail="", without=()):
    path = ROOT / name
    subprocess.run([*COMPILE, *options, "--output-file", str(path)], cwd=ROOT, check=True)
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#") and line not in without]
    path.write_text(head + "\n".join(lines) + "\n" + tail)
    return lines


if __name__ == "__main__":
    readers = compile_lock("requirements.txt", READERS, "--extra", "book", tail="-e .\n")
    held = ROOT / "_build" / "held.txt"
    held.parent.mkdir(exist_ok=True)
    held.write_text("\n".join(readers) + "\n")
    compile_lock(  # unsafe is pip-tools' word for setuptools, with which a test builds the wheel
        "requirements-test.txt",
        TESTS,
        "--allow-unsafe",
        "--constraint",
        str(held),
        "--extra",
        "test",
        "--extra",
        "real-model",
        "--extra",
        "sweeps",
        "--extra",
        "cluster",
        without=readers,
    )
