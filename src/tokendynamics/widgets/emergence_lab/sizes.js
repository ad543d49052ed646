// How large the two tasks and their models are in the page: sentences of `length` tokens out of so many `words`, and how many of them a step and a record take.

export const HELD_OUT = 500; // sequences that measure, never trained on
export const SIZES = {
  roles: { words: 32, length: 8, batch: 64 }, // as in the shipped phase diagram
  pairs: { words: 24, length: 24, batch: 32 },
};

/**
 * How many numbers a model has, as engine.js makes it.
 * @param {any} config
 */
export function parameterCount({ task, roles, layers, d }) {
  const { words, length } = SIZES[task];
  return task === "roles"
    ? (words + roles + 1) * d + d + 4 * d * d + roles * words * (d + 1)
    : (2 * words + length) * d + 4 * layers * d * d;
}

/** Steps from one record of a run to the next: a hundred or so records, so that measuring takes a small part of the time. */
export const every = (steps) => 20 * Math.ceil(steps / 2000);

/**
 * About how many millions of products a step takes, with its share of the measuring.
 * @param {any} config
 */
export function cost({ task, roles, layers, d, steps }) {
  const { words, length, batch } = SIZES[task];
  const table = task === "roles" ? 2 * (words + roles + 1) * d * d : 0; // made once for all sentences
  const each =
    task === "roles"
      ? 2 * length * d + d * d + roles * words * d
      : layers * length * (4 * d * d + 2 * length * d) + (length / 4) * words * d;
  return (3 * (batch * each + table) + (HELD_OUT * each + table) / every(steps)) / 1e6; // gradients are two forward passes more
}
