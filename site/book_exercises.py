"""Exercises that are answered where they stand: below each one's text a field, or a line that says where its answer is written.

What can be told without Python (numbers, words to choose, most states of a widget) gets a form. Its scripts, fields.js and
exercise-judge.js, judge by the rules of the Python judges, which this module writes to `exercise-rules.js` as one text of base64, so that
nobody reads an answer by accident.
Answers that are code, and sentences that the real model reads, are for a cell.
"""

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path

import book_cells
import book_hand_in

from tokendynamics.exercises import EXERCISES
from tokendynamics.exercises._judges import SAYINGS
from tokendynamics.exercises._verdict import judge_of

RULES, JUDGE = "exercise-rules.js", "exercise-judge.js"
EXERCISE = book_cells.EXERCISE
WIDGETS = {
    "force-lab": "Force lab",
    "heads-and-tasks": "Heads and tasks",
    "emergence-lab": "Emergence lab",
    "real-trajectories": "Real trajectories",
}
HERE = "Answer here: it needs no Python."
CELL = "This answer is code: write it in the cell below."
MODEL = "The model has to read your sentences, so this answer is for the cell below."
RUNS = "Its <em>Run</em> brings Python into this page, or take the {notebook}."
RUNS_NOT = "This page runs no Python, so take the {notebook}: on your machine, or wherever you run notebooks."


def setup(app):
    app.connect("html-page-context", finish_page, priority=965)  # after book_cells, which names the cells
    app.connect("build-finished", lambda app, error: error or write(app.outdir))


def rules():
    """{sayings, exercises}: what the page's judge goes by, for each exercise that it can judge."""
    known = {number: getattr(judge_of(exercise), "rules", None) for number, exercise in EXERCISES.items()}
    said = ("number", "title", "minutes", "wants")
    exercises = {
        number: {name: getattr(EXERCISES[number], name) for name in said} | {"rules": found} for number, found in known.items() if found
    }
    return {"sayings": SAYINGS, "exercises": exercises}


def packed():
    return f'window.tdRules="{base64.b64encode(json.dumps(rules(), ensure_ascii=False).encode()).decode()}"\n'


def write(folder):
    (Path(folder) / "_static" / RULES).write_text(packed(), "utf8")


def finish_page(app, pagename, templatename, context, doctree):
    path = Path(app.env.doc2path(pagename)) if doctree is not None else None
    if path is None or path.suffix != ".ipynb":
        return
    notebook = context["pathto"](f"_sources/{context['sourcename']}", resource=True)
    body = with_fields(context["body"], notebook, book_hand_in.address(path, app.config.book_repository))
    if body != context["body"]:
        context["body"] = body
        app.add_js_file("fields.js", loading_method="defer")


def with_fields(body, notebook, file=""):
    """The text of a page with a field, or a line, before each cell that is for an answer to an exercise, and *Hand in* after the last."""
    known, files = rules()["exercises"], late()
    parts, at, asks = [], 0, {}
    for cell in re.finditer(r'<div class="cell [^>]*>\n', body):
        inside = book_cells.INPUT.search(body, cell.end(), book_cells.end_of_first_child(body, cell.end()))
        asked = inside and EXERCISE.search(book_cells.text_of(inside[1]))
        if asked and "..." in book_cells.text_of(inside[1]):
            parts += [body[at : cell.start()], beside(EXERCISES[asked[1]], known.get(asked[1]), notebook, files)]
            at = cell.start()
            asks[asked[1]] = book_cells.end_of_first_child(body, at)
    if asks:
        end = list(asks.values())[-1]
        parts += [body[at:end], book_hand_in.block(asks, file)]
        at = end
    return "".join([*parts, body[at:]])


def late():
    """The addresses of the judge and its rules, seen from the page's script, with versions."""
    texts = {JUDGE: (Path(__file__).parent / "static" / JUDGE).read_bytes(), RULES: packed().encode()}
    return " ".join(f"{name}?v={hashlib.sha256(text).hexdigest()[:8]}" for name, text in texts.items())


def beside(exercise, known, notebook, files):
    """What stands between an exercise's text and its cell."""
    link = f'<a href="{escape(notebook)}" download>notebook</a>'
    runs = (RUNS if book_cells.on() else RUNS_NOT).format(notebook=link)
    if not known:
        return f'<p class="td-exercise-none">{MODEL if exercise.by == "widget" else CELL} {runs}</p>\n'
    name = f"Answer to exercise {exercise.number}"
    return f"""\
<div class="td-exercise" role="group" aria-label="{name}" data-answers="{exercise.number}" data-judge="{files}">
<p>{HERE} {wanted(exercise, known["rules"])}</p>
<form novalidate>
{FORMS[known["rules"]["kind"]](known["rules"])}
<p><button type="submit">Check</button> <span class="td-exercise-tried"></span></p>
<div class="td-exercise-said" role="status"></div>
</form>
</div>
"""


def wanted(exercise, rules):
    """What to do, for a field: what a cell wants has brackets and quotes too."""
    if rules["kind"] == "state":
        return f"Paste a link that the widget’s <em>Copy link</em> gave, or take what the {WIDGETS[rules['view']]} of this page shows."
    if rules["kind"] == "table":
        return "Choose any number of them." if rules["form"] == "boxes" else "Choose."
    if rules["none"]:
        return "It wants a layer for each of the words, or None."
    plain = re.sub(r", \(2, 2\)", "", escape(exercise.wants, quote=False))
    return "It wants " + re.sub(r"\*([^*]+)\*", r"<em>\1</em>", plain) + "."


def numbers(rules):
    field = '<input type="text" autocomplete="off" autocapitalize="off" size="8">'  # keys for numbers have no minus and no % on some phones
    labels = "".join(f"<label><span>{escape(name)}</span> {field}</label>" for name in rules["entries"])
    return f'<div class="td-exercise-entries">{labels}</div>'


def table(rules):
    if rules["form"] == "boxes":
        (field,) = rules["fields"]
        boxes = "".join(f'<label><input type="checkbox" value="{escape(each)}"> {escape(each)}</label>' for each in field["options"])
        return f'<fieldset class="td-exercise-entries"><legend>{escape(field["label"])}</legend>{boxes}</fieldset>'
    return f'<div class="td-exercise-entries">{"".join(select(field) for field in rules["fields"])}</div>'


def select(field):
    options = "".join(f"<option>{escape(each)}</option>" for each in field["options"])
    return f'<label><span>{escape(field["label"])}</span> <select autocomplete="off"><option value="">Choose</option>{options}</select></label>'


def state(rules):
    take = f'<button type="button" data-do="take" data-view="{rules["view"]}">Take what the {WIDGETS[rules["view"]]} shows</button>'
    return f'<div class="td-exercise-entries"><label><span>Link</span> <input type="text" autocomplete="off" spellcheck="false" size="30"></label> {take}</div>'


FORMS = {"numbers": numbers, "table": table, "state": state}
