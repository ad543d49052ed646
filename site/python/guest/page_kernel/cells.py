"""A cell: its code runs in the session, and its last expression is shown."""

import ast
import builtins
import linecache
import sys
import tokenize
from io import StringIO

from . import shown, streams, told

SESSION = sys.modules["__main__"].__dict__


def begin():
    for name in [name for name in SESSION if not name.startswith("__")]:
        del SESSION[name]
    builtins.display = shown.display


def run(code, name):
    told.cells.add(name)
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    streams.anew()
    try:
        value = evaluated(code, name)
        if value is not None:
            SESSION["_"] = value
            if hasattr(value, "_ipython_display_"):
                shown.display(value)
            else:
                shown.show(*shown.bundle(value), kind="result")
    except BaseException as error:  # SystemExit too: a cell ends itself, not the session
        shown.say("error", **told.of(error, name))
    draw(name)
    streams.flush()
    if comms := sys.modules.get(f"{__package__}.comms"):  # where there are widgets
        comms.flush()


def evaluated(code, name):
    """Run a cell; the value of its last expression, where it ends in one and in no semicolon."""
    plain = told.without_magics(code)
    tree = ast.parse(plain, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), SESSION)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), name, "eval"), SESSION)
    return None if quiet(plain) else value


def quiet(code):
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER)
    tokens = [token.string for token in tokenize.generate_tokens(StringIO(code).readline) if token.type not in skipped]
    return tokens[-1:] == [";"]


def draw(name):
    """Figures that are still open are shown, as a notebook does."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_fignums():
        from . import figures

        try:
            figures.show()
        except Exception as error:
            shown.say("error", **told.of(error, name))
