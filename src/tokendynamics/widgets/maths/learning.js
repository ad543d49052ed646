// What the small models that learn have in common. Mirrors learning.py, for flat arrays: parameters are {name: {shape, data}}.

/** Shares of a list that add to 1; the largest score is taken out first, so that no exponential overflows. */
export function softmax(scores) {
  const peak = Math.max(...scores);
  const mass = scores.map((score) => Math.exp(score - peak));
  const total = mass.reduce((sum, each) => sum + each, 0);
  return mass.map((each) => each / total);
}

/** Minus the log-probability of each wanted class, `losses`, and the gradient of their mean in the logits (count × classes). */
export function cross_entropy(logits, wanted, classes) {
  const count = wanted.length,
    losses = new Float64Array(count),
    gradient = new Float64Array(logits.length);
  for (let i = 0; i < count; i++) {
    const at = i * classes;
    let high = -Infinity,
      total = 0;
    for (let j = 0; j < classes; j++) high = Math.max(high, logits[at + j]);
    for (let j = 0; j < classes; j++) {
      gradient[at + j] = Math.exp(logits[at + j] - high);
      total += gradient[at + j];
    }
    losses[i] = Math.log(total) + high - logits[at + wanted[i]];
    for (let j = 0; j < classes; j++) gradient[at + j] /= total * count;
    gradient[at + wanted[i]] -= 1 / count;
  }
  return { losses, gradient };
}

/** What was said: accuracy, mean log-probability, and the share of rows whose first 1, 2, … answers are all right. */
export function judged(logits, wanted, classes, answers) {
  const { losses } = cross_entropy(logits, wanted, classes);
  const rows = wanted.length / answers,
    all_right = new Array(answers).fill(0);
  let right = 0;
  for (let i = 0; i < rows; i++) {
    let together = true;
    for (let j = 0; j < answers; j++) {
      const good = best(logits, (i * answers + j) * classes, classes) === wanted[i * answers + j];
      right += Number(good);
      together &&= good;
      all_right[j] += Number(together);
    }
  }
  return { accuracy: right / wanted.length, log_probability: -mean(losses), all_right: all_right.map((x) => x / rows) };
}

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function best(values, from, count) {
  let at = 0;
  for (let j = 1; j < count; j++) if (values[from + j] > values[from + at]) at = j;
  return at;
}

/** The same numbers for the same seed: mulberry32 (Tommy Ettinger 2017, public domain), then Box and Muller. Not numpy's numbers. From the same `state` come the same. */
export function random(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= (t + Math.imul(t ^ (t >>> 7), t | 61)) | 0;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return {
    get state() {
      return state;
    },
    set state(now) {
      state = now;
    },
    whole: (n) => Math.floor(n * uniform()),
    normals: (count, size) =>
      Float64Array.from({ length: count }, () => size * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())),
    shuffle(list) {
      for (let i = list.length - 1; i > 0; i--) {
        const j = Math.floor((i + 1) * uniform());
        [list[i], list[j]] = [list[j], list[i]];
      }
      return list;
    },
  };
}

/** Without end: `size` rows of `pool`, {count, …: columns of count rows}, drawn at random. The rows of one batch may repeat. */
export function* batches(rng, pool, size) {
  while (true) {
    const rows = Array.from({ length: size }, () => rng.whole(pool.count));
    const columns = Object.entries(pool).filter(([, column]) => ArrayBuffer.isView(column));
    yield { ...pool, count: size, ...Object.fromEntries(columns.map(([name, column]) => [name, taken(column, rows, pool.count)])) };
  }
}

function taken(column, rows, count) {
  const width = column.length / count,
    out = new column.constructor(rows.length * width);
  rows.forEach((row, i) => {
    out.set(column.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

/** AdamW: an optimiser whose `step(gradients, rate)` changes `parameters` in place; `mean`, `square` and `steps` are what it remembers. */
export function AdamW(parameters, { betas = [0.9, 0.999], eps = 1e-8, decay = 0 } = {}) {
  const like = () => Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [name, new Float64Array(data.length)]));
  const [slow, slower] = betas;
  const optimiser = { parameters, mean: like(), square: like(), steps: 0, step };
  function step(gradients, rate) {
    optimiser.steps++;
    const first = 1 - slow ** optimiser.steps,
      second = 1 - slower ** optimiser.steps;
    for (const [name, gradient] of Object.entries(gradients)) {
      const m = optimiser.mean[name],
        s = optimiser.square[name],
        { data } = parameters[name];
      for (let i = 0; i < data.length; i++) {
        const g = gradient[i];
        m[i] += (1 - slow) * (g - m[i]);
        s[i] += (1 - slower) * (g * g - s[i]);
        data[i] *= 1 - rate * decay;
        data[i] -= (rate * (m[i] / first)) / (Math.sqrt(s[i] / second) + eps);
      }
    }
  }
  return optimiser;
}

/**
 * One step of the optimiser for each batch, then {step, loss} of that batch; steps count from 1. Ends with the batches, or before
 * the step whose loss is no number below `most`: that one comes as {step, loss, diverged: true}.
 */
export function* descend(optimiser, batches, loss_and_gradients, rate, most = Infinity) {
  let step = 0;
  for (const batch of batches) {
    step++;
    const { loss, gradients } = loss_and_gradients(optimiser.parameters, batch);
    if (!(loss < most)) return yield { step, loss, diverged: true };
    optimiser.step(gradients, rate(step));
    yield { step, loss };
  }
}
