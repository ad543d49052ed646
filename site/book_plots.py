"""Plotly figures on the page: each a place with its JSON, which site/plots.js draws when it is reached, and its still for paper and for no JavaScript.

A cell whose last line is a Plotly figure needs nothing more than words for who cannot see it, in `layout.meta["alt"]`. The build stops where they are
missing, and where a figure has a kind of trace that the book's plotly.js does not draw or that no still is drawn of.
"""

import hashlib
import json
import os

import plot_still
from docutils import nodes
from myst_nb.core import render
from sphinx.errors import ExtensionError

MIME = "application/vnd.plotly.v1+json"
SCRIPT = "plots.js"
PLACE = "td-figure"
SHORTEST = 60  # letters of the words


def setup(app):
    os.environ["PLOTLY_RENDERER"] = (
        "plotly_mimetype"  # the kernels of the build give a figure as its JSON, and not as a page with plotly.js in it
    )
    by_packages = render.load_mime_renders
    # myst-nb looks for such a class in the metadata of installed packages, and the site is none
    render.load_mime_renders = lambda: [*by_packages(), Plots]
    app.connect("html-page-context", add_script, priority=955)


class Plots:
    """myst-nb asks it of each output of a cell."""

    mime_priority_overrides = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != MIME or inline:
            return None
        where = f"{renderer.renderer.document['source']}, cell {data.cell_index + 1}"
        image = plot_still.png(data.content) if in_words(data.content, where) else None
        return place(renderer, data.content, image)


def in_words(figure, where):
    """What is seen in a figure; the build ends where nothing, or too little, says it."""
    words = alt(figure)
    if len(words) < SHORTEST:
        raise ExtensionError(
            f"{where}: the Plotly figure says too little of what is seen in it. Give it at least {SHORTEST} letters for who cannot see it, before "
            f'the cell ends: figure.update_layout(meta={{"alt": "…"}}). Now: {words!r}'
        )
    try:
        plot_still.check(figure)
    except ValueError as error:
        raise ExtensionError(f"{where}: {error}") from None
    return words


def alt(figure):
    meta = figure.get("layout", {}).get("meta")
    return str(meta.get("alt", "")).strip() if isinstance(meta, dict) else ""


def place(renderer, figure, image):
    """The figure as data, and its still."""
    layout = {name: value for name, value in figure.get("layout", {}).items() if name not in ("template", "meta")}
    text = json.dumps({"data": figure["data"], "layout": layout}, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    address = renderer.write_file([f"{hashlib.sha256(image).hexdigest()}.png"], image, overwrite=False, exists_ok=True)
    still = nodes.container("", nodes.image(uri=address, alt=alt(figure), loading="lazy"), classes=["td-still"])
    return [nodes.container("", nodes.raw("", f'<script type="{MIME}">{text}</script>', format="html"), still, classes=[PLACE])]


def add_script(app, pagename, templatename, context, doctree):
    if f'type="{MIME}"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")
