"""The package's pages, made from its docstrings while the book is built, and linked both ways with the chapters.

A page of back/api names modules, and this directive writes what they hold:

    ```{package} attention
    ```

Each function says which chapters use it and shows its source. Each figure and widget of a chapter links to what draws it,
and each chapter ends with the functions that it uses. Docstrings have numpydoc's sections, which Sphinx's napoleon takes apart;
their words are plain, with `names` in them, so that they can be read as they stand, and autodoc, which reads reStructuredText, cannot.
"""

import html
import importlib
import inspect
import posixpath
import re
from pathlib import Path

import book_uses
from docutils import nodes
from sphinx.ext.napoleon import Config, NumpyDocstring
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tokendynamics"
NOTATION = "back/notation"
DIRECTIVE = re.compile(r"^```\{package\} (.+)$", re.MULTILINE)
NAMES = re.compile(r"`([^`]+)`|\((4|5|9|13|14)\)")
LISTED = re.compile(r"^[^\s:][^:]{0,40}?\s*: ")  # "scale : what it is", one a line
TESTS = re.compile(r'<code data-test="(?P<path>[\w/]+\.py)::(?P<name>\w+)">(?P<shown>\w+)</code>')
FIELDS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")
NAMED = ("Parameters", "Attributes")  # a field without a colon is a name there, and elsewhere a type
WORDS = ("Notes", "References", "Examples")
SOURCES = re.compile(r'<span class="td-source" data-source="([\w/.#-]+)"></span>')
CHAPTERS = re.compile(r'(?<=<a href=")(0\d_\w+)\.ipynb(?=">Chapter \d</a>)')


def setup(app):
    app.add_directive("package", Package)
    app.add_transform(LinkFunctions)
    app.connect("builder-inited", know_the_pages)
    app.connect("env-get-outdated", read_again)


def know_the_pages(app):
    """Which page has which module, and which chapters use which function."""
    pages = sorted((ROOT / "back" / "api").glob("*.md"))
    app.env.api_pages = {
        f"{book_uses.PACKAGE}.{module}": f"back/api/{page.stem}"
        for page in pages
        for names in DIRECTIVE.findall(page.read_text("utf8"))
        for module in names.split()
    }
    book_uses.uses.cache_clear()
    used = {}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for name in book_uses.uses(path):
            used.setdefault(name, []).append(f"chapters/{path.stem}")
    app.env.api_used = used


def read_again(app, env, added, changed, removed):
    """The pages of the package, when chapters use other functions than they did."""
    before, env.api_before = getattr(env, "api_before", None), env.api_used
    return [] if before == env.api_used else sorted(set(env.api_pages.values()) & set(env.all_docs))


def public(module):
    """The functions and classes that a module defines and does not keep for itself, in the order of its source."""
    mine = [
        found
        for name, found in vars(module).items()
        if not name.startswith("_") and (inspect.isfunction(found) or inspect.isclass(found)) and found.__module__ == module.__name__
    ]
    return sorted(mine, key=lambda found: inspect.getsourcelines(inspect.unwrap(found))[1])


def signed(found):
    """The arguments of a function or class as they are written in its source, without their types: its docstring has those and their shapes."""
    try:
        signature = inspect.signature(found)
    except ValueError:  # an exception has the arguments of its base, which is not written in Python
        return ""
    bare = [each.replace(annotation=each.empty, default=written(each.default)) for each in signature.parameters.values()]
    return re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", str(signature.replace(parameters=bare, return_annotation=signature.empty)))


class Written(str):
    """What stands in a signature as it is."""

    __repr__ = str.__str__


def written(default):
    """A default; of a file of the package its place there, not where the package is on the machine that builds the book."""
    return (
        Written(f"Path({default.relative_to(SOURCE).as_posix()!r})") if isinstance(default, Path) and SOURCE in default.parents else default
    )


def link(here, env, name, words):
    """A reference from the page `here` to a function's place, or its bare name where no page has it."""
    page = env.api_pages.get(name.rpartition(".")[0])
    literal = nodes.literal("", words)
    return nodes.reference("", "", literal, refuri=f"{relative(here, page)}#{name}", internal=True) if page else literal


def relative(here, there):
    return posixpath.relpath(f"{there}.html", posixpath.dirname(here))


