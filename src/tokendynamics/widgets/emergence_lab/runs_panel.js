// The panel Runs: by which metric they are drawn, which they are, and the numbers of the one that is shown; the two that matter now stand
// with the picture.

import { button, h, line, reword } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { MEANING } from "./matrices.js";
import { parameterCount } from "./sizes.js";
import { answers, LIMITS, METRICS } from "./state.js";

/**
 * @param {import("./runs.js").Runs} runs
 * @param {Pick<import("../ui/widget.js").Shared, "store" | "change" | "say" | "redraw">} shared
 */
export function runsPanel(runs, { store, change, say, redraw }) {
  const metric = selectField("Metric", Object.entries(METRICS), (value) => change({ metric: value }) && say(METRICS[value]));
  const length = slider({
    label: "n, answers that must be right",
    limits: LIMITS.length,
    onInput: (value) => change({ length: Math.min(value, answers(store.state)) }),
  });
  const read = readouts(),
    list = runList(),
    meaning = h("p", { class: "td-quiet" });
  const clear = button("Clear runs", () => {
    runs.clear();
    say("All runs cleared.");
    redraw();
  });
  return {
    reading: read.reading,
    panel: {
      title: "Runs",
      body: [line(metric.element), length.element, list.element, read.rows, line(clear), meaning],
    },
    show(state) {
      const run = runs.shown(state);
      metric.control.value = state.metric;
      length.element.hidden = state.metric !== "all_right";
      length.input.max = answers(state);
      length.show(state.length);
      list.show(runs.list);
      read.show(run, state);
      clear.disabled = !runs.list.length;
      reword(meaning, MEANING[(run?.config ?? state).task]);
    },
  };
}

/** The numbers of a run's last record: `reading` and `rows` are where they stand. */
function readouts() {
  const three = (x) => fixed(x, 3);
  const step = output("step", { label: "step of training", print: String }),
    accuracy = output("accuracy", { label: "share of single answers that are right", print: three }),
    all = output("all-right", { label: "share of sequences with every answer right", print: three }),
    log = output("log-probability", { label: "mean log-probability of the right answer, in nats", print: three }),
    loss = output("loss", { label: "mean loss on the last batch that it learned from, in nats", print: three }),
    seconds = output("seconds", { label: "seconds that the last run took", print: (x) => fixed(x, 1) });
  const end = h("span");
  return {
    reading: [h("div", {}, "step ", step, end), h("div", {}, "all right ", all)],
    rows: [
      readout("accuracy on unseen sequences", accuracy),
      readout("log-probability, nats", log),
      readout("loss on its last batch, nats", loss),
      readout("seconds", seconds),
    ],
    show(run, state) {
      const last = run?.records.at(-1);
      step.show(last?.step);
      reword(end, ` of ${run?.config.steps ?? state.steps}`);
      accuracy.show(last?.accuracy);
      all.show(last?.all_right.at(-1));
      log.show(last?.log_probability);
      loss.show(last?.loss);
      seconds.show(run?.seconds);
    },
  };
}

/** Which run is which. */
function runList() {
  const element = h("ol", { class: "td-runs" });
  let listed = "";
  return {
    element,
    show(runs) {
      const lines = runs.map(({ number, title, config }) => [
        number,
        `${title}: ${parameterCount(config).toLocaleString("en")} parameters, ${config.steps} steps`,
      ]);
      if (JSON.stringify(lines) === listed) return;
      listed = JSON.stringify(lines);
      element.replaceChildren(...lines.map(([n, text]) => h("li", { value: n, class: `td-run-${n}` }, text)));
    },
  };
}
