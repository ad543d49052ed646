"""An error as a reader needs it: the lines of the cells, the last line of a package, and which line of this cell it was."""

import os
import re
import traceback

NOT_HERE = "A page brings numpy, matplotlib, plotly’s graph_objects and the book’s package. Others come where a notebook runs: in JupyterLab, on Binder or in Colab."
HERE = os.path.dirname(__file__)
INLINE = re.compile(r"^(\s*)%(matplotlib|config|load_ext|autoreload)\b.*", re.MULTILINE)
# what Python adds where a package is missing: there is no environment to put right here
ENVIRONMENT = re.compile(r"\. Site initialization is disabled, .*")
MAGIC = re.compile(r"^\s*(%%?|!)\w")
cells = set()  # what tracebacks call the cells that have run


def of(error, name):
    """What the page is told of an error that a cell raised."""
    shown = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
    shorten(shown)
    lines = "".join(shown.format(colorize=False)).splitlines()
    if isinstance(error, ModuleNotFoundError):
        lines[-1] = ENVIRONMENT.sub("", lines[-1])
        lines.append(NOT_HERE)
    return {"name": type(error).__name__, "value": _value(error), "lines": lines, "line": line(error, name)}


def _value(error):
    try:
        return str(error)
    except Exception:
        return ""


def shorten(shown):
    """Keep the frames of cells, and the innermost one; what this package did is nobody's concern."""
    unread = shown.exc_type_str == "SyntaxError" and shown.filename in cells
    frames = [frame for frame in shown.stack if not frame.filename.startswith(HERE)]
    kept = [frame for i, frame in enumerate(frames) if frame.filename in cells or (i == len(frames) - 1 and not unread)]
    shown.stack = traceback.StackSummary.from_list(kept)
    for other in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if other is not None:
            shorten(other)


def line(error, name):
    """The line of this cell in which it happened, from 1."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    found, here = None, error.__traceback__
    while here is not None:
        if here.tb_frame.f_code.co_filename == name:
            found = here.tb_lineno
        here = here.tb_next
    return found


def without_magics(code):
    """The cell without the settings that a notebook takes and a page need not; other commands of IPython are no Python."""
    code = INLINE.sub(r"\1pass", code)
    for number, text in enumerate(code.splitlines(), 1):
        if MAGIC.match(text) and not _inside_text(code):
            raise NotImplementedError(f"a page runs Python alone: line {number} is a command of IPython, {text.strip()}")
    return code


def _inside_text(code):
    """Whether the code is Python as it stands, with the % or ! inside a string or a formula."""
    try:
        compile(code, "cell", "exec")
    except SyntaxError:
        return False
    return True
