"""The real model in the page, as a reader uses it: from a key to the picture, a slider's pictures a second, what blocks, memory, loading.

    .venv/bin/python benchmarks/real_model.py            (after make book; some three minutes, on a machine that has nothing else to do)
    .venv/bin/python benchmarks/real_model.py --try      says the numbers and writes nothing

Chapter 6 is opened in Chromium, sentences are typed and a head is slid. The bars stand in BARS. One forward pass is timed against numpy's on the
same packed weights, in turns and with one thread each, so that a ratio is left that says less about the machine.
"""

import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the page has it
import results  # noqa: E402
import served  # noqa: E402
from engine import in_turns  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tokendynamics.real import minilm  # noqa: E402

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "site")]
from browser import ARGUMENTS, browser_path  # noqa: E402
from widget_page import WidgetPage  # noqa: E402

HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
WEIGHTS = ROOT / "src/tokendynamics/data/minilm"
VIEW, PAGE = "real-trajectories", "chapters/06_real_model.html"
REPEATS = 7
KEYS = [(1, 12), (2, 12), (1, 32), (2, 32)]  # sentences, tokens of each
HEADS = [(6, 3), (1, 3)]  # layer, head: the last layer computes least, the first all six
BARS = {"12 tokens, ms": 400, "32 tokens, ms": 900, "pictures a second": 8, "blocked, ms": 50, "memory, MB": 150}
TITLE = "The real model in the page"
LOADED = 60_000
COLLECT = '{"id": 1, "method": "HeapProfiler.collectGarbage"}'

BLOCKED = """() => {
  window.blocked = [];
  new PerformanceObserver((list) => blocked.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
}"""
# From Enter in "Sentence 1" until the frame with the sentences' trails has been painted.
TYPED = """async ([selector, texts]) => {
  const root = document.querySelector(selector), field = (i) => root.querySelector(`[aria-label="Sentence ${i + 1}"]`);
  for (let i = 0; i < 3; i++) field(i).value = texts[i] ?? "";
  field(0).focus();
  const wanted = JSON.stringify(texts), start = performance.now();
  field(0).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  while (JSON.stringify(root.widgetState().sentences) !== wanted) {
    if (performance.now() - start > 60_000) throw new Error("no trajectories in a minute");
    await new Promise((done) => requestAnimationFrame(done));
  }
  await new Promise((done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); }));
  return performance.now() - start;
}"""
# A slider goes from end to end, a step a frame, for two seconds: how many frames show another picture, or another number beside it, than the one
# before. A step may move a token by less than a tenth of a pixel.
SLID = """async ([selector, label]) => {
  const root = document.querySelector(selector);
  const input = [...root.querySelectorAll("input[type=range]")].find((each) => each.labels[0]?.textContent.startsWith(label));
  const moved = root.querySelector("[data-readout=moved-all]");
  const picture = () => [...root.querySelectorAll(".td-plane svg .td-trail")].map((each) => each.getAttribute("d")).join() + moved.dataset.value;
  const start = performance.now();
  let last = picture(), pictures = 0;
  while (performance.now() - start < 2000) {
    const share = Math.abs(((performance.now() - start) / 1000) % 2 - 1);
    input.value = Number(input.min) + share * (input.max - input.min);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(done));
    const now = picture();
    pictures += now !== last;
    last = now;
  }
  return pictures / ((performance.now() - start) / 1000);
}"""
FORWARD = f"""
import {{ forward, heads, unpacked }} from "{(ROOT / "src/tokendynamics/widgets/real_trajectories/live/minilm.js").as_posix()}";
window.ready = async (files) => {{
  const bytes = async (file) => (await fetch(file)).arrayBuffer();
  const card = await (await fetch("card.json")).json(), weights = {{}}, words = {{}};
  for (const file of files) Object.assign(weights, unpacked(await bytes(file), card.files[file].arrays));
  const layers = Array.from({{ length: 6 }}, (_, layer) => heads(weights, layer, card.heads));
  window.pass = async (ids) => {{
    for (const id of ids) {{
      const shard = Math.floor(id / card.shard), file = `words-${{String(shard).padStart(3, "0")}}.bin`;
      if (words[id]) continue;
      const {{ shape, data }} = Object.values(unpacked(await bytes(file), card.files[file].arrays))[0];
      words[id] = data.slice((id % card.shard) * shape[1], ((id % card.shard) + 1) * shape[1]);
    }}
    const start = performance.now();
    forward(weights, words, ids, layers);
    return performance.now() - start;
  }};
}};"""


