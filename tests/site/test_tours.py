"""Links in the text that drive a widget: each reaches the state that Python reads in it, and *Undo* brings back the one before."""

import re
from pathlib import Path

import pytest
from weekly import part_of
from widget_page import KINDS

from tokendynamics import widgets

CHAPTERS = {
    "01_tokens_as_particles": 6, "02_encyclopedia": 3, "03_trajectories": 8, "04_many_heads": 4, "05_emergence": 10, "06_real_model": 9,
}  # fmt: skip
KEYS = ["", "turning"]  # in the order of a page's widgets of one kind
SAME = """([root, wanted]) => {
  const plain = (state) => JSON.stringify(Object.entries(state).sort());
  return plain(root.widgetState()) === plain(wanted);
}"""
# frames by hand, so that a busy machine shows as many as an idle one: the layer after the click and after each frame
FRAMES = """([root, href]) => {
  const { requestAnimationFrame: ask, cancelAnimationFrame: cancel } = window;
  let queue = new Map(), last = 0;
  window.requestAnimationFrame = (callback) => (queue.set(++last, callback), last);
  window.cancelAnimationFrame = (id) => queue.delete(id) || cancel(id);
  const frame = (now) => {
    const due = [...queue.values()];
    queue.clear();
    due.forEach((callback) => callback(now));
    return root.widgetState().layer;
  };
  document.querySelector(`a[href="${href}"]`).click();
  const seen = [root.widgetState().layer, ...[1000, 1150, 1300, 1450, 1600, 1700].map(frame)];
  Object.assign(window, { requestAnimationFrame: ask, cancelAnimationFrame: cancel });
  return seen;
}"""
LAYER_20 = "#trajectories=v2.clusters;layer=20"


def widget(page, href):
    """(handle of the root that a link is for, the state it asks for, as Python reads it)."""
    view, key = re.match(r"#([\w-]+?)(?:\.([\w-]+))?=", href).groups()
    root = page.locator(f"[data-widget={view}][data-ready]").nth(KEYS.index(key or ""))
    root.wait_for()
    return root.element_handle(), KINDS[view].from_link(href).state()


def wait_for_state(page, root, state):
    page.wait_for_function(SAME, arg=[root, state])


def chapter(visit, base, name, **options):
    return visit(f"{base}/chapters/{name}.html", **options)


@pytest.mark.parametrize("name", part_of(CHAPTERS, list(CHAPTERS)[1::2]))
def test_every_link_reaches_its_state_and_undo_the_one_before(visit, book, name):
    page = chapter(visit, book.as_uri(), name, reduced_motion="reduce")
    links = page.locator("a.td-show")
    assert links.count() >= CHAPTERS[name]
    for i in range(links.count()):
        link = links.nth(i)
        root, wanted = widget(page, link.get_attribute("href"))
        before = root.evaluate("root => root.widgetState()")
        link.click()
        wait_for_state(page, root, wanted)
        bar = page.locator(".td-tour:visible").filter(has=page.locator("button:focus"))
        assert bar.locator("p").inner_text().startswith("Shown: ")
        top, bottom = bar.evaluate("bar => [bar.getBoundingClientRect().top, bar.getBoundingClientRect().bottom]")
        assert 0 <= top and bottom <= 900, "the way back is in sight"
        page.keyboard.press("Enter")  # on Undo
        wait_for_state(page, root, before)
        assert page.evaluate("document.activeElement.textContent") == "Back to the text"
        page.keyboard.press("Enter")
        assert link.evaluate("link => link === document.activeElement")
    assert not page.locator(".td-notice:visible:not([data-kind=note])").count()


def test_the_motion_passes_through_states_in_between_and_a_second_link_starts_from_the_first(visit, address):
    page = chapter(visit, address, "03_trajectories")
    root, wanted = widget(page, LAYER_20)
    seen = page.evaluate(FRAMES, [root, LAYER_20])
    assert seen[:2] == [0, 0] and seen[-1] == 20 and seen == sorted(seen)
    assert seen[2:5] == pytest.approx([5, 10, 15])
    wait_for_state(page, root, wanted)
    page.evaluate(
        "hrefs => hrefs.forEach(href => document.querySelector(`a[href^='${href}']`).click())",
        ["#trajectories=v2.repulsion", "#trajectories=v2.clusters;scale=0"],
    )
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    wait_for_state(page, root, widgets.Trajectories.preset("repulsion", layer=32).state())
    undo.click()
    wait_for_state(page, root, wanted)


def test_a_hand_on_the_widget_ends_the_motion_and_is_not_overruled(visit, address):
    page = chapter(visit, address, "03_trajectories")
    root, wanted = widget(page, LAYER_20)
    page.evaluate(
        """([root, href]) => {
          document.querySelector(`a[href="${href}"]`).click();
          const beta = [...root.querySelectorAll("input[type=range]")].find((input) => input.labels[0].textContent === "β");
          beta.value = 5;
          beta.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        [root, LAYER_20],
    )
    assert root.evaluate("root => root.widgetState()") == wanted | {"scale": 5}
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert root.evaluate("root => root.widgetState()") == wanted | {"scale": 5}


@pytest.mark.parametrize("served", [False, True])
def test_a_widget_that_sleeps_is_woken_by_its_link(visit, book, address, served):
    base = address if served else book.as_uri()
    asleep = "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} }; window.requestIdleCallback = () => 0;"
    page = visit(f"{base}/chapters/04_many_heads.html", before=lambda page: page.add_init_script(asleep))
    link = page.locator('a.td-show[href="#heads-and-tasks=v2.no-class"]')
    link.wait_for()
    assert page.locator("[data-widget]").count() == 0
    link.click()
    root, wanted = widget(page, "#heads-and-tasks=v2.no-class")
    wait_for_state(page, root, wanted)


@pytest.mark.parametrize(
    "href",
    [
        "#force-lab=v2.identity;scale=-1",
        "#force-lab=v2.nowhere",
        "#force-lab=v2.identity;scale=('a",
        "#force-lab=v1.e30x",
        "#force-lab=v3.identity",
    ],
)
def test_a_link_that_asks_for_what_cannot_be_is_refused_in_words(visit, address, href):
    page = visit(f"{address}/index.html")
    page.wait_for_selector("[data-widget=force-lab][data-ready]")
    root = page.locator("[data-widget=force-lab]")
    before = root.evaluate("root => root.widgetState()")
    page.evaluate(
        "href => { const link = Object.assign(document.createElement('a'), { href, className: 'td-show', textContent: 'show me' }); document.querySelector('article').append(link); link.click(); }",
        href,
    )
    said = root.locator(".td-tour").inner_text() + root.locator(".td-notice").all_inner_texts()[0]
    assert "link" in said.lower()
    assert root.evaluate("root => root.widgetState()") == before
    assert root.get_by_role("button", name="Undo").count() == 0


def test_on_paper_and_without_scripts_the_links_are_plain_text(book, visit, tmp_path):
    import sys

    sys.path.insert(0, str(Path(__file__).parents[2] / "site"))
    from book_paper import one_page

    name = "chapters/01_tokens_as_particles"
    paper = one_page(book, [name])
    assert "show me" in paper and "#force-lab=v2" not in paper
    page = visit(f"{(book / name).as_uri()}.html", java_script_enabled=False)
    link = page.locator("a.td-show").first
    assert link.is_visible()
    assert link.evaluate("link => getComputedStyle(link).pointerEvents") == "none"
