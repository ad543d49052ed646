"""Windows of the browser that are used again: their process stands already and keeps the book's files. Each is handed on as it was when it was new."""

from collections import defaultdict
from urllib.parse import urlsplit

IDLE = 3  # windows that wait; each is a process
FORGET = "() => { for (const kept of ['localStorage', 'sessionStorage']) try { window[kept].clear() } catch {} }"


def window(browser, options, *, width, height, dark):
    """An empty page in a window of its own."""
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme(dark), **options).new_page()


def scheme(dark):
    return "dark" if dark else "light"


class Windows:
    """The windows that wait, by what each was opened with."""

    def __init__(self, browser):
        self.browser = browser
        self.waiting = defaultdict(list)

    def like(self, options):
        return self.waiting[repr(sorted(options.items()))]

    def take(self, options, *, width, height, dark):
        """One that waits, or a new one."""
        if not (waiting := self.like(options)):
            return window(self.browser, options, width=width, height=height, dark=dark)
        page = waiting.pop()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme(dark))
        if options.get("permissions"):
            page.context.grant_permissions(options["permissions"])
        return page

    def give_back(self, page, options):
        """Put everything back that a test may change through the window; what it changes for good, as scripts that come first, wants a window of its own."""
        if page.is_closed() or sum(map(len, self.waiting.values())) >= IDLE:
            return page.context.close()
        context = page.context
        for other in context.pages:
            if other != page:
                other.close()
        page.unroute_all(behavior="ignoreErrors")
        context.unroute_all(behavior="ignoreErrors")
        context.set_offline(bool(options.get("offline")))
        context.clear_permissions()
        address = urlsplit(page.url)
        page.evaluate(FORGET)
        page.goto("about:blank")
        page.mouse.move(0, 0)
        page.emulate_media(
            media="null", reduced_motion=options.get("reduced_motion", "null"), forced_colors=options.get("forced_colors", "null")
        )
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": f"{address.scheme}://{address.netloc}", "storageTypes": "all"})
        session.detach()
        self.like(options).append(page)
