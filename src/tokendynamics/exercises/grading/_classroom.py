"""A page for the teacher, without names: which exercise how many got right, which misconception how many hold, and what to say about it."""

from collections import Counter
from html import escape

from .. import EXERCISES
from ._records import Record

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 48rem; padding: 0 1rem; color: #1a1a1a; background: #fff }
h2 { margin: 2rem 0 .3rem; font-size: 1.1rem } p { margin: .3rem 0 }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .3rem 1rem; margin: .5rem 0 } dt, dd { margin: 0 }
meter { width: 6rem } .said { color: #555 }
@media print { section { break-inside: avoid } }
"""


def page(records: list[Record]) -> str:
    """The page, as HTML with no script; it opens from a folder."""
    graded = [record for record in records if record.checks]
    sections = "".join(_section(number, graded) for number in EXERCISES)
    head = f"{len(records)} submissions, {len(graded)} with an answer"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The class</title>'
        f"<style>{STYLE}</style><h1>The class</h1><p>{head}. The last answer of each counts; the first ones tell what was believed before.</p>"
        f"{sections}</html>\n"
    )


def _section(number, records):
    tries = [found[number] for record in records if number in (found := record.tries())]
    if not tries:
        return ""
    exercise, many = EXERCISES[number], len(tries)
    right, first = sum(found[-1] == "right" for found in tries), sum(found[0] == "right" for found in tries)
    held = Counter(name for found in tries for name in set(found) - {"right", "wrong"})
    still = Counter(found[-1] for found in tries)
    lines = "".join(
        f'<dt><meter min="0" max="{many}" value="{count}">{count} of {many}</meter> {count}</dt>'
        f'<dd><strong>{escape(name)}</strong>{_still(still[name])}<br><span class="said">{escape(exercise.misconceptions.get(name, ""))}</span></dd>'
        for name, count in held.most_common()
    )
    unknown = sum("wrong" in found for found in tries)
    other = f"<p>{unknown} gave a wrong answer that shows none of the known misconceptions.</p>" if unknown else ""
    return (
        f"<section><h2>{number} · {escape(exercise.title)}</h2><p>{many} answered: {right} right, {first} of them at the first try, "
        f"{sum(map(len, tries)) / many:.1f} tries each.</p>{f'<dl>{lines}</dl>' if lines else ''}{other}</section>"
    )


def _still(count):
    return f" ({count} still)" if count else ""
