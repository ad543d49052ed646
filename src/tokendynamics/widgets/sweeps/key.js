// Which line is which: its stroke with the mark of its runs, and its name. Plotly's own legend takes a row for each.

import { h } from "../ui/dom.js";
import { styleOf } from "./figure.js";

const SHAPES = {
  circle: "M4,0A4,4,0,1,1,-4,0A4,4,0,1,1,4,0Z",
  square: "M-4,-4H4V4H-4Z",
  "triangle-up": "M0,-5L5,4H-5Z",
  diamond: "M0,-5L5,0L0,5L-5,0Z",
};
const DASHES = { solid: "none", dash: "7 4", dot: "2 3", dashdot: "7 3 2 3" };

/** A list that `show(names)` fills. */
export function key() {
  const element = h("ul", { class: "td-sweeps-key" });
  return {
    element,
    show(names) {
      element.replaceChildren(
        ...names.map((name, turn) => {
          const item = h("li", {}, name);
          item.prepend(mark(styleOf(turn)));
          return item;
        }),
      );
    },
  };
}

/** @param {string[]} style */
function mark([hue, dash, symbol]) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: "-16 -7 32 14", width: 32, height: 14, "aria-hidden": "true" }))
    svg.setAttribute(name, String(value));
  svg.style.color = `var(--td-${hue})`;
  svg.innerHTML = `<path d="M-16,0H16" stroke="currentColor" stroke-width="2" stroke-dasharray="${DASHES[dash]}"/><path d="${SHAPES[symbol]}" fill="currentColor"/>`;
  return svg;
}
