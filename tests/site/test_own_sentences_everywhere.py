"""A reader's own sentences in every browser, on a phone and a laptop, served and from a folder, without a network, and for every reader."""

import pytest
from test_access import AXE, TAGS
from test_every_widget import BEYOND, SMALL
from test_hand_and_eye import BAR, MEASURE
from test_other_browsers import AWAKE, TROUBLES, WATCH
from test_own_sentences import LOADING, SEALS, VIEW, measured, shown, type_in
from weekly import part_of
from widget_page import PLACES, WidgetPage

from tokendynamics.real import minilm, own
from tokendynamics.real.bent import Change

CHAPTER = PLACES[VIEW]
OFF = Change(layer=2, head=5, gain=0.0)
ROOT = f"const root = document.querySelector('[data-widget={VIEW}][data-ready]');"
NAMED = (
    "const named = (name) => [...root.querySelectorAll('button')].find((each) => each.innerText.trim() === name && each.checkVisibility());"
)
PANEL = f"(name) => {{ {ROOT} root.querySelector(`[role=tab][data-panel=${{name}}]`).click(); }}"
# past the question where one is asked first, to the fields
BEGIN = f"() => {{ {ROOT} {NAMED} if (!root) return false; named('Show me without a guess')?.click(); root.querySelector('[role=tab][data-panel=yours]').click(); return true; }}"
FIELD = f"(name) => {{ {ROOT} const field = root.querySelector(`[aria-label='${{name}}']`); field.focus(); field.select(); return document.activeElement === field; }}"
FOLLOWED = f"(wanted) => {{ {ROOT} return JSON.stringify(root.widgetState().sentences) === JSON.stringify(wanted); }}"
TRAILS = (
    f"() => {{ {ROOT} return [...root.querySelectorAll('.td-plane svg .td-trail')].filter((path) => path.getTotalLength() > 20).length; }}"
)
CHOOSE = f"""(name, value) => {{
  {ROOT} const field = [...root.querySelectorAll('select')].find((each) => (each.getAttribute('aria-label') ?? each.labels[0].textContent) === name);
  field.value = value;
  field.dispatchEvent(new Event('change', {{ bubbles: true }}));
}}"""
PRESS = f"(name) => {{ {ROOT} {NAMED} named(name).click(); }}"
MOVED = f"() => {{ {ROOT} return root.querySelector('[data-readout=moved-all]').dataset.value; }}"
WIDE = "() => [innerWidth, document.documentElement.scrollWidth]"


@pytest.fixture(scope="module")
def moved():
    """How far the seals' tokens end from where they did, with that head off, by Python."""
    return own.own(minilm.load(packed=True), SEALS, change=OFF)["moved"]["all"][6]


def on_a_phone(path):
    """A page in a frame of a phone's size; no window is as narrow."""
    if path.startswith("/phone/"):
        frame = f'<iframe width="390" height="844" style="border: 0" src="{path.removeprefix("/phone")}"></iframe>'
        return f'<!doctype html><html lang="en"><title>A phone</title><body style="margin: 0">{frame}'.encode()
    return None


def watched(book, folder):
    """The chapter in another folder, what goes wrong on it written down; all else are links to the book."""
    for path in book.iterdir():
        if path.name != "chapters":
            (folder / path.name).symlink_to(path)
    page = folder / f"{CHAPTER}.html"
    page.parent.mkdir()
    page.write_text((book / f"{CHAPTER}.html").read_text("utf8").replace("<head>", f"<head>{WATCH}", 1), "utf8")
    return page.as_uri()


# a phone and a laptop, the front page and the chapter, served and from a folder: each engine has every one of them once
PLACES_OF = {"Firefox": [("phone", "index"), ("folder", CHAPTER)], "WebKit": [("phone", CHAPTER), ("laptop", "index")]}


