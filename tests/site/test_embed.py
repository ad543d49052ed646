"""A widget in another page, which it leaves alone; a widget on the whole screen; the keys that it has."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import book_assets
import pytest
from page_weight import first_visit
from test_access import AXE, TAGS
from test_every_widget import panels
from test_other_browsers import TROUBLES, WATCH
from weekly import part_of
from widget_page import KINDS, PLACES, met

ROOT = Path(__file__).parents[2]
UI = ROOT / "src/tokendynamics/widgets/ui"
SIZE, LETTERS = (1366, 768), 20  # a projector, and pixels that its last row can read
LINK = "#force-lab=v3!turning;scale=2;panel=_K"
TURN = [[0, -1], [1, 0]]
# the frame begins where the window ends: what scrolled to its widget would scroll the page around it
SLIDE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A slide</title><link rel="icon" href="data:,"></head>
<body><input id="mine" aria-label="a field of the page"><div style="height: 500px"></div>{frame}<div style="height: 1500px"></div>
<script>window.heard = []; addEventListener("message", ({{ data }}) => heard.push(data)); document.querySelector("#mine").focus();</script></body></html>"""
SANDBOXED = '<iframe sandbox="allow-scripts" src="{src}" title="A widget" width="100%" height="900" style="border: 0"></iframe>'
AROUND = "() => [scrollY, document.activeElement.id]"
HEARD = "() => window.heard.filter(({ type, height }) => type === 'tokendynamics:height' && height > 300).at(-1)?.height"
STATE = "() => document.querySelector('[data-widget][data-ready]')?.widgetState()"
THEME = "() => document.documentElement.dataset.theme"
TOKEN = "() => document.querySelector('.td-token').focus()"
# WebKit's driver brings no key into a frame of another site
KEY = "() => document.querySelector('.td-token').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))"
TELL = "(theme) => document.querySelector('iframe').contentWindow.postMessage({ type: 'tokendynamics:theme', theme }, '*')"
FOLLOWED = "() => document.querySelector('iframe').offsetHeight"


@pytest.fixture(scope="module")
def watched(book, serve):
    return serve(book, WATCH)


@pytest.fixture
def slide(serve, tmp_path):
    """slide(frame) is the address of a page of another site that holds it."""

    def made(frame):
        (tmp_path / "slide.html").write_text(SLIDE.format(frame=frame), "utf8")
        return serve(tmp_path).replace("127.0.0.1", "localhost") + "/slide.html"

    return made


@pytest.fixture
def show(chromium):
    """show(url) opens a page that may reach this machine alone, and must log no error."""
    contexts, troubles = [], []

    def opened(url, **options):
        context = chromium.new_context(viewport={"width": 700, "height": 700}, **options)
        contexts.append(context)
        page = context.new_page()
        context.on(
            "request",
            lambda request: (
                troubles.append(request.url) if urlsplit(request.url).hostname not in (None, "", "127.0.0.1", "localhost") else None
            ),
        )
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles, troubles


def test_a_page_alone_is_small_and_links_to_its_chapter(book, visit, address):
    for view in KINDS:
        path = book / "embed" / f"{view}.html"
        text = path.read_text("utf8")
        assert path.stat().st_size <= 8000
        assert text.count("<script") == 2 and "stylesheet" not in text
        assert (
            f'href="../{PLACES[view] if view != "force-lab" else "chapters/01_tokens_as_particles"}.html" target="_blank" rel="noopener"'
            in text
        )
        assert "CC BY 4.0" in text
    total, asked = first_visit(visit(address + "/nothing.html", errors=False, alone=True), address, "embed/force-lab")
    assert total <= 100_000 and asked <= 5, (total, asked)


def test_each_comes_up_as_its_class_makes_it_with_nothing_else(visit, address):
    views = part_of(list(KINDS), ["force-lab", "sweeps", "real-trajectories"])
    page = visit(f"{address}/embed/{views[0]}.html")
    for view in views:
        page.goto(f"{address}/embed/{view}.html")
        assert met(page, view).state() == json.loads(json.dumps(KINDS[view]().state()))
        assert page.locator("article, nav, header").count() == 0


def test_it_is_offered_where_the_page_alone_would_show_the_same(book):
    _, page = book_assets.read_state(book / book_assets.STATES / "chapters-06_real_model.js")
    states = [model["state"] for model in page["state"].values()]
    offered = {state["key"]: state.get("embed") for state in states if "key" in state}
    assert offered.pop("") == "embed/real-trajectories.html" and offered and not any(offered.values()), (
        "sentences of one's own are not there"
    )


