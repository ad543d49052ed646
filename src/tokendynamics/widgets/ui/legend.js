import { h } from "./dom.js";

/** What the marks of a picture mean, {name: words}; td-key-NAME is drawn by the widget's style. Screen readers have the words of the things themselves. */
export const legend = (keys) =>
  h(
    "ul",
    { class: "td-legend", "aria-hidden": "true" },
    Object.entries(keys).map(([name, words]) => h("li", { class: `td-key-${name}` }, words)),
  );
