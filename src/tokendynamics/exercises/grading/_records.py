"""What came of each submission: kept as it ends, a line each, so that nothing is lost and a second run goes on; and the tables made of it."""

import csv
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .. import EXERCISES

COLUMNS = ["student", "id", "notebook", "status", "seconds", "answered", "right", "points", *EXERCISES, "tries", "notes"]
TRIES = ["student", "id", "exercise", "tries", "first", "last"]
SKIPPED, NOT_GRADED = "skipped", "not graded"  # for want of a notebook that can be read, and of any notebook
COARSE = "rounded too coarsely"


@dataclass
class Record:
    """One student's submission, graded or not."""

    student: str
    id: str = ""
    notebooks: list[str] = field(default_factory=list)
    digest: str = ""
    status: str = NOT_GRADED
    seconds: float = 0.0
    billions: float = 0.0
    checks: list[list[Any]] = field(default_factory=list)  # (exercise, right, misconception) of each answer, in their order
    failed: list[list[Any]] = field(default_factory=list)  # (cell, error)
    notes: list[str] = field(default_factory=list)

    def hear(self, said: dict[str, Any]) -> None:
        """Take what a judge said."""
        if (verdict := said.get("verdict")) and verdict["answered"] and verdict["exercise"] in EXERCISES:
            what = COARSE if verdict["coarse"] else verdict["misconception"]
            self.checks.append([verdict["exercise"], verdict["right"], what])
        elif "failed" in said:
            self.failed.append([said["failed"], said["error"]])

    def tries(self) -> dict[str, list[str]]:
        """{exercise: what each of its answers was found to be, in their order}."""
        found: dict[str, list[str]] = {}
        for number, right, misconception in self.checks:
            found.setdefault(number, []).append("right" if right else misconception or "wrong")
        return {number: found[number] for number in EXERCISES if number in found}

    def row(self, points: float = 1.0, asked: frozenset[str] = frozenset(EXERCISES)) -> dict[str, Any]:
        """Its line in the table: the last answer to each exercise counts."""
        tries = self.tries()
        last = {number: found[-1] for number, found in tries.items()}
        right = [number for number, found in last.items() if found == "right"]
        failed = [f"cell {place}: {error}" for place, error in self.failed[:3]]
        return dict.fromkeys(COLUMNS, "") | last | {
            "student": self.student, "id": self.id, "notebook": "; ".join(self.notebooks), "status": self.status, "seconds": self.seconds,
            "answered": len(last), "right": len(right), "points": f"{points * sum(number in asked for number in right):g}",
            "tries": sum(map(len, tries.values())), "notes": "; ".join([*failed, *self.notes]),
        }  # fmt: skip


class Kept:
    """The records of a run, in a file of one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Record]:
        """Those that are there; a line that was cut off when a run broke off is none."""
        found = []
        for line in self.path.read_text("utf8").splitlines() if self.path.exists() else ():
            try:
                found.append(Record(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return found

    def add(self, record: Record) -> None:
        """One more, on disk before this returns."""
        with open(self.path, "a", encoding="utf8") as file:
            file.write(json.dumps(asdict(record)) + "\n")


def write_csv(rows: list[dict[str, Any]], path: str | Path, columns: list[str] | None = None) -> None:
    """Rows as a CSV. A text that a spreadsheet would take for a formula gets a quote in front; what is no letter comes as its number."""
    with open(path, "w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, columns or COLUMNS)
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)


def tries(records: list[Record]) -> list[dict[str, Any]]:
    """A line for each student and exercise: how many answers were checked, the first and the last."""
    return [
        dict(zip(TRIES, (record.student, record.id, number, len(found), found[0], found[-1])))
        for record in records
        for number, found in record.tries().items()
    ]


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
