"""Break the book on purpose, one line at a time, and see whether the tests notice.

    .venv/bin/python tests/upkeep/mutants.py            every mutant of mutants.toml; some minutes
    .venv/bin/python tests/upkeep/mutants.py NAME …     those alone

Each mutant is made in a copy of the repository, and only the tests that should notice are run. A mutant that survives is a
law that no test holds: write that test. One that no longer fits its source is said to, and left out: mend it or take it out.
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
MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text("utf8"))
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "node_modules", "__pycache__", "*.egg-info", ".ruff_cache", ".hypothesis", "build"
)
PASSED, FAILED, INTERRUPTED = range(3)  # what pytest's exit codes say


def copied(folder, root=ROOT):
    """A copy of the repository to spoil, under `folder`."""
    copy = Path(folder) / "copy"
    shutil.copytree(root, copy, ignore=LEFT_OUT, symlinks=True)
    if (root / "node_modules").exists():
        (copy / "node_modules").symlink_to((root / "node_modules").resolve())  # Windows allows it in its developer mode
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


def misfit(mutant, root):
    """Why a mutant can no longer be made in the source under `root`, in words, or None."""
    try:
        spoilt(mutant, (root / mutant["file"]).read_text("utf8"))
    except (ValueError, FileNotFoundError) as error:
        return str(error)
    return None


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
    run = subprocess.run(command, cwd=copy, env=os.environ | alone, capture_output=True, encoding="utf8")
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
    return 0 if tried({name: MUTANTS[name] for name in chosen}) else 1


def tried(mutants, root=ROOT):
    """Try each of these mutants, tell what became of it, and say whether none survived."""
    misfits = {name: why for name, mutant in mutants.items() if (why := misfit(mutant, root))}
    for name, why in misfits.items():
        print(f"{'MISFIT':9} {name:45} {why}")
    fitting = {name: mutant for name, mutant in mutants.items() if name not in misfits}
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(folder, root)
        for tests in sorted({tuple(mutant["tests"]) for mutant in fitting.values()}):
            if (failure := first_failure(tests, copy)) is not None:  # it would notice everything
                sys.exit(f"{failure} fails with nothing broken: mend it first")
        for name, mutant in fitting.items():
            test = noticed(mutant, copy)
            caught += test is not None
            print(f"{'caught' if test else 'SURVIVED':9} {name:45} {test or ''}", flush=True)
    print(f"{caught} of {len(fitting)} mutants were caught; {len(misfits)} no longer fit their sources")
    return caught == len(fitting)


if __name__ == "__main__":
    sys.exit(main())
