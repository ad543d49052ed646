"""The front page's top: two real sentences in motion, and a widget that comes when it is asked for, with nothing of it loaded before."""

import json
import re
import sys
from pathlib import Path

import pytest
from docutils import nodes, utils
from page_weight import first_visit
from test_access import AXE, TAGS
from test_host import LONE, STATE, model, put  # noqa: F401
from test_other_browsers import AWAKE, TROUBLES, WATCH
from widget_page import WidgetPage

sys.path.insert(0, str(Path(__file__).parents[2] / "site"))
import book_assets  # noqa: E402
import book_widgets  # noqa: E402

VIEW = "real-trajectories"
READY = f"[data-widget={VIEW}][data-ready]"
MOST = (
    209_500,
    16,
)  # bytes, compressed, and requests of a first visit before there was a picture; 4 kB more since widgets have a full screen and their keys
WITHIN = "() => { const it = document.activeElement; return Boolean(it.closest('[data-widget=real-trajectories] [role=tabpanel]')) && it.checkVisibility(); }"


@pytest.fixture
def front(visit, address):
    """front(where="", …) is the front page, and what it has asked for since it was opened: a list that grows."""

    def open_(where="", **options):
        page = visit(f"{address}/index.html{where}", **options)
        page.wait_for_selector("[data-widget=force-lab][data-ready]")
        page.wait_for_load_state("networkidle")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        return page, asked

    return open_


def press(page, key="Enter"):
    page.locator(".td-begin").focus()
    page.keyboard.press(key)
    page.wait_for_selector(READY)


def test_a_first_visit_loads_no_more_than_before_and_nothing_of_the_widget(visit, address):
    page = visit(f"{address}/objects.inv.html", errors=False, alone=True)
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    size, requests = first_visit(page, address, "index")
    assert size <= MOST[0] and requests <= MOST[1], (size, requests)
    assert not any("later" in url or "minilm" in url for url in urls)
    held = page.evaluate(f"document.querySelector('script[type=\"{STATE}\"]').textContent")
    assert "real_trajectories" not in held and not page.locator(f"[data-widget={VIEW}]").count()


def test_the_file_of_the_state_holds_the_widget_and_little_data(book):
    (name,) = re.findall(r'data-later="([^"?]*)', (book / "index.html").read_text("utf8"))
    text = (book / "_static" / name).read_text("utf8")
    page = json.loads(json.loads(re.search(r'it\.textContent=("(?:[^"\\]|\\.)*")', text)[1]))
    (held,) = [each["state"] for each in page["state"].values()]
    assert len(json.dumps(held["data"])) < 40_000 and [each["word"] for each in held["data"]["sentences"]] == ["light"] * 2
    assert {held["_esm"], held["_css"]} == set(page["texts"])


@pytest.mark.parametrize("width, height, key", [(360, 640, "Enter"), (1366, 768, "Space")])
def test_a_key_brings_the_widget_in_the_place_and_the_focus_into_it(front, width, height, key):
    page, asked = front(width=width, height=height)
    picture = page.locator(".td-moving svg")
    assert picture.is_visible() and not asked
    place = page.locator(".td-later").bounding_box()
    press(page, key)
    assert [url.split("/")[-1].split("?")[0] for url in asked if not url.startswith("blob:")] == ["index-later.js"]
    assert page.evaluate(WITHIN)
    assert not picture.is_visible() and not page.locator(".td-begin").count()
    top = page.locator(".td-later").bounding_box()
    assert abs(top["x"] - place["x"]) < 1 and 0 <= top["y"] < height / 2
    widget = WidgetPage(page, VIEW)
    assert widget.state()["word"] == "light" and len(widget.state()["shown"]) == 2
    page.evaluate(f"document.querySelector('{READY}').scrollIntoView()")
    before = widget.state()["layer"]
    widget.root.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"(before) => document.querySelector('{READY}').widgetState().layer !== before", arg=before)


def test_it_works_from_a_folder(visit, book):
    page = visit((book / "index.html").as_uri())
    page.wait_for_selector("[data-widget=force-lab][data-ready]")
    press(page)
    assert page.evaluate(WITHIN)


@pytest.mark.parametrize("when", ["at first", "later"])
def test_a_link_that_sets_the_widget_starts_it(front, when):
    link = f"#{VIEW}=v3;layer=4"
    page, _ = front(link if when == "at first" else "")
    if when == "later":
        page.evaluate("hash => { location.hash = hash; }", link)
    page.wait_for_selector(READY)
    page.wait_for_function(f"() => document.querySelector('{READY}').widgetState().layer === 4")
    page.wait_for_timeout(300)
    assert not page.locator(".td-stray").count()
    assert abs(page.locator(READY).bounding_box()["y"]) < 120, "it is where the reader looks"


