"""A widget on a page, as a test holds it: its state, its controls by their names, its numbers, its words."""

import base64
import json
import shutil
import sys
from pathlib import Path

from browser import OPEN

from tokendynamics import widgets
from tokendynamics.widgets._live import LATE, STATIC

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "site"))
import book_safety  # noqa: E402

KINDS = {getattr(widgets, name).view: getattr(widgets, name) for name in widgets.__all__}
PLACES = {  # widget: a page where it stands
    "force-lab": "index",
    "encyclopedia": "chapters/02_encyclopedia",
    "trajectories": "chapters/03_trajectories",
    "gravity-and-attention": "chapters/03_trajectories",
    "heads-and-tasks": "chapters/04_many_heads",
    "emergence-lab": "chapters/05_emergence",
    "sweeps": "chapters/05_emergence",
    "real-trajectories": "chapters/06_real_model",
}
PICTURES = {  # widget: what it draws in
    "force-lab": ".td-plane",
    "encyclopedia": ".td-spaces",
    "trajectories": ".td-stage",
    "gravity-and-attention": ".td-stage",
    "heads-and-tasks": ".td-strips",
    "emergence-lab": ".td-curves",
    "sweeps": ".td-plot",
    "real-trajectories": ".td-plane svg",
}
DRAWN = """all => all.map(place => [...place.querySelectorAll('canvas:not(.td-flow)')].map(canvas => canvas.toDataURL()).join('')
  + (place.querySelector(':scope > svg') ?? place).innerHTML).join('')"""


class WidgetPage:
    def __init__(self, page, view, *, skip=True):
        """`skip` passes over the question that comes first, if there is one: what shows the answer waits for that."""
        self.page, self.view, self.selector = page, view, f"[data-widget={view}]"
        page.wait_for_selector(f"{self.selector}[data-ready]")
        self.root = page.locator(self.selector).first
        if skip and self.root.locator(".td-predict:not([data-answered])").count():
            pass_over = self.root.get_by_role("button", name="Show me without a guess", include_hidden=True)
            pass_over.evaluate("button => button.click()")  # and leave the pointer, the page and the open panel where they are
            page.evaluate("document.activeElement.blur()")
        self.settle()

    def settle(self):
        """Two frames: what was asked for is drawn."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def state(self):
        return self.root.evaluate("root => root.widgetState()")

    def control(self, label):
        return self.reached(self.root.get_by_label(label, exact=True))

    def button(self, name):
        return self.reached(self.root.get_by_role("button", name=name, exact=True, include_hidden=True))

    def reached(self, found):
        """What was looked for, its panel open."""
        if found.count():
            found.first.evaluate(OPEN)
        return found

    def panel(self, name):
        """Open a panel by its name."""
        self.root.locator(f"[role=tab][data-panel={name}]").click()
        self.settle()

    def press(self, name):
        self.button(name).click()
        self.settle()

    def choose(self, label, option):
        self.control(label).select_option(option)
        self.settle()

    def slide(self, label, value):
        self.control(label).fill(str(value))
        self.settle()

    def type(self, label, text):
        self.control(label).fill(text)
        self.control(label).press("Enter")
        self.settle()

    def toggle(self, label):
        self.control(label).click()
        self.settle()

    def changed(self, label, how, value=None):
        """The parts of the state that a control changes, used once as `how` says: a method of this class, given the label and, if there is one, the value."""
        before = self.state()
        getattr(self, how)(label, *([] if value is None else [value]))
        return {name for name, now in self.state().items() if now != before[name]}

    def click(self, selector, index=0):
        self.reached(self.root.locator(selector).nth(index)).click()
        self.settle()

    def clock(self):
        return self.root.locator(".td-time input")

    def at(self, time):
        self.clock().fill(str(time))
        self.settle()

    def fits(self, width):
        """No page that scrolls sideways, no picture and no table that begins or ends outside the window."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [each.bounding_box() for each in self.root.locator(PICTURES[self.view]).all()]
        assert boxes and all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in filter(None, boxes))

    def copied(self, name):
        """What a button copies; the page needs the clipboard's permissions."""
        # not by its words, which are "Copied" for a second and a half
        self.reached(self.root.locator(f".td-copy-group:has([aria-label='{name}: the text to copy']) button")).click()
        self.settle()
        return self.page.evaluate("navigator.clipboard.readText()")

    def tabbed(self, most):
        """The names of the widget's controls that Tab comes by until it leaves, with the one it starts from."""
        self.root.evaluate("""root => {
          const named = e => e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '';
          if (!root.tabbed) root.addEventListener('focusin', event => root.tabbed.push(named(event.target)));
          root.tabbed = [named(document.activeElement)];
        }""")
        for times in range(1, most + 1):
            self.page.keyboard.press("Tab")
            if times % 10 == 0 and not self.root.evaluate("root => root.contains(document.activeElement)"):
                break
        names = self.root.evaluate("root => root.tabbed")
        return {name.split("\n")[0] for name in names} | {name.replace("\n", " ").strip() for name in names}

    def read(self, name):
        return float(self.root.locator(f"[data-readout={name}]").get_attribute("data-value"))

    def notices(self):
        return " ".join(self.root.locator(".td-notice:visible").all_inner_texts())

    def picture(self):
        """All that is drawn, canvas and lines."""
        return self.root.locator(PICTURES[self.view]).evaluate_all(DRAWN)


