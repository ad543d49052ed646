"""The ledger: what the article claims and what the book adds, each with a verdict, its number, and the tests that decide it.

The claims are data, `data/claims.json`, and every verdict that the book prints comes from there. Tests hold each entry to the
chapter it names: its number must stand in what that chapter's checked cell prints, on the line given, and a deciding test must
have measured it. Places are sections and equations of the article; a claim of the book's own has none. The words are plain
text, with no TeX in them, so that a verdict can be copied and quoted as it stands.
"""

import html
import json
import textwrap
from collections import Counter
from importlib.resources import files
from numbers import Real
from typing import NamedTuple, TypeGuard

from . import _checks

VERDICTS = ("exact", "holds if", "fails", "open")
MARKS = {"exact": "●", "holds if": "◐", "fails": "✕", "open": "○"}
SECTIONS = (2, 3, 4, 5, 6)
SOURCES = ("article", "book")
WIDTH = 96  # characters of a printed line
INDENT = 10


class Claim(NamedTuple):
    """One claim.

    Attributes
    ----------
    id, claim : str
    place : str or None
        Where the article says it; None where the book does.
    verdict : one of `VERDICTS`
    condition : str
        When it holds, or what was found.
    value, tolerance : float or None
        The number that decides, and how far off it may be; None where the line itself decides.
    chapter, cell, line : str
        The cell that prints the value, and a part of the line it is on.
    tests : tuple of str
        They decide it; one of them measures `value`.
    """

    id: str
    claim: str
    place: str | None
    verdict: str
    condition: str
    value: float | None
    tolerance: float | None
    chapter: str
    cell: str
    line: str
    tests: tuple[str, ...]

    @property
    def section(self) -> int | None:
        """Section of the article, 2 to 6; None for a claim of the book's own."""
        return int(self.place[0]) if self.place else None

    @property
    def chapter_number(self) -> int:
        """Chapter of the book."""
        return int(self.chapter.removeprefix("chapters/")[:2])


class Verdicts(list):
    """Claims that print as text, and in a notebook or on a page as a list with a mark for each verdict.

    `apart` says that they stand apart from their chapters, and so each links to its own.
    """

    apart = True

    def __repr__(self):
        return "\n".join(_text(claim) for claim in self)

    def _repr_html_(self):
        return f'<ul class="td-verdicts" style="list-style: none; padding: 0">\n{"".join(_item(claim, self.apart) for claim in self)}</ul>'


def claims() -> list[Claim]:
    """All claims: the article's in its order, then the book's by chapter; ValueError if an entry of the data is none."""
    text = (files("tokendynamics") / "data" / "claims.json").read_text("utf8")
    return [_claim(place, entry) for place, entry in enumerate(json.loads(text))]


def counts() -> dict[int | str, Counter[str]]:
    """{section of the article: Counter of verdicts}, and under "book" those of the book's own claims."""
    keys: tuple[int | str, ...] = (*SECTIONS, "book")
    return {key: Counter(claim.verdict for claim in claims() if (claim.section or "book") == key) for key in keys}


def verdicts(chapter: int | None = None, source: str | None = None, *, section: int | None = None) -> Verdicts:
    """The claims of one chapter of the book, from one source, or of one section of the article.

    Parameters
    ----------
    chapter : int or None, default None
    source : "article", "book" or None, default None
    section : 2 to 6 or None, default None

    Returns
    -------
    Verdicts

    Raises
    ------
    ValueError
        If no claim is there.
    """
    for name, value in (("chapter", chapter), ("section", section)):
        if value is not None:
            _checks.whole(name, value)
    if not isinstance(source, (str, type(None))):
        _checks.choice("source", source, SOURCES)
    chosen = Verdicts(
        claim
        for claim in claims()
        if all(
            asked is None or (isinstance(asked, (int, str)) and asked == found)
            for asked, found in ((chapter, claim.chapter_number), (section, claim.section), (source, SOURCES[claim.place is None]))
        )
    )
    if not chosen:
        asked = f"chapter={chapter!r}, source={source!r}, section={section!r}"
        known = ", ".join(map(str, sorted({claim.chapter_number for claim in claims()})))
        raise ValueError(f"chapter must be one of {known}, source article or book, section 2 to 6, with a claim in all; got {asked}")
    chosen.apart = chapter is None
    return chosen


def _text(claim):
    gap = " " * INDENT
    said = textwrap.fill(claim.claim, WIDTH, initial_indent=claim.verdict.ljust(INDENT), subsequent_indent=gap)
    where = f"article {claim.place}, Chapter {claim.chapter_number}" if claim.place else f"Chapter {claim.chapter_number}"
    return said + "\n" + textwrap.fill(f"{claim.condition} [{where}]", WIDTH, initial_indent=gap, subsequent_indent=gap)


def _item(claim, apart):
    """One verdict as HTML, with a link to its chapter where it stands `apart` from it.

    The book's builder makes the chapter's link one between pages, and the tests links where there is a repository.
    """
    where = f"The article, {claim.place}" if claim.place else "The book"
    chapter = f' · <a href="{claim.chapter.removeprefix("chapters/")}">Chapter {claim.chapter_number}</a>' if apart else ""
    tests = ", ".join(f'<code data-test="{html.escape(test)}">{html.escape(test.split("::")[1])}</code>' for test in claim.tests)
    return (
        f'<li class="td-verdict" data-verdict="{claim.verdict}" data-claim="{claim.id}"><p>'
        f'<span class="td-mark" aria-hidden="true">{MARKS[claim.verdict]}</span> <em>{html.escape(claim.claim, quote=False)}</em> '
        f"<strong>{claim.verdict.capitalize()}{'' if claim.verdict == 'holds if' else '.'}</strong> "
        f"{html.escape(claim.condition, quote=False)}</p>"
        f'<p class="td-decided">{where}{chapter} · decided by {tests}</p></li>\n'
    )


def _claim(place, entry):
    if not isinstance(entry, dict) or set(entry) != set(Claim._fields):
        raise ValueError(f"claim {place} must have the keys {', '.join(Claim._fields)}; got {entry!r}")
    claim = Claim(**entry | {"tests": tuple(entry["tests"])})
    for name in ("id", "claim", "condition", "chapter", "cell", "line"):
        if not _words(entry[name]):
            raise ValueError(f"{name} of claim {place} must be words; got {entry[name]!r}")
    if not claim.tests or not all(map(_words, claim.tests)):
        raise ValueError(f"tests of claim {place} must name at least one test; got {entry['tests']!r}")
    if claim.verdict not in VERDICTS:
        raise ValueError(f"verdict of claim {place} must be one of {', '.join(VERDICTS)}; got {claim.verdict!r}")
    if claim.place is not None and (not _words(claim.place) or not claim.place[0].isdigit() or claim.section not in SECTIONS):
        raise ValueError(f"place of claim {place} must be None or begin with a section of the article, 2 to 6; got {claim.place!r}")
    if claim.value is not None and not (_number(claim.value) and _number(claim.tolerance) and claim.tolerance >= 0):
        raise ValueError(f"value and tolerance of claim {place} must be numbers; got {claim.value!r} and {claim.tolerance!r}")
    return claim


def _words(text):
    return isinstance(text, str) and bool(text.strip())


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool)
