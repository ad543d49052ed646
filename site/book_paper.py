"""The built book on paper: every page in one PDF, printed by Chromium, with page numbers and links that stay inside.

    python site/book_paper.py [--html _build/html] [--out _build/tokens-in-motion.pdf] [PAGE …]

Where a page has a widget, paper has its still and the address of the live one. `make pdf` calls this.
"""

import argparse
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

STYLE = """
@page { size: A4; margin: 20mm 18mm 22mm; }
html { font-size: 10.5pt; }
body { background: #fff; color: #111; }
article { break-before: page; max-width: none; }
article:first-of-type { break-before: auto; }
h1, h2, h3, h4 { break-after: avoid; }
figure, .td-still, .td-display, table, .admonition { break-inside: avoid; }
.td-still { display: block !important; text-align: center; }
.td-still img, img { max-width: 130mm; max-height: 115mm; width: auto; }
p, li { orphans: 3; widows: 3; }
.td-where { font-size: 8.5pt; text-align: center; margin: 1mm 0 4mm; }
.headerlink, .copybtn, button, .prev-next-area, script, noscript { display: none !important; }
pre { white-space: pre-wrap; }
"""
FOOT = '<div style="width:100%;font-size:9px;text-align:center;color:#555"><span class="pageNumber"></span></div>'


def order(toc):
    """The pages of the book as it is read, from `_toc.yml`."""
    pages = [toc["root"]]
    for part in toc.get("parts", [{"chapters": toc.get("chapters", [])}]):
        pages += [entry["file"] for entry in part["chapters"]]
    return pages


def one_page(folder, pages, address=""):
    """One HTML text with the articles of all pages; every id carries the name of its page."""
    sheets, articles = {}, []
    for name in pages:
        soup = BeautifulSoup((Path(folder) / f"{name}.html").read_text("utf8"), "html.parser")
        for link in soup.select('link[rel~="stylesheet"]'):
            sheets[inside(name, urlsplit(link["href"]).path)] = True
        article = soup.select_one("article.bd-article")
        if article is None:
            raise ValueError(f"{name}.html holds no article; was it built by this book?")
        for element in article.select("script, .td-place, dialog, details.above-input"):
            element.decompose()
        for element in article.select("details"):
            element["open"] = ""  # what a click would show, paper shows
        for live in article.select(".td-live, .td-later"):
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
        article["id"] = anchor(name, "")
        articles.append(str(article))
    links = "\n".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    head = f'<meta charset="utf-8"><title>Tokens in motion</title>{links}<style>{STYLE}</style>'
    return f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head>{head}</head><body>{"".join(articles)}</body></html>'


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


def main(arguments=None):
    """Print the built book to one PDF."""
    from browser import ARGUMENTS, browser_path
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--html", type=Path, default=ROOT / "_build" / "html", help="the folder of the built book")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "tokens-in-motion.pdf", help="the PDF to write")
    parser.add_argument("pages", nargs="*", help="pages such as chapters/01_tokens_as_particles; default: the whole book")
    options = parser.parse_args(arguments)
    pages = options.pages or order(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8")))
    paper = options.html.resolve() / "_paper.html"  # beside the pages, so that pictures and styles are found
    paper.write_text(one_page(options.html, pages, published(os.environ.get("BOOK_REPOSITORY", ""))), "utf8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
            page = browser.new_page()
            page.goto(paper.as_uri())
            page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => {})))")
            page.pdf(
                path=options.out, format="A4", prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
                display_header_footer=True, header_template="<span></span>", footer_template=FOOT,
            )  # fmt: skip
            browser.close()
    finally:
        paper.unlink()
    print(f"The book on paper: {options.out}")


if __name__ == "__main__":
    main()
