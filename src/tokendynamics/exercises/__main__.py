"""Commands for whoever teaches: `list` and `grade`."""

import argparse
from pathlib import Path

from .. import _data
from . import EXERCISES, grading


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m tokendynamics.exercises", description="Exercises of the book: list them, or grade notebooks."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="every exercise: how long it takes, what it wants, which misconceptions its checker knows")
    how = argparse.RawDescriptionHelpFormatter
    grader = commands.add_parser(
        "grade", help="a CSV for a folder of submitted notebooks", description=grading.__doc__, formatter_class=how
    )
    grader.add_argument("folder", type=Path, help="the folder; every *.ipynb in it is run")
    grader.add_argument("--out", type=Path, help="where the CSV goes (FOLDER/grades.csv)")
    grader.add_argument("--seconds", type=above_zero, default=300, help="limit of time for each notebook (%(default)s)")
    grader.add_argument(
        "--megabytes", type=above_zero, default=2000, help="limit of memory for each notebook, where the system keeps one (%(default)s)"
    )
    options = parser.parse_args(arguments)
    if options.command == "list":
        return print(listing())
    out = options.out or options.folder / "grades.csv"
    try:
        if out.exists():
            out.open("ab").close()  # one that a spreadsheet has open may be locked: better said before the hour than after it
        rows = grading.grade(options.folder, seconds=options.seconds, megabytes=options.megabytes, say=lambda line: print(line, flush=True))
    except (ValueError, OSError) as error:
        parser.error(str(error))
    grading.write_csv(rows, out)
    print(f"{len(rows)} notebooks, written to {out}")


def above_zero(text):
    value = int(text)
    if value <= 0:
        raise ValueError
    return value


def listing():
    """All exercises as text, for the teacher's guide."""
    lines = []
    for exercise in EXERCISES.values():
        lines += [f"{exercise.number}  {exercise.title}  ({exercise.minutes} min, {exercise.by})", f"     wants {exercise.wants}"]
        lines += [f"     - {name}" for name in exercise.misconceptions]
    return "\n".join(lines)


if __name__ == "__main__":
    _data.command(main)