def sentence(tokenizer, tokens, number):
    """A sentence of so many tokens, [CLS] and [SEP] among them, that shares "light" with the others."""
    words = f"the light {'and so on it goes ' * tokens}".split()[: tokens - 4]
    text = " ".join([*words, "abcdefghijklmnopqrstuvwxyz"[number % 26]]) + "."
    assert len(tokenizer.encode(text).ids) == tokens
    return text


class Reader:
    """A reader in Chapter 6, with what was asked for of the model's files, and the bytes of it that came over the network."""

    def __init__(self, browser, address):
        self.browser, self.tokenizer, self.number = browser, minilm.load(packed=True).tokenizer, 0
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.wire = self.page.context.new_cdp_session(self.page)
        self.asked, self.bytes = {}, 0
        self.wire.on("Network.requestWillBeSent", self.goes)
        self.wire.on("Network.loadingFinished", self.came)
        self.wire.send("Network.enable")
        self.page.goto(f"{address}/{PAGE}")
        self.begin()

    def goes(self, event):
        if "/minilm/" in event["request"]["url"]:
            self.asked[event["requestId"]] = event["request"]["url"]

    def came(self, event):
        if event["requestId"] in self.asked:
            self.bytes += event["encodedDataLength"]

    def begin(self):
        self.widget = WidgetPage(self.page, VIEW)
        self.widget.root.scroll_into_view_if_needed()
        self.widget.panel("yours")
        self.page.wait_for_timeout(1000)  # what the page itself does at first
        self.page.evaluate(BLOCKED)

    def types(self, sentences, tokens):
        """Milliseconds until sentences that were not there before are drawn; then it rests."""
        texts = [sentence(self.tokenizer, tokens, self.number + i) for i in range(sentences)]
        self.number += sentences
        took = self.page.evaluate(TYPED, [self.widget.selector, texts])
        self.page.wait_for_selector(f"{self.widget.selector} .td-near p", state="attached", timeout=LOADED)
        self.page.wait_for_timeout(700)
        return took

    def slides(self, layer, head):
        self.widget.panel("change")
        self.widget.choose("In layer", str(layer))
        self.widget.choose("head", str(head))
        self.widget.at(6)  # and nothing plays
        took = self.page.evaluate(SLID, [self.widget.selector, "V times"])
        self.page.wait_for_timeout(1500)  # what comes with rest
        self.widget.panel("yours")
        return took

    def longest(self):
        """The longest time that the page has been blocked since it was asked last, ms; up to 50 it is not told."""
        found = self.page.evaluate("() => blocked.splice(0)")
        return max(found, default=0)

    def memory(self):
        """MB that the renderer has for itself: the page and its worker, after what can be collected is."""
        workers = []
        self.wire.on("Target.attachedToTarget", lambda event: workers.append(event["sessionId"]))
        self.wire.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False})
        self.page.wait_for_timeout(200)
        for worker in workers:
            self.wire.send("Target.sendMessageToTarget", {"sessionId": worker, "message": COLLECT})
        self.wire.send("HeapProfiler.collectGarbage")
        self.page.wait_for_timeout(3000)  # what is free is given back in its own time
        self.wire.send("Target.setAutoAttach", {"autoAttach": False, "waitForDebuggerOnStart": False})
        processes = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        return len(workers), max(private(process["id"]) for process in processes if process["type"] == "renderer")


