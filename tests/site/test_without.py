"""A reader's browser that keeps nothing, a file that does not come or is late, a page without scripts: what there is goes on working, and says so."""

import re
import sys
from pathlib import Path

import pytest
from weekly import part_of
from widget_page import PLACES, met

sys.path.insert(0, str(Path(__file__).parents[2] / "site"))
import book_site  # noqa: E402

PAGE = "chapters/03_trajectories"
BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } });"""
FULL = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };"""
NONE = (
    """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { configurable: true, value: null });"""
)
MENU = "#pst-primary-sidebar-modal .bd-links, #pst-primary-sidebar .bd-links"
THEME = "() => document.documentElement.dataset.theme"


@pytest.fixture
def opened(visit, address):
    """opened(before, …) is a page that `before` runs on first: what it does to the browser holds from the start."""

    def go(before, name=PAGE, **options):
        troubles = []

        def prepare(page):
            page.add_init_script(before)
            page.on("pageerror", lambda error: troubles.append(str(error)))

        page = visit(f"{address}/{name}.html", errors=False, before=prepare, **options)
        page.troubles = troubles
        return page

    return go


def test_the_storage_stands_in_before_the_theme_reads_it_and_mending_twice_changes_nothing(book):
    for path in sorted(book.rglob("*.html")):
        page = path.read_text("utf8")
        if "<head" not in page or "_static" in path.parts or path.parent == book / "embed":
            continue  # no page of the theme
        assert page.index("forgets: true") < page.index('localStorage.getItem("mode")'), path.name
        assert page.count("forgets: true") == 1
        for pattern, instead in book_site.MENDS:
            assert re.sub(pattern, instead, page) == page, (path.name, pattern)


@pytest.mark.parametrize("kind", part_of([BLOCKED, FULL, NONE], [BLOCKED]), ids=part_of(["blocked", "full", "none"], ["blocked"]))
def test_where_nothing_is_kept_menu_search_and_theme_work(opened, kind):
    page = opened(kind, width=390, height=844)
    page.locator(".primary-toggle").click()
    assert page.locator(MENU).first.is_visible(), "a phone's menu"
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    page.locator(".search-button-field").click()
    assert page.locator("#pst-search-dialog input").is_visible()
    page.keyboard.press("Escape")
    met(page, "trajectories")
    themes = set()
    for _ in range(3):
        page.locator(".theme-switch-button").click()
        themes.add(page.evaluate(THEME))
    assert themes == {"light", "dark"}
    assert not page.troubles


def test_in_a_sandboxed_frame_a_page_lives(visit, book, serve):
    frame = f'<!doctype html><title>frame</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/{PAGE}.html" width="1200" height="800"></iframe>'
    address = serve(book, made=lambda path: frame.encode() if path == "/frame.html" else None)
    page = visit(f"{address}/objects.inv.html", errors=False)  # nothing there: only to listen before the visit
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/frame.html")
    inside = page.frame_locator("iframe")
    inside.locator("[data-widget=trajectories][data-ready]").wait_for()
    inside.locator(".theme-switch-button").click()
    inside.locator(".search-button-field").click()
    inside.locator("#pst-search-dialog input").wait_for()
    assert not troubles


def test_what_was_kept_is_read_where_no_more_can_be(opened):
    page = opened("localStorage.setItem('theme', 'dark'); localStorage.setItem('mode', 'dark');" + FULL)
    assert page.evaluate(THEME) == "dark"


@pytest.mark.parametrize("kind", [BLOCKED, FULL], ids=["blocked", "full"])
def test_a_guess_that_cannot_be_kept_is_said_to_be(opened, kind):
    page = opened(kind, "chapters/01_tokens_as_particles")
    widget = met(page, "force-lab", skip=False)
    widget.press("Show me without a guess")
    assert "keeps nothing" in widget.root.locator(".td-kept").inner_text()


LIVE = ".td-live"
COMING = ".td-coming"


@pytest.fixture
def route(visit, address):
    """route(pattern, handler) is a page whose requests like that go to `handler`, before it goes anywhere."""

    def prepare(pattern, handler, **options):
        page = visit(f"{address}/objects.inv.html", errors=False, alone=True, **options)
        page.route(pattern, handler)
        return page

    return prepare