def test_a_link_to_another_widget_starts_nothing(front):
    page, asked = front("#sweeps=v3")
    page.locator(".td-stray").wait_for()
    assert not asked and page.locator(".td-begin").is_visible()


def test_a_file_that_does_not_come_is_told_and_the_button_tries_again(visit, address):
    page = visit(f"{address}/index.html", errors=False, before=lambda page: page.route("**/index-later.js*", lambda route: route.abort()))
    page.wait_for_selector("[data-widget=force-lab][data-ready]")
    button = page.locator(".td-begin")
    button.click()
    alert = page.locator(".td-later [role=alert]")
    alert.wait_for()
    assert "did not come" in alert.inner_text() and button.inner_text() == book_widgets.BEGIN
    assert page.locator(".td-moving svg").is_visible()
    page.unroute("**/index-later.js*")
    button.click()
    page.wait_for_selector(READY)
    assert not alert.count()


def test_without_javascript_there_is_the_picture_and_no_button(visit, address):
    page = visit(f"{address}/index.html", java_script_enabled=False, width=360)
    assert page.locator(".td-moving svg").is_visible() and page.locator(".td-moving figcaption").is_visible()
    assert not page.locator(".td-begin").is_visible()


def test_on_paper_stands_the_finished_picture_before_and_after(front):
    page, _ = front()
    for _ in range(2):
        page.emulate_media(media="print")
        assert page.locator(".td-moving svg").is_visible() and not page.locator(".td-begin").locator("visible=true").count()
        assert not page.locator(READY).locator("visible=true").count()
        page.emulate_media(media="screen")
        if page.locator(".td-begin").count():
            press(page)


PLACES = """() => [...document.querySelectorAll(".td-moving svg > g > .m")].map((mark) => {
  const { x, y } = mark.getBoundingClientRect();
  return [x, y];
})"""
RUNNING = "() => document.querySelector('.td-moving svg').getAnimations({ subtree: true }).map((one) => one.playState)"


def test_it_moves_once_and_rests_within_five_seconds(visit, address):
    page = visit(f"{address}/index.html")
    before = page.evaluate(PLACES)
    assert page.evaluate(RUNNING) == ["running"] * 4
    page.wait_for_timeout(2500)
    assert page.evaluate(PLACES) != before
    page.wait_for_function(f"() => ({RUNNING})().every((state) => state === 'finished')", timeout=5000)
    ended = page.evaluate(PLACES)
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(PLACES) == ended and page.evaluate(RUNNING) == []


def test_letters_can_be_read_on_a_narrow_phone(front):
    page, _ = front(width=360, height=640)
    sizes = page.evaluate("""() => {
      const svg = document.querySelector(".td-moving svg"), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return [...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);
    }""")
    assert len(sizes) == 4 and min(sizes) > 11
    assert page.locator(".td-moving svg").bounding_box()["height"] < 150
    button = page.locator(".td-begin").bounding_box()
    assert button["height"] >= 44 and button["y"] + button["height"] < 640
    inside = (
        "box => [...box.querySelectorAll('text')].every((t) => t.getBoundingClientRect().right <= box.getBoundingClientRect().right + 1)"
    )
    assert page.locator(".td-moving svg").evaluate(inside)


