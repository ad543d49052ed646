"""The built book on paper: every page in one PDF, printed by Chromium, with running heads, page numbers and links that stay inside.

    python site/book_paper.py [--html _build/html] [--out _build/tokens-in-motion.pdf] [PAGE …]

Where a page has a widget or a Plotly figure, paper has its still and the address of the live one. The package's pages come without the sources of
their functions. `make pdf` calls this.
"""

import argparse
import json
import os
import posixpath
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from book_metadata import published
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

# One measure for all that stands on a page: about 80 characters of text, 90 of code.
STYLE = """
@page { size: A4; margin: 24mm 31mm 24mm; @bottom-center { content: counter(page); font: 8.5pt sans-serif; color: #555; } }
html { font-size: 10.8pt; --td-measure: none; --td-step: 1.3rem; }
body { background: #fff; color: #111; }
article { break-before: page; max-width: none; }
article:first-of-type { break-before: auto; }
article.bd-article { font-size: 11.5pt; line-height: 1.42; }
article[id^="back-api-"] { font-size: 10pt; }
.bd-article p { margin-bottom: 0.7rem; }
.bd-article h2 { margin: 2rem 0 0.7rem; }
.bd-article h3 { margin: 1.5rem 0 0.5rem; }
/* a line of a heading keeps its last blank, or the outline would join two words */
h1, h2, h3, h4 { break-after: avoid; break-inside: avoid; white-space: pre-wrap; }
/* what could scroll, or the theme keeps whole, would leave half a page empty */
.bd-article :is(div, pre, table) { overflow: visible !important; break-inside: auto; }
.bd-article div[class*="highlight"] { display: block; }
.bd-article :is(figure, .td-still, .td-display, .td-verdict, tr, img, .td-short) { break-inside: avoid; }
.td-display, .td-drawn, .td-where { break-before: avoid; }
.cell_input:has(.td-short):has(+ .cell_output img) { break-after: avoid; }
/* paper is as narrow as a phone, and cannot be moved sideways */
.bd-article .pst-scrollable-table-container > table { width: auto; max-width: 100%; }
.bd-article .pst-scrollable-table-container :is(td, th) { max-width: none; overflow-wrap: break-word; }
thead { display: table-header-group; }
p, li, pre { orphans: 3; widows: 3; }
.bd-article .highlight pre, .bd-article div.cell div.cell_output pre { font-size: 7.6pt; line-height: 1.4; padding: 1.5mm; white-space: pre-wrap; }
.td-later { display: block !important; }
.td-still { display: block !important; text-align: center; }
/* a picture with no room left goes to the next page: none is so high that much of this one stays empty */
.td-still img, .bd-article img { max-width: 100%; max-height: 74mm; width: auto; height: auto; margin-inline: auto; }
.td-where { font-size: 8.5pt; text-align: center; margin: 1mm 0 4mm; overflow-wrap: anywhere; }
.headerlink, .copybtn, button, .prev-next-area, script, noscript { display: none !important; }
"""
HEAD = """
@page sheet-{number} {{ @top-left {{ content: "Tokens in motion"; font: 8.5pt sans-serif; color: #555; }} @top-right {{ content: {words}; font: 8.5pt sans-serif; color: #555; }} }}
article.sheet-{number} {{ page: sheet-{number}; }}"""
SHORT = 12  # lines of code that stay together


def order(toc):
    """The pages of the book as it is read, from `_toc.yml`."""
    pages = [toc["root"]]
    for part in toc.get("parts", [{"chapters": toc.get("chapters", [])}]):
        for entry in part["chapters"]:
            pages += [entry["file"], *(below["file"] for below in entry.get("sections", []))]
    return pages


