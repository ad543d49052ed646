// Marks that stay as they are are left alone: to write an attribute again, even the same, has the browser look at its style again.
import { reword } from "./dom.js";

/** For `selection.filter`: the elements whose datum, as `words` tells it, is not what they show. */
export const changed = (words) =>
  /** @this {Element & { shown?: string }} */
  function (d) {
    const now = words(d);
    if (this.shown === now) return false;
    this.shown = now;
    return true;
  };

const told = changed((d) => `${d.x} ${d.y} ${d.anchor} ${d.text}`);

/** The words of text elements, for `selection.call`. */
export const worded = (texts, words) => texts.each((d, i, nodes) => reword(nodes[i], words(d)));

/** Texts of an axis or a chart, {x, y, anchor, text} each. */
export function write(texts) {
  texts
    .filter(told)
    .attr("x", (d) => d.x)
    .attr("y", (d) => d.y)
    .attr("text-anchor", (d) => d.anchor)
    .call(worded, (d) => d.text);
}
