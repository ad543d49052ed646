"""Links in the text that drive a widget: `[show me](#force-lab=v2.turning)`.

What stands after # is a state, as *Copy link* gives it, not a place in the page, so nothing is looked up. The widget
follows the link (widgets/ui/tour.js), and host.js starts it first. On paper and with no JavaScript they are plain text.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

STATE = re.compile(r"#[\w-]+(?:[.~][\w-]+)?=v\d\b")


def setup(app):
    app.add_transform(ShowLinks)


class ShowLinks(SphinxTransform):
    """Before MyST looks `#…` up among the page's anchors."""

    default_priority = 800

    def apply(self, **options):
        for link in self.document.findall(nodes.reference):
            if link.get("id_link") and STATE.match(link["refuri"]):
                del link["id_link"]
                link["internal"] = True
                link["classes"].append("td-show")
