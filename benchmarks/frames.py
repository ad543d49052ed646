"""Frames a second of the widgets of Chapter 3 with 64 tokens: while playing, scrubbing, and dragging a slider that computes anew.

    .venv/bin/python benchmarks/frames.py          (after make book)

Each row drives one widget for two seconds in the browser. *frames a second* counts what the browser drew; *work* is the page's own time
for a frame, from the handler of the change to the frame's paint: median and 95th percentile, in milliseconds. The bar: 30 frames a second.
"""

import os
import sys
from pathlib import Path

import results
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import ARGUMENTS, browser_path  # noqa: E402

PAGE = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html")) / "chapters" / "03_trajectories.html"
WIDGETS = {"trajectories": ("Tokens", ["Euler", "RK4"]), "gravity-and-attention": ("Bodies", ["both laws", "both hybrids"])}

# drives `input` from end to end, once a frame, for two seconds; or, with no input, only watches
MEASURE = """async ([view, label, low, high]) => {
  const root = document.querySelector(`[data-widget=${view}]`);
  const input = label && [...root.querySelectorAll('input[type=range]')].find(e => [...e.labels].some(l => l.textContent.trim().startsWith(label)));
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const painted = () => new Promise(done => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); });
  const work = [], start = performance.now();
  let frames = 0;
  while (performance.now() - start < 2000) {
    const begin = performance.now();
    if (input) {
      const share = Math.abs(((begin - start) / 1000) % 2 - 1), step = Number(input.step) || 1;
      input.value = Math.round((low + share * (high - low)) / step) * step;
      input.dispatchEvent(new Event('input', {bubbles: true}));
    }
    const handled = performance.now() - begin;
    const drawn = await new Promise(done => requestAnimationFrame(async () => { const from = performance.now(); await painted(); done(performance.now() - from); }));
    work.push(handled + drawn);
    frames++;
  }
  const seconds = (performance.now() - start) / 1000;
  work.sort((a, b) => a - b);
  return [frames / seconds, work[Math.floor(work.length / 2)], work[Math.floor(0.95 * (work.length - 1))]];
}"""


def rows():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(PAGE.as_uri())
        for view, (count, kinds) in WIDGETS.items():
            page.wait_for_selector(f"[data-widget={view}][data-ready]")
            root = page.locator(f"[data-widget={view}]").first
            root.scroll_into_view_if_needed()
            root.get_by_role("button", name="Show me without a guess").click()
            clock = "Layer" if view == "trajectories" else "Step"
            for kind in kinds:
                choose(root, kind)
                root.get_by_label(count, exact=True).fill("64")
                computed = steps(root)
                root.get_by_role("button", name="Play", exact=True).click()
                yield view, kind, "play", *measured(page, view, None)
                root.get_by_role("button", name="Pause", exact=True).click()
                yield view, kind, "scrub", *measured(page, view, clock, 0, 32)
                assert steps(root) == computed, "playing or scrubbing computed something"
                yield view, kind, "slide β", *measured(page, view, "β", 0.5, 3)
        browser.close()


def choose(root, kind):
    if kind in ("Euler", "RK4"):
        root.get_by_label("Preset", exact=True).select_option("clusters")
        root.get_by_label("Method", exact=True).select_option(kind.lower())
    else:
        root.get_by_label("Preset", exact=True).select_option("crowd")
        if kind == "both hybrids":
            root.get_by_label("Gravity", exact=True).select_option("overdamped")
            root.get_by_label("Attention", exact=True).select_option("inertia")


def steps(root):
    return float(root.locator("[data-readout=steps-computed]").get_attribute("data-value"))


def measured(page, view, label, low=0, high=0):
    rate, median, slow = page.evaluate(MEASURE, [view, label, low, high])
    return f"{rate:.0f}", f"{median:.1f}", f"{slow:.1f}"


def main():
    results.write(
        "Frames a second, 64 tokens",
        "python benchmarks/frames.py",
        "Trajectories with 32 layers on the sphere, Gravity and attention with 60 steps. Playing and scrubbing compute no step; sliding β computes "
        "the whole journey at every change.",
        f"The machine's load when this began was {results.load():.1f}: beyond its number of cores, others took turns with the browser, and the "
        "frames are fewer than on a machine of one's own.",
        results.table(["widget", "motion", "what", "frames a second", "work, median ms", "95th percentile, ms"], rows()),
    )


if __name__ == "__main__":
    main()
