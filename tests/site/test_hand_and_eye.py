"""Hand and eye on one screen: whatever control a reader uses, at least 70 % of the picture that it moves is in sight with it."""

import pytest
from widget_page import PLACES, WidgetPage

SIZES = [(1366, 768), (390, 844), (360, 640), (844, 390)]
BAR = 0.7
# For every control that can be used now: for a hand, the largest share of the picture that any scrolling of the page has in the window, and not
# under the page's bar, while the control can be hit; for a key, that share where the page stands once the control has the focus.
MEASURE = """async (root, by) => {
  const frames = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
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
  const places = Array.from({ length: Math.ceil((ends - begins + innerHeight) / 20) }, (_, i) => begins - innerHeight + 20 * i);
  const best = controls.map(() => 0);
  if (by === 'hand') for (const place of places) {
    scrollTo({ top: place, behavior: 'instant' });
    controls.forEach((control, i) => (best[i] = Math.max(best[i], now(control))));
  }
  else for (const [i, control] of controls.entries()) {
    scrollTo({ top: begins - innerHeight * 0.7, behavior: 'instant' });
    document.activeElement.blur();
    control.focus();
    await frames();
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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("view", PLACES)
def test_the_picture_is_in_sight_of_every_control(visit, address, view, size):
    width, height = size
    phone = {"has_touch": True, "is_mobile": True} if width < 1000 else {}
    page = visit(f"{address}/{PLACES[view]}.html", width=width, height=height, **phone)
    bar = height if width > 1000 else 1.5 * max(size)
    assert WidgetPage(page, view, skip=False).root.bounding_box()["height"] <= bar, "as it opens"
    widget = WidgetPage(page, view)
    for by in ("hand", "key"):
        found = measured(widget, by)
        assert len(found) > 5
        assert not [(name, share) for name, share in found if share < BAR]
