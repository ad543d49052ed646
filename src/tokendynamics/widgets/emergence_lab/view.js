// Emergence lab: a small transformer trains in the page, and its heads find their roles, or do not. State, as ever, is what is to be
// trained; the runs themselves are results, kept beside it.
import { answers, checkState, COUNTS, HEADS, lesson, METRICS, placeOn, PRESETS, START, STARTS, STATE, title, VIEW } from "./state.js";
import { curves } from "./curves.js";
import { shares } from "./table.js";
import { trainer } from "./trainer.js";
import { button, h, uid } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { announcer, notice } from "../ui/notice.js";
import { fixed, format, parse } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { prediction } from "../ui/predict.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";

const MOST = 4,
  EVERY = 20; // runs side by side; steps between records
const CHANCE = { roles: 1 / 32, pairs: 1 / 6 };

function render({ model, el, experimental }) {
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const said = announcer(),
    about = notice(),
    presetNotice = notice(),
    trainNotice = notice(),
    seedNotice = notice();
  let frame = 0,
    runs = [],
    number = 0,
    training = null; // training: null, "going" or "paused"
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const held = heldState({
    model,
    view: VIEW,
    names: STATE,
    measure: (state) => (checkState(state), {}),
    fallback: START,
    starts: STARTS,
    about,
    redraw,
    onPage,
  });
  const home = held.plain();
  const change = held.change;

  // ------------------------------------------------------------------ training
  const work = trainer(hear, (words) => {
    training = null;
    trainNotice.say(words);
    redraw();
  });
  const current = () => runs.at(-1);

  function train() {
    const config = lesson(held.state);
    if (runs.length === MOST) runs.shift();
    number = (number % MOST) + 1;
    runs.push({ number, config, title: title(config), records: [], began: performance.now() });
    trainNotice.clear();
    training = "going";
    said.say(`Training ${current().title}.`);
    work.start({ ...config, every: EVERY });
    redraw();
  }

  function hear(message) {
    const run = current();
    if (!run) return;
    if (message.ended) return ended(run);
    if (message.diverged) {
      trainNotice.say(
        `At step ${message.step} the loss is ${Number.isFinite(message.loss) ? `${format(message.loss)} nats` : "no longer a number"}: the training diverged and stopped. A smaller learning rate helps.`,
      );
      run.diverged = true;
      return;
    }
    run.records.push(message);
    if (training === "stepping") training = "paused";
    redraw();
  }

  function ended(run) {
    training = null;
    run.seconds = (performance.now() - run.began) / 1000;
    const last = run.records.at(-1);
    if (!run.diverged) said.say(`Trained ${run.title}: ${words(last)}`);
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

  const go = button(
    "Train",
    () => {
      if (training === "going") {
        training = "paused";
        work.say("pause");
        said.say(`Paused at step ${current().records.at(-1)?.step ?? 0}.`);
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
    stop();
    runs = [];
    number = 0;
    trainNotice.clear();
    said.say("All runs cleared.");
    redraw();
  });
  const reset = button("Reset", () => {
    stop();
    runs = [];
    number = 0;
    choose.control.value = "";
    presetNotice.clear();
    trainNotice.clear();
    if (change(home)) said.say("Back to the start.");
  });

  // ------------------------------------------------------------------ what is to be trained
  /** A change of what is to be trained; what is being trained goes on as it was begun. */
  const tell = (patch, where) => {
    const next = { ...held.state, ...patch };
    const heads = HEADS[next.task]?.includes(next.heads) ? next.heads : 1;
    return (
      change({ ...patch, heads, length: Math.min(next.length, answers(next)) }, where) && (said.say(`${title(lesson(held.state))}.`), true)
    );
  };
  const choose = selectField(
    "Preset",
    [["", "Choose…"], ...Object.entries(PRESETS).map(([name, preset]) => [name, preset.title])],
    (name) => {
      const { title: _, note, ...values } = PRESETS[name];
      if (tell(values)) presetNotice.say(note, "note");
    },
  );
  choose.control.firstChild.disabled = true;
  const task = selectField(
    "Task",
    [
      ["roles", "roles in a sentence"],
      ["pairs", "pairs in context"],
    ],
    (value) => tell(value === "pairs" ? { task: value, rate: 0.003, steps: 500 } : { task: value, rate: START.rate, steps: START.steps }),
  );
  const heads = selectField("Heads", [], (value) => tell({ heads: Number(value) }));
  const roles = selectField(
    "Roles",
    [2, 3, 4, 5, 6].map((n) => [n, n]),
    (value) => tell({ roles: Number(value) }),
  );
  const streams = selectField(
    "Attention",
    [
      ["1", "ordinary"],
      ["2", "two streams: scores see tags, values words"],
    ],
    (value) => tell({ streams: Number(value) }),
  );
  const layers = selectField(
    "Layers",
    [1, 2, 3].map((n) => [n, n]),
    (value) => tell({ layers: Number(value) }),
  );
  const count = selectField(
    "Sentences to learn from",
    COUNTS.map((n) => [n, n || "new ones at every step"]),
    (value) => tell({ count: Number(value) }),
  );
  const steps = slider({ label: "Steps", min: 100, max: 3000, step: 100, decimals: 0, onInput: (value) => tell({ steps: value }) });
  const rate = slider({
    label: "Learning rate, power of ten",
    min: -4,
    max: 1,
    step: 0.1,
    decimals: 1,
    onInput: (power) => tell({ rate: Number((10 ** power).toPrecision(3)) }),
  });
  const seedId = uid("seed");
  const seed = h("input", {
    id: seedId,
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": seedNotice.element.id,
    onchange: () => {
      const { value, error } = parse(seed.value, { min: 0, max: 2 ** 30 - 1 });
      if (!error && Number.isInteger(value)) return tell({ seed: value }, seedNotice);
      seedNotice.say(error ?? "The seed must be a whole number.");
    },
  });
  const another = button("Another seed", () => tell({ seed: (held.state.seed + 1) % 2 ** 30 }, seedNotice));

  // ------------------------------------------------------------------ what came of it
  const metric = selectField("Metric", Object.entries(METRICS), (value) => change({ metric: value }) && said.say(METRICS[value]));
  const length = slider({
    label: "n, answers that must be right",
    min: 1,
    max: 6,
    step: 1,
    decimals: 0,
    onInput: (value) => change({ length: Math.min(value, answers(held.state)) }),
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

  function draw() {
    frame = 0;
    const { state } = held,
      run = current(),
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
    for (const [name, found] of [
      ["step", last?.step],
      ["accuracy", last?.accuracy],
      ["all", last?.all_right.at(-1)],
      ["log", last?.log_probability],
      ["seconds", run?.seconds],
    ]) {
      if (found === undefined) read[name].removeAttribute("data-value"), (read[name].textContent = "–");
      else read[name].textContent === "–" ? (read[name].show(NaN), read[name].show(found)) : read[name].show(found);
    }
    const names = JSON.stringify(runs.map(({ number: n, title: t }) => [n, t]));
    if (names !== listed) {
      listed = names;
      list.replaceChildren(...runs.map(({ number: n, title: t }) => h("li", { value: n, class: `td-run-${n}` }, t)));
    }
    go.textContent = training === "going" ? "Pause" : training ? "Resume" : "Train";
    step.disabled = training === "going";
    clear.disabled = !runs.length;
    show(task, state.task),
      show(roles, state.roles),
      show(streams, state.streams),
      show(layers, state.layers),
      show(count, state.count),
      show(metric, state.metric);
    if (heads.control.dataset.task !== state.task) {
      heads.control.dataset.task = state.task;
      heads.control.replaceChildren(...HEADS[state.task].map((n) => h("option", { value: n }, n)));
    }
    show(heads, state.heads);
    roles.element.hidden = streams.element.hidden = state.task !== "roles";
    layers.element.hidden = state.task !== "pairs";
    length.element.hidden = state.metric !== "all_right";
    length.input.max = answers(state);
    length.show(state.length);
    steps.show(state.steps);
    rate.show(Math.log10(state.rate));
    if (seed.getRootNode().activeElement !== seed || parse(seed.value).value === state.seed) seed.value = state.seed;
  }
  const show = ({ control }, now) => (control.value = now);

  function table(run, last) {
    const config = run?.config ?? held.state;
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

  // ------------------------------------------------------------------ putting it together
  const row = (text, element) => h("div", { class: "td-row" }, h("span", {}, text), element);
  const root = h(
    "section",
    { class: "td td-emergence-lab", "data-widget": VIEW, "aria-label": "Emergence lab" },
    prediction(model.get("prediction"), VIEW),
    about.element,
    h("div", { class: "td-line" }, choose.element, reset),
    presetNotice.element,
    h(
      "div",
      { class: "td-line td-setup" },
      task.element,
      heads.element,
      roles.element,
      layers.element,
      streams.element,
      count.element,
      h("span", { class: "td-field" }, h("label", { for: seedId }, "Seed"), seed),
      another,
    ),
    seedNotice.element,
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
        row("step", read.step),
        row("accuracy, sequences not trained on", read.accuracy),
        row("all answers right", read.all),
        row("log-probability, nats", read.log),
        row("seconds", read.seconds),
      ),
    ),
    phase
      ? h("div", { class: "td-diagram td-waits", tabindex: 0, role: "region", "aria-label": "Heads × sentences" }, diagram.element)
      : null,
    sharing({ view: VIEW, className: "EmergenceLab", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw, titles: PRESETS, rest: () => presetNotice.clear() });

  return () => {
    work.stop();
    cancelAnimationFrame(frame);
    unmount();
    chart.stop();
  };
}

export default { render };
