"""What is long in a link, a name or what it starts from, makes no page wider."""

import pytest
from weekly import part_of
from widget_page import WidgetPage

LONG = "w" * 2000
NAMED = {  # widget: links that it takes, and links that it refuses in words
    "force-lab": f"v3!identity;names=!_{LONG}~_b~_c",
    "encyclopedia": f"v3!plain;names=!_{LONG}~_b~_c~_d~_e~_f;answers=!_{LONG}~_b~_c~_d~_e~_f",
}
REFUSED = [
    "v3!{long}",
    "{long}",
    "v3;word=_{long}",
    "v2.'{long}",
    "v3!identity;norm=_{long}",
    "v3!two;gravity=_{long}",
    "v3!whole;sentence=_{long}",
    "v3!enough;task=_{long}",
]
WIDEST = """() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.td, .td-panel, .td-bench')].map(e => e.getBoundingClientRect().right)) - innerWidth"""


@pytest.mark.parametrize("width", part_of([320, 390, 1280], [320]))
@pytest.mark.parametrize("view", NAMED)
def test_a_long_name_widens_nothing(visit, desk, view, width):
    it = WidgetPage(visit(f"{desk(view)}#{view}={NAMED[view]}", width=width), view)
    assert LONG in it.state()["names"]
    for tab in it.root.get_by_role("tab").all():
        tab.click()
        it.settle()
        assert it.page.evaluate(WIDEST) <= 0, tab.inner_text()


@pytest.mark.parametrize("width", part_of([320, 1280], [320]))
@pytest.mark.parametrize("view", ["force-lab", "real-trajectories", "gravity-and-attention", "heads-and-tasks", "emergence-lab"])
def test_a_long_refusal_widens_nothing(visit, desk, view, width):
    it = WidgetPage(visit(desk(view), width=width), view)
    for made in REFUSED:
        it.page.evaluate(
            "hash => new Promise(done => { setTimeout(done, 10_000); addEventListener('hashchange', () => requestAnimationFrame(done), { once: true }); location.hash = hash; })",
            f"{view}={made.format(long=LONG)}",
        )
        assert it.page.evaluate(WIDEST) <= 0, made
        assert len(it.notices()) < 400, made
