"""Hand and eye on one screen: whatever control a reader uses, at least 70 % of the picture that it moves is in sight with it;
and the panel that a reader opened stays open."""

import pytest
from weekly import EVERY, FEW, part_of
from widget_page import KINDS, PLACES, WidgetPage, met

SIZES = [(1366, 768), (390, 844), (360, 640), (844, 390)]
BAR = 0.7
# For every control that can be used now: for a hand, the largest share of the picture that any scrolling of the page has in the window, and not
# under the page's bar, while the control can be hit; for a key, that share where the page stands once the control has the focus.
MEASURE = """async (root, by) => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const top = document.querySelector('.bd-header-article')?.getBoundingClientRect().bottom ?? 0;
  const share = picture => {
    const { left, right, top: above, bottom, width, height } = picture.getBoundingClientRect();
    const across = Math.max(0, Math.min(right, innerWidth) - Math.max(left, 0)), down = Math.max(0, Math.min(bottom, innerHeight) - Math.max(above, top));
    return (across * down) / (width * height);
  };
  const seen = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
  const hit = control => {
    const box = control.getBoundingClientRect();
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return control === there || control.contains(there) || [...(control.labels ?? [])].some(label => label.contains(there));
  };
  const controls = [...root.querySelectorAll('input, select, button, summary, [tabindex="0"]')].filter(e => seen(e) && !e.disabled && !e.closest('[data-picture], .td-share'));
  const pictures = [...root.querySelectorAll('[data-picture]')].filter(seen);
  const now = control => (hit(control) ? Math.min(...pictures.map(share)) : 0);
  const begins = root.getBoundingClientRect().top + scrollY, ends = root.getBoundingClientRect().bottom + scrollY, found = [];
  const places = Array.from({ length: Math.ceil((ends - begins + innerHeight) / 40) }, (_, i) => begins - top + 40 * i - innerHeight);
  places.unshift(begins - top, ends - innerHeight); // where most are well already
  const best = controls.map(() => 0);
  if (by === 'hand') for (const place of places) {
    if (best.every(share => share >= 0.999)) break;
    scrollTo({ top: place, behavior: 'instant' });
    controls.forEach((control, i) => (best[i] = Math.max(best[i], now(control))));
  }
  else for (const [i, control] of controls.entries()) {
    scrollTo({ top: begins - innerHeight * 0.7, behavior: 'instant' });
    document.activeElement.blur();
    control.focus();
    await frame();
    best[i] = now(control);
  }
  return controls.map((control, i) => [control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent ?? control.textContent.slice(0, 40), best[i]]);
}"""


def measured(widget, by):
    """What every control of every panel comes to; whatever else opens is open."""
    found = []
    for tab in widget.root.get_by_role("tab").all():
        tab.evaluate("tab => tab.click()")
        widget.root.evaluate("root => root.querySelectorAll('details').forEach(details => (details.open = true))")
        widget.settle()
        found += widget.root.evaluate(MEASURE, by)
    return found


@pytest.mark.parametrize(
    "view, size",
    part_of(
        [(view, size) for view in PLACES for size in SIZES],
        [*((view, (360, 640)) for view in PLACES), *((view, (1366, 768)) for view in FEW[1:3])],
    ),
    ids=lambda part: part if isinstance(part, str) else "x".join(map(str, part)),
)
def test_the_picture_is_in_sight_of_every_control(visit, address, desk, view, size):
    """Each week in the chapter's text; else with room above and below in its place, which scrolls in a quarter of the time."""
    width, height = size
    phone = {"has_touch": True, "is_mobile": True} if width < 1000 else {}
    page = visit(f"{address}/{PLACES[view]}.html" if EVERY else desk(view), width=width, height=height, **phone)
    if not EVERY:
        page.add_style_tag(content=".bd-article { padding-block: 110vh }")
    bar = height if width > 1000 else 1.5 * max(size)
    assert WidgetPage(page, view, skip=False).root.bounding_box()["height"] <= bar, "as it opens"
    widget = WidgetPage(page, view)
    for by in ("hand", "key"):
        found = measured(widget, by)
        assert len(found) > 5
        assert not [(name, share) for name, share in found if share < BAR]


def panels(widget):
    return [tab.get_attribute("data-panel") for tab in widget.root.get_by_role("tab").all()]


def opened(widget):
    return widget.root.locator("[role=tab][aria-selected=true]").get_attribute("data-panel")


@pytest.mark.parametrize("view", part_of(PLACES, FEW))
def test_the_panel_stays_open_and_a_link_carries_it(visit, desk, view):
    page = visit(desk(view), permissions=["clipboard-read", "clipboard-write"])
    widget = met(page, view)
    names = panels(widget)
    other = names[-1]
    widget.panel(other)
    widget.press("Reset")
    assert opened(widget) == other
    if presets := widget.root.get_by_label("Preset", exact=True).all():
        presets[0].evaluate("select => { select.selectedIndex = 2; select.dispatchEvent(new Event('change')); }")
        widget.settle()
        assert opened(widget) == other
        widget.control("Preset").select_option(index=1)
        widget.settle()
        assert opened(widget) == presets[0].evaluate(
            "select => document.getElementById(select.closest('[role=tabpanel]').getAttribute('aria-labelledby')).dataset.panel"
        )
        widget.panel(other)
    assert f"panel=_{other}" in (copied := widget.copied("Copy link"))
    assert KINDS[view].from_link(copied).state() == widget.state()
    again = met(visit(copied), view, skip=False)
    assert opened(again) == other
    assert again.root.locator("[role=tabpanel]:visible").count() == 1
