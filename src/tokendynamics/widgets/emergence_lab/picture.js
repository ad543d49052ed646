// The picture: how the runs learned, as curves by the chosen metric; below them the matrices of one run, and what comes next.

import { h, reword } from "../ui/dom.js";
import { coming } from "./coming.js";
import { curves } from "./curves.js";
import { matrices } from "./matrices.js";
import { METRICS } from "./state.js";

const CHANCE = { roles: 1 / 32, pairs: 1 / 6 };

/**
 * @param {import("./runs.js").Runs} runs
 * @param {() => void} onResize
 */
export function picture(runs, onResize) {
  const title = h("p", { class: "td-chart-title" }),
    chart = curves({ onResize }),
    tables = matrices(),
    next = h("p", { class: "td-next" });
  return {
    element: h("div", { class: "td-learning" }, title, chart.element, tables.element, next),
    stop: chart.stop,
    show(state) {
      const bands = bandsOf(state),
        run = runs.shown(state);
      const named = bands.map(({ label, chance }) => (chance ? `${label} (- - chance)` : label));
      reword(title, named.join("; below: "));
      chart.draw({ bands, runs: runs.list, steps: Math.max(state.steps, ...runs.list.map(({ config }) => config.steps)) });
      tables.show(run?.config ?? state, run);
      const words = coming(runs, state);
      if (words) reword(next, words);
      next.hidden = !words;
    },
  };
}

/** The measures that are drawn, as curves.js takes them. */
function bandsOf({ task, metric, length }) {
  const band = (metric) => ({
    label: METRICS[metric].replace("first n answers all", length === 1 ? "first answer" : `first ${length} answers all`),
    points: ({ records }) => records.map((record) => [record.step, value(record, { metric, length })]),
    chance: metric === "accuracy" ? CHANCE[task] : null,
  });
  return metric === "both" ? [band("accuracy"), band("log_probability")] : [band(metric)];
}

const value = (record, { metric, length }) =>
  metric === "all_right" ? record.all_right[Math.min(length, record.all_right.length) - 1] : record[metric];
