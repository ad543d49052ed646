// A run of training in the page, a lesson at a time: what the worker of the Emergence lab does. The models are roles.js and pairs.js.
import * as pairsTask from "./pairs.js";
import * as rolesTask from "./roles.js";
import { random } from "../maths/learning.js";
import { AdamW } from "../maths/optimise.js";

export const HELD_OUT = 500;
const DIVERGED = 1000; // nats: guessing evenly costs ln 32 = 3.5, and a run that is here does not come back in time
const WORDS = 32,
  LENGTH = 8,
  D = 24; // of the roles task, as in the shipped phase diagram
const PAIRS = 6,
  PAIR_WORDS = 24,
  PAIR_D = 32,
  WARM_UP = 50; // of the pairs task

/** How a task is set up: {parameters, data, form, optimiser, rate(step), batch}. */
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
 * Train step by step; each `next()` is one lesson. Yields null, or a record {step, loss, accuracy, log_probability, all_right, …}
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
  const optimiser = AdamW(p, options);
  yield { step: 0, ...module.measure(p, test, form) };
  for (let step = 1; step <= steps; step++) {
    const lesson = pool ? module.drawFrom(rng, pool, batch) : draw(rng, batch, shape);
    const { loss, gradients } = module.loss_and_gradients(p, lesson, form);
    if (!(loss < DIVERGED)) return yield { step, loss, diverged: true };
    optimiser.step(gradients, rate(step));
    yield step % every === 0 || step === steps ? { step, loss, ...module.measure(p, test, form) } : null;
  }
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
