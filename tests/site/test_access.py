"""axe-core finds nothing at WCAG 2.2 AA on any page, light and dark, on a phone and on a desk."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf8") if (ROOT / "node_modules").exists() else ""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = ["index", *(f"{f}/{p.stem}" for f in ("chapters", "back") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")), "back/api/attention"]


@pytest.mark.parametrize("width, dark", [(360, True), (1280, False)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, address, name, width, dark):
    page = visit(f"{address}/{name}.html", width=width, dark=dark)
    if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
        page.wait_for_selector("[data-widget][data-ready]")
        page.wait_for_timeout(1000)
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)["violations"]
    assert not found, "\n".join(f"{v['id']}: {n['target']} {n['html'][:160]}" for v in found for n in v["nodes"][:4])
