// Small helpers for native elements.

let made = 0;

/** An id that no other element of the page has. */
export const uid = (stem) => `td-${stem}-${++made}-${Math.random().toString(36).slice(2, 6)}`;

/** An element: h("button", {type: "button", onclick: f}, "Play"). Keys with "on" listen, others are attributes. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

/** Other words in an element that holds nothing else. Its text node stays: to put a new one in, rules with `:has()` are looked at again, page-wide. */
export function reword(element, text) {
  const node = element.firstChild,
    words = String(text);
  if (node?.nodeType !== Node.TEXT_NODE || node.nextSibling) element.textContent = words;
  else if (node.data !== words) node.data = words;
}

/** Controls that stand side by side, as far as there is room. */
export const line = (...parts) => h("div", { class: "td-line" }, parts);

/** Text that only a screen reader meets. */
export const hidden = (text) => h("span", { class: "td-hidden" }, text);

export const button = (text, onclick, attributes = {}) => h("button", { type: "button", class: "td-button", onclick, ...attributes }, text);

/** Whether the page is a widget by itself, to stand in another page (site/embed). */
export const embedded = () => "embed" in document.documentElement.dataset;

/** Scroll to an element; not where a browser would scroll the page around this one too. */
export function bringToSight(element, how) {
  if (!embedded()) element.scrollIntoView(how);
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Keys pressed in the widget are the widget's: JupyterLab would take arrows and letters for its own shortcuts. It
 * leaves an element alone that says so itself (an ancestor's word does not count), so each says so as it gets focus.
 */
export function keepKeys(root) {
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
}
