"""Exercises of chapters 1 to 6, and checkers that say which misconception a wrong answer looks like.

    from tokendynamics.exercises import check, hand_in, question
    check("1.3", answer)        # says in words: right, or what the mistake looks like
    question("1.0")             # a question with choices, to be answered on the page or by check("1.0", "b")
    hand_in("Ann Lee")          # writes this notebook with a name in it: the file to hand in

    python -m tokendynamics.exercises list            every exercise, how long it takes, its misconceptions
    python -m tokendynamics.exercises grade FOLDER    a CSV for a folder of submitted notebooks

An answer is a number, an array, a function, a choice, or a state of a widget: the widget itself or a copied link. A function is
called with hidden cases. Numbers may come as a list, a tuple or an array, as fractions and decimals, and as texts such as "12 %" and
"0,71". A checker never says what the answer is, and whatever it is handed, it answers in words: it raises nothing, and returns when
its time is up even if a function does not (see `_limits` for what can be stopped). One may check as often as one likes: the verdict
counts the tries, and the last one counts.

What is said of each misconception stands in `chapter1` to `chapter6`, beside what betrays it; the sentence around it in `_verdict`.
"""

from collections import Counter
from os import PathLike
from pathlib import Path
from typing import Any

from .. import _checks
from . import _hand_in
from ._judges import Choice, Unanswered, nothing
from ._limits import Exited, OutOfTime, within
from ._question import Question
from ._reading import Unreadable, describe
from ._verdict import Exercise, Verdict, judge_of

__all__ = ["EXERCISES", "Exercise", "Verdict", "check", "hand_in", "question"]


def _all():
    from . import chapter1, chapter2, chapter3, chapter4, chapter5, chapter6

    chapters = (chapter1, chapter2, chapter3, chapter4, chapter5, chapter6)
    return {exercise.number: exercise for chapter in chapters for exercise in chapter.EXERCISES}


EXERCISES = _all()
_tries: Counter = Counter()  # answers checked in this session, by exercise


def check(number: str | float, answer: Any = ..., *, seconds: float = 20) -> Verdict:
    """Judge an answer to an exercise, in words. Never raises for what the answer is or does.

    Parameters
    ----------
    number : str
        Of the exercise, such as "1.3".
    answer : default ...
        Without one the verdict says what is wanted.
    seconds : float, default 20
        The limit of time.
    """
    seconds = _checks.number("seconds", seconds, minimum=0)
    exercise = EXERCISES.get(str(number) if isinstance(number, (str, float)) else None)
    if exercise is None:
        known = ", ".join(EXERCISES)
        return Verdict("?", False, None, f"There is no exercise {describe(number)}. There are {known}.")
    verdict = _judged(exercise, answer, seconds)
    _tries[exercise.number] += verdict.answered
    return verdict._replace(tries=_tries[exercise.number])


def question(number: str) -> Question:
    """A question with choices, such as "1.0", that answers where it stands, with no kernel."""
    exercise = EXERCISES.get(number) if isinstance(number, str) else None
    if exercise is None or not isinstance(judge_of(exercise), Choice):
        known = ", ".join(n for n, e in EXERCISES.items() if isinstance(judge_of(e), Choice))
        raise ValueError(f"number must be one of {known}; got {describe(number)}")
    return Question(exercise)


def hand_in(name: str, notebook: str | PathLike[str] | None = None) -> Path:
    """Write the notebook that you work in once more, with your name in it: the file to hand in. Nothing is sent.

    It holds what was saved last, so save first. On a page of the book, press *Hand in* below the last exercise instead.

    Parameters
    ----------
    name : str
        Yours, as you write it.
    notebook : path or None, default None
        The notebook's file. Jupyter and VS Code tell it; elsewhere it has to be said.

    Returns
    -------
    Path
        Of the new file, `NAME - CHAPTER.ipynb`, beside the notebook.
    """
    return _hand_in.written(name, notebook)


def _judged(exercise, answer, seconds):
    try:
        if answer is ... or answer is None:
            raise Unanswered
        judge = judge_of(exercise)
        getattr(judge, "first", nothing)()
        finding = within(seconds, lambda: judge(answer))
    except Unanswered:
        return exercise.unanswered()
    except Unreadable as unreadable:
        return exercise.unreadable(str(unreadable))
    except OutOfTime as late:
        return exercise.late(seconds, late.stopped)
    except Exited as exited:
        return exercise.unreadable(f"it raised {exited}")
    except Exception as error:  # an answer may do anything when it is looked at
        return exercise.unreadable(f"reading it raised {type(error).__name__}")
    return exercise.found(finding)
