"""A class's guesses, counted without a server: what the pages of the readers and the page of the teacher (back/guesses.md) know of the questions.

```{guesses}        the place where site/guesses/page.js counts; its script, with its style, is loaded on that page alone

The questions are those of the widgets' predictions, taken out of the built pages, so that nothing is written twice.
"""

import hashlib
import json
import math
from html import escape
from pathlib import Path

import book_assets
import book_teaching
from docutils import nodes
from docutils.parsers.rst import Directive

ROOT = Path(__file__).parents[1]
DATA, SCRIPT, QR = "guesses.js", "guesses-page.js", "qr.js"
CHAPTERS, CHOICES = 2**4, 2**10  # what a code has room for (site/guesses/code.js)
PLACE = """\
<div class="td-vote" data-guesses="{guesses}"></div>
<noscript><p>This page counts by a script, and scripts are off.</p></noscript>
"""


def setup(app):
    app.add_directive("guesses", Place)
    app.connect("html-page-context", finish_page)


class Place(Directive):
    def run(self):
        return [nodes.raw("", PLACE.format(guesses=escape(addresses()["guesses"])), format="html")]


def finish_page(app, pagename, templatename, context, doctree):
    if 'class="td-vote"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def addresses():
    """{guesses, qr}: the addresses of the late scripts, seen from the page's scripts, with versions."""
    chapters = [Path(__file__), *(ROOT / path for path in book_teaching.notebooks())]
    made_of = {"guesses": (DATA, chapters), "qr": (QR, [Path(__file__).parent / "static" / QR])}
    return {name: f"{file}?v={_version(paths)}" for name, (file, paths) in made_of.items()}


def _version(paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]


def write(folder):
    """Write the chapters with their questions, as a script, for the pages of a built book."""
    text = json.dumps(questions(Path(folder)), ensure_ascii=False)
    (Path(folder) / "_static" / DATA).write_text(f"window.tdGuesses={text}\n", "utf8")


def questions(folder):
    """[{chapter, page, questions}…]: what each chapter of a built book asks its readers to predict."""
    found = []
    for path in map(Path, book_teaching.notebooks()):
        asked = list({given["question"]: given for given in predictions(folder, path.stem)}.values())
        if asked:
            found.append({"chapter": int(path.stem[:2]), "page": path.stem, "questions": asked})
            if int(path.stem[:2]) >= CHAPTERS or math.prod(len(given["choices"]) + 1 for given in asked) > CHOICES:
                raise ValueError(f"{path.stem} has more questions than a code has room for: see site/guesses/code.js")
    return found


def predictions(folder, page):
    """The predictions of a chapter's widgets, in their order, out of the state that the built book keeps beside it (book_assets.py)."""
    path = folder / "_static/state" / f"chapters-{page}.js"
    if not path.exists():
        return []
    _, state = book_assets.read_state(path)
    return [given for model in state["state"].values() if (given := model["state"].get("prediction"))]
