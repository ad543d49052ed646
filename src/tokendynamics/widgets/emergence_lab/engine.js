// A run of training in the page, a step at a time: what the worker of the Emergence lab does. The models are roles.js and pairs.js.

import { AdamW, batches, descend, random } from "../maths/learning.js";
import { flatten, nest, unflatten } from "./flat.js";
import * as pairsTask from "./pairs.js";
import * as rolesTask from "./roles.js";

export const HELD_OUT = 500;
const DIVERGED = 1000; // nats: guessing evenly costs ln 32 = 3.5, and a run that is here does not come back in time
const WORDS = 32,
  LENGTH = 8,
  D = 24; // of the roles task, as in the shipped phase diagram
const PAIRS = 6,
  PAIR_WORDS = 24,
  PAIR_D = 32,
  WARM_UP = 50; // of the pairs task

/** How a task is set up: {module, form, batch, options of the optimiser, shape, draw, rate(step)}. */
const TASKS = {
  roles: ({ heads, roles, streams, steps, rate }) => ({
    module: rolesTask,
    form: { heads, streams },
    batch: 64,
    options: {},
    shape: { roles, words: WORDS, length: LENGTH, d: D },
    draw: rolesTask.sentences,
    rate: (step) => (step <= 0.7 * steps ? rate : rate / 5),
  }),
  pairs: ({ heads, layers, rate }) => ({
    module: pairsTask,
    form: { heads },
    batch: 32,
    options: { betas: [0.9, 0.99], decay: 0.01 },
    shape: { pairs: PAIRS, words: PAIR_WORDS, d: PAIR_D, layers },
    draw: pairsTask.sequences,
    rate: (step) => rate * Math.min(1, step / WARM_UP),
  }),
};

/**
 * Train step by step; each `next()` is one step. Yields null, or a record {step, loss, accuracy, log_probability, all_right, …}
 * every `every` steps, measured on HELD_OUT sequences never trained on. Ends with {diverged: true} where the loss has left all bounds or is no longer a number.
 * count: how many sentences there are to learn from, 0 for new ones at every step.
 */
export function* training(config) {
  const { task, seed, steps, count, every } = config;
  const { module, form, batch, options, shape, draw, rate } = TASKS[task](config);
  const rng = random(seed * 2654435761),
    p = module.parameters(rng, shape);
  const test = draw(rng, HELD_OUT, shape),
    pool = count ? draw(rng, count, shape) : null;
  const measured = () => module.measure(p, test, form),
    loss_and_gradients = (p, drawn) => module.loss_and_gradients(p, drawn, form),
    stream = first(steps, pool ? batches(rng, pool, batch) : without_end(() => draw(rng, batch, shape)));
  yield { step: 0, ...measured() };
  for (const record of descend(AdamW(p, options), stream, loss_and_gradients, rate, DIVERGED)) {
    const { step, diverged } = record;
    if (diverged) yield record;
    else yield step % every === 0 || step === steps ? { ...record, ...measured() } : null;
  }
}

function* without_end(draw) {
  while (true) yield draw();
}

function* first(count, stream) {
  for (let i = 0; i < count; i++) yield stream.next().value;
}

/** `loss_and_gradients` and `measure` for nested lists, as a parity test gives them. */
export function slopes(task, nested, batch, form) {
  const { module } = TASKS[task]({}),
    p = flatten(nested),
    packed = module.packed(batch);
  const { loss, gradients } = module.loss_and_gradients(p, packed, form);
  const named = Object.entries(gradients).map(([name, data]) => [name, nest(Array.from(data), p[name].shape)]);
  return { loss, gradients: Object.fromEntries(named), measured: module.measure(p, packed, form) };
}

/** Steps of the task's optimiser on given batches, as a parity test gives them: nested lists in and out. */
export function steps(task, nested, given, { rate, ...form }) {
  const { module, options } = TASKS[task]({}),
    p = flatten(nested);
  const loss_and_gradients = (p, batch) => module.loss_and_gradients(p, batch, form);
  const records = descend(AdamW(p, options), given.map(module.packed), loss_and_gradients, () => rate);
  return { losses: Array.from(records, ({ loss }) => loss), parameters: unflatten(p) };
}

/** The last record of a whole run: what a test compares the page with. */
export function last_record(config) {
  let last;
  for (const record of training(config)) last = record ?? last;
  return last;
}

/** Some sentences and sequences as the page draws them, for a test to look at. */
export function sample(seed, count) {
  const plain = (batch, names) => Object.fromEntries(names.map((name) => [name, Array.from(batch[name])]));
  return {
    sentences: plain(rolesTask.sentences(random(seed), count), ["words", "tags", "answers"]),
    sequences: plain(pairsTask.sequences(random(seed), count), ["tokens", "asked"]),
  };
}