def private(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf8")
    return sum(map(int, re.findall(r"Private_\w+:\s+(\d+) kB", text))) / 1024


def spread(values, digits=0):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def loading(reader):
    """Rows of a first and a second visit: seconds until the first picture, MB and requests."""
    for visit in ("first", "second"):
        reader.asked, reader.bytes = {}, 0
        if visit == "second":
            reader.page.wait_for_timeout(2000)  # until all is kept
            reader.page.reload()
            reader.begin()
        seconds = reader.types(2, 12) / 1000
        yield visit, f"{seconds:.2f}", f"{reader.bytes / 1e6:.2f}", len(reader.asked)


def passes(browser):
    """Rows of one forward pass, in the page and in numpy, in turns."""
    esbuild = ROOT / "node_modules/.bin/esbuild"
    program = subprocess.run(
        [str(esbuild), "--bundle", "--format=iife"], input=FORWARD, capture_output=True, encoding="utf8", check=True, cwd=ROOT, timeout=60
    ).stdout
    model = minilm.load(packed=True)
    layers = model.heads
    with served.book(WEIGHTS) as address:
        page = browser.new_page()
        page.goto(f"{address}/card.json")
        page.evaluate(program)
        page.evaluate("files => ready(files)", ["embeddings.bin", *(f"layer-{k}.bin" for k in range(1, 7))])
        for tokens in (12, 32, 64):
            ids = list(model.tokenizer.encode(sentence(model.tokenizer, tokens, 0)).ids)
            found = []
            (theirs, _) = in_turns(
                lambda: minilm.onward(model.weights, minilm.embed(model.weights, ids), layers),
                lambda: found.append(page.evaluate("ids => pass(ids)", ids)),
                rounds=15,
            )
            ours = statistics.median(found[1:])  # the first fetches words
            yield tokens, f"{ours:.1f}", f"{1000 * theirs:.1f}", f"{ours / (1000 * theirs):.1f}"
        page.close()


def measured(browser, address):
    """All of it: the tables' rows by name."""
    reader = Reader(browser, address)
    memory = [reader.memory()]
    visits = list(loading(reader))
    blocked = {"loading": reader.longest()}
    memory.append(reader.memory())
    keys = {(count, tokens): [reader.types(count, tokens) for _ in range(REPEATS)] for count, tokens in KEYS}
    blocked["typing"] = reader.longest()
    reader.types(1, 12)
    slid = {(1, layer): [reader.slides(layer, head) for _ in range(REPEATS)] for layer, head in HEADS}
    reader.types(2, 12)
    slid |= {(2, layer): [reader.slides(layer, head) for _ in range(REPEATS)] for layer, head in HEADS}
    blocked["sliding"] = reader.longest()
    memory.append(reader.memory())
    assert [workers for workers, _ in memory] == [0, 1, 1], "the model's worker, and no other"
    reader.page.close()
    return visits, blocked, keys, slid, [size for _, size in memory], list(passes(browser))


def against(value, bar, least=False):
    return "yes" if (value >= bar if least else value <= bar) else "no"


def tables(visits, blocked, keys, slid, memory, ratios):
    """What goes into RESULTS.md, as paragraphs."""
    rows = [
        (
            f"key to picture, {count} × {tokens} tokens, ms",
            spread(times),
            bar := BARS[f"{tokens} tokens, ms"],
            against(statistics.median(times), bar),
        )
        for (count, tokens), times in keys.items()
    ]
    rows += [
        (
            f"pictures a second, {count} × 12 tokens, a head of layer {layer} slid",
            spread(rates, 1),
            f"at least {BARS['pictures a second']}",
            against(statistics.median(rates), BARS["pictures a second"], least=True),
        )
        for (count, layer), rates in slid.items()
    ]
    rows += [
        (
            f"longest time that the page is blocked, {what}, ms",
            f"{longest:.0f}" if longest else "50 or less",
            BARS["blocked, ms"],
            against(longest, 50),
        )
        for what, longest in blocked.items()
    ]
    before, loaded, after = memory
    more = after - before
    rows.append(("memory of page and worker, more than before, MB", f"{more:.0f}", BARS["memory, MB"], against(more, BARS["memory, MB"])))
    return [
        results.table(["what", "measured", "bar", "kept"], rows),
        f"Times and pictures are the median of {REPEATS}, in brackets the least and the most; what is blocked is the longest of all.",
        "Loading, from Enter to the picture, over this machine’s own loop (no network’s time), as gzip -6 leaves the files; the second visit takes the "
        "model from the browser’s store:",
        results.table(["visit", "s", "MB", "requests"], visits),
        "One forward pass, the page’s against numpy’s on the same packed weights, one thread each, in turns:",
        results.table(["tokens", "page, ms", "numpy, ms", "page ÷ numpy"], ratios),
        f"Memory is what the renderer process has for itself alone (Private of smaps_rollup), after a collection in page and worker: {before:.0f} MB "
        f"before the model came, {loaded:.0f} MB once it was there, {after:.0f} MB after all of this.",
    ]


def main(arguments):
    load = results.load()
    with served.book(HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        paragraphs = tables(*measured(browser, address))
        version = browser.version
        browser.close()
    busy = load > 0.5
    about = f"Chapter 6 in Chromium {version}, 1280 × 900. The machine’s load when this began was {load:.1f}."
    if busy:
        about += " Others were at work on it: times are longer, and pictures fewer, than on a machine of one’s own."
        print(
            f"warning: the load of this machine was {load:.1f} before anything was measured: run it again on a machine at rest",
            file=sys.stderr,
        )
    if "--try" in arguments:
        print("\n\n".join([about, *paragraphs]))
    else:
        results.write(TITLE, "python benchmarks/real_model.py", about, *paragraphs)


if __name__ == "__main__":
    main(sys.argv[1:])
