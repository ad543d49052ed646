// Hand and eye on one screen: the picture with what sets it in motion stays in sight (bench.css) while a hand is in the panels, which stand
// beside it or, on a phone, below it. One panel is open at a time. It stays open until the reader opens another, and a link carries it.
import { embedded, h } from "./dom.js";
import { tabs } from "./tabs.js";

/**
 * @typedef {object} Panel
 * @property {string} title one word or two: all titles stand in one strip, on a phone too
 * @property {any[]} body
 *
 * @param {object} given
 * @param {string} given.title whose panels they are, for a screen reader
 * @param {any[]} given.picture what the controls change
 * @param {any[]} given.transport what sets it in motion and back
 * @param {any} given.reading the one number that matters now
 * @param {any[]} given.said what is refused or has happened: it stands with the picture, so that it is seen
 * @param {any[]} given.notes what a state means, above the panels
 * @param {Record<string, Panel>} given.panels
 * @param {any[]} given.under what is of use whichever panel is open
 * @param {string} given.first the panel that is open at first
 * @param {(name: string) => void} given.onOpen
 * @param {(name: string | null) => void} given.onHold a slider of the panel of that name is in a hand; null when it is let go
 */
export function bench({ title, picture, transport, reading, said, notes, panels, under, first, onOpen, onHold }) {
  const sections = Object.fromEntries(
    Object.entries(panels).map(([name, panel]) => [name, { title: panel.title, panel: h("div", { class: "td-panel" }, panel.body) }]),
  );
  const strip = tabs(`Panels of ${title}`, sections, open);
  const view = {
    first,
    opened: first,
    has: (name) => Object.hasOwn(sections, name),
    open,
    hand: h(
      "div",
      { class: "td-hand" },
      notes,
      strip.element,
      Object.values(sections).map(({ panel }) => panel),
      under,
    ),
    element: null,
  };
  const eye = h(
    "div",
    { class: "td-eye" },
    h("div", { class: "td-picture", "data-picture": "" }, picture),
    h("div", { class: "td-transport" }, transport, reading ? h("div", { class: "td-reading" }, reading) : null),
    said,
  );
  view.element = h("div", { class: "td-bench" }, eye, view.hand);
  strip.show(first);

  // who goes by keys has the picture in sight too; under a hand nothing may move
  let pressed = false;
  view.element.addEventListener("pointerdown", () => {
    pressed = true;
    requestAnimationFrame(() => {
      pressed = false;
    });
  });
  view.hand.addEventListener("pointerdown", ({ target }) => {
    if (target.type !== "range") return;
    onHold(view.opened);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => onHold(null), { once: true });
  });
  view.element.addEventListener("focusin", (event) => {
    if (pressed || embedded() || !event.target.matches(":focus-visible")) return;
    const { top, bottom, height } = eye.getBoundingClientRect();
    const bar = Number.parseFloat(getComputedStyle(eye).top) || 0; // the page's, which the picture stops below
    if (Math.min(bottom, innerHeight) - Math.max(top, bar) >= 0.9 * height) return;
    scrollBy({ top: top - bar, behavior: "instant" });
    event.target.scrollIntoView({ block: "nearest", behavior: "instant" }); // and what has the focus: the picture stays, as it sticks
  });

  function open(name) {
    view.opened = name;
    strip.show(name);
    onOpen(name);
  }
  return view;
}
