"""A question with choices that answers where it stands: on a page with no kernel and no script, and in a notebook.

Each choice is a native disclosure: open it, and it says what it would mean. The browser does the rest, keyboard and screen reader
included. They share a name, so that opening one closes the last.
"""

from html import escape

from ._judges import RIGHT
from ._verdict import judge_of


class Question:
    """A `Choice` exercise, shown. Where HTML is not shown it is text."""

    def __init__(self, exercise):
        self.exercise = exercise

    def __repr__(self):
        judge = judge_of(self.exercise)
        lines = [f"{letter}) {text}" for letter, (text, _, _) in zip(judge.letters, judge.choices)]
        return "\n".join([judge.question, *lines, f'Answer with check("{self.exercise.number}", "a"), for instance.'])

    def _repr_html_(self):
        judge, number = judge_of(self.exercise), self.exercise.number
        choices = "".join(self._choice(letter, *choice) for letter, choice in zip(judge.letters, judge.choices))
        opening = f'<div class="td-question" data-question="{number}" role="group" aria-label="Question {number}">'
        return f"{opening}<p>{escape(judge.question)}</p>{choices}</div>"

    def _choice(self, letter, text, name, words):
        right = name == RIGHT
        opening = "<strong>Right.</strong>" if right else f"<strong>Not this one: {escape(name)}.</strong>"
        return (
            f'<details name="question-{self.exercise.number}" data-choice="{"right" if right else "wrong"}">'
            f"<summary>{letter} · {escape(text)}</summary><p>{opening} {escape(words)}</p></details>"
        )
