// One widget on the whole screen, for a lecture hall: its letters grow with the screen, and the picture fills its height. Where the browser
// has no full screen for it (an iPhone, a frame that may not) the widget lies over its page, or its frame, and does the same.
import { button, h } from "./dom.js";

const LETTERS = [0.0175, 0.031]; // of the window's width and height: what is read from the last row
const CORNERS = "M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4";
const { documentElement: html } = document;

/** {control, toggle, stop}: the button, what the key F does, and the end. `say` tells who cannot see it. */
export function fullScreen({ root, say }) {
  const words = h("span", {}, "Full screen");
  const control = button("", toggle, { "data-do": "full-screen" });
  control.append(corners(), words);
  let before = null, // what the page was like
    granted = false; // the browser gave its whole screen

  function toggle() {
    if (before) leave();
    else enter();
  }

  function enter() {
    before = pageAround(root);
    putFirst(root, before);
    words.textContent = "Leave full screen";
    grow();
    addEventListener("resize", grow);
    if (root.requestFullscreen) root.requestFullscreen().catch(() => before && liftOver(root));
    else liftOver(root);
    say("Full screen. Escape leaves it.");
  }

  function leave() {
    if (!before) return;
    const was = before;
    before = null;
    granted = false;
    removeEventListener("resize", grow);
    words.textContent = "Full screen";
    putBack(root, was);
    if (!root.contains(document.activeElement)) control.focus({ preventScroll: true });
    say("As it was.");
  }

  const grow = () => fitLetters(before.base);

  /** The browser's own way out, by Escape or by a gesture. */
  function changed() {
    if (document.fullscreenElement === root) granted = true;
    else if (granted) leave();
  }
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && before && !root.querySelector("dialog[open]")) leave();
  });
  document.addEventListener("fullscreenchange", changed);
  return {
    control,
    toggle,
    stop() {
      leave();
      document.removeEventListener("fullscreenchange", changed);
    },
  };
}

/** What the page is like before a widget fills it. */
function pageAround(root) {
  return {
    focus: document.activeElement,
    place: root.parentElement,
    held: root.parentElement.style.minHeight,
    letters: html.style.fontSize,
    scroll: { left: scrollX, top: scrollY, behavior: /** @type {const} */ ("instant") },
    base: Number.parseFloat(getComputedStyle(html).fontSize),
    inert: around(root),
  };
}

/** The widget fills the page, and alone is reached. */
function putFirst(root, { place, inert, focus }) {
  const style = getComputedStyle(root);
  const height = root.offsetHeight + Number.parseFloat(style.marginTop) + Number.parseFloat(style.marginBottom);
  place.style.minHeight = `${height}px`; // what stands below stays where it is
  for (const element of inert) element.inert = true;
  root.dataset.full = "";
  root.tabIndex = -1; // a click beside the controls leaves the keys with the widget
  if (!root.contains(focus)) root.focus({ preventScroll: true });
}

/** The page is as it was. */
function putBack(root, { place, inert, held, letters, scroll }) {
  root.removeAttribute("popover");
  delete root.dataset.full;
  root.removeAttribute("tabindex");
  for (const element of inert) element.inert = false;
  html.style.fontSize = letters;
  place.style.minHeight = held;
  const back = () => scrollTo(scroll);
  if (document.fullscreenElement === root) document.exitFullscreen().then(back, () => {}); // until then the page is laid out without the widget
  back();
}

/** Above all of the page, its bars too. */
function liftOver(root) {
  if (!root.showPopover) return;
  root.popover = "manual";
  root.showPopover();
}

/** A drawing grows with the page's letters (drawing.js), and so does all that is measured in them. */
function fitLetters(base) {
  html.style.fontSize = `${Math.max(base, Math.min(innerWidth * LETTERS[0], innerHeight * LETTERS[1]))}px`;
}

/** All that stands beside an element, up to the page: keys do not go there. */
function around(element) {
  const found = [];
  for (let each = element; each !== document.body && each.parentElement; each = each.parentElement)
    for (const sibling of each.parentElement.children) if (sibling !== each && !sibling.inert) found.push(sibling);
  return found;
}

function corners() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  svg.firstElementChild.setAttribute("d", CORNERS);
  return svg;
}
