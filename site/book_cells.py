"""The code cells of a page, made ready to run where they stand (site/cells), unless BOOK_PYTHON=none is set.

Each cell's `div` gets `data-cell`, the notebook's name for it, `data-exercise` where an answer is to be written, and a place for its buttons; the first cell with code gets the buttons of the
page before it. A script tag of data says what the page alone does not: the order of all code cells, the source of those whose text the page
does not hold letter by letter, and where the notebook and the late scripts are. Pages without code that is shown stay as they are.
"""

import hashlib
import html
import json
import math
import re
import shutil
from pathlib import Path

import book_python
import book_widgets

BUNDLES = Path(__file__).parent / "cells" / "static"
WIDGETS = Path(__file__).parents[1] / "src/tokendynamics/widgets"
SCRIPTS = "_static/widgets"
LATE = {"run": "cells-run.js", "editor": "cells-editor.js", "kernel": "cells-kernel.js"}  # loaded at the first Run or Edit
MEGABYTES = 22  # what the first Run fetches, until it can be measured
DATA = '<script type="application/json" class="tc-data">'
SIZE = re.compile(rf'({DATA}{{"size": |<span class="tc-size">)\d+')
CELL = re.compile(r'<div class="cell(?: [\w-]+)* docutils container">\n')
INPUT = re.compile(r'<div class="cell_input docutils container">.*?<pre>(.*?)</pre>', re.DOTALL)
TAG = re.compile(r"<(/?)(?:div|details)\b[^>]*>")
EXERCISE = re.compile(r'^check\("([\d.]+)"', re.MULTILINE)  # with dots in the place of an answer
PLACE = '<div class="tc-run"></div>\n'
PAGE = """\
<div class="tc-run-page" role="group" aria-label="Python on this page">
<p>The cells of this page run here. The first <em>Run</em> fetches Python, <span class="tc-size">{size}</span> MB, and your browser keeps it.</p>
<p><button type="button" class="tc-do" data-do="run-all">Run all</button>
<button type="button" class="tc-do" data-do="restart">Restart</button>
<button type="button" class="tc-do" data-do="open-notebook">Open as a notebook</button>
<span class="tc-run-said" role="status"></span></p>
</div>
"""


def on():
    """Whether the book is built with Python in its pages."""
    return book_python.wanted()


def setup(app):
    if not on():
        return
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(BUNDLES)))
    app.connect("build-finished", lambda app, error: copy_widgets(app.outdir))
    app.connect("html-page-context", finish_page, priority=960)  # after book_site, which finishes the text
    app.add_css_file("cells.css")


def forget(folder):
    """Take out of a built book what a build with Python in its pages has left there."""
    for name in ("cells.js", "cells.css", *LATE.values()):
        (Path(folder) / "_static" / name).unlink(missing_ok=True)
    shutil.rmtree(Path(folder) / SCRIPTS, ignore_errors=True)


def widget_files():
    """The scripts and styles of the book's widgets, for one that a cell makes on a page that shows none of its kind."""
    kinds = sorted(path.parent.name.replace("_", "-") for path in WIDGETS.glob("*/view.js"))
    return [WIDGETS / "static" / f"{kind}.{end}" for kind in kinds for end in ("js", "css")]


def copy_widgets(folder):
    place = Path(folder) / SCRIPTS
    place.mkdir(parents=True, exist_ok=True)
    for path in widget_files():
        shutil.copyfile(path, place / path.name)


def say_size(folder):
    """Put into the pages how much the first Run fetches, once Python is there to be measured."""
    card = Path(folder) / "_static/python/card.json"
    if not (on() and card.exists()):
        return
    known = json.loads(card.read_text("utf8"))
    size = math.ceil(sum(part["bytes"] for part in [known["worker"], *known["files"].values()]) / 1e6)
    for path in Path(folder).rglob("*.html"):
        page = path.read_text("utf8")
        if DATA in page:
            path.write_text(SIZE.sub(rf"\g<1>{size}", page), "utf8")


def finish_page(app, pagename, templatename, context, doctree):
    path = Path(app.env.doc2path(pagename)) if doctree is not None else None
    if path is None or path.suffix != ".ipynb":
        return
    notebook = json.loads(path.read_text("utf8"))
    source = context["pathto"](f"_sources/{context['sourcename']}", resource=True)
    body = with_cells(context["body"], notebook, {"notebook": source, "file": path.name, "site": context.get("pageurl") or ""})
    if body != context["body"]:
        context["body"] = body
        app.add_js_file("cells.js", loading_method="defer")


def with_cells(body, notebook, where):
    """The text of a page with its cells ready to run; `where` goes into the page's data as it is.

    Parameters
    ----------
    body : str, HTML as myst-nb renders the notebook
    notebook : dict, the notebook as JSON
    where : dict with `notebook`, the address of the notebook seen from the page, and `file`, its name
    """
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    starts = list(CELL.finditer(body))
    shown = [cell for cell in cells if not left_out(cell)]
    if len(shown) != len(starts):
        raise ValueError(f"{where['file']} has {len(shown)} code cells to show, and its page {len(starts)}")
    if not INPUT.search(body):
        return body
    known = [{"id": cell["id"], "source": source_of(cell)} for cell in cells]
    by_id = {cell["id"]: cell for cell in known}
    parts, at, first = [], 0, True
    for start, cell in zip(starts, shown):
        end = end_of_first_child(body, start.end())
        inside = INPUT.search(body, start.end(), end)
        asked = EXERCISE.search(by_id[cell["id"]]["source"])
        exercise = f' data-exercise="{asked[1]}"' if asked else ""
        name = f'{start[0].rstrip()[:-1]} data-cell="{html.escape(cell["id"])}"{exercise}>\n'
        parts += [body[at : start.start()], data_and_buttons(where) if inside and first else "", name]
        parts += [body[start.end() : end] + "\n" + PLACE] if inside else [body[start.end() : end]]
        if inside and text_of(inside[1]) == by_id[cell["id"]]["source"] + "\n":
            del by_id[cell["id"]]["source"]  # the page holds it
        first, at = first and not inside, end
    text = "".join([*parts, body[at:]])
    data = json.dumps({"size": MEGABYTES, "cells": known, **late(), **where}, ensure_ascii=False).replace("</", "<\\/")
    return text.replace(DATA, DATA + data, 1)


def data_and_buttons(where):
    return f"{DATA}</script>\n{PAGE.format(size=MEGABYTES)}"


def left_out(cell):
    """Whether myst-nb leaves a cell out of the page, as tags tell it to."""
    tags = {tag.replace("_", "-") for tag in cell["metadata"].get("tags", [])}
    return "remove-cell" in tags or {"remove-input", "remove-output"} <= tags


def source_of(cell):
    """A cell's code with the lines that the page shows: without the mark for the tests and empty lines before the first."""
    return "".join(cell["source"]).removeprefix(book_widgets.HideMarks.mark).lstrip("\n")


def text_of(highlighted):
    return html.unescape(re.sub(r"<[^>]*>", "", highlighted))


def end_of_first_child(body, start):
    """Where the first child of a cell ends: its code, its code in a place to click open, or its output."""
    depth = 0
    for tag in TAG.finditer(body, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    raise ValueError("a cell of the page does not end")


def late():
    """The addresses of the late scripts, with versions, and the version of the widgets: a page and its scripts are of one build."""
    files = {key: BUNDLES / name for key, name in LATE.items() if (BUNDLES / name).exists()}
    found = {key: f"{path.name}?v={version(path)}" for key, path in files.items()}
    return found | {"widgets": version(*widget_files())}


def version(*paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
