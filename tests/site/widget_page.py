"""A widget on a page, as a test holds it: its state, its controls by their names, its numbers, its words."""


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

    def read(self, name):
        return float(self.root.locator(f"[data-readout={name}]").get_attribute("data-value"))

    def notices(self):
        return " ".join(self.root.locator(".td-notice:visible").all_inner_texts())

    def picture(self):
        return self.root.locator(self.picture_in).first.inner_html()
