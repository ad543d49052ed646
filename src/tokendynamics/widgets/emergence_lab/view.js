// Emergence lab: a small transformer trains in the page, and its heads find their roles, or do not. State, as ever, is what is to be
// trained; the runs themselves are results, kept beside it.

import { button, h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { presetField, values } from "../ui/presets.js";
import { table as saved } from "../ui/save/rows.js";
import { seedField } from "../ui/seed.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { widget } from "../ui/widget.js";
import { curves } from "./curves.js";
import { cost, every, parameterCount } from "./sizes.js";
import {
  aboutSeconds,
  alike,
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
  widths,
} from "./state.js";
import { shares } from "./table.js";
import { trainer } from "./trainer.js";

const MOST = 4, // runs side by side
  UNASKED = 500; // milliseconds after a run's end in which a press still means Stop
let pace = 1000; // millions of products a second: a guess, until a run has shown it
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
    training = null, // null, "going", "stepping" or "paused"
    endedAt = 0;

  // ------------------------------------------------------------------ training
  const work = trainer(hear, (words) => {
    training = null;
    if (current()) current().kept = false;
    trainNotice.say(words);
    redraw();
  });
  const current = () => runs.at(-1);

  function train() {
    const config = configOf(store.state);
    if (runs.length === MOST) runs.shift();
    number = (number % MOST) + 1;
    runs.push({ number, config, title: title(config), records: [], spent: 0, since: 0, kept: true }); // kept: the worker still has it
    trainNotice.clear();
    say(`Training ${current().title}.`);
    go("going");
    work.start({ ...config, every: every(config.steps) });
  }

  /** Set what the last run does, and its clock. */
  function go(now) {
    const run = current(),
      at = performance.now();
    if (run.since) run.spent += (at - run.since) / 1000;
    run.since = now && now !== "paused" ? at : 0;
    if (!training && now) run.from = { step: run.records.at(-1)?.step ?? 0, spent: run.spent };
    training = now;
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
      run.kept = false;
    } else if ("back" in message) {
      run.records = run.records.filter(({ step }) => step <= message.back);
      run.from.step = message.back;
    } else {
      run.records.push(message);
      go(training === "stepping" ? "paused" : training);
      measurePace(run);
    }
  }

  /** What the steps of a run take, for the times that are told. */
  function measurePace(run) {
    const steps = run.records.at(-1).step - run.from.step,
      seconds = run.spent - run.from.spent;
    if (steps > 0 && seconds > 0.5) pace = (cost(run.config) * steps) / seconds;
  }

  function ended(run) {
    go(null);
    endedAt = performance.now();
    run.seconds = run.spent;
    const last = run.records.at(-1),
      whole = last.step === run.config.steps;
    if (!run.diverged) say(`${whole ? "Trained" : `Stopped at step ${last.step}`} ${run.title}: ${words(last)}`);
    model.set(
      "results",
      [...runs].map(({ config, records }) => ({ ...config, ...records.at(-1) })),
    );
    model.save_changes();
  }

  function halt() {
    if (current().records.length) return ended(current());
    work.stop(); // it has not begun
    runs.pop();
    training = null;
    redraw();
  }

  /** How far the last run can be trained on, or 0: one that was stopped to its end, another to the steps that are chosen, or to twice as many. */
  function further(state) {
    const run = current(),
      chosen = configOf(state);
    if (training || !run?.kept || !run.records.length || !alike(run.config, chosen)) return 0;
    const { steps } = run.config;
    if (run.records.at(-1).step < steps) return steps;
    if (chosen.steps > steps) return chosen.steps;
    return steps < LIMITS.steps.max ? Math.min(2 * steps, LIMITS.steps.max) : 0;
  }

  function trainOn() {
    const run = current(),
      steps = further(store.state);
    if (!steps) return;
    const more = steps > run.config.steps;
    run.config = { ...run.config, steps };
    run.seconds = undefined;
    change({ steps });
    say(`Training on to step ${steps}.`);
    go("going");
    work.say(more ? { on: { steps, every: every(steps) } } : "resume");
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

  const start = button(
    "Train",
    () => {
      if (training === "going") {
        go("paused");
        work.say("pause");
        say(`Paused at step ${current().records.at(-1)?.step ?? 0}.`);
      } else if (training === "paused") {
        go("going");
        work.say("resume");
      } else train();
    },
    { class: "td-button td-primary td-waits" },
  );
  const step = button(
    "Step",
    () => {
      if (!training) train();
      go("stepping");
      work.say("step");
    },
    { class: "td-button td-waits" },
  );
  const on = button(
    "Train on",
    () => {
      if (training) {
        work.say("pause");
        halt();
      } else if (performance.now() - endedAt > UNASKED) trainOn();
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
    const heads = headCounts(next.task)?.includes(next.heads) ? next.heads : 1,
      d = widths({ ...next, heads }).includes(next.d) ? next.d : null;
    const taken = change({ ...patch, heads, d, length: Math.min(next.length, answers(next)) }, where);
    if (taken) say(`${title(configOf(store.state))}.`);
    return taken;
  };
  const choose = presetField(PRESETS, (name) => tell({ d: null, decay: null, ...values(PRESETS[name]) }));
  const task = selectField(
    "Task",
    [
      ["roles", "roles in a sentence"],
      ["pairs", "pairs in context"],
    ],
    (value) =>
      tell({
        task: value,
        d: null,
        decay: null,
        ...(value === "pairs" ? { rate: 0.003, steps: 500 } : { rate: START.rate, steps: START.steps }),
      }),
  );
  const heads = selectField("Heads", [], (value) => tell({ heads: Number(value) }));
  const width = selectField("Width d", [], (value) => tell({ d: Number(value) }));
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
  const decay = slider({ label: "Weight decay", limits: LIMITS.decay, onInput: (value) => tell({ decay: value }) });
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
    loss: output("loss", { label: "mean loss on the last batch that it learned from, in nats", print: (x) => fixed(x, 3) }),
    parameters: output("parameters", { label: "numbers that are trained", print: (n) => n.toLocaleString("en") }),
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
    const words = comes(state);
    if (words) reword(next, words);
    next.hidden = !words;
    if (phase) drawDiagram();
    read.step.show(last?.step);
    reword(end, ` of ${run?.config.steps ?? state.steps}`);
    read.accuracy.show(last?.accuracy);
    read.all.show(last?.all_right.at(-1));
    read.log.show(last?.log_probability);
    read.loss.show(last?.loss);
    read.seconds.show(run?.seconds);
    const lines = runs.map(({ number: n, title: t, config }) => [
      n,
      `${t}: ${parameterCount(config).toLocaleString("en")} parameters, ${config.steps} steps`,
    ]);
    if (JSON.stringify(lines) !== listed) {
      listed = JSON.stringify(lines);
      list.replaceChildren(...lines.map(([n, text]) => h("li", { value: n, class: `td-run-${n}` }, text)));
    }
    start.textContent = training === "going" ? "Pause" : training ? "Resume" : "Train";
    on.textContent = training ? "Stop" : "Train on";
    on.disabled = !training && !further(state);
    step.disabled = training === "going";
    clear.disabled = !runs.length;
    showControls(state);
  }

  /** What comes next, and how long it takes where that is more than a few seconds. */
  function comes(state) {
    const run = current(),
      chosen = configOf(state);
    const time = (config, from) => aboutSeconds((cost(config) * (config.steps - from)) / pace);
    if (training) {
      if (!time(run.config, run.from.step)) return "";
      return `Run ${run.number}: ${time(run.config, run.records.at(-1)?.step ?? 0) || "a few seconds"} left`;
    }
    const steps = further(state);
    if (run && alike(run.config, chosen) && (run.config.steps === chosen.steps || steps)) {
      const last = run.records.at(-1)?.step ?? 0,
        more = steps && time({ ...chosen, steps }, last);
      return more ? `Train on goes to step ${steps}: ${more}` : "";
    }
    const parts = [title(chosen), `rate ${state.rate}`, `${parameterCount(chosen).toLocaleString("en")} parameters`, time(chosen, 0)];
    return `Next run: ${parts.filter(Boolean).join(", ")}`;
  }

  function showControls(state) {
    const config = configOf(state);
    for (const [name, { control }] of Object.entries({ task, roles, streams, layers, count, metric })) control.value = state[name];
    if (heads.control.dataset.task !== state.task) {
      heads.control.dataset.task = state.task;
      heads.control.replaceChildren(...headCounts(state.task).map((n) => h("option", { value: n }, n)));
    }
    heads.control.value = state.heads;
    const fit = widths(state).join();
    if (width.control.dataset.fit !== fit) {
      width.control.dataset.fit = fit;
      width.control.replaceChildren(...widths(state).map((d) => h("option", { value: d }, d)));
    }
    width.control.value = config.d;
    read.parameters.show(parameterCount(config));
    for (const each of [roles, streams]) each.element.hidden = state.task !== "roles";
    layers.element.hidden = state.task !== "pairs";
    length.element.hidden = state.metric !== "all_right";
    length.input.max = answers(state);
    length.show(state.length);
    steps.show(state.steps);
    rate.show(Math.log10(state.rate));
    decay.show(config.decay);
    seed.show(state.seed);
  }

  function drawCurves(state) {
    const { length } = state;
    const band = (metric) => ({
      label: METRICS[metric].replace("first n answers all", length === 1 ? "first answer" : `first ${length} answers all`),
      points: ({ records }) => records.map((record) => [record.step, value(record, { metric, length })]),
      chance: metric === "accuracy" ? CHANCE[state.task] : null,
    });
    const bands = state.metric === "both" ? [band("accuracy"), band("log_probability")] : [band(state.metric)];
    const named = bands.map(({ label, chance }) => (chance ? `${label} (- - chance)` : label));
    reword(chartTitle, named.join("; below: "));
    chart.draw({ bands, runs, steps: Math.max(state.steps, ...runs.map(({ config }) => config.steps)) });
  }

  function drawDiagram() {
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
        line(heads.element, roles.element, layers.element, width.element),
        line(streams.element),
        readout("parameters", read.parameters),
        choose.notice.element,
      ],
    },
    training: {
      title: "Training",
      body: [line(count.element), line(seed.elements), seed.notice.element, steps.element, rate.element, decay.element],
    },
    runs: {
      title: "Runs",
      body: [
        line(metric.element),
        length.element,
        list,
        readout("accuracy on unseen sequences", read.accuracy),
        readout("log-probability, nats", read.log),
        readout("loss on its last batch, nats", read.loss),
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
    transport: [start, step, on, reset],
    reading: [h("div", {}, "step ", read.step, end), h("div", {}, "all right ", read.all)],
    said: [trainNotice.element, about.element],
    panels,
    draw,
    numbers: () => runs.flatMap(numbersOf),
    rest: choose.notice.clear,
    restart,
    parts: [work, chart],
  };
}

/** A run's curves, whose rows are steps, and the matrices at its last step. */
function numbersOf({ number, title: words, records, config }) {
  if (!records.length) return [];
  const name = `run ${number}: ${words}`,
    last = records.at(-1);
  const columns = ["accuracy", "log-probability", "loss", ...last.all_right.map((_, i) => `first ${i + 1} right`)];
  const values = records.map(({ accuracy, log_probability, loss, all_right }) => [accuracy, log_probability, loss, ...all_right]);
  const matrix = (kind, row, matrix) => saved(kind, name, matrix, { rows: matrix.map((_, i) => `${row} ${i + 1}`) });
  return [
    ...saved("curve", name, values, { rows: records.map(({ step }) => step), columns }),
    ...(config.task === "roles"
      ? matrix("heads × roles", "head", last.matrix)
      : [...matrix("previous token", "layer", last.previous), ...matrix("induction", "layer", last.induction)]),
  ];
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
