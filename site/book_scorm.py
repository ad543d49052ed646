"""A chapter as a lesson of an LMS: a zip by SCORM 1.2, made of the built book.

    python site/book_scorm.py 3             writes _build/scorm-3.zip
    python site/book_scorm.py 3 --cells     with Python, so that its cells run

`make scorm CHAPTER=3`, with CELLS=yes for Python, calls this. The page comes with the files that it needs, each where it is in the book, and with
one script more (site/scorm), which puts answers and score into the LMS's record. What leads out of the chapter leads to the book where that has
an address (BOOK_URL in the environment, or a book that was built with its repository), and is plain text where it has none.
"""

import argparse
import os
import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import book_assets
import book_cells
import book_exercises
import book_offline
import book_python
import book_safety
from bs4 import BeautifulSoup
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).parent / "scorm/static/scorm.js"
RUNS = "_static/scorm.js"
MANIFEST = "imsmanifest.xml"
CHAPTERS = range(1, 8)
IMS, ADL = "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2"
# what leads to other pages from around the chapter, and from its exercises to their solutions
AROUND = (
    "#pst-primary-sidebar, #pst-primary-sidebar-modal, .primary-toggle, #pst-search-dialog, .search-button, .prev-next-footer, .td-offline, "
    "#exercises a[href*='sol-'], meta[http-equiv=Content-Security-Policy], link[rel=index], link[rel=search], link[rel=next], link[rel=prev]"
)
PYTHON = ".tc-data, .tc-run-page, .tc-run, script[src*='cells.js']"
TEXTS = (".html", ".js", ".css")


class AsWritten(HTMLFormatter):
    """Attributes in their order, by which the other modules of the build know their places."""

    def attributes(self, tag):
        return tag.attrs.items()


def package(folder, chapter, out, cells=False, address=""):
    """Write the package of a chapter.

    Parameters
    ----------
    folder : path of the built book
    chapter : int, 1 to 7
    out : path of the zip
    cells : bool
        Whether Python comes too.
    address : str
        Where the book is published, "" for nowhere.
    """
    folder = Path(folder)
    page = next((folder / "chapters").glob(f"{chapter:02}_*.html")).relative_to(folder).as_posix()
    if cells and not (folder / book_python.FOLDER / "card.json").exists():
        raise ValueError("this book was built without Python in its pages: build it without BOOK_PYTHON=none, and then the package")
    with tempfile.TemporaryDirectory() as made:
        made = Path(made)
        text, title = lesson(folder, page, made, cells, address)
        for name, data in ((page, text.encode()), (RUNS, SCRIPT.read_bytes())):
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)

        def read(name):
            return (made / name if (made / name).exists() else folder / name).read_bytes()

        files = needed(folder, page, read, cells)
    files = {MANIFEST: manifest(chapter, title, page, sorted(files))} | dict(sorted(files.items()))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, book_offline.DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            book.writestr(entry, data)
    return out


def lesson(folder, page, made, cells, address):
    """The chapter's page as it stands in an LMS, and its title; the state of its widgets is written into `made`."""
    text = (folder / page).read_text("utf8")
    if not cells:
        runs, _, end = book_exercises.RUNS.partition("{notebook}")
        text = re.sub(
            rf"{re.escape(runs)}(<a [^>]*>notebook</a>){re.escape(end)}",
            lambda found: book_exercises.RUNS_NOT.format(notebook=found[1]),
            text,
        )
        text = re.sub(r' data-(?:cell|exercise)="[^"]*"', "", text)
    soup = BeautifulSoup(text, "html.parser")
    for element in soup.select(AROUND if cells else f"{AROUND}, {PYTHON}"):
        element.decompose()
    for link in soup.select("a[href]"):
        lead(link, page, address)
    host = soup.select_one("script[data-state]")
    for name in ("data-state", "data-later") if host else ():
        if name in host.attrs:
            host[name] = without_embeds(folder, host[name].partition("?")[0], made)
    first = soup.select_one("script[src*='fields.js']") or soup.select("head script[src]")[-1]
    first.insert_before(soup.new_tag("script", src=f"../{RUNS}", defer=""))
    title = soup.select_one("article h1")
    words = title.get_text().removesuffix("#").strip()
    return book_safety.with_policy(soup.decode(formatter=AsWritten(EntitySubstitution.substitute_xml))), words


