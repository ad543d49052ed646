"""Each widget on a page of its own, `embed/force-lab.html`, to stand in a slide or a course page: the widget, a link to its chapter, no theme.

Such a page has its class's own first state, or that of its link. So a widget of a chapter offers it where it was made of the same data.
"""

import functools
import hashlib
import html
import json
import re
from pathlib import Path

import book_assets
import book_safety
import book_widgets

from tokendynamics import widgets

FOLDER = "embed"
HERE = Path(__file__).parent
PARTS = HERE / FOLDER
NOT_STATE = ("layout", "tabbable", "tooltip")  # of ipywidgets
KINDS = {getattr(widgets, name).view: getattr(widgets, name) for name in widgets.__all__}


def setup(app):
    app.connect("html-page-context", offer, priority=945)  # after book_widgets


def offer(app, pagename, templatename, context, doctree):
    """Name the page alone in the state of each widget that it would show as it is here."""
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", None) or {}
        if attributes.get("type") != book_widgets.STATE:
            continue
        page = json.loads(attributes["body"])
        for model in page["state"].values():
            view = book_widgets.view_of(model)
            if view and chapter_of(app.env, view) and shows(view, model["state"]):
                model["state"]["embed"] = address(view)
        attributes["body"] = json.dumps(page).replace("</", "<\\/")


def shows(view, state):
    """Whether a widget with this state was made of the data that its page alone has."""
    return all(first(view)[name] == state.get(name) for name in KINDS[view].given_names)


@functools.cache
def first(view):
    """The state of a widget of that kind as its class makes it, as JSON has it."""
    widget = KINDS[view]()
    names = [name for name in widget.traits(sync=True) if not name.startswith("_") and name not in NOT_STATE]
    state = widget.get_state(names)
    widget.close()
    return json.loads(json.dumps(state))


def address(view):
    return f"{FOLDER}/{view}.html"


def chapter_of(env, view):
    """The first chapter that shows a widget of that kind, or None."""
    chapters = (page for page in sorted(env.all_docs) if page.startswith("chapters/"))
    return next((page for page in chapters if view in book_widgets.shown(env, page)), None)


def write(app):
    """Write the pages; those that are as they were are left alone."""
    folder = Path(app.outdir)
    host = f"host.js?v={hashlib.sha256((folder / '_static/host.js').read_bytes()).hexdigest()[:8]}"
    for view in KINDS:
        chapter = chapter_of(app.env, view)
        if not chapter:
            continue
        path = folder / address(view)
        path.parent.mkdir(exist_ok=True)
        state = book_assets.state_file(folder, f"{book_assets.STATES}/{FOLDER}-{view}", book_widgets.STATE, held(view))
        page = made(view, host, state, f"{chapter}.html", app.env.titles[chapter].astext(), app.config.html_title)
        page = book_safety.with_policy(page, trusting=True)
        if not path.exists() or path.read_text("utf8") != page:
            path.write_text(page, "utf8")


def made(view, host, state, chapter, chapter_title, book):
    return (
        (PARTS / "page.html")
        .read_text("utf8")
        .format(
            title=html.escape(named(view)),
            book=html.escape(book),
            chapter=chapter,
            chapter_title=html.escape(chapter_title),
            host=host,
            style=part("embed.css"),
            script=part("embed.js"),
            state=state,
        )
    )


def named(view):
    """The name that a reader meets, “Force lab”."""
    return view.replace("-", " ").capitalize()


def part(name):
    """A file as it stands in pages: without its comments and the blanks before its lines."""
    text = re.sub(r"^ *//.*\n|^/\*[^*]*\*/\n|(?<=;) // .*$", "", (PARTS / name).read_text("utf8"), flags=re.MULTILINE)
    return re.sub(r"^ +", "", text, flags=re.MULTILINE).strip()


def held(view):
    """The widget's state with its script and its style, as a page of the book holds them (book_widgets.py)."""
    kind = KINDS[view]
    identity = f"{kind.__module__}.{kind.__qualname__}"
    texts = {
        f"_{part}:{identity}": (book_widgets.BUNDLES / f"{view}.{end}").read_text("utf8") for part, end in (("esm", "js"), ("css", "css"))
    }
    state = first(view) | {"_anywidget_id": identity, "embed": address(view)} | {name.split(":")[0]: name for name in texts}
    return {"state": {"it": {"state": state}}, "texts": texts}
