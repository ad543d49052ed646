// The numbers behind the picture, for who cannot see it or wants them: a row for each place of each line.

import { h } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { means, values } from "./engine.js";

export function numbers() {
  const caption = h("caption"),
    head = h("thead"),
    body = h("tbody");
  const element = h(
    "details",
    { class: "td-fold td-numbers-of-sweeps" },
    h("summary", {}, "These numbers as a table"),
    h(
      "div",
      { class: "td-scroll", tabindex: 0, role: "region", "aria-label": "The numbers of the picture" },
      h("table", {}, caption, head, body),
    ),
  );
  return {
    element,
    show(sweep, { metric, length, seed }, title) {
      caption.textContent = title;
      const names = ["line", sweep.across, "mean", "least", "most", ...(seed < 0 ? [] : [`seed ${seed}`])];
      head.replaceChildren(
        h(
          "tr",
          {},
          names.map((name) => h("th", { scope: "col" }, name)),
        ),
      );
      body.replaceChildren(
        ...sweep.lines.flatMap((line) =>
          means(line, metric, length).map(([x, ...found]) => {
            const mine = line.x.findIndex((at, i) => at === x && line.seed[i] === seed);
            const all = mine < 0 ? found : [...found, values(line, metric, length)[mine]];
            return h(
              "tr",
              {},
              h("th", { scope: "row" }, line.name),
              h("td", {}, x.toLocaleString("en")),
              all.map((v) => h("td", {}, fixed(v, 3))),
            );
          }),
        ),
      );
    },
  };
}
