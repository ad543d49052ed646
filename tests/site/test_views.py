"""What a notebook does to a view: it opens it out of the page, hides it, themes it meanwhile, sleeps, loses its kernel, and takes it away for good."""

import json

import pytest
from weekly import part_of
from widget_page import KINDS, met

from tokendynamics.widgets import ForceLab
from tokendynamics.widgets._live import STATIC

SHOWN = 20
CANVASES = ("trajectories", "gravity-and-attention", "force-lab")
FRAMES = (
    "(n) => { const next = (left) => new Promise((done) => requestAnimationFrame(() => done(left && next(left - 1)))); return next(n); }"
)
# what shows widgets as a notebook does: a model, a view that opens before it stands in the page, and goes again
HOST = """async ([source, css, state]) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const beside = document.querySelector("script[src*='host.js']").src;
  window.heard = new Map();
  const listeners = (name) => window.heard.get(name) ?? window.heard.set(name, new Set()).get(name);
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (typeof name !== "string") throw new TypeError("a trait at a time, as the front ends' common interface has it");
      state[name] = value;
      for (const callback of listeners("change")) callback();
    },
    on: (name, callback) => listeners(name).add(callback),
    off: (name, callback) => listeners(name).delete(callback),
    save_changes() {},
    send() {},
  };
  window.held = (name) => state[name];
  window.put = (patch) => {
    Object.assign(state, patch);
    for (const callback of listeners("change")) callback();
  };
  window.tell = (event, context) => [...listeners(event)].forEach((callback) => callback.call(context));
  window.open_ = async (marked = "") => {
    const el = document.createElement("div");
    el.className = marked;
    return { el, close: await widget.render({ model, el, experimental: { asset: (name) => new URL(name, beside).href } }) };
  };
}"""
SHOW = """async (count) => {
  const frames = (n) => new Promise((done) => requestAnimationFrame(() => (n ? done(frames(n - 1)) : done())));
  const gone = [];
  for (let i = 0; i < count; i++) {
    const { el, close } = await window.open_();
    document.body.prepend(el);
    await frames(4);
    const plot = [...el.querySelectorAll(".td-plot")].find(({ clientWidth }) => clientWidth);
    for (let n = 0; plot && !("drawn" in plot.dataset); n++) {
      if (n > 3000) throw new Error("the plot was not drawn in 3000 frames");
      await frames(1);
    }
    gone.push(new WeakRef(el.firstElementChild));
    close();
    el.remove();
  }
  window.gone = gone;
}"""
LEFT = "() => [window.gone.filter((each) => each.deref()).length, [...window.heard.values()].reduce((sum, own) => sum + own.size, 0)]"
# which contexts of WebGL there are: a browser gives a page sixteen, and then takes the oldest away
DRAWN_IN = """() => {
  const get = HTMLCanvasElement.prototype.getContext;
  window.contexts = [];
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    const context = get.call(this, kind, ...more);
    if (context && /webgl/.test(kind) && !window.contexts.includes(context)) window.contexts.push(context);
    return context;
  };
}"""


# a view in the page or out of it: what stands in its first canvas
OPEN = "async () => { window.view = await window.open_(); }"
PUT_IN = "() => document.querySelector('article, main, body').prepend(window.view.el)"
TAKE_OUT = "() => window.view.el.remove()"
DARK = "() => { document.documentElement.dataset.theme = 'dark'; }"
HIDE, UNHIDE = (f"() => {{ window.view.el.style.display = '{value}'; }}" for value in ("none", ""))
PICTURE = "() => window.view.el.querySelector('canvas').toDataURL()"
# how many pixels are black, and how many have one of two colours that the theme gives
COLOURS = """() => {
  const { el } = window.view;
  const style = getComputedStyle(el.querySelector(".td"));
  const wanted = ["query", "key"].map((name) => Number.parseInt(style.getPropertyValue(`--td-${name}`).trim().slice(1), 16));
  const canvas = el.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = { black: 0, own: 0 };
  for (let i = 0; i < data.length; i += 4) {
    const colour = data[i] * 65536 + data[i + 1] * 256 + data[i + 2];
    if (data[i + 3] === 255 && colour === 0) found.black++;
    if (wanted.includes(colour)) found.own++;
  }
  return found;
}"""


