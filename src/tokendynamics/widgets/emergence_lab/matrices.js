// What the heads of a run attend to, as matrices: heads × roles of the one task, and two of layers × heads of the other.

import { h } from "../ui/dom.js";
import { shares } from "./table.js";

export const MEANING = {
  roles: "The matrix: what each head, of all it attends to, gives to the token with each role.",
  pairs:
    "The matrices: attention from each b to the a before it (previous token), and from a repeated a to the b that followed it (induction).",
};

/** `show(config, run)` fills them with what `run` came to, or with nothing where there is none. */
export function matrices() {
  const first = shares(),
    second = shares();
  return {
    element: h("div", { class: "td-matrices" }, first.element, second.element),
    show(config, run) {
      const whose = run ? `run ${run.number}` : "untrained",
        last = run?.records.at(-1);
      second.element.hidden = config.task === "roles";
      if (config.task === "roles") {
        const shape = numbered("head", config.heads, "role", config.roles);
        first.show({ title: `Heads × roles, ${whose}`, ...shape, values: last?.matrix ?? blank(shape) });
      } else {
        const shape = numbered("layer", config.layers, "head", config.heads);
        first.show({ title: `Previous token, ${whose}`, ...shape, values: last?.previous ?? blank(shape) });
        second.show({ title: `Induction, ${whose}`, ...shape, values: last?.induction ?? blank(shape) });
      }
    },
  };
}

/** The names of a matrix's rows and columns. */
const numbered = (row, rows, column, columns) => ({
  rows: Array.from({ length: rows }, (_, i) => `${row} ${i + 1}`),
  corner: column,
  columns: Array.from({ length: columns }, (_, i) => i + 1),
});

const blank = ({ rows, columns }) => rows.map(() => columns.map(() => NaN));