def test_in_a_sandbox_of_another_site_it_lives_and_leaves_that_page_alone(show, watched, slide):
    page = show(slide(SANDBOXED.format(src=f"{watched}/embed/force-lab.html?theme=dark{LINK}")))
    frame = page.frames[1]
    frame.wait_for_selector("[data-ready]")
    state = frame.evaluate(STATE)
    assert (state["scale"], state["V"]) == (2, TURN) and frame.locator("[data-panel=K][aria-selected=true]").count()
    assert frame.evaluate("() => { try { return localStorage.length } catch (error) { return error.name } }") == "SecurityError"
    assert frame.evaluate(THEME) == "dark"
    page.wait_for_function(HEARD)
    page.evaluate(TELL, "light")
    frame.wait_for_function("document.documentElement.dataset.theme === 'light'")
    assert page.evaluate(AROUND) == [0, "mine"]
    frame.evaluate(TOKEN)
    page.keyboard.press("ArrowRight")
    frame.wait_for_function(
        "before => document.querySelector('[data-widget]').widgetState().tokens[0][0] !== before", arg=state["tokens"][0][0]
    )
    at = page.evaluate("scrollY")
    box = page.locator("iframe").bounding_box()
    page.mouse.move(box["x"] + 200, max(box["y"] + 60, 100))
    page.mouse.wheel(0, 250)
    page.wait_for_function("at => scrollY >= at + 200", arg=at)
    assert frame.evaluate(TROUBLES) == []


def test_it_does_so_in_other_browsers(engine, watched, slide):
    engine.goto(slide(SANDBOXED.format(src=f"{watched}/embed/force-lab.html?theme=dark{LINK}")))
    engine.wait(HEARD)
    engine.run(TELL, "light")
    assert engine.run(AROUND) == [0, "mine"]
    engine.enter(0)
    state = engine.wait(STATE)
    assert (state["scale"], state["V"]) == (2, TURN)
    engine.wait(f"() => ({THEME})() === 'light'")
    engine.run(KEY)
    engine.wait("before => document.querySelector('[data-widget]').widgetState().tokens[0][0] !== before", state["tokens"][0][0])
    assert engine.run(TROUBLES) == []
    engine.enter(None)


def test_a_teacher_puts_a_state_into_a_slide_and_its_picture_into_a_worksheet(visit, desk, show, slide, tmp_path):
    it = met(visit(desk("force-lab"), permissions=["clipboard-read", "clipboard-write"]), "force-lab")
    it.choose("Preset", "turning")
    it.click(".td-token", 1)
    it.root.locator(".td-save > summary").click()
    it.click("[data-do=copy-embed]")
    code = it.page.evaluate("navigator.clipboard.readText()")
    with it.page.expect_download() as download:
        it.root.locator("[data-save=PNG], [data-do=save-png]").click()
    download.value.save_as(tmp_path / "force-lab.png")

    page = show(slide(code))
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frames[1]
    frame.wait_for_selector("[data-ready]")
    assert frame.evaluate(STATE) == it.state() and frame.evaluate(STATE)["selected"] == 1
    page.wait_for_function(f"({HEARD})() === ({FOLLOWED})()")
    before = page.evaluate(FOLLOWED)
    frame.locator("[data-panel=laws]").click()
    page.wait_for_function(f"before => ({FOLLOWED})() !== before && ({HEARD})() === ({FOLLOWED})()", arg=before)
    worksheet = show(slide('<img src="force-lab.png" alt="The Force lab with V a quarter turn">'))
    assert worksheet.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


def full(it):
    """Whether it fills the window, and how large its letters and its picture are."""
    return it.root.evaluate("""root => {
      const { x, y, width, height } = root.getBoundingClientRect(), picture = root.querySelector("[data-picture]").getBoundingClientRect();
      return ["full" in root.dataset && x === 0 && y === 0 && width === innerWidth && height === innerHeight,
        parseFloat(getComputedStyle(root).fontSize), Math.max(picture.height / innerHeight, picture.width / innerWidth), picture.bottom <= innerHeight];
    }""")


