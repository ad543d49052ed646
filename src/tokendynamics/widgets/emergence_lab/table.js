// A small matrix of shares as a table: a number in each cell, and a ground as strong as the number is large.
import { h, hidden } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";

export function shares() {
  const caption = h("caption"),
    head = h("thead"),
    body = h("tbody");
  const element = h("table", { class: "td-shares" }, caption, head, body);
  let shape = "";
  return {
    element,
    /** `corner` is what the columns are numbers of; marks: {at: [row, column], text}. */
    show({ title, rows, corner, columns, values, marks = [] }) {
      const wanted = JSON.stringify([title, rows, columns]);
      if (wanted !== shape) {
        shape = wanted;
        caption.textContent = title;
        head.replaceChildren(
          h(
            "tr",
            {},
            h("td", { "aria-hidden": "true" }, corner),
            columns.map((name) => h("th", { scope: "col" }, hidden(`${corner} `), name)),
          ),
        );
        body.replaceChildren(
          ...rows.map((name) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, name),
              columns.map(() => h("td")),
            ),
          ),
        );
      }
      for (const [i, row] of values.entries())
        for (const [j, value] of row.entries()) {
          const cell = body.rows[i].cells[j + 1];
          cell.textContent = Number.isFinite(value) ? fixed(value) : "–";
          cell.style.setProperty("--share", Number.isFinite(value) ? value.toFixed(2) : 0);
          cell.classList.toggle("td-strong", value > 0.5);
        }
      for (const { at, text } of marks) body.rows[at[0]].cells[at[1] + 1].append(h("strong", { class: "td-mine" }, ` ${text}`));
    },
  };
}
