"""What a page costs its reader: bytes, requests, time until its first widget can be used, and how much it jumps."""

import gzip

PACKED = (".woff2", ".png")  # compressed already
WATCH = """() => {
  window.__shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) window.__shift += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
}"""


def first_visit(page, address, name):
    """(compressed bytes, requests) of a page that was never visited, its widgets started. Blobs are made in the page and cost nothing."""
    bodies = {}
    page.on("response", lambda response: bodies.__setitem__(response.url, response))
    page.goto(f"{address}/{name}.html")
    page.wait_for_load_state("networkidle")
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.wait_for_selector("[data-widget][data-ready]")
    page.wait_for_timeout(300)
    total = 0
    for url, response in bodies.items():
        if url.startswith(address):
            body = response.body()
            total += len(body) if url.split("?")[0].endswith(PACKED) else len(gzip.compress(body, 6))
    return total, len(bodies)


def ready_and_steady(page, url, *, slow=4):
    """(seconds until the first widget is ready, layout shift) with the processor `slow` times slower; no widget: until loaded."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.add_init_script(f"({WATCH})()")
    page.goto(url, wait_until="commit")
    page.wait_for_load_state("load")
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.locator(".td-place").first.scroll_into_view_if_needed()
        page.wait_for_selector("[data-widget][data-ready]")
    seconds = page.evaluate("performance.now() / 1000")
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(800)
    return seconds, page.evaluate("window.__shift")
