// The panel Phase: the shipped diagram of heads and sentences, and on it the reader's own runs that ended where it has a cell.

import { h } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { placeOn } from "./state.js";
import { shares } from "./table.js";

/** @param {{ heads: number[], counts: number[], all_right: number[][] }} phase */
export function phasePanel(phase) {
  const diagram = shares();
  return {
    panel: {
      title: "Phase",
      body: [h("p", { class: "td-until" }, "It waits for your guess."), h("div", { class: "td-diagram td-waits" }, diagram.element)],
    },
    show(runs) {
      const ended = runs
        .filter(({ seconds, config, records }) => seconds && records.at(-1).step === config.steps)
        .map((each) => ({ ...each, at: placeOn(phase, each.config) }))
        .filter(({ at }) => at);
      diagram.show({
        title: "Heads × sentences to learn from: share with all four right, mean of eight runs in numpy. Your runs are marked.",
        rows: phase.heads.map((n) => `${n} ${n === 1 ? "head" : "heads"}`),
        corner: "from",
        columns: phase.counts,
        values: phase.all_right,
        marks: ended.map(({ number: n, at, records }) => ({ at, text: `run ${n}: ${fixed(records.at(-1).all_right.at(-1))}` })),
      });
    },
  };
}
