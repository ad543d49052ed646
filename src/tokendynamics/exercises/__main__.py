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
    grader = commands.add_parser("grade", help="tables for a folder of submissions", description=grading.__doc__, formatter_class=how)
    add = grader.add_argument
    add("folder", type=Path, help="the folder of submissions")
    add("--out", type=Path, help="where the table goes (FOLDER/grades.csv); the other files stand beside it")
    add("--seconds", type=above_zero, default=300, help="limit of time for each student (%(default)s)")
    add("--megabytes", type=above_zero, default=2000, help="limit of memory, where the system keeps one (%(default)s)")
    add("--billions", type=above_zero, default=1000, help="limit of instructions in the sandbox, in billions (%(default)s)")
    add("--jobs", type=above_zero, default=1, help="how many run at once (%(default)s)")
    add("--sandbox", choices=("yes", "no"), help="demand the sandbox, or do without it (it is used where it is installed)")
    add("--exercises", default="", help="which ones give points: chapters or numbers, such as 1,2.3 (all)")
    add("--points", type=float, default=1.0, help="points for each right answer (%(default)s)")
    add("--roster", type=Path, help="a class list from Moodle or Canvas (CSV): it is written again with the points")
    add("--column", help="the class list's column for the points (the one named Grade)")
    options = parser.parse_args(arguments)
    if options.command == "list":
        return print(listing())
    try:
        grade(options)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        parser.exit(130, "\nStopped. What was graded is kept; the same command goes on from there.\n")


def grade(options):
    """Grade a folder, and write the tables and the page beside each other."""
    out = options.out or options.folder / "grades.csv"
    kept, asked = out.with_suffix(".jsonl"), _asked(options.exercises)
    if not options.folder.is_dir():
        raise ValueError(f"folder must be a folder of notebooks; got {str(options.folder)!r}")
    if out.exists() and not kept.exists():
        raise ValueError(f"{out} is there, and {kept.name}, from which a run could go on, is not beside it: choose another --out")
    for path in (out, kept):
        path.open("ab").close()  # one that a spreadsheet has open may be locked: better said before the hour than after it
    limits = grading.Limits(options.seconds, options.megabytes, options.billions)
    sandbox = {"yes": True, "no": False, None: None}[options.sandbox]
    found: list[grading.Record] = []
    try:
        found = grading.graded(options.folder, limits, options.jobs, sandbox, kept, lambda line: print(line, flush=True))
    finally:
        found = found or grading.Kept(kept).read()
        rows = [record.row(options.points, asked) for record in found]
        grading.write_csv(rows, out)
        grading.write_csv(grading.tries(found), out.with_name(f"{out.stem}-tries.csv"), grading.TRIES)
        out.with_suffix(".html").write_text(grading.page(found), "utf8", errors="backslashreplace")
    print(
        f"{len(rows)} students, written to {out}; tries to {out.stem}-tries.csv; the class's misconceptions to {out.with_suffix('.html').name}"
    )
    if options.roster:
        _roster(options, rows, out.with_name(f"{out.stem}-roster.csv"))


def _roster(options, rows, path):
    columns, lines, words = grading.filled(options.roster, rows, options.column)
    grading.write_csv(lines, path, columns)
    print(f"The class list with points: {path}")
    for each in words:
        print(grading._printable(f"  {each}"))


def _asked(text):
    """The exercises that "1,2.3" names: all of Chapter 1, and 2.3."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in parts if not any(number == part or number.startswith(f"{part}.") for number in EXERCISES)]
    if unknown:
        raise ValueError(f"exercises must be chapters or numbers such as 1,2.3; got {', '.join(unknown)}")
    return frozenset(number for number in EXERCISES if not parts or any(number == part or number.startswith(f"{part}.") for part in parts))


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