class Docstring(NumpyDocstring):
    """A docstring taken apart: `sections` of fields, [(title, [(name, type, lines of words)])]; all else stays in `lines()`."""

    def __init__(self, text, config=None):
        self.sections = []
        self._sections = {title.lower(): self._fields for title in FIELDS} | {title.lower(): self._words for title in WORDS}
        super().__init__(text, config or Config(napoleon_preprocess_types=False))

    def _fields(self, title):
        self.sections.append((title, self._consume_fields(prefer_type=title not in NAMED)))
        return []

    def _words(self, title):
        self.sections.append((title, [("", "", self._dedent(self._consume_to_next_section()))]))
        return []


def documented(text, here):
    """A docstring as nodes: its words, then each section with a line for each of its fields."""
    read = Docstring(text)
    made = plain("\n".join(read.lines()).strip("\n"), here)
    for title, fields in read.sections:
        made.append(nodes.rubric("", title))
        if title in WORDS:
            made += plain("\n".join(fields[0][2]).strip("\n"), here)
        else:
            made.append(nodes.bullet_list("", *(nodes.list_item("", field(*each, here)) for each in fields)))
    return made


def field(name, kind, said, here):
    """One line of a list: `scale` : float, default 1. What it is."""
    made = nodes.paragraph("", "", nodes.literal("", name.replace("\\", ""))) if name else nodes.paragraph()
    said = ". ".join(filter(None, [kind, " ".join(filter(None, map(str.strip, said)))]))
    made += [nodes.Text(" : " if name and said else ""), *words(said, here).children]
    return made


def plain(text, here):
    """Words as nodes: paragraphs, lists of "name : words", indented code; `names` in code, equations as links."""
    made = []
    for block in filter(str.strip, re.split(r"\n\s*\n", text)):
        lines = block.splitlines()
        if all(line.startswith("    ") for line in lines):
            made.append(nodes.literal_block(block, inspect.cleandoc(block), language="none"))
        elif sum(bool(LISTED.match(line)) for line in lines) > 1:
            items = []
            for line in lines:  # a line that names nothing goes on with the one before
                if LISTED.match(line) or not items:
                    items.append(line)
                else:
                    items[-1] += f" {line.strip()}"
            made.append(nodes.bullet_list("", *(nodes.list_item("", words(item, here)) for item in items)))
        else:
            made.append(words(" ".join(map(str.strip, lines)), here))
    return made


def words(text, here):
    made, end = nodes.paragraph(), 0
    for found in NAMES.finditer(text):
        made += nodes.Text(text[end : found.start()])
        end = found.end()
        if found[1]:
            made += nodes.literal("", found[1])
        else:
            made += nodes.reference("", f"({found[2]})", refuri=f"{relative(here, NOTATION)}#equation-{found[2]}", internal=True)
    made += nodes.Text(text[end:])
    return made


