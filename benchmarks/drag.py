"""From a drag to the painted frame, for Force lab with 3, 12 and 24 tokens, beside matplotlib drawing the same picture.

    .venv/bin/python benchmarks/drag.py            (after make book)

Prints milliseconds: median and 95th percentile of 120 moves, each the time the page's own work takes: the
handler of the move, then the next frame from its first callback until it has been painted. The bar: 95 % within 16.7 ms with 12 tokens.
"""

import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import ARGUMENTS, browser_path  # noqa: E402

from tokendynamics.figures import force_lab_still, png  # noqa: E402

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


def main():
    page_address = (ROOT / "_build" / "html" / "index.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        print(f"{'tokens':>6} {'median ms':>10} {'95th ms':>8} {'matplotlib ms':>14} {'times faster':>13}")
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
            still = []
            for _ in range(5):
                start = time.perf_counter()
                png(force_lab_still(**state))
                still.append((time.perf_counter() - start) * 1000)
            slow = statistics.median(still)
            median = statistics.median(times)
            print(f"{count:>6} {median:>10.1f} {percentile(times, 0.95):>8.1f} {slow:>14.0f} {slow / median:>13.0f}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
