// A matrix of heads × tasks: what each head adds to the confidence, in points of 100.
import { h, hidden } from "../ui/dom.js";
import { output } from "../ui/output.js";
import { added } from "./engine.js";
import { shortName } from "./strips.js";

export const SHORT = { sentiment: "sentim." };
const points = (p) => {
  const whole = Math.round(100 * p);
  return whole > 0 ? `+${whole}` : whole < 0 ? `−${-whole}` : "0";
};

/** What each head adds in this sentence, which is computed to be shown, beside what it adds in the mean of many. */
export function addedTables({ tasks, means, average, averaged }) {
  const made = (name, caption) => headsByTasks(name, caption, Object.keys(tasks), means.length, means[0].length);
  const here = made("added", "In this sentence"),
    overall = made("average", `Mean of ${averaged.toLocaleString("en")} sentences it never saw, as learned`);
  overall.show(average, null);
  return {
    element: h("div", { class: "td-tables td-waits" }, here.element, overall.element),
    show: ({ token }, { parameters, ids, keep, instead }) => here.show(added(parameters, ids, token, { keep, instead }), keep),
  };
}

/** name: stem of the readouts; caption: what it says. show({task: (L, H)}, keep), keep null where all are on. */
function headsByTasks(name, caption, tasks, layers, heads) {
  const rows = Array.from({ length: layers * heads }, (_, i) => headRow(name, tasks, Math.floor(i / heads), i % heads));
  const titles = h(
    "tr",
    {},
    h("th", { scope: "col" }, "head"),
    tasks.map((task) => h("th", { scope: "col" }, SHORT[task] ?? task)),
  );
  const body = h(
    "tbody",
    {},
    rows.map(({ element }) => element),
  );
  return {
    element: h("div", { class: "td-heads-table" }, h("table", {}, h("caption", {}, caption), h("thead", {}, titles), body)),
    show(table, keep) {
      for (const { layer, head, cells, note, element } of rows) {
        const off = Boolean(keep && !keep[layer][head]);
        element.classList.toggle("td-off", off);
        note.textContent = off ? " off" : "";
        for (const [t, cell] of cells.entries()) showPoints(cell, table[tasks[t]][layer][head]);
      }
    },
  };
}

function headRow(name, tasks, layer, head) {
  const cells = tasks.map((task) =>
    output(`${name}-${task}-${layer}-${head}`, { label: `${task}, layer ${layer + 1} head ${head + 1}`, print: points }),
  );
  const note = hidden("");
  const element = h(
    "tr",
    {},
    h("th", { scope: "row" }, shortName([layer, head]), note),
    cells.map((cell) => h("td", {}, cell)),
  );
  return { layer, head, cells, note, element };
}

function showPoints(cell, value) {
  cell.show(value);
  cell.parentElement.style.setProperty("--paint", `${Math.round(75 * Math.min(1, Math.abs(value)) ** 0.6)}%`);
  cell.parentElement.classList.toggle("td-against", value < -0.005);
}
