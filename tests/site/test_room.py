"""Room for everything at every width: in every panel of every widget words keep off words, and nothing stands outside its box."""

import pytest
from weekly import FEW, part_of
from widget_page import PLACES, met

WIDTHS = part_of(range(320, 1601, 40), [320, 640, 720, 960, 1280])
# Words that are seen, where they lie on other words or on a control that is not theirs. A line of letters is lower than its box: a fifth is
# taken off above and below. What lies outside a place that cuts it off is not seen.
CROSSED = """place => {
  const edges = new Map(); // of what cuts off, measured once
  const cut = (box, element) => {
    for (let e = element; e && e !== place; e = e.parentElement) {
      if (!edges.has(e)) {
        const style = getComputedStyle(e);
        edges.set(e, style.overflowX === 'visible' && style.clipPath === 'none' ? null : e.getBoundingClientRect());
      }
      const edge = edges.get(e);
      if (!edge) continue;
      const { left, right, top, bottom } = edge;
      box = { ...box, left: Math.max(box.left, left), right: Math.min(box.right, right), top: Math.max(box.top, top), bottom: Math.min(box.bottom, bottom) };
    }
    return box;
  };
  const seen = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const boxes = [], walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, owner = node.parentElement, range = document.createRange();
    if (!node.data.trim() || owner.closest('option, script, style') || !seen(owner) || /rotate/.test(owner.getAttribute('transform'))) continue; // the box of slanted words says little
    range.selectNodeContents(node);
    for (const { left, right, top, bottom, height } of range.getClientRects())
      boxes.push(cut({ node, name: node.data.trim(), left, right, top: top + height / 5, bottom: bottom - height / 5 }, owner));
  }
  const controls = [...place.querySelectorAll('input, select, button')].filter(seen).map(node => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return { node, name: `[${node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent}]`, left, right, top, bottom };
  });
  const there = boxes.filter(box => box.right - box.left > 2 && box.bottom - box.top > 2);
  const cross = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return there.flatMap((box, i) => [...there.slice(i + 1), ...controls].filter(other => other.node !== box.node && !other.node.contains(box.node) && cross(box, other))
    .map(other => `${box.name} on ${other.name}`));
}"""
# What stands outside the widget, or is wider than its own box and neither scrolls nor is cut off there. Drawings are cut off by their planes.
OUTSIDE = """root => {
  const { left, right } = root.getBoundingClientRect(), named = e => `<${e.tagName.toLowerCase()} class="${e.className}"> ${e.textContent.trim().slice(0, 30)}`;
  const held = e => e.closest('svg, .td-hidden, .td-plot, .td-scroll') || e.matches('.td-cells, .td-bench, .td-eye, .td-picture'); // what may use the margin around it
  return [...root.querySelectorAll('*')].filter(e => e.getClientRects().length && !held(e)).flatMap(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (style.visibility === 'hidden') return [];
    if (box.right > right + 0.5 || box.left < left - 0.5) return [`${named(e)} is outside the widget`];
    const over = e.scrollWidth - e.clientWidth;
    return style.overflowX === 'visible' && e.clientWidth && over > 1 ? [`${named(e)} holds ${over} px more than its width`] : [];
  });
}"""


# Both, in one panel after the other. A picture hears of its width in one frame and is drawn in the next: what is found there still a little later counts.
BOTH = f"""async root => {{
  const crossed = {CROSSED}, outside = {OUTSIDE}, said = [];
  const frames = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const tab of root.querySelectorAll('[role=tab]')) {{
    tab.click();
    let found = ['not looked at'];
    for (let times = 0; found.length && times < 4; times++) {{
      await frames();
      found = [...crossed(root), ...outside(root)];
    }}
    said.push(...found.map(words => `panel ${{tab.dataset.panel}}: ${{words}}`));
  }}
  return said;
}}"""


def at(widget, width):
    widget.page.set_viewport_size({"width": width, "height": 800})
    return [f"{width} px, {said}" for said in widget.root.evaluate(BOTH)]


@pytest.mark.parametrize("view", part_of(PLACES, [*FEW, "heads-and-tasks"]))
def test_words_keep_off_words_and_nothing_stands_outside_its_box(visit, desk, view):
    widget = met(visit(desk(view), reduced_motion="reduce"), view)
    found = [said for width in WIDTHS for said in at(widget, width)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("view", part_of(PLACES, FEW))
def test_nor_on_a_phone_where_controls_are_as_large_as_a_finger(visit, desk, view):
    widget = met(visit(desk(view), width=360, height=800, has_touch=True, is_mobile=True, reduced_motion="reduce"), view)
    assert not (found := at(widget, 360)), "\n".join(found)
