"""*Hand in*, below a chapter's last exercise: a block that makes one notebook of what a reader answered there (site/exercises/hand_in.js).

The chapter's notebook, without its outputs, lies beside the pages as a script, so that it comes at a click, from a folder as well.
"""

import hashlib
import json
from html import escape
from pathlib import Path

import book_cells
import book_guesses

from tokendynamics import __version__
from tokendynamics.exercises import EXERCISES
from tokendynamics.exercises._verdict import judge_of

FOLDER = "hand-in"
AS = {"table": "words"}
BLOCK = """\
<div class="td-hand-in" role="group" aria-label="Hand in" data-exercises="{numbers}" data-file="{file}"{late}>
<p><strong>Hand in.</strong> This makes one file, a notebook with your answers and your cells, for you to pass on. Nothing is sent.</p>
<form><label><span>Your name</span> <input type="text" autocomplete="name" maxlength="100"></label> <button type="submit">Hand in</button></form>
<p class="td-hand-in-what"></p>
<p role="status"></p>
</div>
"""


def block(numbers, file):
    """What stands below the last exercise of a page with the exercises `numbers`."""
    late = "".join(f' data-{name}="{escape(address)}"' for name, address in book_guesses.addresses().items())
    return BLOCK.format(numbers=" ".join(numbers), file=escape(file), late=late)


def address(path, repository=""):
    """Where the script of a chapter's notebook lies, seen from the page's scripts, with a version."""
    made_of = path.read_bytes() + Path(__file__).read_bytes() + f"{__version__} {repository}".encode()
    return f"{FOLDER}/{path.stem}.js?v={hashlib.sha256(made_of).hexdigest()[:8]}"


def write(folder):
    """Write the script of each chapter with exercises, out of the notebooks that a built book gives."""
    place = Path(folder) / "_static" / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted((Path(folder) / "_sources/chapters").glob("*.ipynb")):
        given = handed_out(path)
        if given["exercises"]:
            (place / f"{path.stem}.js").write_text(f"window.tdHandIn={json.dumps(given, ensure_ascii=False)}\n", "utf8")


def handed_out(path):
    """{version, chapter, exercises, notebook}: what the page needs of a chapter to make a file of it."""
    notebook = json.loads(path.read_text("utf8"))
    exercises = {}
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
            if (found := book_cells.EXERCISE.search(cell["source"])) and "..." in cell["source"]:
                exercises[found[1]] = {"cell": cell["id"], **written_as(found[1], cell["source"])}
    return {"version": __version__, "chapter": path.stem, "exercises": exercises, "notebook": notebook}


def written_as(number, source):
    """How an answer of the exercise's field is written in its cell: {as: names of a dictionary, or "words"}; {} as it comes, or for no field."""
    rules = getattr(judge_of(EXERCISES[number]), "rules", None)
    if not rules:
        return {}
    if f'check("{number}", ...)' not in source:
        raise ValueError(f'exercise {number} has a field, so its cell must hold check("{number}", ...)')
    if rules.get("none"):
        return {"as": list(rules["entries"])}
    return {"as": AS[rules["kind"]]} if rules["kind"] in AS else {}
