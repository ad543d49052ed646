"""The laws on the oldest versions that pyproject.toml allows: do its bounds tell the truth? `make oldest` calls this with a Python that has uv.

It makes an environment of its own below _build from the registry, with every direct dependency at its lower bound, runs the tests of the
laws there, and writes the versions and the outcome into benchmarks/RESULTS.md.
"""

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
import results  # noqa: E402

EXTRAS = ("test", "sweeps")
FOLDER = ROOT / "_build" / "oldest"
LOCK, PYTHON = FOLDER / "oldest.txt", FOLDER / "environment" / "bin" / "python"


def uv(*arguments):
    subprocess.run([sys.executable, "-m", "uv", *arguments], cwd=ROOT, check=True)


def direct():
    """Names of the package's own dependencies, as they stand in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    return {re.match(r"[\w.-]+", line)[0] for line in wanted}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    uv("pip", "compile", "--quiet", "pyproject.toml", *extras, "--resolution", "lowest-direct", "--no-header", "--no-annotate", "--output-file", str(LOCK))
    uv("venv", "--quiet", "--clear", "--python", sys.executable, str(FOLDER / "environment"))
    uv("pip", "install", "--quiet", "--python", str(PYTHON), "-r", str(LOCK))
    uv("pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "-e", ".")
    begun = time.perf_counter()
    run = subprocess.run([PYTHON, "-m", "pytest", "-q", "tests/laws"], cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE, text=True)
    print(run.stdout)
    outcome = run.stdout.splitlines()[-1].strip("= ")
    known = direct()
    versions = [line.split("==") for line in LOCK.read_text("utf8").splitlines() if "==" in line and line.split("==")[0] in known]
    results.write(
        "Oldest versions", "make oldest",
        f"The tests of the laws, with every direct dependency at its lower bound: {outcome.split(' in ')[0]}, "
        f"in {time.perf_counter() - begun:.0f} s.",
        results.table(["package", "version"], versions),
    )  # fmt: skip
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
