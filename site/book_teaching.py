"""What the teacher's guide needs while the book is built: a widget's state as a link, and links for a JupyterHub.

{state}`A quarter turn <ForceLab.preset("turning")>`      a link to the live widget in that state
```{state-list}                                           every such link of the page, with its line of Python
```{hub-links}                                            the chapters by nbgitpuller, with this book's repository filled in
"""

import ast
import json
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

ROOT = Path(__file__).parents[1]
CHAPTERS = {  # where a widget of each kind stands without a key, so that a link without one reaches it
    "ForceLab": "chapters/01_tokens_as_particles",
    "Encyclopedia": "chapters/02_encyclopedia",
    "Trajectories": "chapters/03_trajectories",
    "GravityAndAttention": "chapters/03_trajectories",
    "HeadsAndTasks": "chapters/04_many_heads",
    "EmergenceLab": "chapters/05_emergence",
    "RealTrajectories": "chapters/06_real_model",
}
NOWHERE = "https://github.com/OWNER/NAME"
HUB = "https://HUB/hub/user-redirect/git-pull"


def setup(app):
    app.add_role("state", State())
    app.add_directive("hub-links", Place)
    app.add_directive("state-list", Place)
    app.add_node(place)
    app.add_post_transform(FillIn)


def widget(line):
    """The widget that a line such as `ForceLab.preset("turning", scale=2)` makes. ValueError for any other line."""
    from tokendynamics import widgets

    try:
        call = ast.parse(line.strip(), mode="eval").body
        preset = isinstance(call.func, ast.Attribute)
        name = (call.func.value if preset else call.func).id
        if name not in CHAPTERS or (preset and call.func.attr != "preset"):
            raise AttributeError
        given = [ast.literal_eval(value) for value in call.args], {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    except (SyntaxError, AttributeError, ValueError):
        raise ValueError(f"a state is Class.preset(…) or Class(…) of a widget, with plain values; got {line!r}") from None
    kind = getattr(widgets, name)
    return (kind.preset if preset else kind)(*given[0], **given[1])


class State(SphinxRole):
    def run(self):
        words, _, line = self.text.removesuffix(">").partition(" <")
        try:
            shown = widget(line)
        except ValueError as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
        page = CHAPTERS[line.split("(")[0].split(".")[0].strip()]
        address = self.env.app.builder.get_relative_uri(self.env.docname, page)
        options = {"reftitle": line, "state_line": line, "classes": ["td-state"]}
        return [nodes.reference("", words, internal=True, refuri=f"{address}{shown.link()}", **options)], []


class place(nodes.General, nodes.Element):
    """Stands for a list until pages are written: by then all states are known, and the address of the repository may have changed."""


class Place(Directive):
    def run(self):
        return [place(name=self.name)]


class FillIn(SphinxPostTransform):
    default_priority = 4

    def run(self):
        for empty in list(self.document.findall(place)):
            empty.replace_self(self.states() if empty["name"] == "state-list" else list(self.pulls()))

    def pulls(self):
        repository = self.config.book_repository or NOWHERE
        for path in notebooks():
            yield nodes.paragraph("", title(path))
            yield block(pull(repository, path), "text")

    def states(self):
        words = {link["state_line"]: link.astext() for link in self.document.findall(nodes.reference) if "state_line" in link}
        kinds = ", ".join(sorted({line.split("(")[0].split(".")[0] for line in words}))
        wide = max(map(len, words))
        return block(
            "\n".join([f"from tokendynamics.widgets import {kinds}\n", *(f"{line:{wide}}  # {said}" for line, said in words.items())]),
            "python",
        )


def block(text, language):
    return nodes.literal_block(text, text, language=language)


def notebooks():
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))]


def title(path):
    return json.loads((ROOT / path).read_text("utf8"))["cells"][0]["source"][0].lstrip("# ").strip()


def pull(repository, path):
    """The link by which nbgitpuller brings a repository to a student's server on a hub and opens one notebook in JupyterLab."""
    folder = repository.rsplit("/", 1)[1]
    return f"{HUB}?repo={quote(repository, safe='')}&branch=main&urlpath={quote(f'lab/tree/{folder}/{path}', safe='')}"
