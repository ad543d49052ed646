"""By finger, on a phone: controls are large enough, a drag moves the token and not the page, and two fingers still zoom."""

import json

import pytest
from widget_page import PLACES, Finger, centre, woken

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
LANDSCAPE = PHONE | {"width": 740, "height": 360}
DRAGGED = ["force-lab", "encyclopedia", "trajectories", "gravity-and-attention"]
# Every control of a widget with the size of what a finger may hit: its own box, a box to tick joined with its labels.
SMALL = """view => {
  const root = document.querySelector(`[data-widget=${view}]`);
  root.querySelectorAll("details").forEach(details => (details.open = true));
  const size = control => {
    const boxes = [control, ...(/checkbox|radio/.test(control.type) ? control.labels : [])].map(e => e.getBoundingClientRect()).filter(b => b.width > 1);
    const low = f => Math.min(...boxes.map(f)), high = f => Math.max(...boxes.map(f));
    return [high(b => b.right) - low(b => b.left), high(b => b.bottom) - low(b => b.top)];
  };
  const seen = [...root.querySelectorAll("button, select, input, summary, a[href]")].filter(e => e.getClientRects().length);
  const found = seen.map(e => ({ name: e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent, size: size(e), kind: e.className }));
  return [found.length, found.filter(({ size: [w, h], kind }) => h < 44 || w < (kind.includes("td-word") ? 20 : 44))];
}"""


@pytest.mark.parametrize("view", PLACES)
def test_every_control_is_large_enough_for_a_finger(visit, address, view):
    """44 px each way. A word in the strips of Heads and tasks is as narrow as its column, and 92 px tall."""
    page, _ = woken(visit, address, view, **PHONE)
    controls, small = page.evaluate(SMALL, view)
    assert controls >= 8
    assert not small, "\n".join(map(json.dumps, small))


@pytest.mark.parametrize("device", [PHONE, LANDSCAPE], ids=["upright", "on its side"])
@pytest.mark.parametrize("view", DRAGGED)
def test_a_finger_on_a_token_drags_it_and_beside_it_scrolls_the_page(visit, address, view, device):
    page, root = woken(visit, address, view, **device)
    plane = root.locator(".td-plane").first
    page.evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 60)", plane.element_handle())
    finger = Finger(page)
    token = root.locator(".td-token:not(.td-behind) .td-target").first.element_handle()
    place, scrolled = centre(token), page.evaluate("scrollY")
    state = root.evaluate("root => JSON.stringify(root.widgetState())")
    towards = 1 if place[1] < device["height"] / 2 else -1
    finger.drag(place, (place[0] + 10, place[1] + 60 * towards))
    page.wait_for_function("([root, was]) => JSON.stringify(root.widgetState()) !== was", arg=[root.element_handle(), state])
    assert page.evaluate("scrollY") == scrolled
    box = plane.bounding_box()
    free = (box["x"] + 4, min(box["y"] + box["height"], device["height"]) - 20)
    state = root.evaluate("root => JSON.stringify(root.widgetState())")
    finger.drag(free, (free[0], free[1] - 120))
    page.wait_for_function("was => scrollY > was + 40", arg=scrolled)
    assert root.evaluate("root => JSON.stringify(root.widgetState())") == state


@pytest.mark.parametrize("view", PLACES)
def test_two_fingers_are_left_to_the_page(visit, address, view):
    """Only what a finger takes hold of, a token, keeps the page from zooming."""
    page, root = woken(visit, address, view, **PHONE)
    kept = root.evaluate(
        """root => [...root.querySelectorAll("*")].filter(e => !e.closest(".td-token"))
             .map(e => getComputedStyle(e).touchAction).filter(action => !/auto|manipulation|pinch-zoom/.test(action))"""
    )
    assert kept == []
