"""A widget on a page, as a test holds it: its state, its controls by their names, its numbers, its words."""

import base64
import json


class WidgetPage:
    def __init__(self, page, view, picture, *, skip=True):
        """`skip` passes over the question that comes first, if there is one: what shows the answer waits for that."""
        self.page, self.selector, self.picture_in = page, f"[data-widget={view}]", picture
        page.wait_for_selector(f"{self.selector}[data-ready]")
        self.root = page.locator(self.selector).first
        if skip and self.button("Show me without a guess").is_visible():
            self.button("Show me without a guess").evaluate("button => button.click()")  # and leave the pointer and the page where they are
            page.evaluate("document.activeElement.blur()")
        self.settle()

    def settle(self):
        """Two frames: what was asked for is drawn."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def state(self):
        return self.root.evaluate("root => root.widgetState()")

    def control(self, label):
        return self.root.get_by_label(label, exact=True)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name):
        self.button(name).click()
        self.settle()

    def choose(self, label, option):
        self.control(label).select_option(option)
        self.settle()

    def slide(self, label, value):
        self.control(label).fill(str(value))
        self.settle()

    def copied(self, name):
        """What a button copies; the page needs the clipboard's permissions."""
        self.press(name)
        return self.page.evaluate("navigator.clipboard.readText()")

    def tabbed(self, times):
        """The names of the widget's controls that Tab comes by, with the one it starts from."""
        named = f"(e => e.closest('{self.selector}') && (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText))(document.activeElement)"
        names = set()
        for _ in range(times):
            names.add((self.page.evaluate(named) or "").split("\n")[0])
            self.page.keyboard.press("Tab")
        return names

    def read(self, name):
        return float(self.root.locator(f"[data-readout={name}]").get_attribute("data-value"))

    def notices(self):
        return " ".join(self.root.locator(".td-notice:visible").all_inner_texts())

    def picture(self):
        return self.root.locator(self.picture_in).first.inner_html()


class Stage(WidgetPage):
    """A widget with a stage of moving bodies, or one in each of two panes, a clock and charts by time."""

    def __init__(self, page, view):
        super().__init__(page, view, ".td-stage")
        self.root.locator(".td-stage").first.scroll_into_view_if_needed()
        self.settle()

    def picture(self, side=None):
        """The stages as they are drawn, canvas and starts, or only that of a pane."""
        draw = "all => all.map(stage => stage.querySelector('canvas').toDataURL() + stage.querySelector('svg').innerHTML).join('')"
        return self._pane(side).locator(".td-stage").evaluate_all(draw)

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
        return self.root.locator(".td-meters path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")

    def clock(self):
        return self.root.locator(".td-time input")

    def at(self, time):
        self.clock().fill(str(time))
        self.settle()


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


def link(view, state):
    """What comes after the address in a link of the first kind; the widget need not be able to have the state."""
    text = base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")
    return f"#{view}=v1.{text}"


def woken(visit, address, view, **device):
    """(page, root) of a widget that is awake, past its prediction."""
    page = visit(f"{address}/{PLACES[view]}.html", **device)
    return page, wake(page, view)


def wake(page, view):
    """The root of a page's widget, awake and past its prediction."""
    page.locator(".td-place").first.scroll_into_view_if_needed()
    page.wait_for_selector(f"[data-widget={view}][data-ready]", state="attached")
    root = page.locator(f"[data-widget={view}]").first
    skip = root.get_by_role("button", name="Show me without a guess")
    if skip.count():
        skip.click()
    return root


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
