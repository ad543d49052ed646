"""The judge's side of the door: it hears what a submission's code asks, and answers. It runs where no student's code does.

A check is a conversation. The judge looks at the answer in a thread of its own. Where the answer is a function, each call of it is asked
of the other side, and the thread waits for what comes back. Whatever the other side says, it can only answer, never decide.
"""

import json
import queue
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from .. import EXERCISES, check, question
from .._guest import wire
from .._judges import Choice
from .._verdict import judge_of
from ._vessels import LONGEST

MOST_CHECKS = 2000  # in a submission: more is a loop that guesses, or floods


class Abandoned(SystemExit):
    """Ends the thread of a check that nobody waits for any more."""


class Judge:
    """Answers the requests of one submission.

    Parameters
    ----------
    cells : list of str
        What is to be run.
    say : function
        Called with a dict for each thing that is to be known: {"verdict": ...}, {"failed": cell, "error": name}, {"finished": True}.
    """

    def __init__(self, cells: list[str], say: Callable[[dict[str, Any]], Any]) -> None:
        self.cells, self.say, self.checks = cells, say, 0
        self.tries: Counter[str] = Counter()  # of this submission: the process may have judged others
        self.running: _Check | None = None

    def answer(self, request: bytes) -> bytes:
        """The answer to one request, as it goes through the door. ValueError for what is no request."""
        if len(request) > LONGEST:
            raise ValueError("a request is too long")
        try:
            asked = json.loads(request)
            return json.dumps(self._answer(asked)).encode()
        except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError, json.JSONDecodeError) as error:
            raise ValueError(f"it is no request: {type(error).__name__}") from None

    def _answer(self, asked):
        if not isinstance(asked, dict):
            raise TypeError
        if "check" in asked:
            return self._begins(asked)
        if "inner" in asked:
            return {"value": self._running().inner(asked["inner"], asked["given"])}
        if {"gave", "raised", "late"} & set(asked):
            return self._goes_on(asked)
        if "cells" in asked:
            return {"cells": self.cells}
        if "exercises" in asked:
            return {"exercises": {number: exercise.title for number, exercise in EXERCISES.items()}}
        if "question" in asked:
            return {"said": _said(asked["question"])}
        if "failed" in asked:
            self.say({"failed": int(asked["failed"]), "error": str(asked["error"])[:60]})
        elif "finished" in asked:
            self.say({"finished": True})
        return {}

    def _begins(self, asked):
        self.checks += 1
        if self.checks > MOST_CHECKS:
            raise ValueError("it checks too often")
        self._end()
        seconds = min(max(float(asked["seconds"]), 0.1), 60)
        self.running = _Check(asked["check"], asked, seconds)
        return self._told(self.running.begins())

    def _goes_on(self, asked):
        check = self._running()
        if "late" in asked:  # the other side has looked at the clock; the words are the judge's
            self._end()
            return self._told({"verdict": EXERCISES[check.number].late(check.seconds, asked["late"] is True)})
        return self._told(check.goes_on(asked))

    def _running(self):
        if self.running is None:
            raise KeyError
        return self.running

    def _told(self, said):
        if "verdict" in said:
            verdict = said["verdict"]
            self.tries[verdict.exercise] += verdict.answered
            said = {"verdict": verdict._replace(tries=self.tries[verdict.exercise])._asdict()}
            self.running = None
            self.say(said)
        return said

    def _end(self):
        if self.running is not None:
            self.running.end()
            self.running = None


def _said(number):
    exercise = EXERCISES.get(number)
    return repr(question(number)) if exercise and isinstance(judge_of(exercise), Choice) else "There is no such question."


class _Check:
    """One answer on its way to a verdict."""

    def __init__(self, number, asked, seconds):
        self.number, self.asked, self.seconds = number, asked, seconds
        self.out: queue.Queue[dict[str, Any]] = queue.Queue()
        self.back: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.lent: list[Any] = []  # functions that cases hold

    def begins(self):
        threading.Thread(target=self._judges, daemon=True).start()
        return self.out.get()

    def goes_on(self, reply):
        self.back.put(reply)
        return self.out.get()

    def end(self):
        self.back.put(None)

    def inner(self, number, given):
        return wire.packed(self.lent[number](*(wire.opened(each, _none, _none) for each in given)), [])

    def _judges(self):
        try:
            answer = wire.opened(self.asked["answer"], self._stands_for, _widget) if "answer" in self.asked else ...
            verdict = check(self.number, answer, seconds=self.seconds + 5)  # the other side's clock is the one that counts
        except Abandoned:
            return
        except Exception as error:
            verdict = check(self.number, wire.Stranger(f"what could not be sent: {error}"))
        self.out.put({"verdict": verdict})

    def _stands_for(self, number):
        def function(*case):
            self.lent = []
            self.out.put({"call": number, "given": [wire.packed(part, self.lent) for part in case], "seconds": self.seconds})
            reply = self.back.get()
            if reply is None:
                raise Abandoned
            if "raised" in reply:
                raise type(str(reply["raised"])[:60], (Exception,), {})(str(reply["words"]))
            return wire.opened(reply["gave"], _none, _none)

        return function


def _none(*given):
    raise ValueError("what a function returns is numbers")


def _widget(name, link):
    from ... import widgets

    if name not in widgets.__all__:
        raise ValueError("there is no such widget")
    return getattr(widgets, name).from_link(link)
