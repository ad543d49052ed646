"""Hand and eye: of every control of every widget, how much of the picture can be seen with it, at four sizes of a window.

    .venv/bin/python benchmarks/in_sight.py            (after make book)

`tests/site/test_hand_and_eye.py` holds the same measurement to its bar; here it is written down. What it was before widgets had a bench
(version 0.1.0, the same measurement on its pages) stands beside it.
"""

import os
import sys
from pathlib import Path

import results
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]
from browser import ARGUMENTS, browser_path  # noqa: E402
from test_hand_and_eye import BAR, SIZES, measured  # noqa: E402
from widget_page import PICTURES, PLACES, WidgetPage  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
MARK = "(root, picture) => root.querySelectorAll(picture).forEach(e => e.setAttribute('data-picture', ''))"
BEFORE = {
    ("force-lab", "1366 × 768"): "32 of 32",
    ("force-lab", "390 × 844"): "11 of 32",
    ("force-lab", "360 × 640"): "10 of 32",
    ("force-lab", "844 × 390"): "10 of 32",
    ("encyclopedia", "1366 × 768"): "22 of 22",
    ("encyclopedia", "390 × 844"): "8 of 22",
    ("encyclopedia", "360 × 640"): "2 of 22",
    ("encyclopedia", "844 × 390"): "3 of 22",
    ("trajectories", "1366 × 768"): "48 of 54",
    ("trajectories", "390 × 844"): "11 of 54",
    ("trajectories", "360 × 640"): "7 of 54",
    ("trajectories", "844 × 390"): "16 of 54",
    ("gravity-and-attention", "1366 × 768"): "9 of 41",
    ("gravity-and-attention", "390 × 844"): "8 of 41",
    ("gravity-and-attention", "360 × 640"): "1 of 41",
    ("gravity-and-attention", "844 × 390"): "4 of 41",
    ("heads-and-tasks", "1366 × 768"): "3 of 18",
    ("heads-and-tasks", "390 × 844"): "3 of 18",
    ("heads-and-tasks", "360 × 640"): "0 of 18",
    ("heads-and-tasks", "844 × 390"): "0 of 18",
    ("emergence-lab", "1366 × 768"): "16 of 16",
    ("emergence-lab", "390 × 844"): "15 of 16",
    ("emergence-lab", "360 × 640"): "11 of 16",
    ("emergence-lab", "844 × 390"): "6 of 16",
    ("sweeps", "1366 × 768"): "9 of 9",
    ("sweeps", "390 × 844"): "9 of 9",
    ("sweeps", "360 × 640"): "7 of 9",
    ("sweeps", "844 × 390"): "0 of 9",
    ("real-trajectories", "1366 × 768"): "16 of 21",
    ("real-trajectories", "390 × 844"): "16 of 21",
    ("real-trajectories", "360 × 640"): "14 of 21",
    ("real-trajectories", "844 × 390"): "11 of 21",
}


def shares(browser, view, size):
    """([share of the picture for a hand], the same for keys) of each control."""
    width, height = size
    phone = {"has_touch": True, "is_mobile": True} if width < 1000 else {}
    context = browser.new_context(viewport={"width": width, "height": height}, **phone)
    page = context.new_page()
    page.goto((HTML / f"{PLACES[view]}.html").as_uri())
    widget = WidgetPage(page, view)
    if not widget.root.locator("[data-picture]").count():  # pages of before
        widget.root.evaluate(MARK, PICTURES[view])
    found = [[share for _, share in measured(widget, by)] for by in ("hand", "key")]
    context.close()
    return found


def within(found):
    return f"{sum(share >= BAR for share in found)} of {len(found)}"


def main():
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        for view in PLACES:
            for size in SIZES:
                hand, key = shares(browser, view, size)
                name = "x".join(map(str, size)).replace("x", " × ")
                rows.append((view, name, BEFORE.get((view, name), "–"), within(hand), within(key), f"{100 * min(hand + key):.0f} %"))
        browser.close()
    results.write(
        "Hand and eye",
        "python benchmarks/in_sight.py",
        f"Controls with at least {100 * BAR:.0f} % of the picture in sight, whatever panel is open: by a hand, at the best scrolling of the page; by "
        "keys, where the page stands once the control has the focus. Controls of an opened panel are counted with the tabs and the transport.",
        results.table(["widget", "window", "before, hand", "hand", "keys", "least share"], rows),
    )


if __name__ == "__main__":
    main()
