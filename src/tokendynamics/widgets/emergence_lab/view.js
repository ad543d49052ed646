// Emergence lab: a small transformer trains in the page, and its heads find their roles, or do not. State, as ever, is what is to be
// trained; the runs themselves are results, kept beside it.

import { button, h, reword } from "../ui/dom.js";
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
const MEANING = {
  roles: "The matrix: what each head, of all it attends to, gives to the token with each role.",
  pairs:
    "The matrices: attention from each b to the a before it (previous token), and from a repeated a to the b that followed it (induction).",
};

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
    { class: "td-button td-primary td-waits" },
  );
  const step = button(
    "Step",
    () => {
      if (!training) train();
      training = "stepping";
      work.say("step");
      redraw();
    },
    { class: "td-button td-waits" },
  );
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
  const chartTitle = h("p", { class: "td-chart-title" }),
    next = h("p", { class: "td-next" });
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
  const end = h("span"),
    meaning = h("p", { class: "td-quiet" });
  const list = h("ol", { class: "td-runs" });
  let listed = "";

  const value = (record, { metric, length }) =>
    metric === "all_right" ? record.all_right[Math.min(length, record.all_right.length) - 1] : record[metric];
  /** The run whose numbers are to be seen: the one that is training, or the last whose matrix has the shape that is chosen. */
  const shownRun = (state) => (training ? current() : runs.findLast(({ config }) => shapeOf(config) === shapeOf(state)));

  function draw(state) {
    const run = shownRun(state),
      last = run?.records.at(-1);
    drawCurves(state);
    table(run, last);
    const chosen = title(configOf(state)),
      before = current();
    reword(next, `Next run: ${chosen}, rate ${state.rate}`);
    next.hidden = Boolean(training || (before && JSON.stringify(before.config) === JSON.stringify(configOf(state))));
    if (phase) drawDiagram();
    read.step.show(last?.step);
    reword(end, ` of ${run?.config.steps ?? state.steps}`);
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
    showControls(state);
  }

  function showControls(state) {
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

  function drawCurves(state) {
    const chance = state.metric === "accuracy" ? CHANCE[state.task] : null;
    const label = METRICS[state.metric].replace(
      "first n answers all",
      state.length === 1 ? "first answer" : `first ${state.length} answers all`,
    );
    reword(chartTitle, chance ? `${label} (- - chance)` : label);
    chart.draw({
      label,
      runs: runs.map((each) => ({ ...each, points: each.records.map((record) => [record.step, value(record, state)]) })),
      steps: Math.max(state.steps, ...runs.map(({ config }) => config.steps)),
      chance,
    });
  }

  function drawDiagram() {
    const ended = runs
      .filter(({ seconds, diverged }) => seconds && !diverged)
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
  }

  function table(run, last) {
    const config = run?.config ?? store.state;
    const blank = (rows, columns) => Array.from({ length: rows }, () => new Array(columns).fill(NaN));
    const whose = run ? `run ${run.number}` : "untrained";
    reword(meaning, MEANING[config.task]);
    if (config.task === "roles")
      matrix.show({
        title: `Heads × roles, ${whose}`,
        ...numbered("head", config.heads, "role", config.roles),
        values: last?.matrix ?? blank(config.heads, config.roles),
      });
    else {
      const shape = numbered("layer", config.layers, "head", config.heads),
        empty = blank(config.layers, config.heads);
      matrix.show({ title: `Previous token, ${whose}`, ...shape, values: last?.previous ?? empty });
      second.show({ title: `Induction, ${whose}`, ...shape, values: last?.induction ?? empty });
    }
    second.element.hidden = config.task === "roles";
  }

  const line = (...parts) => h("div", { class: "td-line" }, parts);
  const panels = {
    model: {
      title: "Model",
      body: [
        line(choose.element),
        line(task.element),
        line(heads.element, roles.element, layers.element),
        line(streams.element),
        choose.notice.element,
      ],
    },
    training: {
      title: "Training",
      body: [line(count.element), line(seed.elements), seed.notice.element, steps.element, rate.element],
    },
    runs: {
      title: "Runs",
      body: [
        line(metric.element),
        length.element,
        list,
        readout("accuracy on unseen sequences", read.accuracy),
        readout("log-probability, nats", read.log),
        readout("seconds", read.seconds),
        line(clear),
        meaning,
      ],
    },
    ...(phase && {
      phase: {
        title: "Phase",
        body: [h("p", { class: "td-until" }, "It waits for your guess."), h("div", { class: "td-diagram td-waits" }, diagram.element)],
      },
    }),
  };
  return {
    picture: [
      h(
        "div",
        { class: "td-learning" },
        chartTitle,
        chart.element,
        h("div", { class: "td-matrices" }, matrix.element, second.element),
        next,
      ),
    ],
    transport: [go, step, reset],
    reading: [h("div", {}, "step ", read.step, end), h("div", {}, "all right ", read.all)],
    said: [trainNotice.element, about.element],
    panels,
    draw,
    rest: choose.notice.clear,
    restart,
    parts: [work, chart],
  };
}

/** The names of a matrix's rows and columns. */
const numbered = (row, rows, column, columns) => ({
  rows: Array.from({ length: rows }, (_, i) => `${row} ${i + 1}`),
  corner: column,
  columns: Array.from({ length: columns }, (_, i) => i + 1),
});

/** What decides how many rows and columns a run's matrix has. */
const shapeOf = ({ task, heads, roles, layers }) => [task, heads, task === "roles" ? roles : layers].join();

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
