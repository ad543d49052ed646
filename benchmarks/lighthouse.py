"""Google's Lighthouse on every page, as on a middling phone: its four marks, each out of 100. The bar: 95 on every chapter.

    make lighthouse          (or, after make book, .venv/bin/python benchmarks/lighthouse.py [PAGE …])

Lighthouse comes from npm when this is first run; nothing else of the book needs it. The mark for performance is the median of
three visits (of one in the back matter), and its times are Lighthouse's own estimate for a slow network and a processor 4 times slower.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import results
import served

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import browser_path  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
LIGHTHOUSE = "lighthouse@13.5.0"
KINDS = {"performance": "performance", "accessibility": "accessibility", "best-practices": "best practices", "seo": "SEO"}
TIMES = {"first-contentful-paint": "first paint, s", "largest-contentful-paint": "largest paint, s", "total-blocking-time": "blocked, ms"}
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def pages():
    return [
        "index",
        *(p.relative_to(HTML).with_suffix("").as_posix() for f in ("chapters", "back") for p in sorted((HTML / f).glob("*.html"))),
    ]


def browser():
    """The browser's path; Playwright's own where there is no other."""
    if browser_path():
        return browser_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def report(url, chrome, categories):
    """One visit: Lighthouse's report as it stands in its JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            shutil.which("npx"),
            "--yes",
            LIGHTHOUSE,
            url,
            "--quiet",
            "--output=json",
            f"--output-path={out}",
            f"--chrome-flags={FLAGS}",
        ]
        subprocess.run([*command, f"--only-categories={','.join(categories)}"], check=True, env=os.environ | {"CHROME_PATH": chrome})
        return json.loads(out.read_text("utf8"))


def row(address, name, chrome, visits):
    """The marks and times of a page, and what keeps a mark below 100, as words."""
    url = f"{address}/{name}.html"
    found = [report(url, chrome, KINDS)] + [report(url, chrome, ["performance"]) for _ in range(visits - 1)]
    marks = {kind: found[0]["categories"][kind]["score"] for kind in KINDS}
    marks["performance"] = statistics.median(one["categories"]["performance"]["score"] for one in found)
    times = [statistics.median(one["audits"][key]["numericValue"] for one in found) for key in TIMES]
    short = [
        f"{audit['id']}: {audit['title']}"
        for kind in ("accessibility", "best-practices", "seo")
        for audit in (found[0]["audits"][ref["id"]] for ref in found[0]["categories"][kind]["auditRefs"] if ref["weight"])
        if audit["score"] is not None and audit["score"] < 1
    ]
    shown = [f"{times[0] / 1e3:.1f}", f"{times[1] / 1e3:.1f}", f"{times[2]:.0f}"]
    return [name, *(f"{100 * mark:.0f}" for mark in marks.values()), *shown], short


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="pages such as chapters/01_tokens_as_particles; default: all, and the table is written")
    parser.add_argument("--visits", type=int, default=3)
    options = parser.parse_args()
    chrome = browser()
    rows, notes = [], {}
    with served.book(HTML) as address:
        for name in options.pages or pages():
            marks, short = row(address, name, chrome, 1 if name.startswith("back/") else options.visits)
            print(" ".join(marks), *short, sep="\n  ", flush=True)
            rows.append(marks)
            for words in short:
                notes.setdefault(words, []).append(name)
    if options.pages:
        return
    results.write(
        "Lighthouse",
        "make lighthouse",
        f"`{LIGHTHOUSE}`, its own phone: 412 × 823, 1.6 Mbit/s, 150 ms to the server, processor 4 × slower, all estimated from one visit; "
        f"performance and times are medians of {options.visits} visits, in the back matter of one. Marks out of 100.",
        f"The machine's load at the end was {results.load():.1f}: beyond its number of cores, *blocked* counts others' work too.",
        results.table(["page", *KINDS.values(), *TIMES.values()], rows),
        *([f"Below 100 for: {'; '.join(f'{words} ({len(names)} pages)' for words, names in notes.items())}."] if notes else []),
    )


if __name__ == "__main__":
    main()
