"""Good calls of the exercises and of the ledger."""

from pathlib import Path

GOOD = {
    "exercises.check": {"number": "1.0", "answer": "a", "seconds": 5.0},
    "exercises.question": {"number": "1.0"},
    "exercises.grading.grade": {"folder": Path(__file__).parent, "seconds": 5, "megabytes": 100, "billions": 5, "jobs": 1, "say": str},
    "ledger.claims": {},
    "ledger.counts": {},
    "ledger.verdicts": {"chapter": 1, "source": "article", "section": 2},
}
INSIDE = """
    classroom.page graded guest.cells.main guest.door.ask guest.door.opened guest.magics.python guest.nothing.stand_in guest.wire.opened
    guest.wire.packed records.tries roster.filled submissions.code_cells submissions.decoded submissions.submissions submissions.whose
    vessels.cut_off vessels.end vessels.environment vessels.prepare vessels.sandbox vessels.warm workers.serve
""".split()
LEFT_OUT = {
    "exercises.grading.records.write_csv": "writes a file",
    **dict.fromkeys((f"exercises.grading.{name}" for name in INSIDE), "the grader's own, called by it alone"),
}
