"""What each page costs its reader, phone-sized: compressed bytes, requests, time to interactive on a slow processor, jumps.

    .venv/bin/python benchmarks/pages.py            (after make book)

The bars: 1 MB, layout shift 0.05. Time to interactive: until the first widget can be used, the processor slowed down 4 times.
"""

import functools
import http.server
import sys
import threading
from pathlib import Path

import results
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]
from browser import ARGUMENTS, browser_path  # noqa: E402
from weight import first_visit, ready_and_steady  # noqa: E402

HTML = ROOT / "_build" / "html"
PHONE = {"viewport": {"width": 390, "height": 844}}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def rows(browser, address):
    pages = [HTML / "index.html", *sorted((HTML / "chapters").glob("*.html")), *sorted((HTML / "back").glob("*.html"))]
    for path in pages:
        name = path.relative_to(HTML).with_suffix("").as_posix()
        context = browser.new_context(**PHONE)
        size, requests = first_visit(context.new_page(), address, name)
        context.close()
        context = browser.new_context(**PHONE)
        seconds, shift = ready_and_steady(context.new_page(), f"{address}/{name}.html")
        context.close()
        yield name, f"{size / 1000:.0f}", requests, f"{seconds:.2f}", f"{shift:.3f}"


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        found = list(rows(browser, f"http://127.0.0.1:{server.server_port}"))
        browser.close()
    server.shutdown()
    results.write(
        "Pages",
        "python benchmarks/pages.py",
        "A first visit by phone, 390 × 844. Bytes as gzip -6 leaves them.",
        results.table(["page", "kB", "requests", "interactive, s, processor 4 × slower", "layout shift"], found),
    )


if __name__ == "__main__":
    main()
