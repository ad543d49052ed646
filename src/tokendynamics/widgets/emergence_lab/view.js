// Emergence lab: a small transformer trains in the page, and its heads find their roles, or do not. State, as ever, is what is to be
// trained; the runs themselves are results, kept beside it.

import { table } from "../ui/save/rows.js";
import { widget } from "../ui/widget.js";
import { modelPanel, trainingPanel } from "./choices.js";
import { phasePanel } from "./phase.js";
import { picture } from "./picture.js";
import { Runs } from "./runs.js";
import { runsPanel } from "./runs_panel.js";
import { checkState, configOf, fitting, NAMES, PRESETS, START, STARTS, title } from "./state.js";
import { transport } from "./transport.js";

/** @param {import("../ui/widget.js").Shared} shared */
function build(shared) {
  const { model, store, about, say, change, reset, redraw } = shared;
  /** A change of what is to be trained; what is being trained goes on as it was begun. */
  const tell = (patch, where) => {
    const taken = change({ ...patch, ...fitting({ ...store.state, ...patch }) }, where);
    if (taken) say(`${title(configOf(store.state))}.`);
    return taken;
  };
  const runs = new Runs(shared),
    buttons = transport(runs);
  const architecture = modelPanel(tell),
    training = trainingPanel(tell),
    results = runsPanel(runs, shared),
    learning = picture(runs, redraw);
  const phase = model.get("phase") && phasePanel(model.get("phase"));
  return {
    picture: [learning.element],
    transport: [...buttons.elements, reset],
    reading: results.reading,
    said: [runs.notice.element, about.element],
    panels: { model: architecture.panel, training: training.panel, runs: results.panel, ...(phase && { phase: phase.panel }) },
    draw(state) {
      const config = configOf(state);
      learning.show(state);
      phase?.show(runs.list);
      results.show(state);
      buttons.show(state);
      architecture.show(state, config);
      training.show(state, config);
    },
    numbers: () => runs.list.flatMap(numbersOf),
    rest: architecture.choose.notice.clear,
    restart() {
      runs.clear();
      architecture.choose.clear();
    },
    parts: [runs, learning],
  };
}

/** A run's curves, whose rows are steps, and the matrices at its last step. */
function numbersOf({ number, title: words, records, config }) {
  if (!records.length) return [];
  const name = `run ${number}: ${words}`,
    last = records.at(-1);
  const columns = ["accuracy", "log-probability", "loss", ...last.all_right.map((_, i) => `first ${i + 1} right`)];
  const values = records.map(({ accuracy, log_probability, loss, all_right }) => [accuracy, log_probability, loss, ...all_right]);
  const matrix = (kind, row, matrix) => table(kind, name, matrix, { rows: matrix.map((_, i) => `${row} ${i + 1}`) });
  return [
    ...table("curve", name, values, { rows: records.map(({ step }) => step), columns }),
    ...(config.task === "roles"
      ? matrix("heads × roles", "head", last.matrix)
      : [...matrix("previous token", "layer", last.previous), ...matrix("induction", "layer", last.induction)]),
  ];
}

export default widget({
  view: "emergence-lab",
  className: "EmergenceLab",
  title: "Emergence lab",
  names: NAMES,
  presets: PRESETS,
  rules: () => ({ measure: checkState, fallback: START, starts: STARTS }),
  build,
});
