"""The ledger: what the article claims, in this book's words, each with a verdict, its number, and the test that decides it.

The claims are data, `data/claims.json`. A test holds every entry to the chapter it names: the number must stand in what that chapter's
checked cell prints, on the line given, and the deciding test must exist. Places are sections and equations of the article.
"""

import json
import textwrap
from collections import Counter
from importlib.resources import files
from numbers import Real
from typing import NamedTuple

VERDICTS = ("exact", "holds if", "fails", "open")
SECTIONS = (2, 3, 4, 5, 6)
WIDTH = 100  # characters of a printed line


class Claim(NamedTuple):
    """One claim. `value` is the number that `cell` of `chapter` prints on the line with `line`, to `tolerance`; None: the line itself decides."""

    claim: str
    place: str
    verdict: str
    condition: str
    value: float | None
    tolerance: float | None
    chapter: str
    cell: str
    line: str
    test: str

    @property
    def section(self):
        """Section of the article, 2 to 6."""
        return int(self.place[0])

    @property
    def chapter_number(self):
        """Chapter of the book, 1 to 6."""
        return int(self.chapter.removeprefix("chapters/")[:2])


def claims():
    """All claims in the order of the article, a list of `Claim`; ValueError if the data file has an entry that is none."""
    text = (files("tokendynamics") / "data" / "claims.json").read_text("utf8")
    return [_claim(place, entry) for place, entry in enumerate(json.loads(text))]


def counts():
    """{section of the article: Counter of verdicts}."""
    return {section: Counter(claim.verdict for claim in claims() if claim.section == section) for section in SECTIONS}


def printed(chapter=None, *, section=None):
    """The ledger as text: verdict, place, claim, then its condition or number; of one chapter of the book or section of the article, or all.

    ValueError if no claim is there.
    """
    chosen = [
        claim
        for claim in claims()
        if (chapter is None or claim.chapter_number == chapter) and (section is None or claim.section == section)
    ]
    if not chosen:
        raise ValueError(f"chapter must be 1 to 6 and section 2 to 6, with a claim in both; got chapter={chapter!r}, section={section!r}")
    return "\n".join(_lines(claim) for claim in chosen)


def _lines(claim):
    head = f"{claim.verdict:9} {claim.place:12} "
    said = textwrap.fill(claim.claim, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
    told = f"{claim.condition} (Chapter {claim.chapter_number})"
    return said + "\n" + textwrap.fill(told, WIDTH, initial_indent=" " * len(head), subsequent_indent=" " * len(head))


def _claim(place, entry):
    if not isinstance(entry, dict) or set(entry) != set(Claim._fields):
        raise ValueError(f"claim {place} must have the keys {', '.join(Claim._fields)}; got {entry!r}")
    claim = Claim(**entry)
    for name in ("claim", "place", "condition", "chapter", "cell", "line", "test"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise ValueError(f"{name} of claim {place} must be words; got {entry[name]!r}")
    if claim.verdict not in VERDICTS:
        raise ValueError(f"verdict of claim {place} must be one of {', '.join(VERDICTS)}; got {claim.verdict!r}")
    if not claim.place[0].isdigit() or claim.section not in SECTIONS:
        raise ValueError(f"place of claim {place} must begin with a section of the article, 2 to 6; got {claim.place!r}")
    if claim.value is not None and not (_number(claim.value) and _number(claim.tolerance) and claim.tolerance >= 0):
        raise ValueError(f"value and tolerance of claim {place} must be numbers; got {claim.value!r} and {claim.tolerance!r}")
    return claim


def _number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
