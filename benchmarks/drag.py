"""From a drag to the painted frame, for Force lab with 3, 12 and 24 tokens, beside `interact` with matplotlib.

    .venv/bin/python benchmarks/drag.py            (after make book)

Milliseconds: median and 95th percentile of 120 moves, each the time the page's own work takes: the
handler of the move, then the next frame from its first callback until it has been painted. The bar: 95 % within 16.7 ms with 12 tokens.
"""

import json
import statistics
import sys
from pathlib import Path

import interact
import results
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import ARGUMENTS, browser_path  # noqa: E402

MEASURE = """async (moves) => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const dot = document.querySelectorAll('.td-token .td-dot')[1];
  const box = dot.getBoundingClientRect();
  const send = (type, x, y, target) => target.dispatchEvent(new MouseEvent(type, {clientX: x, clientY: y, bubbles: true, cancelable: true, view: window, button: 0}));
  let x = box.x + box.width / 2, y = box.y + box.height / 2;
  const full = [];
  send('mousedown', x, y, dot);
  for (let i = 0; i < moves; i++) {
    await frame();
    const start = performance.now();
    send('mousemove', x + 40 * Math.sin(i / 7), y + 40 * Math.cos(i / 9), window);
    const handled = performance.now() - start;
    const drawn = await new Promise(done => { const c = new MessageChannel(); requestAnimationFrame(() => { const begin = performance.now(); c.port1.onmessage = () => done(performance.now() - begin); c.port2.postMessage(0); }); });
    full.push(handled + drawn);
  }
  send('mouseup', x, y, window);
  return full;
}"""


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def rows():
    page_address = (ROOT / "_build" / "html" / "index.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        for count in (3, 12, 24):
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(page_address)
            page.wait_for_selector("[data-widget=force-lab][data-ready]")
            root = page.locator("[data-widget=force-lab]").first
            while len(root.evaluate("root => root.widgetState()")["tokens"]) < count:
                root.get_by_role("button", name="Add token").click()
            times = page.evaluate(MEASURE, 120)
            state = root.evaluate("root => root.widgetState()")
            del state["step"]
            page.close()
            usual, median = statistics.median(interact.milliseconds(json.dumps(state))), statistics.median(times)
            yield count, f"{median:.1f}", f"{percentile(times, 0.95):.1f}", f"{usual:.0f}", f"{usual / median:.0f}"
        browser.close()


def main():
    results.write(
        "Drag to paint, Force lab",
        "python benchmarks/drag.py",
        "120 moves of one token. Beside it a slider that moves the same token by `interact` and matplotlib in a real "
        "kernel: the kernel's share, without the browser's.",
        results.table(["tokens", "median, ms", "95th percentile, ms", "interact, ms", "times faster"], rows()),
    )


if __name__ == "__main__":
    main()
