// What is to be trained: the panels Model and Training. `tell(patch, notice)` asks for another state; `config` is what the state comes to.

import { h, line } from "../ui/dom.js";
import { output, readout } from "../ui/output.js";
import { presetField, values } from "../ui/presets.js";
import { seedField } from "../ui/seed.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { parameterCount } from "./sizes.js";
import { COUNTS, headCounts, LIMITS, PRESETS, START, widths } from "./state.js";

const TASKS = [
  ["roles", "roles in a sentence"],
  ["pairs", "pairs in context"],
];
const ATTENTION = [
  ["1", "ordinary"],
  ["2", "two streams: scores see tags, values words"],
];

export function modelPanel(tell) {
  const choose = presetField(PRESETS, (name) => tell({ d: null, decay: null, ...values(PRESETS[name]) }));
  const task = selectField("Task", TASKS, (value) => tell(begun(value)));
  const heads = selectField("Heads", [], (value) => tell({ heads: Number(value) }));
  const width = selectField("Width d", [], (value) => tell({ d: Number(value) }));
  const roles = wholeField("Roles", LIMITS.roles, (value) => tell({ roles: value }));
  const streams = selectField("Attention", ATTENTION, (value) => tell({ streams: Number(value) }));
  const layers = wholeField("Layers", LIMITS.layers, (value) => tell({ layers: value }));
  const parameters = output("parameters", { label: "numbers that are trained", print: (n) => n.toLocaleString("en") });
  return {
    choose,
    panel: {
      title: "Model",
      body: [
        line(choose.element),
        line(task.element),
        line(heads.element, roles.element, layers.element, width.element),
        line(streams.element),
        readout("parameters", parameters),
        choose.notice.element,
      ],
    },
    show(state, config) {
      for (const [name, { control }] of Object.entries({ task, roles, streams, layers })) control.value = state[name];
      if (heads.control.dataset.task !== state.task) {
        heads.control.dataset.task = state.task;
        heads.control.replaceChildren(...options(headCounts(state.task)));
      }
      heads.control.value = state.heads;
      const fit = widths(state);
      if (width.control.dataset.fit !== fit.join()) {
        width.control.dataset.fit = fit.join();
        width.control.replaceChildren(...options(fit));
      }
      width.control.value = config.d;
      parameters.show(parameterCount(config));
      for (const each of [roles, streams]) each.element.hidden = state.task !== "roles";
      layers.element.hidden = state.task !== "pairs";
    },
  };
}

export function trainingPanel(tell) {
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
  return {
    panel: {
      title: "Training",
      body: [line(count.element), line(seed.elements), seed.notice.element, steps.element, rate.element, decay.element],
    },
    show(state, config) {
      count.control.value = state.count;
      steps.show(state.steps);
      rate.show(Math.log10(state.rate));
      decay.show(config.decay);
      seed.show(state.seed);
    },
  };
}

/** A task as it is first met. */
const begun = (task) => ({
  task,
  d: null,
  decay: null,
  ...(task === "pairs" ? { rate: 0.003, steps: 500 } : { rate: START.rate, steps: START.steps }),
});

/** A select of the whole numbers between two ends. */
function wholeField(text, { min, max }, onChange) {
  const numbers = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  return selectField(
    text,
    numbers.map((n) => [n, n]),
    (value) => onChange(Number(value)),
  );
}

/** @param {number[]} numbers */
const options = (numbers) => numbers.map((n) => h("option", { value: n }, n));
