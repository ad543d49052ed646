"""Verdicts of the ledger in a page's text: a claim's name gives its verdict of today, and a link to where it stands.

{claim}`update`             ◐ holds if `update`, linked to the claim in Chapter 7
{claim}`lookup learned`     one after another
"""

import re

from docutils import nodes
from sphinx.util.docutils import SphinxRole

LEDGER = "chapters/07_where_it_ends"
ITEM = re.compile(r'<li class="td-verdict"(?P<rest>[^>]* data-claim="(?P<name>[\w-]+)")')


def setup(app):
    app.add_role("claim", Claim())


class Claim(SphinxRole):
    def run(self):
        from tokendynamics import ledger

        known = {claim.id: claim for claim in ledger.claims()}
        page = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER)
        made = []
        for name in self.text.split():
            if name not in known:
                return [], [self.inliner.reporter.error(f"the ledger has no claim {name!r}", line=self.lineno)]
            claim = known[name]
            mark = nodes.inline("", ledger.MARKS[claim.verdict], classes=["td-mark"])
            place = {"refuri": f"{page}#claim-{name}", "reftitle": claim.claim, "internal": True, "classes": ["td-claim"]}
            made.append(nodes.reference("", "", mark, nodes.Text(f" {claim.verdict} "), nodes.literal("", name), **place))
        return made, []


def with_places(body):
    """A page's text in which each verdict can be linked to, where it first stands."""
    seen = set()

    def place(found):
        again = found["name"] in seen
        seen.add(found["name"])
        return found[0] if again else f'<li class="td-verdict" id="claim-{found["name"]}"{found["rest"]}'

    return ITEM.sub(place, body)
