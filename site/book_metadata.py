"""How a page is found and passed on: its description, its card where somebody shares it, how it is cited, the map of the site.

Cards, canonical addresses and the map need to know where the book is published; without that there are descriptions only.
"""

import html
import itertools
import json
import re
from pathlib import Path

from docutils import nodes

LONGEST = 160  # characters of a description that search engines show
NOT_PAGES = {"genindex", "search", "py-modindex"}
BOOK = json.loads((Path(__file__).parents[1] / "src/tokendynamics/widgets/ui/save/book.json").read_text("utf8"))  # widgets cite by it too
YEAR = BOOK["date"][:4]
CITE = """<details class="td-cite"><summary>Cite {what}</summary>
<p>{line}</p>
<div class="highlight-bibtex notranslate"><div class="highlight"><pre>{entry}</pre></div></div>
</details>
"""


def published(repository):
    """Where GitHub Pages serves a repository https://github.com/OWNER/NAME; "" for none."""
    if not repository:
        return ""
    owner, name = repository.removeprefix("https://github.com/").split("/")
    return f"https://{owner.lower()}.github.io/" + ("" if name.lower() == f"{owner.lower()}.github.io" else f"{name}/")


def description(doctree):
    """A page's first paragraphs, as much of them as fits."""
    paragraphs = (p.astext() for p in doctree.findall(nodes.paragraph) if isinstance(p.parent, nodes.section))
    words = re.sub(r"\s+", " ", " ".join(itertools.islice(paragraphs, 3)).replace("\\", "")).strip()
    if len(words) > LONGEST:
        words = words[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:–") + "…"
    return words


def tags(title, words, address, page, image):
    """The `<meta>` tags of a page; `image` is a path below the address, or None."""
    name = html.escape(re.sub(r"<[^>]+>", "", title), quote=True)
    words = html.escape(words, quote=True)
    found = [("name", "description", words), ("property", "og:title", name), ("property", "og:description", words)]
    found += [
        ("property", "og:type", "article"),
        ("property", "og:site_name", "Tokens in motion"),
        ("name", "twitter:card", "summary_large_image"),
    ]
    if address:
        found.append(("property", "og:url", f"{address}{page}.html"))
        found += [("property", "og:image", f"{address}{image}")] if image else []
    return "\n".join(f'<meta {kind}="{key}" content="{value}" />' for kind, key, value in found if value)


def cited(shown, link):
    """A line for a list of sources; `shown` is a part of the book, "" for all of it, and `link` may be "". As ui/save/book.js has it."""
    part = ", ".join(filter(None, (shown, link)))
    return f"{BOOK['authors']} ({YEAR}). {BOOK['title']} (version {BOOK['version']}).{part and f' {part}.'}"


def bibtex(shown, link, key=""):
    """The same as BibTeX."""
    fields = {"author": f"{{{BOOK['authors']}}}", "title": f"{{{BOOK['title']}}}", "year": YEAR, "version": BOOK["version"]}
    fields |= {name: value for name, value in (("note", shown), ("url", link)) if value}
    return "".join([f"@misc{{tokensinmotion{YEAR}{key},\n", *(f"  {name} = {{{value}}},\n" for name, value in fields.items()), "}\n"])


def how_to_cite(page, title, address):
    """What stands at the foot of the front page and of a chapter; nothing on other pages."""
    if page == "index":
        what, shown, link, key = "the book", "", address, ""
    elif page.startswith("chapters/"):
        number, _, name = html.unescape(re.sub(r"<[^>]+>", "", title)).partition(" · ")
        what, shown, link, key = "this chapter", f"Chapter {number}, {name}", address and f"{address}{page}.html", f"chapter{number}"
    else:
        return ""
    return CITE.format(what=what, line=html.escape(cited(shown, link)), entry=html.escape(bibtex(shown, link, key)))


def write_map(folder, address):
    """sitemap.xml and robots.txt, for a book with an address."""
    folder = Path(folder)
    pages = sorted(
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*.html")
        if not {"_static", "embed"} & set(p.relative_to(folder).parts) and p.stem not in NOT_PAGES
    )
    lines = [f"  <url><loc>{address}{page.removesuffix('index.html') if page == 'index.html' else page}</loc></url>" for page in pages]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    (folder / "sitemap.xml").write_text(head + "\n".join(lines) + "\n</urlset>\n", "utf8")
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n", "utf8")
