// A run of training in the page, a step at a time: what the worker of the Emergence lab does. The models are roles.js and pairs.js.

import { AdamW, batches, descend, random } from "../maths/learning.js";
import { flatten, nest, unflatten } from "./flat.js";
import * as pairsTask from "./pairs.js";
import * as rolesTask from "./roles.js";
import { HELD_OUT, SIZES } from "./sizes.js";

const DIVERGED = 1000; // nats: guessing evenly costs ln 32 = 3.5, and a run that is here does not come back in time
const WARM_UP = 50; // of the pairs task

/**
 * How a task is set up: {module, form, options of the optimiser, shape, draw, rate(step, steps)}. `same(steps)` is how far a run of
 * so many steps is also the run of more.
 */
const TASKS = {
  roles: ({ heads, roles, streams, d, decay, rate }) => ({
    module: rolesTask,
    form: { heads, streams },
    options: { decay },
    shape: { ...SIZES.roles, roles, d },
    draw: rolesTask.sentences,
    rate: (step, steps) => (step <= 0.7 * steps ? rate : rate / 5),
    same: (steps) => Math.floor(0.7 * steps),
  }),
  pairs: ({ heads, layers, d, decay, rate }) => ({
    module: pairsTask,
    form: { heads },
    options: { betas: [0.9, 0.99], decay },
    shape: { ...SIZES.pairs, pairs: SIZES.pairs.length / 4, d, layers },
    draw: pairsTask.sequences,
    rate: (step) => rate * Math.min(1, step / WARM_UP),
    same: (steps) => steps,
  }),
};

/**
 * Train step by step; each `next()` is one step. Yields null, or a record {step, loss, accuracy, log_probability, all_right, …}
 * every `every` steps, measured on HELD_OUT sequences never trained on. Ends with {diverged: true} where the loss has left all bounds or is no longer a number.
 * count: how many sentences there are to learn from, 0 for new ones at every step.
 *
 * After the last step it yields {ended: true}. `next({steps, every})` then trains on, to more steps, and becomes the run that had so
 * many from the start: it first goes back to where the two part, and yields {back} with that step. For roles that is where the rate fell.
 */
export function* training(config) {
  const { module, form, options, shape, draw, rate, same } = TASKS[config.task](config);
  const { batch } = shape,
    rng = random(config.seed * 2654435761),
    optimiser = AdamW(module.parameters(rng, shape), options);
  const test = draw(rng, HELD_OUT, shape),
    pool = config.count ? draw(rng, config.count, shape) : null;
  const measured = () => module.measure(optimiser.parameters, test, form),
    loss_and_gradients = (p, drawn) => module.loss_and_gradients(p, drawn, form),
    stream = pool ? batches(rng, pool, batch) : without_end(() => draw(rng, batch, shape));
  let step = 0,
    { steps, every } = config;

  function* leg(last) {
    const begun = step,
      own = first(last - begun, stream);
    for (const record of descend(optimiser, own, loss_and_gradients, (n) => rate(begun + n, steps), DIVERGED)) {
      step = begun + record.step;
      if (record.diverged) {
        yield { ...record, step };
        return false;
      }
      yield step % every === 0 || step === steps ? { ...record, step, ...measured() } : null;
    }
    return true;
  }

  yield { step, ...measured() };
  while (yield* leg(same(steps))) {
    const parting = step,
      back = mark(optimiser, rng);
    if (!(yield* leg(steps))) return;
    const more = yield { ended: true };
    if (!more) return;
    ({ steps, every } = more);
    back();
    step = parting;
    yield { back: step };
  }
}

/** A way back to what a run stands on now. */
function mark(optimiser, rng) {
  const { parameters, mean, square, steps } = optimiser,
    kept = structuredClone({ parameters, mean, square, steps }),
    { state } = rng;
  return () => {
    for (const [name, { data }] of Object.entries(kept.parameters)) parameters[name].data.set(data);
    Object.assign(optimiser, { mean: kept.mean, square: kept.square, steps: kept.steps });
    rng.state = state;
  };
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
export function steps(task, nested, given, { rate, decay, ...form }) {
  const { module, options } = TASKS[task]({ decay }),
    p = flatten(nested);
  const loss_and_gradients = (p, batch) => module.loss_and_gradients(p, batch, form);
  const records = descend(AdamW(p, options), given.map(module.packed), loss_and_gradients, () => rate);
  return { losses: Array.from(records, ({ loss }) => loss), parameters: unflatten(p) };
}

/** The records of a whole run, {step: record}; it is then trained on to each number of steps of `on`. What a test compares the page with. */
export function records(config, on = []) {
  const run = training(config),
    goals = [...on];
  let kept = [],
    result = run.next();
  while (!result.done) {
    const { value } = result;
    if (value?.ended && !goals.length) break;
    if (value && "back" in value) kept = kept.filter(({ step }) => step <= value.back);
    else if (value && !value.ended) kept.push(value);
    result = run.next(value?.ended ? { steps: goals.shift(), every: config.every } : undefined);
  }
  return Object.fromEntries(kept.map((record) => [record.step, record]));
}

/** The last of them. */
export const last_record = (config, on) => Object.values(records(config, on)).at(-1);

/** Some sentences and sequences as the page draws them, for a test to look at. */
export function sample(seed, count) {
  const plain = (batch, names) => Object.fromEntries(names.map((name) => [name, Array.from(batch[name])]));
  return {
    sentences: plain(rolesTask.sentences(random(seed), count), ["words", "tags", "answers"]),
    sequences: plain(pairsTask.sequences(random(seed), count), ["tokens", "asked"]),
  };
}
