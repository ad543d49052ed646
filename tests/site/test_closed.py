"""A view that is taken away leaves nothing behind: no element, no listener, no timer, no drawing context."""

import json

import pytest
from widget_page import KINDS

from tokendynamics.widgets._live import STATIC

SHOWN = 20
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
    set: (given) => Object.assign(state, given),
    on: (name, callback) => listeners(name).add(callback),
    off: (name, callback) => listeners(name).delete(callback),
    save_changes() {},
    send() {},
  };
  window.put = (patch) => {
    Object.assign(state, patch);
    for (const callback of listeners("change")) callback();
  };
  window.tell = (event, context) => [...listeners(event)].forEach((callback) => callback.call(context));
  window.open_ = async () => {
    const el = document.createElement("div");
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
    while (plot && !("drawn" in plot.dataset)) await frames(1);
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


@pytest.fixture
def host(visit, desk):
    """host(view, **state) is a page with a host of its own for that widget."""

    def start(view, **state):
        page = visit(desk("sweeps" if view == "force-lab" else "force-lab"))  # whichever: the page's own widget is not looked at
        held = KINDS[view](**state).get_state()
        plain = {name: json.loads(json.dumps(value, default=str)) for name, value in held.items() if name not in ("_esm", "_css")}
        page.evaluate(HOST, [*((STATIC / f"{view}.{kind}").read_text("utf8") for kind in ("js", "css")), plain])
        return page

    return start


@pytest.mark.parametrize("view", KINDS)
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
