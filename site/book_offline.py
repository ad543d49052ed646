"""The whole book in one file, for a train with no signal: every page's footer leads to it.

The zip holds what the folder holds; unpacked, it opens with no server and no network.
"""

import zipfile
from pathlib import Path

import book_assets
import book_cells
import book_python

ZIP = "tokens-in-motion.zip"
DATE = (2026, 1, 1, 0, 0, 0)  # the same zip from the same pages
LINK = '<p class="td-offline"><a href="{up}{zip}" download>The whole book as one file</a>, for reading offline ({size:.0f} MB, most of it the model of Chapter 6).</p>'
FOOTER = '<p class="td-offline">'
PLACE = '<div class="extra_footer">'


def pack(folder):
    """Write the zip of a built book into its folder, then the link to it into each page. The pages in the zip carry no link."""
    folder = Path(folder)
    target = folder / ZIP
    target.unlink(missing_ok=True)
    served = {folder / book_python.FOLDER, folder / book_cells.SCRIPTS}  # a page that was opened from a folder may not load them
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and served.isdisjoint(path.parents)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for path in files:
            entry = zipfile.ZipInfo(f"tokens-in-motion/{path.relative_to(folder).as_posix()}", DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            text = path.read_bytes()
            book.writestr(entry, without_link(text.decode("utf8")).encode() if path.suffix == ".html" else text)
    size = target.stat().st_size / 1e6
    for path in files:
        if path.suffix == ".html":
            page = without_link(path.read_text("utf8"))
            up = book_assets.relative(folder, path.parent) + "/"
            path.write_text(page.replace(PLACE, PLACE + LINK.format(up=up.removeprefix("./"), zip=ZIP, size=size)), "utf8")


def without_link(page):
    start = page.find(FOOTER)
    return page if start < 0 else page[:start] + page[page.index("</p>", start) + len("</p>") :]