def picture_and_words(page):
    place = page.locator(LIVE).first
    place.scroll_into_view_if_needed()
    place.locator(COMING).wait_for()
    image = place.locator(".td-still img")
    assert image.is_visible()
    page.wait_for_function("() => document.querySelector('.td-still img').naturalWidth > 0")
    return place.locator(COMING).inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_where_the_host_does_not_come_the_still_and_words_do(route, address, width):
    page = route("**/host.js*", lambda it: it.abort(), width=width)
    page.goto(f"{address}/{PAGE}.html")
    said = picture_and_words(page)
    assert "host.js" in said and "Reload the page" in said
    link = page.locator("a.td-show").first
    assert link.evaluate("link => getComputedStyle(link).pointerEvents") == "none", "a link with nobody to follow it is plain words"


def test_what_is_late_says_so_shows_its_still_and_gives_way(route, address):
    held = []
    page = route("**/state/*", lambda it: held.append(it))
    page.goto(f"{address}/{PAGE}.html", wait_until="domcontentloaded")  # on a busy machine what is held holds the page's load too
    said = picture_and_words(page)
    assert "on its way" in said
    for each in held:
        each.continue_()
    widget = met(page, "trajectories")
    assert widget.root.is_visible()
    place = page.locator(LIVE).first
    assert not place.locator(COMING).is_visible() and not place.locator(".td-still").is_visible()


def test_what_is_long_late_says_what_to_do(route, address):
    page = route("**/state/*", lambda it: None)
    page.clock.install()
    page.goto(f"{address}/{PAGE}.html", wait_until="domcontentloaded")
    page.clock.run_for(30_000)
    assert "Reloading" in picture_and_words(page)


def test_state_that_does_not_come_is_told(route, address):
    page = route("**/state/*", lambda it: it.abort())
    page.goto(f"{address}/{PAGE}.html")
    alert = page.locator(f"{LIVE} [role=alert]").first
    alert.wait_for()
    assert "did not come" in alert.inner_text() and "Reload the page" in alert.inner_text()
    assert page.locator(".td-still img").first.is_visible()
    assert not page.locator(COMING).locator("visible=true").count()


def test_an_old_page_with_newer_files_says_reload(book, route, address):
    state = (book / "_static/state" / f"{PAGE.replace('/', '-')}.js").read_text("utf8")
    for model in re.findall(r'"model_id": "(\w+)"', (book / f"{PAGE}.html").read_text("utf8")):
        state = state.replace(model, model[::-1])
    page = route("**/state/*", lambda it: it.fulfill(body=state, content_type="text/javascript"))
    page.goto(f"{address}/{PAGE}.html")
    alert = page.locator(f"{LIVE} [role=alert]").first
    alert.wait_for()
    assert "older than the files" in alert.inner_text() and "Reload the page" in alert.inner_text()


def test_a_plot_whose_script_does_not_come_is_told(route, address):
    page = route("**/plotly.js*", lambda it: it.abort())
    page.goto(f"{address}/{PLACES['sweeps']}.html")
    root = page.locator("[data-widget=sweeps]").first
    root.scroll_into_view_if_needed()
    root.locator(".td-plot-place .td-notice:has-text('could not be loaded')").wait_for()


@pytest.mark.parametrize("how", ["no scripts", "none of the theme's"])
def test_a_phone_opens_menu_and_contents_where_no_script_does(route, address, how):
    page = route(
        "**/scripts/*.js*",
        lambda it: it.abort(),
        width=390,
        height=844,
        **({"java_script_enabled": False} if how == "no scripts" else {}),
    )
    page.goto(f"{address}/{PAGE}.html")
    for toggle, sidebar in (("primary", "Notation"), ("secondary", "Verdicts")):
        assert not page.locator(f"#pst-{toggle}-sidebar").get_by_text(sidebar, exact=True).is_visible()
        page.locator(f".{toggle}-toggle").click()
        link = page.locator(f"#pst-{toggle}-sidebar").get_by_text(sidebar, exact=True)
        link.scroll_into_view_if_needed()
        assert link.is_visible()
        box = page.locator(f"#pst-{toggle}-sidebar").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    link.click()
    assert page.url.endswith("#verdicts")
