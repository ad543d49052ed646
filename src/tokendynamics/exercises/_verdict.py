"""An exercise, and what is said of an answer to it."""

import re
from dataclasses import InitVar, dataclass
from html import escape
from textwrap import fill
from typing import Any, NamedTuple

from ._judges import COARSE, RIGHT, SAYINGS

# of the words: their first sentence, and where a misconception is named, that one too
FINDING = {False: re.compile(r".*?\.(?= |$)"), True: re.compile(r".*?\*[^*]+\*\.")}
EMPHASIS = re.compile(r"\*(\S(?:[^*]*\S)?)\*")
_JUDGES: dict[str, Any] = {}  # by the exercise's number: an exercise at hand in a cell does not hold its answer


class Verdict(NamedTuple):
    """What was found; shows as its words, of which the finding itself stands out where HTML is shown."""

    exercise: str
    right: bool
    misconception: str | None  # its name, if the answer looks like one
    words: str
    answered: bool = True
    coarse: bool = False  # whether the numbers are right, but rounded more coarsely than is asked
    tries: int = 0  # how many answers to the exercise were checked in this session, this one included

    @property
    def _counted(self):
        return SAYINGS["tries"].format(tries=self.tries) if self.tries > 1 and self.answered else ""

    def __repr__(self):
        return fill(f"{self.words} {self._counted}".strip(), 78, break_long_words=False, break_on_hyphens=False)

    def _repr_html_(self):
        kind = "right" if self.right else "wrong" if self.answered else "open"
        end = FINDING[self.misconception is not None].match(self.words)
        cut = end.end() if end else len(self.words)
        found, rest = (EMPHASIS.sub(r"<em>\1</em>", escape(part)) for part in (self.words[:cut], self.words[cut:]))
        tries = f"<p>{self._counted}</p>" if self._counted else ""
        return f'<div class="td-answer" data-verdict="{kind}"><p><strong>{found}</strong>{rest}</p>{tries}</div>'

    def __bool__(self):
        return self.right


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it asks for, and who judges it.

    Parameters
    ----------
    number : str
        Such as "1.3".
    title : str
    minutes : int
        How long it takes.
    by : "hand", "numpy", "widget" or "choice"
    wants : str
        The kind of answer, in words.
    judge : one of `_judges`
        It knows the misconceptions. `judge_of` gives it back.
    """

    number: str
    title: str
    minutes: int
    by: str
    wants: str
    judge: InitVar[Any]

    def __post_init__(self, judge):
        _JUDGES[self.number] = judge

    @classmethod
    def asked(cls, number: str, title: str, choices: Any) -> "Exercise":
        """The question that begins a chapter's exercises, answered by a letter."""
        return cls(number, title, 2, "choice", 'a letter, such as "a"', choices)

    @property
    def misconceptions(self) -> dict[str, str]:
        """{name: what is said of it}."""
        return judge_of(self).misconceptions

    def unanswered(self):
        unit = "minute" if self.minutes == 1 else "minutes"
        return self._says("open", minutes=f"about {self.minutes} {unit}", answered=False)

    def unreadable(self, what):
        return self._says("unreadable", what=what)

    def late(self, seconds, stopped):
        left = "" if stopped else " It could not be stopped: restart the kernel."
        return self._words(f"no answer within {seconds:g} seconds, so the check gave up. Does a loop never end?{left}")

    def found(self, finding):
        if finding.name == RIGHT:
            return self._says("right", note=finding.note, right=True)
        if finding.name == COARSE:
            return self._says("coarse")._replace(coarse=True)
        if finding.name:
            return self._says("known", name=finding.name, words=self.misconceptions[finding.name], misconception=finding.name)
        return self._says("unknown", note=finding.note)

    def _says(self, key, *, note="", right=False, misconception=None, answered=True, **parts):
        words = f"{SAYINGS[key].format(wants=self.wants, **parts)} {note}".strip()
        return self._words(words, right, misconception, answered)

    def _words(self, words, right=False, misconception=None, answered=True):
        return Verdict(self.number, right, misconception, f"{self.number} · {self.title}: {words}", answered)


def judge_of(exercise: Exercise) -> Any:
    """The judge of an exercise."""
    return _JUDGES[exercise.number]
