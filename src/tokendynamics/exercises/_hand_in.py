"""A notebook with its author's name in it, as *Hand in* on a page of the book makes it (site/exercises/hand_in.js)."""

import json
import os
import re
import sys
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import _checks
from .._version import __version__

MARK = "tokens_in_motion"  # in a notebook's metadata: {name, version, chapter, made}
MOST = 100  # letters of a name
LONGEST = 120  # bytes of a name in a file's name
TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
FORBIDDEN = '/\\:*?"<>|~'
ASKED = re.compile(r'^check\("(\d+\.[1-9]\d*)"(, \.\.\.)?', re.MULTILINE)
DOTS = re.compile(r"^\s+\.\.\.\s*$", re.MULTILINE)


def written(name: Any, notebook: Any) -> Path:
    """The file that `hand_in` writes."""
    given = tidy(name)
    if not given or len(name) > MOST:
        raise ValueError(f"name must be your name, of at most {MOST} letters; got {_checks._describe(name)}")
    path = _this() if notebook is None else _checks.path("notebook", notebook)
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
        cells = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
        answered = sum(map(_is_written, cells)), sum(bool(ASKED.search(_source(cell))) for cell in cells)
        before = of(found)
        chapter = before["chapter"] if re.fullmatch(r"[\w-]+", str(before.get("chapter", ""))) else path.stem
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"notebook must be a file that can be read as a notebook; got {str(path)!r} ({type(error).__name__})") from None
    target = path.with_name(file_name(given, chapter))
    if target != path:  # a file that was handed in and opened again is one already
        made = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found["metadata"] = found.get("metadata", {}) | {
            MARK: before | {"name": given, "version": __version__, "chapter": chapter, "made": made}
        }
        target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf8", errors="backslashreplace")
    minutes = max(0, round((time.time() - path.stat().st_mtime) / 60))
    print(
        f"“{target.name}” holds what was saved {minutes} minutes ago, {answered[0]} of {answered[1]} exercises answered. Pass it on yourself: nothing is sent."
    )
    return target


def of(notebook: dict[str, Any]) -> dict[str, Any]:
    """{name, version, chapter, made} of a notebook that was handed in; empty for any other."""
    found = notebook.get("metadata", {}).get(MARK)
    return found if isinstance(found, dict) else {}


def tidy(name: Any) -> str:
    """A name on one line, with no sign that turns the writing round; empty for what is no name."""
    text = name[:MOST] if isinstance(name, str) else ""
    kinds = ("Cc", "Cs", "Zl", "Zp")
    return " ".join("".join(" " if letter in TURNS or unicodedata.category(letter) in kinds else letter for letter in text).split())


def file_name(name: str, chapter: str) -> str:
    """The name of the file, for any file system: the author's name without what one of them forbids, and the chapter."""
    plain = re.sub(" +", " ", "".join(map(_plain, unicodedata.normalize("NFC", name))))
    plain = re.sub("^[ .-]+|[ .]+$", "", plain)
    while len(plain.encode()) > LONGEST:
        plain = plain[:-1]
    return f"{plain.rstrip() or 'no name'} - {chapter}.ipynb"


def _plain(letter):
    return " " if letter in FORBIDDEN or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") else letter


def _source(cell):
    return "".join(cell["source"])


def _is_written(cell):
    """Whether an exercise's cell has something where the book's has dots."""
    found = ASKED.search(_source(cell))
    return found is not None and not found[2] and not DOTS.search(_source(cell))


def _this():
    """The file of the notebook that asks, where what runs it tells."""
    if sys.platform in ("wasi", "emscripten"):
        raise ValueError("notebook must be a file, and a page has none: press Hand in below the last exercise of the page")
    told = [os.environ.get("JPY_SESSION_NAME"), vars(sys.modules["__main__"]).get("__vsc_ipynb_file__")]
    for each in filter(None, told):
        for path in (Path(each), Path.cwd() / Path(each).name):
            if path.suffix == ".ipynb" and path.is_file():
                return path
    raise ValueError(
        "notebook must be said, as what runs this does not tell it: hand_in('Your name', notebook='01_tokens_as_particles.ipynb')"
    )