def lead(link, page, address):
    """A link stays on its page, opens a window of its own, or becomes its words."""
    there = urlsplit(urljoin(page, link["href"]))
    if there.scheme or there.netloc:
        link["target"], link["rel"] = "_blank", "noopener"
    elif there.path == page and there.fragment:
        link["href"] = f"#{there.fragment}"
    elif there.path.endswith(".html"):
        if not address:
            link.unwrap()
            return
        link["href"] = urljoin(address, there.geturl())
        link["target"], link["rel"] = "_blank", "noopener"


def without_embeds(folder, name, made):
    """Write the state of a page's widgets without the pages of their own, which are in the book alone; its address from host.js."""
    kind, page = book_assets.read_state(folder / "_static" / name)
    for model in page["state"].values():
        model["state"].pop("embed", None)
    (made / book_assets.STATES).mkdir(parents=True, exist_ok=True)
    return book_assets.state_file(made, f"_static/{name.removesuffix('.js')}", kind, page)


def needed(folder, page, read, cells):
    """{name: bytes} of the page and of what it needs: every file beside the pages whose name stands in one that is there already.

    The Python of cells comes whole, or not at all.
    """
    python = (book_python.FOLDER, book_cells.SCRIPTS)
    beside = [
        path.relative_to(folder).as_posix() for part in ("_static", "_images") for path in (folder / part).rglob("*") if path.is_file()
    ]
    beside += [RUNS, f"_sources/{PurePosixPath(page).with_suffix('.ipynb')}"]
    late = [name for name in beside if name.startswith(python)]
    own = PurePosixPath(page).stem
    names = [name for name in beside if name not in late and (own in name or not name.startswith(book_assets.STATES))]
    found, waiting = {}, [page, *(late if cells else [])]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = read(name)
        if name.endswith(TEXTS) and name not in late:
            words = set(re.findall(r"[\w.-]+", found[name].decode("utf8")))
            waiting += [other for other in names if other not in found and PurePosixPath(other).name in words]
    return found


def manifest(chapter, title, page, files):
    """What the package is, for the LMS: one lesson with one page, and all files by their names."""
    ElementTree.register_namespace("", IMS)
    ElementTree.register_namespace("adlcp", ADL)

    def part(within, name, text=None, **attributes):
        made = ElementTree.SubElement(within, f"{{{IMS}}}{name}", attributes)
        made.text = text
        return made

    root = ElementTree.Element(f"{{{IMS}}}manifest", identifier=f"tokens-in-motion-{chapter}", version="1.0")
    known = part(root, "metadata")
    part(known, "schema", "ADL SCORM")
    part(known, "schemaversion", "1.2")
    book = part(part(root, "organizations", default="book"), "organization", identifier="book")
    part(book, "title", f"Tokens in motion: {title}")
    part(part(book, "item", identifier="lesson", identifierref="page"), "title", title)
    whole = part(part(root, "resources"), "resource", identifier="page", type="webcontent", href=page, **{f"{{{ADL}}}scormtype": "sco"})
    for name in files:
        part(whole, "file", href=name)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def published(folder):
    """Where the book is to be found: BOOK_URL, or what its first page says of itself; "" where neither says."""
    front = (folder / "index.html").read_text("utf8")
    said = re.search(r'<meta property="og:url" content="([^"]*)index\.html"', front)
    address = os.environ.get("BOOK_URL") or (said[1] if said else "")
    if address and not urlsplit(address).netloc:
        raise ValueError(f"BOOK_URL must be a whole address such as https://example.org/book/; got {address!r}")
    return f"{address.rstrip('/')}/" if address else ""


def main(arguments=None):
    """Write the package of a chapter for an LMS, by SCORM 1.2."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("chapter", type=int, choices=CHAPTERS)
    parser.add_argument("--cells", action="store_true", help="bring Python along, so that the cells run: 24 MB more")
    parser.add_argument("--html", type=Path, default=ROOT / "_build" / "html", help="the folder of the built book")
    parser.add_argument("--out", type=Path, help="the zip to write")
    options = parser.parse_args(arguments)
    folder = options.html.resolve()
    out = options.out or ROOT / "_build" / f"scorm-{options.chapter}.zip"
    try:
        package(folder, options.chapter, out, options.cells, published(folder))
    except ValueError as error:
        parser.error(str(error))
    print(f"For an LMS: {out} ({out.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
