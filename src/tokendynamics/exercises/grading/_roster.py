"""A class list from Moodle or Canvas, with the points filled in: the file to import there again."""

import csv
from pathlib import Path
from typing import Any

from ._records import NOT_GRADED, SKIPPED, _harmless
from ._submissions import _folded, decoded

NAMES = ("full name", "student", "name")
NUMBERS = ("identifier", "id")


def filled(path: Path, rows: list[dict[str, Any]], column: str | None) -> tuple[list[str], list[dict[str, str]], list[str]]:
    """(columns, lines, words on what did not fit) of a class list with points.

    Parameters
    ----------
    path : Path
        A CSV from the platform: Moodle's grading worksheet (Identifier, Full name, Grade …), or Canvas's gradebook (Student, ID …).
    rows : list of dict
        Of `grade`, with their points.
    column : str or None
        The column to fill; by default the one that is named Grade.
    """
    text = decoded(path.read_bytes())
    lines = list(csv.DictReader(text.splitlines(), restkey="more"))
    columns = list(lines[0]) if lines else []
    column = column or next((name for name in columns if name.casefold() == "grade"), None)
    if column not in columns:
        raise ValueError(f"column must be one of the class list's, {', '.join(columns) or 'which is empty'}; got {column!r}")
    number = next((name for name in columns if name.casefold() in NUMBERS), None)
    name = next((name for name in columns if name.casefold() in NAMES), None)
    if number is None and name is None:
        raise ValueError(f"the class list has no column Identifier, ID, Full name or Student; it has {', '.join(columns)}")
    by_number = {each["id"]: each for each in rows if each["id"]}
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        by_name.setdefault(_folded(each["student"]), []).append(each)
    taken, words = set(), []
    for line in lines:
        named = by_name.get(_folded(line.get(name or "") or ""), [])
        row: dict[str, Any] | None = by_number.get(_digits(line.get(number or "") or "")) or (named[0] if len(named) == 1 else None)
        if row is not None and row["status"] not in (SKIPPED, NOT_GRADED):
            line[column] = str(row["points"])
            taken.add(id(row))
        elif len(named) > 1:
            words.append(f"{line[name or '']}: {len(named)} submissions have this name, so none was taken")
    graded = [each for each in rows if each["status"] not in (SKIPPED, NOT_GRADED)]
    words += [f"{each['student']}: not in the class list" for each in graded if id(each) not in taken]
    return columns, [{key: _harmless(value or "") for key, value in line.items()} for line in lines], words


def _digits(text):
    return "".join(letter for letter in text if letter.isdigit())
