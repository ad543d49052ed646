"""From a drag to the painted frame, for every widget; and Force lab beside `interact` with matplotlib.

    .venv/bin/python benchmarks/drag.py            (after make book)

Milliseconds: median and 95th percentile of 120 moves, each the time the page's own work takes: the handler of the move, then
the next frame from its first callback until it has been painted. The bars: 95 % within 16.7 ms with 12 tokens, 33 ms with 64.
"""

import json
import os
import statistics
import sys
from pathlib import Path

import interact
import results
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]
from browser import ARGUMENTS, browser_path  # noqa: E402
from widget_page import met  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
# widget, its page, what is dragged, how many tokens; a slider is dragged where no token can be
DRAGS = [
    ("force-lab", "index", "token", 3),
    ("force-lab", "index", "token", 12),
    ("force-lab", "index", "token", 24),
    ("encyclopedia", "chapters/02_encyclopedia", "token", 6),
    ("trajectories", "chapters/03_trajectories", "token", 12),
    ("trajectories", "chapters/03_trajectories", "token", 64),
    ("gravity-and-attention", "chapters/03_trajectories", "token", 12),
    ("gravity-and-attention", "chapters/03_trajectories", "token", 64),
    ("heads-and-tasks", "chapters/04_many_heads", "Q turn", 13),
    ("emergence-lab", "chapters/05_emergence", "Steps", 0),
    ("sweeps", "chapters/05_emergence", "n answers", 0),
    ("real-trajectories", "chapters/06_real_model", "Layer", 10),
]
COUNTED = {"trajectories": "Tokens", "gravity-and-attention": "Bodies"}
MEASURE = """async ([view, what, moves]) => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const root = document.querySelector(`[data-widget=${view}]`);
  root.querySelectorAll("details").forEach(details => (details.open = true));
  const send = (type, x, y, target) => target.dispatchEvent(new MouseEvent(type, {clientX: x, clientY: y, bubbles: true, cancelable: true, view: window, button: 0}));
  const named = input => [...input.labels].some(label => label.textContent.trim().startsWith(what));
  const held = what === "token" ? [...root.querySelectorAll(".td-token:not(.td-behind) .td-target")].at(1) : [...root.querySelectorAll("input[type=range]")].find(named);
  const box = held.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const low = Number(held.min), high = Number(held.max);
  const move = i => {
    if (what === "token") return send("mousemove", x + 40 * Math.sin(i / 7), y + 40 * Math.cos(i / 9), window);
    held.value = low + (high - low) * (0.5 + 0.5 * Math.sin(i / 7));
    held.dispatchEvent(new Event("input", {bubbles: true}));
  };
  const full = [];
  if (what === "token") send("mousedown", x, y, held);
  for (let i = 0; i < moves; i++) {
    await frame();
    const start = performance.now();
    move(i);
    const handled = performance.now() - start;
    const drawn = await new Promise(done => { const c = new MessageChannel(); requestAnimationFrame(() => { const begin = performance.now(); c.port1.onmessage = () => done(performance.now() - begin); c.port2.postMessage(0); }); });
    full.push(handled + drawn);
  }
  if (what === "token") send("mouseup", x, y, window);
  return full;
}"""


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def opened(browser, view, name, count):
    """The widget on a page of its own, with so many tokens, past its prediction."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto((HTML / f"{name}.html").as_uri())
    widget = met(page, view)
    root = widget.root
    root.scroll_into_view_if_needed()
    if view == "force-lab":
        while len(root.evaluate("root => root.widgetState()")["tokens"]) < count:
            widget.press("Add token")
    elif view in COUNTED:
        widget.slide(COUNTED[view], count)
    return page, root


def rows(browser, slower):
    """Rows of the table; `slower` gets Force lab's states and medians by their number of tokens."""
    for view, name, what, count in DRAGS:
        page, root = opened(browser, view, name, count)
        times = page.evaluate(MEASURE, [view, what, 120])
        if view == "force-lab":
            state = root.evaluate("root => root.widgetState()")
            del state["step"]
            slower[count] = state, statistics.median(times)
        page.close()
        bar = 16.7 if count <= 12 else 33
        yield view, what, count or "–", f"{statistics.median(times):.1f}", f"{percentile(times, 0.95):.1f}", bar


def interact_rows(slower):
    for count, (state, median) in slower.items():
        usual = statistics.median(interact.milliseconds(json.dumps(state)))
        yield count, f"{median:.1f}", f"{usual:.0f}", f"{usual / median:.0f}"


def main():
    slower = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        found = list(rows(browser, slower))
        browser.close()
    results.write(
        "Drag to paint",
        "python benchmarks/drag.py",
        f"120 moves of one token, or of a slider where no token can be moved. The machine's load at the end was {results.load():.1f}.",
        results.table(["widget", "dragged", "tokens", "median, ms", "95th percentile, ms", "bar, ms"], found),
        "Force lab beside a slider that moves the same token by `interact` and matplotlib in a real kernel, the kernel's share only:",
        results.table(["tokens", "median, ms", "interact, ms", "times faster"], interact_rows(slower)),
    )


if __name__ == "__main__":
    main()