class Package(SphinxDirective):
    """What some modules hold, a section each."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        return [self.module(name) for name in self.arguments[0].split()]

    def module(self, name):
        module = importlib.import_module(f"{book_uses.PACKAGE}.{name}")
        made = self.section(module.__name__, name, *plain(inspect.getdoc(module), self.env.docname))
        for found in public(module):
            made += self.entry(module, found)
        return made

    def entry(self, module, found):
        name = f"{module.__name__}.{found.__name__}"
        signature = f"{found.__name__}{signed(found)}"
        made = self.section(name, found.__name__, nodes.literal_block(signature, signature, language="python"))
        made += documented(inspect.getdoc(found) or "", self.env.docname)
        if inspect.isclass(found):
            made += self.methods(found)
        made += self.used(name)
        lines, first = inspect.getsourcelines(inspect.unwrap(found))
        path = Path(module.__file__).resolve().relative_to(ROOT).as_posix()
        place = f"{path}#L{first}-L{first + len(lines) - 1}"
        source = "".join(lines)
        made += nodes.raw("", f'<details class="td-code"><summary>Source of {found.__name__}</summary>', format="html")
        made += nodes.literal_block(source, source, language="python")
        made += nodes.raw("", f'</details><span class="td-source" data-source="{place}"></span>', format="html")
        return made

    def section(self, name, title, *inside):
        made = nodes.section("", nodes.title("", "", nodes.literal("", title)), *inside, ids=[name], names=[name])
        self.state.document.note_explicit_target(made, made)
        return made

    def methods(self, cls):
        """The public methods that a class defines, with their first lines."""
        items = []
        for name, found in vars(cls).items():
            found = getattr(found, "__func__", found)
            if not name.startswith("_") and inspect.isfunction(found) and found.__doc__:
                item = nodes.paragraph("", "", nodes.literal("", f"{name}{signed(found)}"), nodes.Text(": "))
                item += words(inspect.getdoc(found).split("\n\n")[0].replace("\n", " "), self.env.docname).children
                items.append(nodes.list_item("", item))
        return [nodes.bullet_list("", *items)] if items else []

    def used(self, name):
        chapters = self.env.api_used.get(name)
        if not chapters:
            return []
        made = nodes.paragraph("", "Used in ", classes=["td-used"])
        for place, chapter in enumerate(chapters):
            number = int(posixpath.basename(chapter)[:2])
            made += nodes.Text(", " if place else "")
            made += nodes.reference("", f"Chapter {number}", refuri=relative(self.env.docname, chapter), internal=True)
        made += nodes.Text(".")
        return [made]


class LinkFunctions(SphinxTransform):
    """In a chapter: under each picture and widget what draws it, and at the end the functions that the chapter uses."""

    default_priority = 400

    def apply(self):
        here = self.env.docname
        if not here.startswith("chapters/"):
            return
        names = book_uses.Names()
        for cell in list(self.document.findall(lambda n: isinstance(n, nodes.container) and n.get("nb_element") == "cell_code")):
            code = next(cell.findall(is_source), None)  # None where the cell is told to hide it for good
            output = next(iter(cell.findall(lambda n: isinstance(n, nodes.container) and n.get("nb_element") == "cell_code_output")), None)
            tree = book_uses.parsed(code.astext()) if code is not None else None
            if tree is None:
                continue
            names.read(tree)
            shown = names.shown(tree)
            module = (shown or "").removeprefix(f"{book_uses.PACKAGE}.").rpartition(".")[0]
            if output is not None and module.startswith(("figures", "widgets")):
                words_ = "The widget is " if module.startswith("widgets") else "Drawn by "
                short = f"{module.split('.')[0]}.{shown.rpartition('.')[2]}"
                cell += nodes.paragraph("", words_, link(here, self.env, shown, short), classes=["td-drawn"])
        self.document.next_node(nodes.section).append(self.functions(here))

    def functions(self, here):
        made = nodes.section("", nodes.title("", "Functions used here"), ids=["functions-used-here"], names=["functions used here"])
        modules = {}
        for name in book_uses.uses(ROOT / f"{here}.ipynb"):
            modules.setdefault(name.rpartition(".")[0], []).append(name)
        items = []
        for module, found in sorted(modules.items()):
            line = nodes.paragraph("", f"{module.removeprefix(f'{book_uses.PACKAGE}.')}: ")
            for place, name in enumerate(sorted(found)):
                line += [nodes.Text(", " if place else ""), link(here, self.env, name, name.rpartition(".")[2])]
            items.append(nodes.list_item("", line))
        made += nodes.bullet_list("", *items, classes=["td-functions"])
        return made


def is_source(node):
    """Whether a node is the code of a cell, and not text that it printed or the words of its picture."""
    return isinstance(node, nodes.literal_block) and node.parent.get("nb_element") == "cell_code_source"


def with_sources(body, address):
    """A page's text with links to the sources of functions and tests, where the book has a repository; chapters by their pages."""
    body = CHAPTERS.sub(r"\1.html", body)

    def source(found):
        return f'<p class="td-used"><a href="{address}/blob/main/{found[1]}">In the repository</a></p>' if address else ""

    def test(found):
        shown = f"<code>{html.escape(found['shown'])}</code>"
        return f'<a href="{address}/blob/main/{found["path"]}#L{line_of(found["path"], found["name"])}">{shown}</a>' if address else shown

    return TESTS.sub(test, SOURCES.sub(source, body))


def line_of(path, name):
    """The line of a test's `def`; 1 where the file has none."""
    text = (ROOT / path).read_text("utf8")
    found = re.search(rf"^def {name}\(", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
