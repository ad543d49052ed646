"""What lies in a folder of submissions: whose each file is, and why one that cannot be graded is not.

It knows the folders that Moodle, Canvas and Google Classroom give, and takes any other for one folder or one notebook a student.
A name that the platform gave, in a folder's name or with a number in the file's, is the student's. Of other files the name that was typed in
*Hand in* counts, which the notebook holds, and where there is none the file's own.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import _hand_in

MOODLE = re.compile(r"(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)")
CANVAS = re.compile(r"(?P<student>[^\W_]+(?:-[^\W_]+)*)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<rest>.+)")
CLASSROOM = re.compile(r"(?P<student>.+?) - (?P<rest>.+)")
MOST = 30 * 2**20  # bytes of a notebook
NO_NOTEBOOK = "it is not a notebook of format 4"
HIDDEN = {"__MACOSX", ".ipynb_checkpoints"}


@dataclass
class Submission:
    """All that one student handed in."""

    student: str
    id: str = ""  # of the learning platform, where the name of the file or the folder has it
    notebooks: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # what is not graded, and why
    chapters: dict[str, str] = field(default_factory=dict)  # the first file of each, where names were typed
    unread: int = 0  # of the notebooks, since `cells` was called

    def digest(self) -> str:
        """Of what is to be run: the same digest means that nothing has changed."""
        whole = hashlib.sha256()
        for path in self.notebooks:
            whole.update(hashlib.sha256(path.read_bytes()).digest())
        return whole.hexdigest()[:16]

    def cells(self) -> list[str]:
        """The code of its notebooks, one after the other; one that cannot be read is noted in `left`."""
        found = []
        for path in self.notebooks:
            try:
                found += code_cells(path)
            except (ValueError, OSError) as error:
                self.unread += 1
                self.left.append(f"{path.name}: {error}")
        return found


def submissions(folder: Path, ours: set[str]) -> list[Submission]:
    """Every student with a file below `folder`, by name; files named in `ours` are the grader's own."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    shared = _shared_titles(folder)
    found: dict[tuple[str, str], Submission] = {}
    made: dict[Path, str] = {}
    for path in files:
        parts = path.relative_to(folder).parts
        if HIDDEN & set(parts) or path.name.startswith("._") or (len(parts) == 1 and path.name in ours):
            continue
        student, number = whose(parts, shared)
        known = _handed_in(path)
        made[path] = known.get("made", "")
        loose = known and len(parts) == 1 and not number
        if loose:
            student = _typed(path.name, student, known, shared)
        one = found.setdefault((number, "" if number else _folded(student)), Submission(student, number))
        if loose and one.chapters.setdefault(known["chapter"], path.name) != path.name:
            one.left.append(
                f"{path.name}: a second file of this name for {known['chapter']}; is it the same student's? The later one counts"
            )
        if path.suffix.casefold() == ".ipynb":
            one.notebooks.append(path)
        else:
            one.left.append(f"{path.name}: no notebook")
    for one in found.values():
        one.notebooks.sort(key=made.__getitem__)
    return sorted(found.values(), key=lambda one: (_folded(one.student), one.id))


def whose(parts: tuple[str, ...], shared: frozenset[str] = frozenset()) -> tuple[str, str]:
    """(student, id) by the path of a file, from the folder on; `shared` are the titles that several students have."""
    first = parts[0]
    if found := MOODLE.fullmatch(first):
        return found["student"], found["id"]
    if len(parts) > 1:
        return first, ""
    if found := CANVAS.fullmatch(first):
        return found["student"], found["id"]
    if (found := CLASSROOM.fullmatch(first)) and _title(found["rest"]) in shared:
        return found["student"], ""
    return Path(first).stem, ""


def _handed_in(path: Path) -> dict[str, str]:
    """The {name, chapter, made} that *Hand in* wrote into a notebook; empty where it wrote none."""
    if path.suffix.casefold() != ".ipynb":
        return {}
    try:
        known = _hand_in.of(_read(path))
    except (ValueError, OSError):
        return {}
    name = _hand_in.tidy(known.get("name"))
    return {"name": name, "chapter": str(known.get("chapter")), "made": str(known.get("made"))} if name else {}


def _typed(file: str, student: str, known: dict[str, str], shared: frozenset[str]) -> str:
    """Whose a file of no folder is: whose name was typed in *Hand in*, unless the platform has put another one before the file's."""
    own = _letters(Path(_hand_in.file_name(known["name"], known["chapter"])).stem)
    named = CLASSROOM.fullmatch(file)
    if not named or _letters(file).startswith(own):
        return known["name"]
    if _letters(named["rest"]).startswith(own):
        return named["student"]
    return student if _title(named["rest"]) in shared else known["name"]


def _letters(text):
    """A file's name without the signs that browsers and systems change in it."""
    return "".join(filter(str.isalnum, _folded(text)))


def _shared_titles(folder):
    """What stands behind the " - " in the names of at least two files: Google Classroom names files by student and title."""
    titles: dict[str, set[str]] = {}
    for path in folder.iterdir():
        if found := CLASSROOM.fullmatch(path.name):
            titles.setdefault(_title(found["rest"]), set()).add(found["student"])
    return frozenset(title for title, students in titles.items() if len(students) > 1)


def _title(rest):
    return re.sub(r" \(\d+\)(?=\.|$)", "", rest).casefold()


def _folded(name):
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def code_cells(path: Path) -> list[str]:
    """The sources of the code cells of a notebook of format 4, in any encoding of Unicode; ValueError if it is none."""
    try:
        return ["".join(cell["source"]) for cell in _read(path)["cells"] if cell["cell_type"] == "code"]
    except (KeyError, TypeError):
        raise ValueError(NO_NOTEBOOK) from None


def _read(path: Path) -> dict[str, Any]:
    """What a notebook's file holds; ValueError if that is no notebook."""
    if path.stat().st_size > MOST:
        raise ValueError(f"it has more than {MOST >> 20} MB")
    try:
        found = json.loads(decoded(path.read_bytes()))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError(NO_NOTEBOOK) from None
    if not isinstance(found, dict):
        raise ValueError(NO_NOTEBOOK)
    return found


def decoded(data: bytes) -> str:
    """Text in UTF-8 or UTF-16, with a mark at its beginning or without."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if b"\0" in data[:4]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    return data.decode("utf-8-sig")
