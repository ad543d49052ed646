// What the small models that learn have in common. Mirrors learning.py, for flat arrays.

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
    for (let j = 0; j < classes; j++) total += gradient[at + j] = Math.exp(logits[at + j] - high);
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
      right += good;
      together &&= good;
      all_right[j] += together;
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

/** The same numbers for the same seed: mulberry32 (Tommy Ettinger 2017, public domain), then Box and Muller. Not numpy's numbers. */
export function random(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= (t + Math.imul(t ^ (t >>> 7), t | 61)) | 0;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return {
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
