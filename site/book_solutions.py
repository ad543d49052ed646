"""A book for a class: with BOOK_SOLUTIONS=none set (`make book SOLUTIONS=none`) it has no worked solutions, and no link to them.

The pages of the solutions leave the table of contents, and what speaks of them leaves the text: the link behind an exercise, sentences
with a link to such a page, and the few other words that WORDS names. The notebooks that readers download are treated alike.
"""

import json
import os
import re
from pathlib import Path

import yaml
from sphinx.errors import ConfigError

ROOT = Path(__file__).parents[1]
PAGES = "back/solutions_"
LINK = re.compile(r" ?\[Solution\]\(#sol-[\d-]+\)")
SENTENCE = re.compile(r"[^.\n]*\]\((?:\.\./back/)?solutions_\d+\.\w+[^)]*\)[^.\n]*\.(?: |$)?", re.MULTILINE)
WORDS = {  # by page: what is said of solutions, and what instead
    "index": (("solutions to the exercises, ", ""), (" Each exercise has a worked solution.", "")),
    "back/teaching": (
        ("The worked solutions are on the site, where students will find them, so set exercises", "Set exercises"),
        ("Read their solutions, then", "Then read"),
        ("Solutions open in the same way", "Other pages open in the same way"),
    ),
}


def wanted():
    """Whether the book has its solutions: BOOK_SOLUTIONS is not set, or it is none."""
    value = os.environ.get("BOOK_SOLUTIONS", "")
    if value not in ("", "none"):
        raise ConfigError(f"BOOK_SOLUTIONS must be none, or not be set; got {value!r}")
    return not value


def setup(app):
    app.add_config_value("book_solutions", True, "env")  # a book of the other kind is read anew
    app.connect("config-inited", configure, priority=50)
    app.connect("source-read", leave_out)
    app.connect("build-finished", leave_out_of_copies, priority=100)


def configure(app, config):
    config.book_solutions = wanted()
    if not config.book_solutions:
        toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
        for part in toc["parts"]:
            part["chapters"] = [entry for entry in part["chapters"] if not entry["file"].startswith(PAGES)]
        path = Path(app.outdir) / ".." / "toc-without-solutions.yml"
        path.write_text(yaml.safe_dump(toc, sort_keys=False), "utf8")
        config.external_toc_path = str(path.resolve())
        config.exclude_patterns.append(f"{PAGES}*")
        for old in (*Path(app.outdir).glob(f"{PAGES}*"), *Path(app.outdir).glob(f"_sources/{PAGES}*")):
            old.unlink()  # of a book with solutions, built here before


def leave_out(app, page, source):
    if not app.config.book_solutions:
        source[0] = left(source[0], page)


def leave_out_of_copies(app, exception):
    if app.config.book_solutions or exception or app.builder.format != "html":
        return
    copies = Path(app.outdir) / "_sources"
    for path in [*copies.rglob("*.ipynb"), *copies.rglob("*.md")]:
        path.write_text(left(path.read_text("utf8"), path.relative_to(copies).with_suffix("").as_posix()), "utf8")


def left(source, page):
    """The source of a page without what speaks of solutions."""
    if not source.lstrip().startswith("{"):
        return without(source, page)
    notebook = json.loads(source)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = without("".join(cell["source"]), page).splitlines(True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def without(text, page):
    """A text without links to solutions, and without what is said of them."""
    text = SENTENCE.sub("", LINK.sub("", text))
    for said, instead in WORDS.get(page, ()):
        text = text.replace(said, instead)
    return text
