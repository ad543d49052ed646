"""Start a chapter from new_chapter.ipynb, an example that passes every test. `make chapter` calls this.

    .venv/bin/python tests/notebooks/new_chapter.py 08_something "The title"
    .venv/bin/python tests/notebooks/new_chapter.py --remove 08_something

It writes chapters/08_something.ipynb and a line for it in the table of contents, _toc.yml, and on the front page, index.ipynb.
What the example says is for you to replace.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
TEMPLATE = Path(__file__).with_name("new_chapter.ipynb")


def last_chapter(root):
    """The name of the last chapter in the table of contents."""
    return re.findall(r"(?m)^ +- file: chapters/(\w+)$", (root / "_toc.yml").read_text("utf8"))[-1]


def add(root, name, title):
    """Write the chapter `name` and its two lines. ValueError, and nothing written, for a name or a title that cannot be."""
    last = last_chapter(root)
    number = int(last[:2]) + 1
    if not re.fullmatch(rf"{number:02}_[a-z0-9]+(_[a-z0-9]+)*", name):
        raise ValueError(f"NAME must be {number:02}_ and words in small letters, as the last chapter is {last}; got {name!r}")
    if not title.strip() or re.search(r'[\[\]"\n]', title):
        raise ValueError(f"TITLE must be words without brackets or quotation marks; got {title!r}")
    chapter = nbformat.read(TEMPLATE, as_version=4)
    chapter.cells[0].source = chapter.cells[0].source.replace("# NUMBER · TITLE", f"# {number} · {title.strip()}")
    path = root / "chapters" / f"{name}.ipynb"
    if path.exists():
        raise ValueError(f"{path.relative_to(root)} is there already; make chapter never writes over one")
    store(chapter, path)
    edit(root / "_toc.yml", f"      - file: chapters/{last}\n", f"      - file: chapters/{last}\n      - file: chapters/{name}\n")
    on_front_page(
        root,
        lambda lines: [*lines, f"- [{number} · {title.strip()}](chapters/{name}.ipynb). Say in one sentence what a reader will see there."],
    )
    return path


def remove(root, name):
    """Take the last chapter out again, and its two lines. ValueError for any other, whose number others rely on."""
    if name != last_chapter(root):
        raise ValueError(f"NAME must be the last chapter, {last_chapter(root)}; got {name!r}")
    on_front_page(root, lambda lines: [line for line in lines if f"(chapters/{name}.ipynb)" not in line])
    edit(root / "_toc.yml", f"      - file: chapters/{name}\n", "")
    (root / "chapters" / f"{name}.ipynb").unlink()
    for built in (root / "_build" / "html").rglob(f"{name}.*"):  # the builder leaves pages that are gone
        built.unlink()


def edit(path, old, new):
    path.write_text(path.read_text("utf8").replace(old, new), "utf8", newline="\n")


def on_front_page(root, change):
    """Change the lines of the front page's list of chapters, which are those that begin with a link to one."""
    path = root / "index.ipynb"
    page = nbformat.read(path, as_version=4)
    for cell in page.cells:
        lines = cell.source.splitlines()
        places = [i for i, line in enumerate(lines) if re.match(r"- \[\d+ · .*\]\(chapters/\w+\.ipynb\)", line)]
        if places:
            first, end = places[0], places[-1] + 1
            cell.source = "\n".join(lines[:first] + change(lines[first:end]) + lines[end:])
    store(page, path)


def store(notebook, path):
    path.write_text(nbformat.writes(notebook) + "\n", "utf8", newline="\n")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("title", nargs="?", default="")
    parser.add_argument("--remove", action="store_true", help="take the last chapter out again")
    options = parser.parse_args(arguments)
    try:
        if options.remove:
            remove(ROOT, options.name)
            print(f"chapters/{options.name}.ipynb is out again. Its solutions, claims and pictures, if it had any, are yours to remove.")
        else:
            path = add(ROOT, options.name, options.title).relative_to(ROOT)
            print(f"{path} is there, and in _toc.yml and index.ipynb. Write it, then: .venv/bin/python tests/notebooks/store.py {path}")
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
