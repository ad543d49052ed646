"""Every page for every reader: axe finds nothing at WCAG 2.2 AA, focus is seen, motion can be refused, changes are said once."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from widget_page import PLACES, centre, woken

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf8") if (ROOT / "node_modules").exists() else ""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [
    "index",
    "search",
    *(f"{f}/{p.stem}" for f in ("chapters", "back") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")),
    "back/api/attention",
]


@pytest.mark.parametrize("width, dark", [(360, True), (1280, False)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, address, name, width, dark):
    page = visit(f"{address}/{name}.html", width=width, dark=dark)
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.wait_for_selector("[data-widget][data-ready]")
        page.wait_for_timeout(1000)
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", TAGS)["violations"]
    assert not found, "\n".join(f"{v['id']}: {n['target']} {n['html'][:160]}" for v in found for n in v["nodes"][:4])


def test_every_picture_has_words_and_every_formula_its_mathml(book):
    pictures = formulas = 0
    for path in sorted(book.rglob("*.html")):
        article = BeautifulSoup(path.read_text("utf8"), "html.parser").select_one("article")
        for image in article.select("img") if article else []:
            assert len(image.get("alt", "")) > 40 and not image["alt"].startswith(("../", "_images")), (
                path.name,
                image.get("alt"),
                image.get("src"),
            )
            pictures += 1
        for formula in article.select(".katex") if article else []:
            assert formula.select_one(".katex-mathml math annotation").get_text(), path.name
            assert formula.select_one(".katex-html")["aria-hidden"] == "true", path.name
            formulas += 1
    assert pictures > 40 and formulas > 500


@pytest.mark.parametrize("view", PLACES)
def test_no_motion_where_it_is_unwelcome(visit, address, view):
    page, root = woken(visit, address, view, reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].map(e => [e, getComputedStyle(e)])
             .filter(([, style]) => parseFloat(style.transitionDuration) > 0 || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0))
             .map(([e]) => e.outerHTML.slice(0, 90))"""
    )
    assert moving == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("view", PLACES)
def test_the_focus_is_seen_on_every_kind_of_control(visit, address, view, dark):
    """Tab goes on from one control to the next, and each draws an outline or a ring of at least 2 px."""
    page, root = woken(visit, address, view, dark=dark)
    kinds = root.evaluate(
        """root => {
          for (const fold of root.querySelectorAll("details")) fold.open = true;
          const seen = new Map(), kind = e => `${e.tagName} ${e.type ?? ""} ${e.getAttribute("class") ?? ""}`;
          for (const e of root.querySelectorAll("button, select, input, summary, a[href], [tabindex='0']"))
            if (e.getClientRects().length && !e.disabled && !seen.has(kind(e))) seen.set(kind(e), e);
          const bare = [];
          for (const [name, e] of seen) {
            e.focus({ focusVisible: true });
            const rings = [e, ...e.querySelectorAll("*")].map(one => getComputedStyle(one));
            const drawn = rings.some(s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || (s.stroke !== "none" && parseFloat(s.strokeWidth) >= 2.5));
            if (document.activeElement !== e || !drawn) bare.push(name);
          }
          return [seen.size, bare];
        }"""
    )
    assert kinds[0] >= 4 and kinds[1] == []


@pytest.mark.parametrize("view", ["force-lab", "encyclopedia", "trajectories", "gravity-and-attention"])
def test_a_drag_is_said_once_it_rests_and_not_at_every_frame(visit, address, view):
    page, root = woken(visit, address, view)
    token = root.locator(".td-token:not(.td-behind)").nth(1)
    token.evaluate("token => token.scrollIntoView({ block: 'center' })")  # clear of the bar at the top
    root.evaluate(
        """root => {
          root.said = [];
          const region = e => e.closest("[aria-live=polite], [role=status]");
          new MutationObserver(list => list.forEach(({ target }) => {
            const where = target.nodeType === 1 ? target : target.parentElement;
            if (where && region(where) && region(where).textContent.trim()) root.said.push(region(where).textContent);
          })).observe(root, { childList: true, characterData: true, subtree: true });
        }"""
    )
    x, y = centre(token.locator(".td-target"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 45, y + 30, steps=30)
    page.mouse.up()
    page.wait_for_function("root => root.said.length > 0", arg=root.element_handle())
    assert len(root.evaluate("root => root.said")) <= 4
