// Emergence lab: a small transformer trains in the page, and its heads find their roles, or do not. State, as ever, is what is to be
// trained; the runs themselves are results, kept beside it.

import { button, h } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { presetField, values } from "../ui/presets.js";
import { seedField } from "../ui/seed.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { widget } from "../ui/widget.js";
import { curves } from "./curves.js";
import {
  answers,
  COUNTS,
  checkState,
  configOf,
  headCounts,
  LIMITS,
  METRICS,
  NAMES,
  PRESETS,
  placeOn,
  START,
  STARTS,
  title,
} from "./state.js";
import { shares } from "./table.js";
import { trainer } from "./trainer.js";

const MOST = 4,
  EVERY = 20; // runs side by side; steps between records
const CHANCE = { roles: 1 / 32, pairs: 1 / 6 };

function build({ model, store, about, say, change, reset, redraw }) {
  const trainNotice = notice();
  let runs = [],
    number = 0,
    training = null; // null, "going", "stepping" or "paused"

  // ------------------------------------------------------------------ training
  const work = trainer(hear, (words) => {
    training = null;
    trainNotice.say(words);
    redraw();
  });
  const current = () => runs.at(-1);

  function train() {
    const config = configOf(store.state);
    if (runs.length === MOST) runs.shift();
    number = (number % MOST) + 1;
    runs.push({ number, config, title: title(config), records: [], began: performance.now() });
    trainNotice.clear();
    training = "going";
    say(`Training ${current().title}.`);
    work.start({ ...config, every: EVERY });
    redraw();
  }

  function hear(message) {
    const run = current();
    if (!run) return;
    if (message.ended) ended(run);
    else if (message.diverged) {
      trainNotice.say(
        `At step ${message.step} the loss is ${Number.isFinite(message.loss) ? `${format(message.loss)} nats` : "no longer a number"}: the training diverged and stopped. A smaller learning rate helps.`,
      );
      run.diverged = true;
    } else {
      run.records.push(message);
      if (training === "stepping") training = "paused";
      redraw();
    }
  }

  function ended(run) {
    training = null;
    run.seconds = (performance.now() - run.began) / 1000;
    const last = run.records.at(-1);
    if (!run.diverged) say(`Trained ${run.title}: ${words(last)}`);
    model.set(
      "results",
      [...runs].map(({ config, records }) => ({ ...config, ...records.at(-1) })),
    );
    model.save_changes();
    redraw();
  }

  const words = (record) => `accuracy ${fixed(record.accuracy)}, all ${record.all_right.length} right ${fixed(record.all_right.at(-1))}.`;

  function stop() {
    work.stop();
    training = null;
  }
  function clearRuns() {
    stop();
    runs = [];
    number = 0;
    trainNotice.clear();
  }

  const go = button(
    "Train",
    () => {
      if (training === "going") {
        training = "paused";
        work.say("pause");
        say(`Paused at step ${current().records.at(-1)?.step ?? 0}.`);
      } else if (training === "paused") {
        training = "going";
        work.say("resume");
      } else train();
      redraw();
    },
    { class: "td-button td-primary" },
  );
  const step = button("Step", () => {
    if (!training) train();
    training = "stepping";
    work.say("step");
    redraw();
  });
  const clear = button("Clear runs", () => {
    clearRuns();
    say("All runs cleared.");
    redraw();
  });
  function restart() {
    clearRuns();
    choose.clear();
  }

  // ------------------------------------------------------------------ what is to be trained
  /** A change of what is to be trained; what is being trained goes on as it was begun. */
  const tell = (patch, where) => {
    const next = { ...store.state, ...patch };
    const heads = headCounts(next.task)?.includes(next.heads) ? next.heads : 1;
    const taken = change({ ...patch, heads, length: Math.min(next.length, answers(next)) }, where);
    if (taken) say(`${title(configOf(store.state))}.`);
    return taken;
  };
  const choose = presetField(PRESETS, (name) => tell(values(PRESETS[name])));
  const task = selectField(
    "Task",
    [
      ["roles", "roles in a sentence"],
      ["pairs", "pairs in context"],
    ],
    (value) => tell(value === "pairs" ? { task: value, rate: 0.003, steps: 500 } : { task: value, rate: START.rate, steps: START.steps }),
  );
  const heads = selectField("Heads", [], (value) => tell({ heads: Number(value) }));
  const roles = wholeField("Roles", LIMITS.roles, (value) => tell({ roles: value }));
  const streams = selectField(
    "Attention",
    [
      ["1", "ordinary"],
      ["2", "two streams: scores see tags, values words"],
    ],
    (value) => tell({ streams: Number(value) }),
  );
  const layers = wholeField("Layers", LIMITS.layers, (value) => tell({ layers: value }));
  const count = selectField(
    "Sentences to learn from",
    COUNTS.map((n) => [n, n || "new ones at every step"]),
    (value) => tell({ count: Number(value) }),
  );
  const steps = slider({ label: "Steps", limits: LIMITS.steps, onInput: (value) => tell({ steps: value }) });
  const rate = slider({
    label: "Learning rate, power of ten",
    limits: { min: -4, max: Math.log10(LIMITS.rate.max), step: 0.1 },
    decimals: 1,
    onInput: (power) => tell({ rate: Number((10 ** power).toPrecision(3)) }),
  });
  const seed = seedField({
    label: "Seed",
    another: "Another seed",
    limits: LIMITS.seed,
    take: (value, where) => tell({ seed: value }, where),
  });

  // ------------------------------------------------------------------ what came of it
  const metric = selectField("Metric", Object.entries(METRICS), (value) => change({ metric: value }) && say(METRICS[value]));
  const length = slider({
    label: "n, answers that must be right",
    limits: LIMITS.length,
    onInput: (value) => change({ length: Math.min(value, answers(store.state)) }),
  });
  const chart = curves({ onResize: redraw });
  const matrix = shares(),
    second = shares(),
    diagram = shares(),
    phase = model.get("phase");
  const read = {
    step: output("step", { label: "step of training", print: String }),
    accuracy: output("accuracy", { label: "share of single answers that are right", print: (x) => fixed(x, 3) }),
    all: output("all-right", { label: "share of sequences with every answer right", print: (x) => fixed(x, 3) }),
    log: output("log-probability", { label: "mean log-probability of the right answer, in nats", print: (x) => fixed(x, 3) }),
    seconds: output("seconds", { label: "seconds that the last run took", print: (x) => fixed(x, 1) }),
  };
  const list = h("ol", { class: "td-runs" });
  let listed = "";

  const value = (record, { metric, length }) =>
    metric === "all_right" ? record.all_right[Math.min(length, record.all_right.length) - 1] : record[metric];

  function draw(state) {
    const run = current(),
      last = run?.records.at(-1);
    const drawn = runs.map((each) => ({ ...each, points: each.records.map((record) => [record.step, value(record, state)]) }));
    const chance = state.metric === "accuracy" ? CHANCE[state.task] : null;
    chart.draw({
      label: METRICS[state.metric],
      runs: drawn,
      steps: Math.max(state.steps, ...runs.map(({ config }) => config.steps)),
      chance,
    });
    table(run, last);
    if (phase) {
      const ended = runs
        .filter(({ seconds, diverged }) => seconds && !diverged)
        .map((each) => ({ ...each, at: placeOn(phase, each.config) }))
        .filter(({ at }) => at);
      diagram.show({
        title:
          "Heads × sentences: share with all four right, mean of eight runs in numpy. Your runs are marked with their number and what they came to.",
        rows: phase.heads.map((n) => `${n} ${n === 1 ? "head" : "heads"}`),
        columns: phase.counts,
        values: phase.all_right,
        marks: ended.map(({ number: n, at, records }) => ({ at, text: `run ${n}: ${fixed(records.at(-1).all_right.at(-1))}` })),
      });
    }
    read.step.show(last?.step);
    read.accuracy.show(last?.accuracy);
    read.all.show(last?.all_right.at(-1));
    read.log.show(last?.log_probability);
    read.seconds.show(run?.seconds);
    const names = JSON.stringify(runs.map(({ number: n, title: t }) => [n, t]));
    if (names !== listed) {
      listed = names;
      list.replaceChildren(...runs.map(({ number: n, title: t }) => h("li", { value: n, class: `td-run-${n}` }, t)));
    }
    go.textContent = training === "going" ? "Pause" : training ? "Resume" : "Train";
    step.disabled = training === "going";
    clear.disabled = !runs.length;
    for (const [name, { control }] of Object.entries({ task, roles, streams, layers, count, metric })) control.value = state[name];
    if (heads.control.dataset.task !== state.task) {
      heads.control.dataset.task = state.task;
      heads.control.replaceChildren(...headCounts(state.task).map((n) => h("option", { value: n }, n)));
    }
    heads.control.value = state.heads;
    for (const each of [roles, streams]) each.element.hidden = state.task !== "roles";
    layers.element.hidden = state.task !== "pairs";
    length.element.hidden = state.metric !== "all_right";
    length.input.max = answers(state);
    length.show(state.length);
    steps.show(state.steps);
    rate.show(Math.log10(state.rate));
    seed.show(state.seed);
  }

  function table(run, last) {
    const config = run?.config ?? store.state;
    const many = (n, name) => Array.from({ length: n }, (_, i) => `${name} ${i + 1}`);
    if (config.task === "roles") {
      const empty = Array.from({ length: config.heads }, () => new Array(config.roles).fill(NaN));
      matrix.show({
        title: "Heads × roles: what each head gives to the token with each role",
        rows: many(config.heads, "head"),
        columns: many(config.roles, "role"),
        values: last?.matrix ?? empty,
      });
    } else {
      const empty = Array.from({ length: config.layers }, () => new Array(config.heads).fill(NaN));
      const shape = { rows: many(config.layers, "layer"), columns: many(config.heads, "head") };
      matrix.show({ title: "Previous-token score: attention from each b to the a before it", ...shape, values: last?.previous ?? empty });
      second.show({
        title: "Induction score: attention from a repeated a to the b that followed it",
        ...shape,
        values: last?.induction ?? empty,
      });
    }
    second.element.hidden = config.task === "roles";
  }

  const body = [
    about.element,
    h("div", { class: "td-line" }, choose.element, reset),
    choose.notice.element,
    h(
      "div",
      { class: "td-line td-setup" },
      task.element,
      heads.element,
      roles.element,
      layers.element,
      streams.element,
      count.element,
      seed.elements,
    ),
    seed.notice.element,
    h("div", { class: "td-two" }, steps.element, rate.element),
    h("div", { class: "td-bar-of-buttons td-waits" }, go, step, clear),
    trainNotice.element,
    h(
      "div",
      { class: "td-columns" },
      h("div", { class: "td-left" }, h("div", { class: "td-line" }, metric.element), length.element, chart.element, list),
      h(
        "div",
        { class: "td-right" },
        matrix.element,
        second.element,
        readout("step", read.step),
        readout("accuracy, sequences not trained on", read.accuracy),
        readout("all answers right", read.all),
        readout("log-probability, nats", read.log),
        readout("seconds", read.seconds),
      ),
    ),
    phase
      ? h("div", { class: "td-diagram td-waits", tabindex: 0, role: "region", "aria-label": "Heads × sentences" }, diagram.element)
      : null,
  ];
  return { body, draw, rest: choose.notice.clear, restart, parts: [work, chart] };
}

/** A select of the whole numbers between two ends. */
function wholeField(text, { min, max }, onChange) {
  const numbers = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  return selectField(
    text,
    numbers.map((n) => [n, n]),
    (value) => onChange(Number(value)),
  );
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