@pytest.mark.parametrize("view", part_of(list(KINDS), ["encyclopedia"]))
@pytest.mark.parametrize("granted", [True, False], ids=["full screen", "over the page"])
def test_on_the_whole_screen_it_is_large_and_afterwards_all_is_as_it_was(visit, desk, view, granted):
    page = visit(desk(view), width=SIZE[0], height=SIZE[1])
    if not granted:
        page.evaluate("delete Element.prototype.requestFullscreen")
    it = met(page, view)
    it.root.locator("[data-do=full-screen]").scroll_into_view_if_needed()
    there = "() => [scrollY, document.querySelector('[data-widget]').getBoundingClientRect().top, getComputedStyle(document.documentElement).fontSize]"
    before, state, drawn = page.evaluate(there), it.state(), it.picture()
    it.click("[data-do=full-screen]")
    whole, letters, share, seen = full(it)
    assert whole and letters >= LETTERS and share >= 0.6 and seen
    assert bool(page.evaluate("document.fullscreenElement")) == granted
    run = "tags => axe.run('[data-widget]', { runOnly: tags, resultTypes: ['violations'] })"
    page.keyboard.press("?")
    assert it.root.locator("dialog[open]").count()
    if granted:
        page.evaluate(AXE)
    for _ in ("with the keys", "without"):
        if granted:
            it.root.evaluate("root => root.scrollTo(0, root.scrollHeight)")  # nothing lies half below the bar
            found = page.evaluate(run, TAGS)["violations"]
            assert not found, [(v["id"], v["nodes"][0]["html"][:160]) for v in found]
        page.keyboard.press("Escape")  # the dialog first, then the screen
        it.settle()
        whole = full(it)[0]
    assert not whole and not it.root.locator("dialog[open]").count()
    page.wait_for_function("!document.fullscreenElement")
    it.settle()
    assert page.evaluate(there) == before and it.state() == state and it.picture() == drawn
    assert it.root.locator("[data-do=full-screen]").evaluate("button => button === document.activeElement")
    page.keyboard.press("f")
    assert full(it)[0] and not page.evaluate("document.querySelector('.bd-sidebar-primary').closest('[inert]') === null")
    page.keyboard.press("f")
    assert not full(it)[0] and page.locator("[inert]").count() == 0


def keys_there_are():
    code = f"import {{ KEYS }} from {json.dumps((UI / 'keys.js').as_uri())}; console.log(JSON.stringify(KEYS))"
    return json.loads(subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, encoding="utf8", check=True).stdout)


@pytest.mark.parametrize("view", part_of(list(KINDS), ["force-lab", "real-trajectories"]))
def test_the_keys_that_it_names_work(visit, desk, view):
    page = visit(desk(view), reduced_motion="reduce")
    it = met(page, view)
    if view == "force-lab":
        it.press("A story in 9 steps")
    it.press("Keys")
    named = it.root.locator(".td-keys dd").all_inner_texts()
    it.press("Close")
    known = [key for key in keys_there_are() if key["does"] in named]
    assert len(named) == len(known) + 4 and known
    for key in known:
        target = in_sight(it, ".td-tab[aria-selected=false]" if key["at"] == "button" else key["at"])
        did = []
        for name in key["keys"]:
            target.focus()
            it.settle()
            before = page.evaluate(NOW)
            it.settle()
            assert page.evaluate(NOW) == before, "nothing moves by itself"
            page.keyboard.press(name)
            it.settle()
            did.append(page.evaluate(NOW) != before)
        assert any(did), (key["does"], did)


NOW = """() => JSON.stringify([document.querySelector('[data-widget]').widgetState(), document.activeElement.outerHTML,
  document.querySelector('.td-story p')?.textContent, document.querySelectorAll('.td-names text').length])"""


def in_sight(it, at):
    """What has that selector and takes keys, or is within what has it, in the panel that shows it."""
    place = it.page.locator(
        f"{at}:is(button, input, [tabindex]):visible, {at} :is(button, [tabindex]):visible"
    )  # one widget is on the page
    for _ in panels(it):
        if place.count():
            other = place.evaluate_all("all => all.findLastIndex(each => !each.classList.contains('td-selected'))")  # which can be selected
            return place.nth(other) if other >= 0 else place.last
    raise AssertionError(f"nothing in sight has {at}")


def test_letters_typed_into_a_field_are_letters(visit, desk):
    it = met(visit(desk("force-lab")), "force-lab")
    it.panel("tokens")
    it.control("Name of the selected token").press_sequentially("f?")
    assert not it.root.locator("dialog[open]").count() and not full(it)[0]
