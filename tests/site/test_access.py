"""Every page for every reader: axe finds nothing at WCAG 2.2 AA nor against its best practices, focus is seen, motion can be refused, changes are said
once, and where the system sets all colours nothing that tells things apart is lost."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from weekly import part_of
from widget_page import PLACES, met

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf8") if (ROOT / "node_modules").exists() else ""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "index",
    "search",
    *(f"{f}/{p.stem}" for f in ("chapters", "back") for p in sorted((ROOT / f).glob("*.*")) if p.suffix in (".md", ".ipynb")),
    "back/api/attention",
]


@pytest.mark.parametrize(
    "name",
    part_of(
        PAGES,
        ["index", "search", "chapters/04_many_heads", "back/api/attention"],
    ),
)
def test_axe_finds_nothing(visit, address, name):
    """On a phone in the dark, and then, on the same page, in a wide window by day: axe takes long enough, the page is opened once. How a formula
    is drawn is left out: it is hidden from who hears the page, and has the colour of its paragraph."""
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
        found = page.evaluate("tags => axe.run({ exclude: ['.katex-html'] }, { runOnly: tags, resultTypes: ['violations'] })", TAGS)[
            "violations"
        ]
        assert not found, "\n".join(f"{theme} {v['id']}: {n['target']} {n['html'][:160]}" for v in found for n in v["nodes"][:4])


MUTE = """async (pages) => {
  let pictures = 0, formulas = 0;
  const mute = [];
  for (const page of pages) {
    const article = new DOMParser().parseFromString(await (await fetch(page)).text(), "text/html").querySelector("article");
    for (const image of article?.querySelectorAll("img") ?? []) {
      pictures++;
      if (image.alt.length <= 40 || /^(\\.\\.\\/|_images)/.test(image.alt)) mute.push([page, image.outerHTML.slice(0, 200)]);
    }
    for (const formula of article?.querySelectorAll(".katex") ?? []) {
      formulas++;
      const said = formula.querySelector(".katex-mathml math annotation")?.textContent;
      if (!said || formula.querySelector(".katex-html")?.ariaHidden !== "true") mute.push([page, formula.textContent]);
    }
  }
  return [pictures, formulas, mute];
}"""


def test_every_picture_has_words_and_every_formula_its_mathml(book, visit, address):
    names = [path.relative_to(book).as_posix() for path in sorted(book.rglob("*.html"))]
    pictures, formulas, mute = visit(f"{address}/search.html").evaluate(MUTE, [f"{address}/{name}" for name in names])
    assert not mute, mute[:9]
    assert pictures > 40 and formulas > 500


def pixels(page, box):
    """What is to be seen of a box of the window, as numbers."""
    clip = {name: round(box[name]) for name in ("x", "y", "width", "height")}
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")).astype(int)


def drawn(picture):
    """Which pixels differ from the ground, the colour of a corner."""
    return np.abs(picture - picture[0, 0]).max(axis=2) > 60


@pytest.fixture(scope="module", params=part_of([False, True], [True]), ids=lambda dark: "dark" if dark else "light")
def contrast(request):
    return request.param


@pytest.mark.parametrize("view", part_of(list(PLACES), ["force-lab", "heads-and-tasks", "emergence-lab", "real-trajectories"]))
def test_in_forced_colours_sliders_keys_and_bars_are_seen(visit, desk, view, contrast):
    page = visit(desk(view), width=1280, height=900, dark=contrast, forced_colors="active")
    widget = met(page, view)
    seen = 0
    for tab in widget.root.get_by_role("tab").all():
        tab.evaluate("tab => tab.click()")
        widget.settle()
        chosen = {
            each.get_attribute("aria-selected"): each.evaluate("tab => getComputedStyle(tab).borderBottomColor")
            for each in widget.root.get_by_role("tab").all()
        }
        assert chosen["true"] != chosen["false"]
        for slider in widget.root.locator("input[type=range]:visible").all()[:3]:
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()
            middle = drawn(pixels(page, box | {"y": box["y"] - 4, "height": box["height"] + 8})).any(axis=0)
            assert middle.mean() > 0.9, (tab.inner_text(), slider.get_attribute("aria-label"), "a track from end to end")
            seen += 1
        for track in widget.root.locator(".td-track:visible").all()[:6]:
            track.scroll_into_view_if_needed()
            if track.locator(".td-bar").first.bounding_box()["width"] > 4 and (box := track.bounding_box())["height"] > 4:
                inside = pixels(page, {"x": box["x"] + 1, "y": box["y"] + 2, "width": box["width"] - 2, "height": box["height"] - 4})
                full = track.locator(".td-bar").first.bounding_box()["width"] > box["width"] - 4
                assert full or np.ptp(inside.max(axis=2), axis=1).max() > 30 or np.ptp(inside.min(axis=2), axis=1).max() > 30, (
                    "a bar on its track"
                )
    keys = widget.root.locator(".td-legend li:visible").all()
    looks = []
    for key in keys:
        key.scroll_into_view_if_needed()
        box = key.bounding_box()
        wide = key.evaluate("key => parseFloat(getComputedStyle(key, '::before').width)")
        middle = {"x": box["x"] - 2, "width": wide + 5, "y": box["y"] + box["height"] / 2 - 8, "height": 16}
        look = pixels(page, middle)  # the mark without its words
        assert drawn(look).any(), key.inner_text()
        looks.append(look.tobytes())
    assert len(set(looks)) == len(looks), "no key looks as another"
    assert seen


def test_in_forced_colours_a_right_choice_and_a_wrong_one_differ(visit, address):
    page = visit(f"{address}/chapters/01_tokens_as_particles.html", forced_colors="active")
    styles = page.evaluate("""() => ['right', 'wrong', null].map(kind => {
      const choice = document.querySelector(kind ? `.td-question details[data-choice=${kind}]` : '.td-question details');
      if (kind) choice.open = true;
      else document.querySelectorAll('.td-question details').forEach(each => (each.open = each !== choice));
      const { borderInlineStartColor, borderInlineStartStyle } = getComputedStyle(choice);
      return borderInlineStartColor + borderInlineStartStyle;
    })""")
    assert len(set(styles)) == 3
