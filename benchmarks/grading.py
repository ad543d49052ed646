"""How long grading takes: the worked solutions of each chapter as submissions, in the sandbox and in processes, and what a class of 200 makes of that.

    .venv/bin/python benchmarks/grading.py            (with the extra `grade`: pip install 'tokendynamics[grade]'; some ten minutes)
    .venv/bin/python benchmarks/grading.py --try      says the numbers and writes nothing

Seconds are the processor's, of all programs that a run starts, so that other work on the machine hardly counts. A student who answers every exercise
by the book's own way takes as long; the first run compiles the sandbox's Python once and is not counted.
"""

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import results

ROOT = Path(__file__).parents[1]
TITLE = "Grading"
CLASS = 200
CHAPTERS = range(1, 7)


def graded(folder, sandbox):
    """Processor seconds of one grading, all programs together; it must find every exercise right."""
    out = folder / "grades.csv"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "tokendynamics.exercises", "grade", str(folder), "--out", str(out), "--sandbox", sandbox]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert row["status"] == "ok" and row["right"] == row["answered"] != "0", row
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def handed_in(chapter, sandbox):
    """The same for the worked solutions of a chapter."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(ROOT / "back" / f"solutions_0{chapter}.ipynb", Path(place) / "A Student.ipynb")
        return graded(Path(place), sandbox)


def main(write):
    handed_in(CHAPTERS[0], "yes")  # the sandbox's Python is compiled
    rows, sums = [], {"yes": 0.0, "no": 0.0}
    for chapter in CHAPTERS:
        seconds = {sandbox: handed_in(chapter, sandbox) for sandbox in sums}
        sums = {sandbox: total + seconds[sandbox] for sandbox, total in sums.items()}
        print(chapter, seconds)
        rows.append([chapter, f"{seconds['yes']:.0f}", f"{seconds['no']:.1f}"])
    rows.append([f"{CLASS} students, all six, hours of one core", *(f"{CLASS * total / 3600:.1f}" for total in sums.values())])
    if write:
        table = results.table(["chapter", "in the sandbox, s", "in a process, s"], rows)
        results.write(TITLE, "benchmarks/grading.py", __doc__.split("\n\n")[2].replace("\n", " "), table)


if __name__ == "__main__":
    main("--try" not in sys.argv)