def test_axe_finds_nothing_once_the_widget_has_come(front):
    page, _ = front(width=360, dark=True)
    press(page)
    page.wait_for_timeout(500)
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({ exclude: ['.katex-html'] }, { runOnly: tags, resultTypes: ['violations'] })", TAGS)
    assert not found["violations"], [(v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]


def test_in_other_browsers_it_moves_and_the_widget_comes(engine, book, serve):
    engine.goto(f"{serve(book, WATCH)}/index.html")
    engine.wait(AWAKE)
    engine.wait(f"() => ({RUNNING})().length === 4 && ({RUNNING})().every((state) => state === 'finished')")
    engine.run("() => document.querySelector('.td-begin').focus()")
    engine.press("Enter")
    engine.wait(f"() => Boolean(document.querySelector('{READY}')) && ({WITHIN})()")
    assert engine.run("() => !document.querySelector('.td-moving svg').checkVisibility()")
    assert engine.run(TROUBLES) == []


# ------------------------------------------------------------------ the parts, on what was made up for them

MODELS = {"a": model("_esm:one", "_css:one"), "b": model("_esm:two", "_css:one"), "c": {"model_name": "LayoutModel", "state": {}}}
TEXTS = {"_esm:one": LONE, "_esm:two": LONE.replace("alive", "late"), "_css:one": ".alive { color: red }"}


def test_a_state_is_parted_with_its_own_scripts_and_styles():
    page = {"version_major": 2, "state": MODELS, "texts": TEXTS}
    assert book_assets.parted(page, set()) == (page, None)
    at_once, later = book_assets.parted(page, {"b"})
    assert set(at_once["state"]) == {"a", "c"} and set(at_once["texts"]) == {"_esm:one", "_css:one"}
    assert set(later["state"]) == {"b"} and set(later["texts"]) == {"_esm:two", "_css:one"} and later["version_major"] == 2


@pytest.mark.parametrize(
    "body, kept",
    [
        ("<p>words</p>", []),
        ('<a class="sidebar-toggle" data-bs-toggle="x">', []),
        ('<div class="highlight">', ["clipboard.min.js", "copybutton.js"]),
        ('<div class="sd-tab-set docutils">', ["design-tabs.js"]),
        ('<div class="cell tag_hide-input">', ["togglebutton.js"]),
        ('<div class="dropdown admonition">', ["togglebutton.js"]),
        ('<div class="toggle docutils">', ["togglebutton.js"]),
    ],
)
def test_a_page_brings_only_scripts_that_it_has_a_use_for(body, kept):
    names = sorted(book_assets.UNUSED)
    head = "".join(f'<script data-x="toggle" src="../_static/{name}?v=1"></script>\n' for name in [*names, "other.js"])
    page = book_assets.late_scripts(f"<head>{head}</head><body>{body}</body>", "")
    assert [name for name in names if f"/{name}?" in page] == kept and "/other.js?" in page
    assert book_assets.late_scripts(page, "") == page


@pytest.mark.parametrize("tags, given", [(["tag_later"], True), (["tag_later"], False), ([], True)])
def test_a_cell_with_the_tag_has_a_button_in_place_of_its_view(tags, given, tmp_path):
    document = utils.new_document("page")
    cell = nodes.container("", classes=["cell", *tags])
    bundle = nodes.container("", nb_element="mime_bundle")
    view = f'<script type="{book_widgets.VIEW}">{{"version_major": 2, "model_id": "b1"}}</script>'
    parts = {
        book_widgets.VIEW: nodes.raw("", view, format="html"),
        "image/png": nodes.image(uri="x.png"),
        "text/plain": nodes.literal("", "Words."),
    }
    if given:
        parts["text/html"] = nodes.raw("", "<figure>moving</figure>", format="html")
    for kind, node in parts.items():
        bundle += nodes.container("", node, mime_type=kind)
    document += cell
    cell += bundle
    state = json.dumps({"state": {"b1": {"state": {"_anywidget_id": "tokendynamics.widgets.real_trajectories.RealTrajectories"}}}})
    document.settings.env = type(
        "Env", (), {"docname": "page", "nb_metadata": {"page": {"js_files": {"x": (None, {"type": STATE, "body": state})}}}}
    )
    transform = book_widgets.KeepStill(document)
    transform.run()
    raw = [node.astext() for node in document.findall(nodes.raw)]
    if tags:
        assert raw[0] == f'<button type="button" class="td-begin" data-model="b1" data-view="{VIEW}">{book_widgets.BEGIN}</button>'
        assert raw[1:] == ["<figure>moving</figure>"] * given and len(list(document.findall(nodes.image))) == (not given)
    else:
        assert raw == [view] and [image["alt"] for image in document.findall(nodes.image)] == ["Words."]


@pytest.mark.parametrize("from_file", [False, True])
def test_the_host_brings_what_waits_once_however_often_it_is_asked(put, serve, visit, from_file):  # noqa: F811
    body = '<div class="td-later"><button type="button" class="td-begin" data-model="b" data-view="thing">Go</button><div class="td-still">still</div></div>'
    folder = put({"a": model(LONE)}, body)
    later = json.dumps({"state": {"b": MODELS["b"]}, "texts": TEXTS})
    (folder / "_static/later.js").write_text(book_assets.LATER.format(kind=json.dumps(STATE), state=json.dumps(later)), "utf8")
    page = (folder / "index.html").read_text("utf8").replace("<script defer src", '<script data-later="later.js" defer src')
    (folder / "index.html").write_text(page, "utf8")
    page = visit((folder.as_uri() if from_file else serve(folder)) + "/index.html")
    page.wait_for_timeout(400)
    assert not page.locator(".late").count() and page.locator(".td-still").is_visible()
    page.evaluate("() => { const go = document.querySelector('.td-begin'); go.click(); go.click(); location.hash = 'thing=v3'; }")
    page.locator(".late").wait_for()
    page.wait_for_timeout(200)
    assert page.locator(".late").count() == 1 and not page.locator(".td-still").is_visible() and not page.locator(".td-begin").count()