@pytest.mark.parametrize("nth", part_of([0, 1], [0]))
def test_two_sentences_move_and_a_head_is_switched_off(engine, nth, book, serve, tmp_path, moved):
    where, name = PLACES_OF[type(engine).__name__][nth]
    base = serve(book, WATCH, on_a_phone)
    engine.ask("POST", "/window/rect", width=1366, height=853)  # the page's own: 768
    engine.goto(watched(book, tmp_path) if where == "folder" else f"{base}{'/phone' * (where == 'phone')}/{name}.html")
    if where == "phone":
        engine.enter()
    engine.wait(AWAKE)
    if name == "index":
        engine.run("() => document.querySelector('.td-begin').click()")
    engine.wait(BEGIN)
    for number, sentence in enumerate(SEALS, 1):
        assert engine.run(FIELD, f"Sentence {number}")
        engine.press(*sentence)
    engine.press("Enter")
    engine.wait(FOLLOWED, SEALS, seconds=LOADING / 1000)
    engine.wait(f"() => ({TRAILS})() === 2")
    engine.run(PANEL, "change")
    engine.run(CHOOSE, "In layer", str(OFF.layer))
    engine.run(CHOOSE, "head", str(OFF.head))
    engine.run(PRESS, "Off")
    assert float(engine.wait(MOVED, seconds=LOADING / 1000)) == pytest.approx(moved, abs=2e-3)
    wide, needed = engine.run(WIDE)
    assert wide == (390 if where == "phone" else wide) and needed <= wide
    # in a folder every file is an origin of its own
    assert [trouble for trouble in engine.run(TROUBLES) if where != "folder" or "leaves the site: file:" not in trouble] == []


def test_with_the_network_off_after_loading_other_sentences_are_followed(visit, desk):
    widget = WidgetPage(visit(desk(VIEW)), VIEW)
    type_in(widget, *SEALS)
    shown(widget)
    widget.page.wait_for_selector(f"{widget.selector} .td-near p", state="attached", timeout=LOADING)  # the words too are there
    widget.page.context.set_offline(True)
    others = ("The ice was under the letter.", "A letter of ice.")  # of words that have come
    type_in(widget, *others)
    shown(widget, others)
    widget.choose("In layer", "2")
    widget.choose("head", "5")
    widget.press("Off")
    measured(widget, "moved-all", own.own(minilm.load(packed=True), others, change=OFF)["moved"]["all"][6])


WINDOWS = [(360, 640, False), (1366, 768, True)]  # a phone by day, a laptop in the dark
OPENED = ("yours", "change", "laws")
LOOK = "([selector, tags]) => axe.run(selector, { runOnly: tags, resultTypes: ['violations'] })"


@pytest.mark.parametrize("width, height, dark", part_of(WINDOWS, WINDOWS[:1]))
def test_the_panels_with_an_answer_are_for_every_reader(visit, desk, width, height, dark):
    """axe finds nothing, a finger finds every control, hand and eye share the screen, nothing sticks out, and Tab comes by what came with the answer."""
    phone = {"has_touch": True, "is_mobile": True} if width < 1000 else {}
    widget = WidgetPage(visit(desk(VIEW), width=width, height=height, dark=dark, **phone), VIEW)
    type_in(widget, *SEALS)
    shown(widget)
    widget.panel("change")
    widget.press("Off")
    widget.page.wait_for_function(
        f"() => document.querySelector(`{widget.selector} [data-readout=moved-control]`).dataset.value", timeout=LOADING
    )
    widget.page.evaluate(AXE)
    reached = set()
    for panel in OPENED:
        widget.panel(panel)
        found = widget.page.evaluate(LOOK, [widget.selector, TAGS])
        assert not found["violations"], [(panel, v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]
        assert widget.root.evaluate(BEYOND) == [], panel
        if phone:
            assert not widget.root.evaluate(SMALL)[1], panel
        for by in ("hand", "key"):
            assert not [each for each in widget.root.evaluate(MEASURE, by) if each[1] < BAR], (panel, by)
        widget.root.locator(f"[role=tab][data-panel={panel}]").focus()
        reached |= {name.strip() for name in widget.tabbed(30)}
    wanted = "Sentence 1|Sense of the word in sentence 1|Show|Examples|Follow|In layer|head|Off|As learned|β times|V times|V is|Every layer|Question"
    assert not set(wanted.split("|")) - reached, set(wanted.split("|")) - reached
