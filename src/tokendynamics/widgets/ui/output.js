import { h, reword } from "./dom.js";
import { format } from "./numbers.js";

/** A number to read: the text is rounded, data-value is not. */
export function output(name, { label, id, print = format } = {}) {
  // aria-live off: an output is announced at every change otherwise, which is every frame of a drag
  const element = h("output", { "data-readout": name, "aria-live": "off", ...(label && { "aria-label": label }), ...(id && { id }) });
  let shown;
  element.show = (value) => {
    if (Object.is(value, shown)) return;
    shown = value;
    element.dataset.value = String(value);
    reword(element, print(value));
  };
  return element;
}
