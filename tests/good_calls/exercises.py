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
LEFT_OUT = {
    "exercises.hand_in": "it writes beside a notebook: tests/exercises/test_hand_in.py",
    "exercises.grading.graded": "as grade, whose arguments it gets",
}