class Stage(WidgetPage):
    """A widget with a stage of moving bodies, or one in each of two panes, a clock and charts by time."""

    def __init__(self, page, view, **options):
        super().__init__(page, view, **options)
        self.root.locator(".td-stage").first.scroll_into_view_if_needed()
        self.settle()

    def picture(self, side=None):
        """The stages as they are drawn, canvas and starts, or only that of a pane."""
        return self._pane(side).locator(".td-stage").evaluate_all(DRAWN)

    def start(self, index, side=None):
        return self._pane(side).locator(f".td-token[data-token='{index}']")

    def _pane(self, side):
        return self.root.locator(f".td-pane-{side}") if side else self.root

    def drag(self, start, dx, dy):
        start.scroll_into_view_if_needed()
        x, y = centre(start)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=6)
        self.page.mouse.up()
        self.settle()

    def charts(self):
        """The lines of the meters, whose panel is opened: they are drawn when it is."""
        self.panel("meters")
        return self.root.locator(".td-meters path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")


def alone(folder, widget):
    """Write a page with nothing but a widget, under the policy that every page of the book has; gives its folder."""
    shutil.copytree(ROOT / "site" / "static", folder / "_static")
    for late in LATE:  # as in the book: fetched when they are needed
        shutil.copy(STATIC / late, folder / "_static")
    state = {name: value for name, value in widget.get_state().items() if name in widget.traits(sync=True) and not name.startswith("_")}
    state = {name: value for name, value in state.items() if name not in ("layout", "tabbable", "tooltip")}
    scripts = {"_esm": (STATIC / f"{widget.view}.js").read_text("utf8"), "_css": (STATIC / f"{widget.view}.css").read_text("utf8")}
    model = {"model_name": "AnyModel", "state": {**scripts, "_anywidget_id": "book.Thing", **state}}
    models = json.dumps({"state": {"it": model}}).replace("</", "<\\/")
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>widget</title><link rel="icon" href="data:,">
        <meta name="viewport" content="width=device-width"></head><body><script defer src="_static/host.js"></script>
        <script type="application/vnd.jupyter.widget-state+json">{models}</script>
        <div class="td-live"><script type="application/vnd.jupyter.widget-view+json">{{"model_id": "it"}}</script></div></body></html>"""
    (folder / "index.html").write_text(book_safety.with_policy(page), "utf8")
    return folder


def link(view, state):
    """What comes after the address in a link of the first kind; the widget need not be able to have the state."""
    text = base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")
    return f"#{view}=v1.{text}"


def met(page, view, **options):
    """A widget on a page that is open, as it is held: with a stage or without, its plot drawn."""
    widget = (Stage if PICTURES[view] == ".td-stage" else WidgetPage)(page, view, **options)
    if view == "sweeps":
        widget.root.scroll_into_view_if_needed()
        page.wait_for_selector(f"{widget.selector} .td-plot[data-drawn]")
        widget.settle()
    return widget


def centre(locator):
    """The middle of what an element covers, (x, y) in the window."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Finger:
    """One finger, by the browser's own touch events: it scrolls what may be scrolled."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def send(self, kind, *points):
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def drag(self, start, end, moves=12):
        self.send("touchStart", start)
        for i in range(1, moves + 1):
            self.send("touchMove", tuple(a + (b - a) * i / moves for a, b in zip(start, end)))
        self.send("touchEnd")