@pytest.fixture
def host(visit, desk):
    """host(view, **state) is a page with a host of its own for that widget."""

    def start(view, *, density=1, **state):
        # whichever stands still: the page's own widget is not looked at
        page = visit(desk("heads-and-tasks" if view == "encyclopedia" else "encyclopedia"), device_scale_factor=density, alone=True)
        held = KINDS[view](**state).get_state()
        plain = {name: json.loads(json.dumps(value, default=str)) for name, value in held.items() if name not in ("_esm", "_css")}
        page.evaluate(HOST, [*((STATIC / f"{view}.{kind}").read_text("utf8") for kind in ("js", "css")), plain])
        return page

    return start


def moved(page, *steps):
    for step in steps:
        page.evaluate(step)
        page.evaluate(FRAMES, 4)


def coloured(page, view):
    found = page.evaluate(COLOURS)
    # the Force lab draws its tokens in an SVG
    return found["black"] == 0 and (found["own"] > 20 or view == "force-lab")


@pytest.mark.parametrize("view", CANVASES)
def test_a_view_that_opens_out_of_the_page_has_its_colours_once_it_is_in_it(host, view):
    page = host(view)
    moved(page, OPEN, PUT_IN)
    assert coloured(page, view)


@pytest.mark.parametrize("view", CANVASES)
def test_a_view_out_of_the_page_while_the_theme_changes_comes_back_in_the_new_one(host, view):
    page = host(view)
    moved(page, OPEN, PUT_IN)
    light = page.evaluate(PICTURE)
    moved(page, TAKE_OUT, DARK, PUT_IN)
    assert coloured(page, view)
    away = page.evaluate(PICTURE)
    assert away != light
    moved(page, OPEN, PUT_IN)
    assert page.evaluate(PICTURE) == away, "another view, opened in that theme"


@pytest.mark.parametrize("view", CANVASES)
def test_a_hidden_view_is_drawn_as_large_as_it_was(host, view):
    page = host(view, density=2)
    moved(page, OPEN, PUT_IN, HIDE, DARK, UNHIDE)
    hidden = page.evaluate(PICTURE)
    page.evaluate(TAKE_OUT)
    moved(page, OPEN, PUT_IN)
    assert page.evaluate(PICTURE) == hidden


def test_a_plot_shows_what_changed_while_it_was_hidden(host):
    page = host("sweeps")
    moved(page, OPEN, PUT_IN)
    page.wait_for_selector(".td-plot[data-drawn]")
    plot = "window.view.el.querySelector('.td-plot')"
    before = page.evaluate(f"{plot}._fullLayout.font.color")
    moved(page, HIDE, DARK, "() => window.put({ seed: 3 })", UNHIDE)
    page.wait_for_function(f"(before) => {plot}._fullLayout.font.color !== before", arg=before, timeout=5000)
    marked = f"{plot}.data.length"
    assert page.evaluate(marked) > 0
    shown = page.evaluate(f"JSON.stringify({plot}.data.map(({{ marker }}) => marker))")
    moved(page, "() => window.put({ seed: -1 })")
    assert page.evaluate(f"JSON.stringify({plot}.data.map(({{ marker }}) => marker))") != shown


@pytest.mark.parametrize(("view", "pace"), [("trajectories", 0.16), ("real-trajectories", 1), ("gravity-and-attention", 0.06)])
def test_play_stands_still_while_the_page_sleeps(visit, desk, view, pace):
    page = visit(desk(view))
    root = met(page, view).root
    moment = "time" if view == "gravity-and-attention" else "layer"
    root.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"(root) => root.widgetState().{moment} > 0.2", arg=root.element_handle())
    before, after = page.evaluate(
        """async ([root, moment]) => {
          const frame = () => new Promise(requestAnimationFrame);
          await frame();
          const before = root.widgetState()[moment];
          for (const end = performance.now() + 3000; performance.now() < end; );
          await frame();
          await frame();
          return [before, root.widgetState()[moment]];
        }""",
        [root.element_handle(), moment],
    )
    assert before < after <= before + 3 * 0.25 / pace, "three frames, and none is longer than a quarter of a second"


