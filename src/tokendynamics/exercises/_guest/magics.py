"""Cells as a notebook has them, as Python: commands of IPython and of a shell are left out, or what they stand before is kept."""

import ast
import re

BODY = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b[^\n]*\n")  # magics of a cell whose body is Python
OTHER = re.compile(r"\A\s*%%\w+")  # and those whose body is something else
KEPT = re.compile(r"^(\s*)%(?:time|prun)\s+(?=\S)")  # what follows is Python, and counts
LINE = re.compile(r"^(\s*)(?:[%!?]|\S+\?{1,2}\s*$).*")
GIVEN = re.compile(r"^(\s*[\w., ]+=)\s*[%!].*")


def python(source: str) -> str:
    """A cell without its magics, line for line; what is Python already stays as it is."""
    if _parses(source):
        return source
    source = BODY.sub("\n", source)
    if OTHER.match(source):
        return ""
    if _parses(source):
        return source
    return "\n".join(GIVEN.sub(r"\1 None", LINE.sub(r"\1pass", KEPT.sub(r"\1", line))) for line in source.split("\n"))


def _parses(source):
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
