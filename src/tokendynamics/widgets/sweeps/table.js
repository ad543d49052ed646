// The numbers behind the picture, for who cannot see it or wants them: a row for each place of each line, a line at a time.

import { h } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { selectField } from "../ui/select.js";
import { means, values } from "./engine.js";

export function numbers() {
  const caption = h("caption"),
    head = h("thead"),
    body = h("tbody");
  const line = selectField("Line", [], turn);
  const element = h("div", { class: "td-numbers-of-sweeps" }, line.element, h("table", {}, caption, head, body));
  /** A page of the table is a line of the picture. */
  function turn() {
    for (const row of body.rows) row.hidden = row.dataset.line !== line.control.value;
  }
  return {
    element,
    show(sweep, { metric, length, seed }, title) {
      const lines = sweep.lines.map(({ name }) => name);
      if (lines.join() !== [...line.control.options].map(({ value }) => value).join())
        line.control.replaceChildren(...lines.map((name) => h("option", { value: name }, name)));
      line.element.hidden = lines.length === 1;
      caption.textContent = title;
      const names = [sweep.across, "mean", "least", "most", ...(seed < 0 ? [] : [`seed ${seed}`])];
      head.replaceChildren(
        h(
          "tr",
          {},
          names.map((name) => h("th", { scope: "col" }, name)),
        ),
      );
      body.replaceChildren(
        ...sweep.lines.flatMap((each) =>
          means(each, metric, length).map(([x, ...found]) => {
            const mine = each.x.findIndex((at, i) => at === x && each.seed[i] === seed);
            const all = mine < 0 ? found : [...found, values(each, metric, length)[mine]];
            return h(
              "tr",
              { "data-line": each.name },
              h("th", { scope: "row" }, x.toLocaleString("en")),
              all.map((v) => h("td", {}, fixed(v, 3))),
            );
          }),
        ),
      );
      turn();
    },
  };
}
