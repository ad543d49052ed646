import { h, reword } from "./dom.js";
import { format } from "./numbers.js";

/**
 * A number to read: the text is rounded, data-value is not. `show()` with nothing shows that there is none.
 *
 * @param {string} name
 * @param {{ label?: string, print?: (value: any) => string }} [given]
 */
export function output(name, { label, print = format } = {}) {
  // aria-live off: an output is announced at every change otherwise, which is every frame of a drag
  const element = h("output", { "data-readout": name, "aria-live": "off", "aria-label": label });
  let shown = null;
  element.show = (value) => {
    if (Object.is(value, shown)) return;
    shown = value;
    if (value === undefined) delete element.dataset.value;
    else element.dataset.value = String(value);
    reword(element, value === undefined ? "–" : print(value));
  };
  return element;
}

/** A line with what a number is, and the number. */
export const readout = (text, element) => h("div", { class: "td-row" }, h("span", {}, text), element);
