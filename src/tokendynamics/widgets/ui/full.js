// One widget on the whole screen, for a lecture hall: its letters grow with the screen, and the picture fills its height. Where the browser
// has no full screen for it (an iPhone, a frame that may not) the widget lies over its page, or its frame, and does the same.
import { button, h } from "./dom.js";

const LETTERS = [0.0175, 0.031]; // of the window's width and height: what is read from the last row
const CORNERS = "M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4";

/** {control, toggle, stop}: the button, what the key F does, and the end. `say` tells who cannot see it. */
export function fullScreen({ root, say }) {
  const { documentElement: html } = document;
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
    const style = getComputedStyle(root);
    before = {
      focus: document.activeElement,
      place: root.parentElement,
      held: root.parentElement.style.minHeight,
      letters: html.style.fontSize,
      scroll: { left: scrollX, top: scrollY, behavior: /** @type {const} */ ("instant") },
      base: Number.parseFloat(getComputedStyle(html).fontSize),
      inert: around(root),
    };
    const height = root.offsetHeight + Number.parseFloat(style.marginTop) + Number.parseFloat(style.marginBottom);
    before.place.style.minHeight = `${height}px`; // what stands below stays where it is
    for (const element of before.inert) element.inert = true;
    root.dataset.full = "";
    root.tabIndex = -1; // a click beside the controls leaves the keys with the widget
    if (!root.contains(before.focus)) root.focus({ preventScroll: true });
    words.textContent = "Leave full screen";
    grow();
    addEventListener("resize", grow);
    if (root.requestFullscreen) root.requestFullscreen().catch(over);
    else over();
    say("Full screen. Escape leaves it.");
  }

  /** Above all of the page, its bars too. */
  function over() {
    if (!before || !root.showPopover) return;
    root.popover = "manual";
    root.showPopover();
  }

  function leave() {
    if (!before) return;
    const was = before;
    before = null;
    granted = false;
    removeEventListener("resize", grow);
    root.removeAttribute("popover");
    delete root.dataset.full;
    root.removeAttribute("tabindex");
    for (const element of was.inert) element.inert = false;
    html.style.fontSize = was.letters;
    was.place.style.minHeight = was.held;
    words.textContent = "Full screen";
    const back = () => scrollTo(was.scroll);
    if (document.fullscreenElement === root) document.exitFullscreen().then(back, () => {}); // until then the page is laid out without the widget
    back();
    if (!root.contains(document.activeElement)) control.focus({ preventScroll: true });
    say("As it was.");
  }

  /** A drawing grows with the page's letters (drawing.js), and so does all that is measured in them. */
  function grow() {
    html.style.fontSize = `${Math.max(before.base, Math.min(innerWidth * LETTERS[0], innerHeight * LETTERS[1]))}px`;
  }

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
