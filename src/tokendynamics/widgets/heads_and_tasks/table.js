// A matrix of heads × tasks: what each head adds to the confidence, in points of 100.
import { h, hidden } from "../ui/dom.js";
import { output } from "../ui/output.js";

export const SHORT = { sentiment: "sentim." };
const points = (p) => {
  const whole = Math.round(100 * p);
  return whole > 0 ? `+${whole}` : whole < 0 ? `−${-whole}` : "0";
};

/** name: stem of the readouts; caption: what it says. show({task: (L, H)}, keep), keep null where all are on. */
export function headsByTasks(name, caption, tasks, layers, heads) {
  const rows = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      const cells = tasks.map((task) =>
        output(`${name}-${task}-${layer}-${head}`, { label: `${task}, layer ${layer + 1} head ${head + 1}`, print: points }),
      );
      const note = hidden("");
      rows.push({
        layer,
        head,
        cells,
        note,
        element: h(
          "tr",
          {},
          h("th", { scope: "row" }, `${layer + 1}.${head + 1}`, note),
          cells.map((cell) => h("td", {}, cell)),
        ),
      });
    }
  }
  const element = h(
    "div",
    { class: "td-heads-table" },
    h(
      "table",
      {},
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "head"),
          tasks.map((task) => h("th", { scope: "col" }, SHORT[task] ?? task)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) => row.element),
      ),
    ),
  );
  return {
    element,
    show(table, keep) {
      for (const { layer, head, cells, note, element: row } of rows) {
        const off = Boolean(keep && !keep[layer][head]);
        row.classList.toggle("td-off", off);
        note.textContent = off ? " off" : "";
        cells.forEach((cell, t) => {
          const value = table[tasks[t]][layer][head];
          cell.show(value);
          cell.parentElement.style.setProperty("--paint", `${Math.round(75 * Math.min(1, Math.abs(value)) ** 0.6)}%`);
          cell.parentElement.classList.toggle("td-against", value < -0.005);
        });
      }
    },
  };
}
