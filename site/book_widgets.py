"""Cells and widgets on the page: a place for the live widget, its still for paper and for no JavaScript, one copy of its script."""

import json
import os

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


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
            live = nodes.container(classes=["td-live"])
            live += parts[VIEW].children
            image = next(iter(parts["image/png"].findall(nodes.image)), None) if "image/png" in parts else None
            if image is not None:
                # myst-nb gives images the name of their content; the words are in the plain text beside it
                still = nodes.container(classes=["td-still"])
                image["alt"] = parts["text/plain"].astext().strip()
                image["loading"] = "lazy"
                still += image
                live += still
            bundle.replace_self(live)


def share_scripts(app, pagename, templatename, context, doctree):
    """Several widgets of a kind carry the same script and style: keep one of each, under a name."""
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", None) or {}
        if attributes.get("type") != STATE:
            continue
        page = json.loads(attributes["body"])
        texts = {}
        for model in page["state"].values():
            for part in ("_esm", "_css"):
                text = model["state"].get(part)
                if text:
                    name = f"{part}:{model['state'].get('_anywidget_id', 'widget')}"
                    if texts.setdefault(name, text) == text:
                        model["state"][part] = name
        attributes["body"] = json.dumps(page | {"texts": texts}).replace("</", "<\\/")


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
