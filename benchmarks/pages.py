"""What each page costs its reader, phone-sized: compressed bytes, requests, time to interactive on a slow processor, jumps.

    .venv/bin/python benchmarks/pages.py            (after make book)

The bars: 1 MB, layout shift 0.05. Time to interactive: until the first widget can be used, or a page without one has loaded,
the processor slowed down 4 times; the median of three visits.
"""

import os
import statistics
import sys
from pathlib import Path

import results
import served
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]
from browser import ARGUMENTS, browser_path  # noqa: E402
from page_weight import first_visit, ready_and_steady  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
PHONE = {"viewport": {"width": 390, "height": 844}}


def rows(browser, address):
    pages = [HTML / "index.html", *sorted((HTML / "chapters").glob("*.html")), *sorted((HTML / "back").rglob("*.html"))]
    for path in pages:
        name = path.relative_to(HTML).with_suffix("").as_posix()
        context = browser.new_context(**PHONE)
        size, requests = first_visit(context.new_page(), address, name)
        context.close()
        visits = []
        for _ in range(3):
            context = browser.new_context(**PHONE)
            visits.append(ready_and_steady(context.new_page(), f"{address}/{name}.html"))
            context.close()
        seconds, shifts = zip(*visits)
        yield name, f"{size / 1000:.0f}", requests, f"{statistics.median(seconds):.2f}", f"{max(shifts):.3f}"


def main():
    with served.book(HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        found = list(rows(browser, address))
        browser.close()
    results.write(
        "Pages",
        "python benchmarks/pages.py",
        f"A first visit by phone, 390 × 844. Bytes as gzip -6 leaves them. The machine's load at the end was {results.load():.1f}.",
        results.table(["page", "kB", "requests", "interactive, s, processor 4 × slower", "layout shift"], found),
    )


if __name__ == "__main__":
    main()
