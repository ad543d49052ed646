"""Hand and eye on one screen: whatever control a reader uses, at least 70 % of the picture that it moves is in sight with it."""

import pytest
from widget_page import PLACES, WidgetPage

SIZES = [(1366, 768), (390, 844), (360, 640), (844, 390)]
BAR = 0.7
# Every control that can be used now is brought in sight as the browser does it, for a hand (`nearest`) or for a key (`focus`). What is measured:
# the share of the picture in the window and not under the page's bar, and whether the control itself can be hit.
MEASURE = """(root, by) => {
  const top = document.querySelector('.bd-header-article')?.getBoundingClientRect().bottom ?? 0;
  const share = picture => {
    const { left, right, top: above, bottom, width, height } = picture.getBoundingClientRect();
    const across = Math.max(0, Math.min(right, innerWidth) - Math.max(left, 0)), down = Math.max(0, Math.min(bottom, innerHeight) - Math.max(above, top));
    return (across * down) / (width * height);
  };
  const seen = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
  const controls = [...root.querySelectorAll('input, select, button, summary, [tabindex="0"]')].filter(e => seen(e) && !e.closest('[data-picture], .td-share'));
  return controls.map(control => {
    scrollTo(0, 0);
    if (by === 'key') control.focus();
    control.scrollIntoView({ block: 'nearest' });
    const box = control.getBoundingClientRect(), pictures = [...root.querySelectorAll('[data-picture]')].filter(seen);
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
      name: control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent ?? control.textContent.slice(0, 40),
      picture: pictures.length ? Math.min(...pictures.map(share)) : 0,
      hit: control === hit || control.contains(hit) || [...(control.labels ?? [])].some(label => label.contains(hit)),
    };
  });
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
    widget = WidgetPage(visit(f"{address}/{PLACES[view]}.html", width=width, height=height, **phone), view)
    bar = height if width > 1000 else 1.5 * max(size)
    assert widget.root.bounding_box()["height"] <= bar, "as it opens"
    for by in ("hand", "key"):
        found = measured(widget, by)
        assert len(found) > 5
        assert not [each for each in found if each["picture"] < BAR or not each["hit"]]
