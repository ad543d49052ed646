"""The book in Firefox and WebKit: every page without a complaint, every widget in hand by key and pointer, links and Play.

What is tested finely is tested in Chromium; here stands what another engine could break.
"""

from pathlib import Path

import one_widget
import pytest
from page_python import code_cells, stored
from weekly import part_of
from widget_page import PLACES

ROOT = Path(__file__).parents[2]
PAGES = [
    "index",
    "search",
    "genindex",
    *(f"{f}/{p.stem}" for f in ("chapters", "back") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")),
    *(f"back/api/{p.stem}" for p in sorted((ROOT / "back/api").glob("*.md"))),
]
# Before anything else on a page, its policy too: what goes wrong is written down.
WATCH = """<script>
  window.__troubles = [];
  const note = (...words) => window.__troubles.push(words.map((word) => String(word?.stack ?? word?.message ?? word)).join(" "));
  const error = console.error;
  console.error = (...words) => (note("console:", ...words), error.apply(console, words));
  addEventListener("error", (event) => note("error:", event.error ?? event.message ?? event.target.src ?? event.target.href), true);
  addEventListener("unhandledrejection", (event) => note("rejected:", event.reason));
  addEventListener("securitypolicyviolation", (event) => note("policy:", event.violatedDirective, event.blockedURI));
</script>"""
TROUBLES = """() => [...window.__troubles, ...performance.getEntriesByType("resource").map((entry) => entry.name)
  .filter((name) => !name.startsWith(location.origin) && !/^(data|blob):/.test(name)).map((name) => `request that leaves the site: ${name}`)]"""
AWAKE = """() => document.readyState === "complete" && !document.querySelector(".td-live [role=alert]")
  && document.querySelectorAll("[data-widget][data-ready]").length
     === document.querySelectorAll("script[type='application/vnd.jupyter.widget-view+json']").length"""
FIND = """const root = document.querySelector(`[data-widget=${view}]`);
  const named = (name) => [...root.querySelectorAll("button")].find((button) => button.innerText.trim() === name && button.checkVisibility());
  const slider = [...root.querySelectorAll("input[type=range]")].find((input) => !input.disabled && input.checkVisibility());
  const middle = (e) => {
    e.scrollIntoView({ block: "center" });
    const { x, y, width, height } = e.getBoundingClientRect();
    return [x + width / 2, y + height / 2, width];
  };"""
STATE = f"(view) => {{ {FIND} return JSON.stringify(root.widgetState()); }}"
SKIP = f"""(view) => {{ {FIND}
  named('Show me without a guess')?.click();
  const panel = root.querySelector('[role=tabpanel][hidden]:has(input[type=range])');
  if (!slider && panel) root.querySelector(`[aria-controls="${{panel.id}}"]`).click();
  return Boolean(slider);
}}"""
FOCUS = f"(view) => {{ {FIND} slider.focus(); return slider.value === slider.max ? 'ArrowLeft' : 'ArrowRight'; }}"
# a hand can take it: the contents beside the text lie over a wide widget for the moment until they have stepped aside
REACHED = "const reached = (e, [x, y]) => e.contains(document.elementFromPoint(x, y));"
SLIDER = f"""(view) => {{ {FIND} {REACHED} const [x, y, width] = middle(slider);
  return reached(slider, [x, y]) && [x, y, width * (slider.value * 2 > +slider.min + +slider.max ? -0.3 : 0.3)];
}}"""
BUTTON = f"(view, name) => {{ {FIND} {REACHED} return named(name) && reached(named(name), middle(named(name))) && middle(named(name)); }}"
SHOWN = f"(view, name) => {{ {FIND} return Boolean(named(name)); }}"
NAMED = """(view, name) => [...document.querySelectorAll(`[data-widget=${view}] input[type=range]`)]
  .find((input) => input.labels[0].textContent === name).value"""
STOPPED = f"(view) => {{ {FIND} named('Pause')?.click(); return !named('Pause'); }}"  # a short run may have ended by itself
STEP = "view => Number(document.querySelector(`[data-widget=${view}] [data-readout=step]`).dataset.value) > 0"
# A download is no file here: what would be one is kept, and looked into.
KEEP = """() => {
  const made = new Map(), address = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;
  URL.createObjectURL = (blob) => { const url = address(blob); made.set(url, blob); return url; };
  window.__saved = {};
  HTMLAnchorElement.prototype.click = function () {
    if (!this.download) return click.call(this);
    const blob = made.get(this.href), name = this.download.split(".").at(-1);
    const picture = blob.type === "text/csv" ? null : URL.createObjectURL(blob);
    blob.arrayBuffer().then(async (bytes) => {
      const text = String.fromCharCode(...new Uint8Array(bytes, 0, 9));
      if (!picture) return (window.__saved[name] = { text, colours: 0 });
      const image = Object.assign(new Image(), { src: picture });
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: 200, height: 200 }), context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, 200, 200);
      window.__saved[name] = { text, colours: new Set(new Uint32Array(context.getImageData(0, 0, 200, 200).data.buffer)).size };
    });
  };
}"""
SAVE = """(view, kind) => {
  const root = document.querySelector(`[data-widget=${view}]`);
  root.querySelector(".td-save").open = true;
  root.querySelector(`[data-do=save-${kind}]`).click();
}"""
BEGINS = {"svg": "<?xml", "png": "\x89PNG\r\n\x1a\n", "csv": "what,name", "animation": "GIF89a"}
LINK = """(selector) => {
  const link = document.querySelector(selector), { x, y, width, height } = (link.scrollIntoView({ block: "center" }), link.getClientRects()[0]);
  return [x + width / 2, y + height / 2];
}"""


@pytest.fixture(scope="module")
def watched(book, serve):
    return serve(book, WATCH, one_widget.pages(book))


@pytest.fixture
def opened(engine, watched):
    """opened(page) goes to a page and waits for its widgets; at the end of the test nothing may have gone wrong on the last one."""

    def go(name):
        engine.goto(f"{watched}/{name}.html")
        engine.wait(AWAKE)
        return engine

    yield go
    assert engine.run(TROUBLES) == []


def changed(engine, view, before):
    return engine.wait(f"(view, before) => {{ const now = ({STATE})(view); return now !== before && now; }}", view, before)


@pytest.mark.parametrize(
    "name", part_of(PAGES, ["index", "search", *PAGES[3:10:2], "chapters/06_real_model", "back/built", "back/api/widgets"])
)
def test_a_page_opens_with_all_its_widgets(opened, name):
    engine = opened(name)
    assert engine.run("() => [...document.querySelectorAll('main h1')].some((title) => title.checkVisibility())")
    assert engine.run("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("view", PLACES)
def test_a_widget_is_moved_by_key_and_by_pointer_and_plays(opened, view):
    engine = opened(one_widget.PATHS[view].removeprefix("/").removesuffix(".html"))
    engine.wait(SKIP, view)
    before = engine.run(STATE, view)
    engine.press(engine.run(FOCUS, view))
    before = changed(engine, view, before)
    x, y, far = engine.wait(SLIDER, view)
    engine.drag((x, y), (x + far, y))
    before = changed(engine, view, before)
    for name in ("Play", "Train"):
        if engine.run(SHOWN, view, name):
            engine.drag(engine.wait(BUTTON, view, name)[:2])
            changed(engine, view, before) if name == "Play" else engine.wait(STEP, view)
            engine.wait(STOPPED, view)


def test_full_screen_is_entered_with_larger_letters_and_left_by_escape(opened):
    engine = opened(one_widget.PATHS["trajectories"].removeprefix("/").removesuffix(".html"))
    engine.wait(SKIP, "trajectories")
    letters = "() => parseFloat(getComputedStyle(document.querySelector('[data-widget] button')).fontSize)"
    small = engine.run(letters)
    engine.drag(engine.wait(BUTTON, "trajectories", "Full screen")[:2])
    engine.wait("() => document.fullscreenElement?.dataset.widget === 'trajectories'")
    assert engine.wait(f"() => ({letters})() > 18") and small < 17
    engine.press("Escape")
    engine.wait(f"() => !document.fullscreenElement && ({letters})() === {small}")


def test_a_link_in_the_text_drives_a_widget_and_undo_brings_it_back(opened):
    engine = opened("chapters/03_trajectories")
    before = engine.run(STATE, "trajectories")
    engine.drag(engine.run(LINK, "a.td-show[href^='#trajectories=']"))
    changed(engine, "trajectories", before)
    engine.drag(engine.wait(BUTTON, "trajectories", "Undo")[:2])
    engine.wait(f"(view, before) => ({STATE})(view) === before", "trajectories", before)


def test_files_are_made_of_what_is_shown(opened, engine, watched):
    engine = opened("chapters/03_trajectories")
    engine.goto(f"{watched}/chapters/03_trajectories.html#trajectories=v2.clusters;layers=3;layer=2")
    engine.wait(AWAKE)
    engine.run(KEEP)
    for kind, begins in BEGINS.items():
        engine.run(SAVE, "trajectories", kind)
        name = "gif" if kind == "animation" else kind
        made = engine.wait("(name) => window.__saved[name]", name, seconds=60)
        assert made["text"].startswith(begins) and (kind == "csv" or made["colours"] > 20), (kind, made)


def test_a_link_in_the_text_leads_to_its_page(opened):
    engine = opened("index")
    engine.drag(engine.run(LINK, "article a[href^='chapters/']"))
    engine.wait("() => location.pathname.startsWith('/chapters/')")
    engine.wait(AWAKE)


def test_a_heading_that_a_link_leads_to_stays_while_widgets_start(opened, watched):
    engine = opened("search")
    engine.goto(f"{watched}/chapters/03_trajectories.html#do-they-pull-back")
    engine.wait(AWAKE)
    top = "() => document.querySelector('#do-they-pull-back').getBoundingClientRect().top"
    assert 0 < engine.run(top) < 100


def test_after_a_reload_a_slider_stands_where_the_state_is(opened):
    """Firefox remembers what a reader has set in the controls of a page."""
    view, engine = "trajectories", opened("chapters/03_trajectories")
    engine.wait(SKIP, view)
    key = engine.run(FOCUS, view)
    name, stood = engine.run("() => [document.activeElement.labels[0].textContent, document.activeElement.value]")
    before = engine.run(STATE, view)
    engine.press(key)
    changed(engine, view, before)
    engine.run("() => { window.__old = true; location.reload(); }")
    engine.wait("() => !window.__old")
    engine.wait(AWAKE)
    assert engine.run(NAMED, view, name) == stood
    assert engine.run(STATE, view) == before


CELL = """(id) => {
  const root = document.querySelector(`[data-cell="${id}"]`);
  root.run = () => root.querySelector("[data-do=run]").click();
  root.given = () => root.querySelector("[data-live-output]:is([data-state=done], [data-state=error])");
  return root;
}"""


def test_a_cell_runs_where_it_stands(live_book, opened):
    first, second = code_cells("back/solutions_01")[:2]
    engine = opened("back/solutions_01")
    for cell in (first, second):
        engine.run(f"(id) => ({CELL})(id).run()", cell["id"])
    given = engine.wait(f"(id) => ({CELL})(id).given()?.innerText", second["id"], seconds=120)
    assert given.strip() == stored(second).strip() != ""