def test_a_story_waits_for_a_reader_who_looks_elsewhere(visit, desk):
    page = visit(desk("force-lab"))
    root = page.locator("[data-widget=force-lab][data-ready]")
    # the waits of a story, twenty times as short
    page.evaluate("() => { const wait = window.setTimeout; window.setTimeout = (then, time, ...more) => wait(then, time / 20, ...more); }")
    root.get_by_role("button", name="A story in").click()
    story = root.locator(".td-story")
    page.evaluate("() => Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    story.get_by_role("button", name="By itself").click()
    page.wait_for_timeout(2500)
    assert story.locator("p").inner_text().startswith("1 of")
    page.evaluate("() => { delete document.hidden; }")
    page.wait_for_function("() => document.querySelector('.td-story p').textContent.startsWith('2 of')", timeout=5000)


def test_a_model_that_takes_a_trait_at_a_time_gets_all_of_them_and_no_view_a_part(host):
    page = host("force-lab")
    moved(page, OPEN, PUT_IN, "() => { window.first = window.view; }", OPEN, PUT_IN)
    page.evaluate(
        "() => { const select = window.view.el.querySelector('select'); select.value = 'dance'; select.dispatchEvent(new Event('change')); }"
    )
    page.evaluate(FRAMES, 4)
    held = "(name) => JSON.stringify(window.held(name))"
    shown = (
        "(name) => ['first', 'view'].map((which) => JSON.stringify(window[which].el.querySelector('[data-widget]').widgetState()[name]))"
    )
    for name in ForceLab.state_names:
        assert set(page.evaluate(shown, name)) == {page.evaluate(held, name)}, name
    assert page.evaluate("() => window.held('norm')") == "sphere"


def test_a_view_says_that_python_no_longer_listens_and_takes_it_back(host):
    page = host("force-lab")
    moved(page, OPEN, PUT_IN)
    said = "() => [...window.view.el.querySelectorAll('.td > .td-notice')].filter(({ hidden }) => !hidden).map((each) => each.textContent)"
    assert page.evaluate(said) == []
    page.evaluate("() => window.tell('comm_live_update', { model: { comm_live: false } })")
    assert "Python no longer listens" in page.evaluate(said)[0]
    page.evaluate("() => window.tell('comm_live_update', { model: { comm_live: true } })")
    assert page.evaluate(said) == []
    moved(page, "async () => { window.view = await window.open_('jupyter-widgets-disconnected'); }", PUT_IN)
    assert len(page.evaluate(said)) == 1, "a view of a notebook that was stored, with no kernel behind it"


@pytest.mark.parametrize("view", part_of(list(KINDS), ["real-trajectories"]))
def test_twenty_shown_and_closed_are_all_let_go(host, view):
    page = host(view)
    page.evaluate(SHOW, SHOWN)
    let_go(page)


def let_go(page):
    page.wait_for_timeout(2500)  # what waits, such as words for a screen reader, has been said
    collector = page.context.new_cdp_session(page)
    for _ in range(3):
        collector.send("HeapProfiler.collectGarbage")
    assert page.evaluate(LEFT) == [0, 0]


def test_the_three_dimensional_picture_gives_its_drawing_contexts_back(host):
    page = host("real-trajectories", dimensions=3)
    page.evaluate(DRAWN_IN)
    page.evaluate(SHOW, 3)
    assert page.evaluate("window.contexts.length") >= 3
    assert page.evaluate("window.contexts.filter((context) => !context.isContextLost()).length") == 0
    page.evaluate("() => { window.contexts = [] }")
    let_go(page)
