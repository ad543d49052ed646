"""Which functions of the package a notebook's cells use: read from the code, not from a run."""

import ast
import importlib
import inspect
import json
from functools import cache
from pathlib import Path

PACKAGE = "tokendynamics"


@cache
def _import(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


@cache
def resolve(dotted):
    """The name under which a function or class of the package was defined, from any name that leads to it; else None.

    `tokendynamics.force` is tokendynamics.attention.force, and `tokendynamics.widgets.ForceLab.preset` is the class.
    """
    parts = dotted.split(".")
    if parts[0] != PACKAGE:
        return None
    found, name = _import(PACKAGE), PACKAGE
    for part in parts[1:]:
        name += f".{part}"
        found = getattr(found, part, None) or (_import(name) if inspect.ismodule(found) else None)
        if inspect.isfunction(found) or inspect.isclass(found):
            found = inspect.unwrap(found)
            return f"{found.__module__}.{found.__qualname__}" if found.__module__.startswith(PACKAGE) else None
    return None


class Names:
    """The names that a notebook's imports have bound so far, and what the package calls them."""

    def __init__(self):
        self.bound = {}

    def read(self, tree):
        """Take in the imports of one cell; return the functions and classes of the package that it names, in order."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.bound |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                self.bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        whole = [node for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute))]
        return list(dict.fromkeys(filter(None, map(self.of, whole))))

    def of(self, node):
        """What an expression such as `figures.curves` is called in the package, or None."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.bound:
            return None
        return resolve(".".join([self.bound[node.id], *reversed(parts)]))

    def shown(self, tree):
        """The function or class whose call is the last line of a cell, or has its name there: what draws the picture under it; or None."""
        last = tree.body[-1] if tree.body else None
        call = last.value if isinstance(last, ast.Expr) else None
        if isinstance(call, ast.Name):
            made = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == call.id]
            call = made[-1] if made else None
        return self.of(call.func) if isinstance(call, ast.Call) else None


def parsed(source):
    """The tree of a cell, without the lines that only IPython reads."""
    return ast.parse("\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()))


@cache
def uses(path):
    """The functions and classes of the package that a notebook uses, in the order of their first use."""
    names, found = Names(), []
    for cell in json.loads(Path(path).read_text("utf8"))["cells"]:
        if cell["cell_type"] == "code":
            found += names.read(parsed("".join(cell["source"])))
    return list(dict.fromkeys(found))
