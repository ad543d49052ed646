"""What readers do with pages besides the widgets: follow a link to a heading, copy a formula, search, print, space letters apart, go back."""

import book_api
import pytest
from browser import OPEN
from widget_page import WidgetPage

from tokendynamics.real import senses

CHAPTER = "/chapters/03_trajectories.html"
STYLE = "css => document.head.append(Object.assign(document.createElement('style'), { textContent: css }))"
# Safari does not hold what is read in its place while what stands above it grows
NO_ANCHORING = f"addEventListener('DOMContentLoaded', () => ({STYLE})('* {{ overflow-anchor: none !important; }}'))"
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }"""


def all_live(page):
    page.wait_for_function("() => document.querySelectorAll('.td-live').length === document.querySelectorAll('.td-live[data-live]').length")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_heading_that_a_link_leads_to_stays_while_widgets_start(visit, address, width):
    page = visit(f"{address}{CHAPTER}#do-they-pull-back", width=width, before=lambda page: page.add_init_script(NO_ANCHORING))
    all_live(page)
    bar = page.locator(".bd-header-article").bounding_box()
    top = page.locator("#do-they-pull-back").bounding_box()["y"]
    assert bar["height"] - 2 <= top <= bar["height"] + 24


def test_a_reader_who_goes_on_is_not_called_back(visit, address):
    page = visit(address + "/search.html")
    page.goto(f"{address}{CHAPTER}#do-they-pull-back")
    page.mouse.move(640, 500)
    page.mouse.wheel(0, -1500)
    all_live(page)
    assert page.locator("#do-they-pull-back").bounding_box()["y"] > 300


def test_a_copied_formula_is_its_tex(visit, address):
    page = visit(address + "/chapters/01_tokens_as_particles.html", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(
        "() => getSelection().selectAllChildren([...document.querySelectorAll('.bd-article p')].find(p => /for the three arrows/.test(p.innerText)))"
    )
    page.keyboard.press("Control+c")
    words = page.evaluate("navigator.clipboard.readText()")
    assert r"Write $t_{\text{it}}$, $t_{\text{cat}}$ and $t_{\text{mat}}$ for the three arrows." in words


@pytest.mark.parametrize(("word", "found"), [("constructor", False), ("__proto__", False), ("energy", True)])
def test_a_word_that_every_object_has_is_searched_like_others(visit, address, word, found):
    page = visit(f"{address}/search.html?q={word}")
    page.wait_for_function("() => /did not match|found \\d+ page/.test(document.querySelector('#search-results').innerText)")
    assert (page.locator("#search-results li").count() > 0) == found


def test_no_line_of_code_is_cut_off_on_paper(visit, address):
    page = visit(address + CHAPTER, width=718)
    page.emulate_media(media="print")
    cut = "all => all.filter(pre => pre.getClientRects().length && pre.scrollWidth > pre.clientWidth + 1).length"
    assert page.locator(".bd-article pre").evaluate_all(cut) == 0


@pytest.mark.parametrize("path", ["/back/api/widgets.html", "/back/api/real_model.html", "/back/api/figures.html", CHAPTER])
def test_letters_set_wider_apart_leave_the_page_as_wide_as_it_is(visit, address, path):
    page = visit(address + path, width=390, height=844)
    page.evaluate(STYLE, SPACED)
    all_live(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("view", "control"),
    [
        ("force-lab", ".td-token"),
        ("force-lab", "[role=tab]"),
        ("heads-and-tasks", ".td-word"),
        ("real-trajectories", ".td-plane svg [tabindex='0']"),
    ],
)
def test_keys_of_the_browser_stay_the_browsers(visit, desk, view, control):
    page = visit(desk(view))
    widget = WidgetPage(page, view)
    page.evaluate("() => addEventListener('keydown', event => { document.body.dataset.kept = event.defaultPrevented; })")
    place = widget.root.locator(control).first
    place.evaluate(OPEN)
    before = widget.state()
    for keys, taken in (("Alt+ArrowLeft", "false"), ("Control+ArrowRight", "false"), ("ArrowRight", None)):
        place.focus()
        page.evaluate("() => { document.body.dataset.kept = ''; }")
        # the browser itself would leave the page at Alt and an arrow
        page.evaluate(
            """([keys]) => { const parts = keys.split('+'), key = parts.pop();
              document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                { key, altKey: parts.includes('Alt'), ctrlKey: parts.includes('Control'), bubbles: true, cancelable: true })); }""",
            [keys],
        )
        widget.settle()
        kept = page.evaluate("document.body.dataset.kept")
        assert kept == "false" if taken else kept in ("", "true"), keys  # our own keys are kept from the page
        if taken:
            assert widget.state() == before, keys


def test_a_default_says_where_a_file_is_in_the_package():
    assert book_api.signed(senses.read_sentences) == "(path=Path('data/two_senses.tsv'))"


def test_no_page_names_a_folder_of_the_machine_that_built_it(book):
    named = [path.name for path in book.rglob("*.html") if str(book_api.ROOT) in path.read_text("utf8")]
    assert not named


def test_github_is_told_that_these_are_pages_already(book):
    assert (book / ".nojekyll").exists()


def test_who_goes_by_keys_stays_in_a_story_and_after_it(visit, desk):
    page = visit(desk("force-lab"), reduced_motion="reduce")
    lab = WidgetPage(page, "force-lab")
    inside = "() => Boolean(document.activeElement.closest('[data-widget]')) && !document.activeElement.disabled"
    lab.root.get_by_role("button", name="A story in").click()
    story = lab.root.locator(".td-story")
    for name in ("Undo", "Next", "End"):
        button = story.get_by_role("button", name=name, exact=True)
        for _ in range(9):
            if button.is_visible() and button.is_enabled():
                button.focus()
                page.keyboard.press("Enter")
        lab.settle()
        assert page.evaluate(inside), name
    assert page.evaluate("document.activeElement.getAttribute('role')") == "tab"


FAST = """() => {
  let clock = performance.now();
  window.__frames = window.__paints = 0;
  window.requestAnimationFrame = (tick) => setTimeout(() => { window.__frames++; tick((clock += 1000 / 240)); }, 1);
  const fill = CanvasRenderingContext2D.prototype.fillRect;
  CanvasRenderingContext2D.prototype.fillRect = function (...box) {
    if (this.canvas.classList.contains('td-flow')) window.__paints++;
    return fill.apply(this, box);
  };
}"""


def test_specks_leave_the_same_trails_on_a_screen_of_240_hertz(visit, desk):
    page = visit(desk("force-lab"), before=lambda page: page.add_init_script(f"({FAST})()"))
    page.wait_for_function("() => window.__paints > 20")
    page.evaluate("() => { window.__frames = window.__paints = 0; }")
    page.wait_for_function("() => window.__frames > 240")
    frames, paints = page.evaluate("[window.__frames, window.__paints]")
    assert 10 < paints / frames * 240 <= 90  # pictures in a second
