"""From a drag to the painted frame, for every widget; and Force lab beside `interact` with matplotlib.

    .venv/bin/python benchmarks/drag.py            (after make book)

Of 120 moves, each the time the page's own work takes: the handler of the move, then the next frame from its first callback until it has
been painted. A millisecond says as much about the machine as about us, so each page measures in the same way, just before and just after,
a fixed piece of arithmetic with a fixed drawing on a bare canvas: one calibration. Times are given as multiples of it, and so are the bars.
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

from tokendynamics.widgets.force_lab import OF_TIME  # noqa: E402

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
START = {"force-lab": "#force-lab=v2.identity"}
COUNTED = {"trajectories": "Tokens", "gravity-and-attention": "Bodies"}
# calibrations that 95 % of moves may take, with up to so many tokens: a quarter more than the slowest took when this was set. `sweeps` draws
# 144 runs by plotly
BARS = {12: 8, 64: 17.5}
CALIBRATION = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const canvas = Object.assign(document.createElement("canvas"), {width: 600, height: 600});
  canvas.style.cssText = "position:fixed;inset:0;z-index:99;pointer-events:none;opacity:0.01";
  document.body.append(canvas);
  const pen = canvas.getContext("2d"), times = [];
  for (let i = 0; i < 40; i++) {
    await frame();
    const start = performance.now();
    let sum = 0;
    for (let k = 0; k < 100000; k++) sum += Math.exp(-((k + i) % 97) / 97) * Math.sqrt(k);
    pen.clearRect(0, 0, 600, 600);
    pen.beginPath();
    for (let k = 0; k < 2000; k++) pen.lineTo(300 + 290 * Math.sin(k * 0.37 + i), 300 + 290 * Math.cos(k * 0.61 + sum));
    pen.stroke();
    const handled = performance.now() - start;
    const drawn = await new Promise(done => { const c = new MessageChannel(); requestAnimationFrame(() => { const begin = performance.now(); c.port1.onmessage = () => done(performance.now() - begin); c.port2.postMessage(0); }); });
    times.push(handled + drawn);
  }
  canvas.remove();
  return times;
}"""
MEASURE = """async ([view, what, moves]) => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const root = document.querySelector(`[data-widget=${view}]`);
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


COLUMNS = ["widget", "dragged", "tokens", "median, ms", "95th percentile, ms", "calibration, ms"]
COLUMNS += ["median, in calibrations", "95th percentile, in calibrations", "bar, in calibrations"]


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def opened(browser, view, name, what, count):
    """The widget on a page of its own, with so many tokens, past its prediction, the panel of what is dragged open."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto((HTML / f"{name}.html").as_uri() + START.get(view, ""))
    widget = met(page, view)
    widget.root.scroll_into_view_if_needed()
    if view == "force-lab":
        while len(widget.state()["tokens"]) < count:
            widget.press("Add token")
    elif view in COUNTED:
        widget.slide(COUNTED[view], count)
    if what != "token":  # its panel is opened
        widget.reached(widget.root.locator("label", has_text=what))
        widget.settle()
    return page, widget


def calibration(page):
    return statistics.median(page.evaluate(CALIBRATION))


def rows(browser, slower):
    """Rows of the table; `slower` gets Force lab's states and medians by their number of tokens."""
    for view, name, what, count in DRAGS:
        page, widget = opened(browser, view, name, what, count)
        before = calibration(page)
        times = page.evaluate(MEASURE, [view, what, 120])
        unit = (before + calibration(page)) / 2
        if view == "force-lab":
            state = {name: value for name, value in widget.state().items() if name not in OF_TIME}
            slower[count] = state, statistics.median(times)
        page.close()
        middle, high = statistics.median(times), percentile(times, 0.95)
        bar = BARS[64 if count > 12 or view == "sweeps" else 12]
        yield view, what, count or "–", f"{middle:.1f}", f"{high:.1f}", f"{unit:.1f}", f"{middle / unit:.2f}", f"{high / unit:.2f}", bar


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
    for view, what, count, *_, high, bar in found:
        if float(high) > bar:
            print(f"{view}, {what}, {count}: {high} calibrations are past the bar of {bar}", file=sys.stderr)
    results.write(
        "Drag to paint",
        "python benchmarks/drag.py",
        "120 moves of one token, or of a slider where no token can be moved. The last three columns are multiples of the calibration, a fixed "
        f"piece of arithmetic and drawing timed in the same page and run. The machine's load at the end was {results.load():.1f}.",
        results.table(COLUMNS, found),
        "Force lab beside a slider that moves the same token by `interact` and matplotlib in a real kernel, the kernel's share only:",
        results.table(["tokens", "median, ms", "interact, ms", "times faster"], interact_rows(slower)),
    )


if __name__ == "__main__":
    main()
