"""Break the book on purpose, one line at a time, and see whether the tests notice.

    .venv/bin/python tests/upkeep/mutants.py            every mutant of mutants.toml; writes tests/upkeep/MUTANTS.md; some minutes
    .venv/bin/python tests/upkeep/mutants.py NAME …     those alone, and nothing is written

Each mutant is made in a copy of the repository, and only the tests that should notice are run. A mutant that survives is a
law that no test holds: write that test.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("MUTANTS.md")
MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text("utf8"))
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "node_modules", "__pycache__", "*.egg-info", ".ruff_cache", ".hypothesis", "build"
)
PASSED, FAILED, INTERRUPTED = range(3)  # what pytest's exit codes say


def copied(folder):
    """A copy of the repository to spoil, under `folder`."""
    copy = Path(folder) / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
    if (ROOT / "node_modules").exists():
        (copy / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    return copy


def spoilt(mutant, text):
    """The text of a mutant's file with its change made. ValueError where the change no longer fits the source."""
    if "append" in mutant:
        return text + mutant["append"]
    for old, new in mutant["changes"]:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} must stand once in {mutant['file']}; it stands there {text.count(old)} times")
        text = text.replace(old, new)
    return text


def noticed(mutant, copy):
    """The test that fails in `copy` with the mutant in it, or None where all pass. RuntimeError if they cannot run."""
    path = copy / mutant["file"]
    before = path.read_text("utf8")
    path.write_text(spoilt(mutant, before), "utf8")
    try:
        return first_failure(mutant["tests"], copy)
    finally:
        path.write_text(before, "utf8")


def first_failure(tests, copy):
    """The first of `tests` that fails in `copy`, or None."""
    alone = {
        "PYTHONPATH": str(copy / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",  # a mutant of the same length, in the same second, would be taken for what it was before
        "OMP_NUM_THREADS": "1",
        "HYPOTHESIS_PROFILE": "mutants",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading them takes longer than many a test
    }
    plugins = ["-p", "nbval.plugin"] if "--nbval" in tests else []
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", *plugins, *tests]
    run = subprocess.run(command, cwd=copy, env=os.environ | alone, capture_output=True, text=True)
    if run.returncode == INTERRUPTED and "error" in run.stdout:  # what does not even import is noticed too
        return tests[-1]
    if run.returncode not in (PASSED, FAILED):
        raise RuntimeError(f"the tests could not run:\n{run.stdout}{run.stderr}")
    failed = [line.split(" ", 1)[1].split(" - ")[0] for line in run.stdout.splitlines() if line.startswith("FAILED ")]
    return failed[0].partition("[")[0] if run.returncode == FAILED else None


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a mutant of mutants.toml; without, all")
    chosen = parser.parse_args(arguments).names or list(MUTANTS)
    if unknown := set(chosen) - set(MUTANTS):
        parser.error(f"no mutant is called {', '.join(sorted(unknown))}; mutants.toml has their names")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(folder)
        asked = sorted({tuple(MUTANTS[name]["tests"]) for name in chosen})
        for tests in asked:  # a test that fails on the book as it is would notice everything
            if (failure := first_failure(tests, copy)) is not None:
                sys.exit(f"{failure} fails with nothing broken: mend it first")
        for name in chosen:
            test = noticed(MUTANTS[name], copy)
            rows.append((name, MUTANTS[name]["file"], test))
            print(f"{'caught' if test else 'SURVIVED':9} {name:45} {test or ''}", flush=True)
    caught = sum(test is not None for *_, test in rows)
    print(f"{caught} of {len(rows)} mutants were caught")
    if len(rows) == len(MUTANTS):
        write(rows, caught)
    return 0 if caught == len(rows) else 1


def write(rows, caught):
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import results

    table = results.table(
        ["broken", "in", "the first test that fails"], [(name, f"`{file}`", f"`{test}`" if test else "none") for name, file, test in rows]
    )
    TABLE.write_text(
        f"# Mutants\n\nThe book broken on purpose, one place at a time, by `make mutants`: **{caught} of {len(rows)} were caught.** "
        f"{results.machine()}.\n\n{table}\n", "utf8"
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
