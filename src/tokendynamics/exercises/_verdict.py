"""An exercise, and what is said of an answer to it."""

import re
from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import Any, NamedTuple

from ._judges import RIGHT

# of the words: their first sentence, and where a misconception is named, that one too
FINDING = {False: re.compile(r".*?\.(?= |$)"), True: re.compile(r".*?\*[^*]+\*\.")}
EMPHASIS = re.compile(r"\*(\S(?:[^*]*\S)?)\*")


class Verdict(NamedTuple):
    """What was found; shows as its words, of which the finding itself stands out where HTML is shown."""

    exercise: str
    right: bool
    misconception: str | None  # its name, if the answer looks like one
    words: str
    answered: bool = True

    def __repr__(self):
        return fill(self.words, 78, break_long_words=False, break_on_hyphens=False)

    def _repr_html_(self):
        kind = "right" if self.right else "wrong" if self.answered else "open"
        end = FINDING[self.misconception is not None].match(self.words)
        cut = end.end() if end else len(self.words)
        found, rest = (EMPHASIS.sub(r"<em>\1</em>", escape(part)) for part in (self.words[:cut], self.words[cut:]))
        return f'<div class="td-answer" data-verdict="{kind}"><p><strong>{found}</strong>{rest}</p></div>'

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
        It knows the misconceptions.
    """

    number: str
    title: str
    minutes: int
    by: str
    wants: str
    judge: Any

    @classmethod
    def asked(cls, number: str, title: str, choices: Any) -> "Exercise":
        """The question that begins a chapter's exercises, answered by a letter."""
        return cls(number, title, 2, "choice", 'a letter, such as "a"', choices)

    @property
    def misconceptions(self) -> dict[str, str]:
        """{name: what is said of it}."""
        return self.judge.misconceptions

    def unanswered(self):
        unit = "minute" if self.minutes == 1 else "minutes"
        return self._says(False, None, f"not answered yet. It takes about {self.minutes} {unit}, and wants {self.wants}.", answered=False)

    def unreadable(self, what):
        return self._says(False, None, f"cannot be read as an answer: {what}. It wants {self.wants}.")

    def late(self, seconds, stopped):
        left = "" if stopped else " It could not be stopped: restart the kernel."
        return self._says(False, None, f"no answer within {seconds:g} seconds, so the check gave up. Does a loop never end?{left}")

    def found(self, finding):
        if finding.name == RIGHT:
            return self._says(True, None, f"right. {finding.note}".strip())
        if finding.name:
            return self._says(False, finding.name, f"not yet. This looks like *{finding.name}*. {self.misconceptions[finding.name]}")
        return self._says(False, None, f"not yet, and it is none of the mistakes known here. {finding.note}".strip())

    def _says(self, right, misconception, words, answered=True):
        return Verdict(self.number, right, misconception, f"{self.number} · {self.title}: {words}", answered)
