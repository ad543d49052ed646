"""Cells and widgets on the page: a place for the live widget, its still for paper and for no JavaScript, one copy of its script.

A cell with the tag `later` shows its picture, and a button that brings the widget in its place: until then nothing of the widget is loaded
(book_assets.py gives it a state of its own, host.js asks for it). The picture is HTML that the cell gives, or the widget's still.
"""

import html
import json
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
BUNDLES = Path(__file__).parents[1] / "src/tokendynamics/widgets/static"
BEGIN = "Try your own words"  # the button of a cell with the tag `later`
OURS = re.compile(r"tokendynamics\.widgets\.(\w+)\.\w+")  # as anywidget names a class: its module is its folder


def setup(app):
    os.environ["TOKENDYNAMICS_STILLS"] = "1"  # the notebooks that the build runs make stills too
    app.add_post_transform(KeepStill)
    app.add_post_transform(HideMarks)
    app.connect("html-page-context", share_scripts, priority=940)


class KeepStill(SphinxPostTransform):
    """Before one mime type is chosen of each output: where there is a widget, keep its view and its still."""

    default_priority = 3
    formats = ("html",)

    def run(self):
        for bundle in list(self.document.findall(lambda n: isinstance(n, nodes.container) and n.get("nb_element") == "mime_bundle")):
            parts = {child["mime_type"]: child for child in bundle.children}
            if VIEW not in parts:
                continue
            later = any("tag_later" in cell.get("classes", ()) for cell in ancestors(bundle))
            live = nodes.container(classes=["td-later" if later else "td-live", "full-width"])
            live += self.button(parts[VIEW].astext()) if later else parts[VIEW].children
            if later and "text/html" in parts:
                live += nodes.container("", *parts["text/html"].children, classes=["td-still"])
                bundle.replace_self(live)
                continue
            image = next(iter(parts["image/png"].findall(nodes.image)), None) if "image/png" in parts else None
            if image is not None:
                # myst-nb gives images the name of their content; the words are in the plain text beside it
                still = nodes.container(classes=["td-still"])
                image["alt"] = parts["text/plain"].astext().strip()
                image["loading"] = "lazy"
                still += image
                live += still
            bundle.replace_self(live)

    def button(self, script):
        """What starts the widget: it names the model, and the view that a link may name."""
        model = json.loads(re.search(r"\{.*\}", script, re.DOTALL)[0])["model_id"]
        view = view_of(states(self.env, self.env.docname).get(model, {"state": {}})) or ""
        text = f'<button type="button" class="td-begin" data-model="{model}" data-view="{view}">{html.escape(BEGIN)}</button>'
        return nodes.raw("", text, format="html")


def ancestors(node):
    while node.parent is not None:
        node = node.parent
        yield node


def share_scripts(app, pagename, templatename, context, doctree):
    """Several widgets of a kind carry the same script and style: keep one of each, under a name."""
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", None) or {}
        if attributes.get("type") != STATE:
            continue
        page = json.loads(attributes["body"])
        texts = {}
        for model in page["state"].values():
            identity, ours = model["state"].get("_anywidget_id", "widget"), view_of(model)
            for part, suffix in (("_esm", ".js"), ("_css", ".css")):
                text = model["state"].get(part)
                if text:
                    if ours:  # the bundle of today: the notebook may have been run before it was made
                        text = (BUNDLES / ours).with_suffix(suffix).read_text("utf8")
                    name = f"{part}:{identity}"
                    if texts.setdefault(name, text) == text:
                        model["state"][part] = name
        attributes["body"] = json.dumps(page | {"texts": texts}).replace("</", "<\\/")


def shown(env, page):
    """The views of the book's widgets that stand on a page, by what the notebook left there."""
    return {view for model in states(env, page).values() if (view := view_of(model))}


def view_of(model):
    """The view of a widget of the book, “force-lab”, by its model; None for any other."""
    ours = OURS.fullmatch(model["state"].get("_anywidget_id", ""))
    return ours and ours[1].replace("_", "-")


def states(env, page):
    """The models of a page's widgets by their ids, as the notebook left them there."""
    scripts = getattr(env, "nb_metadata", {}).get(page, {}).get("js_files", {}).values()
    bodies = [options["body"] for _, options in scripts if options.get("type") == STATE]
    return {model: held for body in bodies for model, held in json.loads(body)["state"].items()}


class HideMarks(SphinxPostTransform):
    """The mark that has nbval check a cell's output is for the tests; the page shows the cell without it."""

    default_priority = 3
    formats = ("html",)
    mark = "# NBVAL_CHECK_OUTPUT\n"

    def run(self):
        for block in self.document.findall(nodes.literal_block):
            text = block.astext()
            if text.startswith(self.mark):
                block.rawsource = text.removeprefix(self.mark)
                block.children = []
                block += nodes.Text(block.rawsource)
