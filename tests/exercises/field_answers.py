"""Answers to exercises as they stand in the fields of a page, and the same as a cell hands them in."""

from itertools import combinations

import book_exercises
import numpy as np
from exercise_answers import MIRRORED, SENTENCE, WRONG, own, spring

from tokendynamics.exercises import EXERCISES, check
from tokendynamics.exercises._verdict import judge_of
from tokendynamics.widgets import EmergenceLab, ForceLab, HeadsAndTasks, RealTrajectories

RULES = book_exercises.rules()
ODD = ["", " ", "0,5", "12 %", "12,5%", "1/8", "−0.5", "0.5.", "abc", "1e400", "1e-3", "5/0", "None", "½", "–", "0.0", "7"]
STATES = {
    "1.2": [ForceLab(), ForceLab(tokens=MIRRORED), ForceLab(tokens=MIRRORED, Q=[[0, 1], [1, 0]])],
    "4.6": [HeadsAndTasks(sentence=text, off=off) for text in (SENTENCE, "never .", "the film was never good .", "the film was never")
            for off in ([], [[0, 0]], [[0, 0], [1, 1]])],
    "5.6": [EmergenceLab(), EmergenceLab.preset("deep"), EmergenceLab.preset("deep", layers=1, seed=7, d=32), EmergenceLab.preset("deep", layers=1, steps=90)],
    "6.1": [spring(18, 22), spring(22, 23), spring(18), RealTrajectories()],
}  # fmt: skip


def typed(rng, number):
    """Answers as a reader may leave them in the fields of an exercise: near its boxes, rounded, and odd."""
    rules = RULES["exercises"][number]["rules"]
    if rules["kind"] == "state":
        widgets = STATES[number] + [answer for (other, _), answer in WRONG.items() if other == number]
        links = [[each.link()] for each in widgets]
        return [*links, [links[0][0][:-3]], ["https://example.org"], [f"page.html{own(word='x')}"], [""]]
    if rules["kind"] == "table":
        if rules["form"] == "boxes":
            options = rules["fields"][0]["options"]
            return [list(some) for count in range(len(options) + 1) for some in combinations(options, count)]
        return [[str(rng.choice(field["options"])) for field in rules["fields"]] for _ in range(30)] + [[""] * len(rules["fields"])]
    boxes = [rules["right"], *(box for known in rules["known"] for box in known["boxes"])]
    answers = []
    for low, high in boxes:
        for decimals in (1, 2, 3, 6):
            near = rng.uniform(np.array(low) - 0.01, np.array(high) + 0.01)
            answers.append([f"{x:.{decimals}f}" for x in near])
            answers.append([f"{x:.{decimals}f}".replace(".", ",") for x in np.where(rng.random(len(near)) < 0.3, near + 1, near)])
    answers += [[f"{x:.{decimals}f}" for x in rules["values"]] for decimals in range(5)]
    return answers + [[str(rng.choice(ODD)) for _ in rules["values"]] for _ in range(20)]


def in_python(number, answer):
    """The same answer as a cell hands it in."""
    judge = judge_of(EXERCISES[number])
    if not answer or any(not text.strip() for text in answer):
        return check(number)
    if getattr(judge, "none", False):
        return check(number, dict(zip(judge.entries, answer)))
    return check(number, answer[0] if RULES["exercises"][number]["rules"]["kind"] == "state" else answer)