def one_page(folder, pages, address=""):
    """One HTML text with the articles of all pages; every id carries the name of its page."""
    sheets, heads, articles = {}, [], []
    for number, name in enumerate(pages):
        soup = BeautifulSoup((Path(folder) / f"{name}.html").read_text("utf8"), "html.parser")
        for link in soup.select('link[rel~="stylesheet"]'):
            sheets[inside(name, urlsplit(link["href"]).path)] = True
        article = soup.select_one("article.bd-article")
        if article is None:
            raise ValueError(f"{name}.html holds no article; was it built by this book?")
        for element in article.select("script, .td-place, dialog, details.above-input, details.td-code"):
            element.decompose()
        for element in article.select("details"):
            element["open"] = ""  # what a click would show, paper shows
            element.attrs.pop("name", None)  # of those that share one, a browser opens one
        for live in article.select(".td-live, .td-later, .td-figure"):
            place = live.find_parent(id=True)
            live.append(where(soup, address, name, place["id"] if place else ""))
        for element in article.select("[id]:not(svg *)"):  # parts of a picture are named in it
            element["id"] = anchor(name, element["id"])
        for image in article.select("img[src]"):
            image["src"], image["loading"] = inside(name, image["src"]), "eager"
        for link in article.select("a.td-show"):
            link.unwrap()
        for link in article.select("a[href]"):
            link["href"] = target(name, link["href"], pages, address)
        for formula in article.select(":is(h1, h2, h3, h4) .katex"):
            formula.replace_with(in_words(soup, formula))
        for code in article.select("pre"):
            if code.get_text().count("\n") <= SHORT:
                code["class"] = [*code.get("class", []), "td-short"]
        article["id"] = anchor(name, "")
        article["class"] = [*article["class"], f"sheet-{number}"]
        if number:  # the first page is the book's title
            heads.append(HEAD.format(number=number, words=json.dumps(title(article), ensure_ascii=False)))
        articles.append(str(article))
    links = "\n".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    head = f'<meta charset="utf-8"><title>Tokens in motion</title>{links}<style>{STYLE}{"".join(heads)}</style>'
    return f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head>{head}</head><body>{"".join(articles)}</body></html>'


def title(article):
    """The words of a page's first heading, without the sign that links to it."""
    return " ".join("".join(part for part in article.h1.strings if not part.find_parent(class_="headerlink")).split())


def in_words(soup, formula):
    """A short formula of a heading as letters, which the outline of a PDF can have; of KaTeX's output it takes none."""
    letters = soup.new_tag("i")
    letters.string = formula.select_one("semantics > :first-child").get_text()
    return letters


def inside(page, path):
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def anchor(page, fragment):
    return f"{page.replace('/', '-')}--{fragment}"


def target(page, href, pages, address):
    """Where a link leads on paper: a place in it, a page of the live book, or elsewhere as before."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    path = inside(page, unquote(parts.path)) if parts.path else f"{page}.html"
    name = path.removesuffix(".html")
    fragment = "" if "=" in parts.fragment else parts.fragment  # a widget's state is no place on paper
    return f"#{anchor(name, fragment)}" if name in pages else f"{address}{path}"


def where(soup, address, page, fragment):
    words = soup.new_tag("p", attrs={"class": "td-where"})
    here = f"{page}.html" + (f"#{fragment}" if fragment else "")
    words.append("Live, to drag and slide: ")
    if not address:  # a link would name a folder of the machine that prints
        words.append(f"{page}.html in the book")
        return words
    link = soup.new_tag("a", href=f"{address}{here}")
    link.string = f"{address}{here}"
    words.append(link)
    return words


def printed(folder, pages, out):
    """Write pages of a built book into one PDF."""
    from browser import ARGUMENTS, browser_path
    from playwright.sync_api import sync_playwright

    paper = folder / "_paper.html"  # beside the pages, so that pictures and styles are found
    paper.write_text(one_page(folder, pages, published(os.environ.get("BOOK_REPOSITORY", ""))), "utf8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
            page = browser.new_page()
            page.goto(paper.as_uri())
            page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => {})))")
            page.pdf(path=out, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
            browser.close()
    finally:
        paper.unlink()


def main(arguments=None):
    """Print the built book to one PDF."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--html", type=Path, default=ROOT / "_build" / "html", help="the folder of the built book")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "tokens-in-motion.pdf", help="the PDF to write")
    parser.add_argument("pages", nargs="*", help="pages such as chapters/01_tokens_as_particles; default: the whole book")
    options = parser.parse_args(arguments)
    pages = options.pages or order(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8")))
    printed(options.html.resolve(), pages, options.out)
    print(f"The book on paper: {options.out}")


if __name__ == "__main__":
    main()
