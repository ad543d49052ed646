// What a state may hold. The numbers stand in a widget's limits.json, {trait: {min, max, whole, slider: {min, max, step}}}, which its class
// in Python reads too; an end that is missing is none. `slider` is the reach of its control where that is not the limit itself. A trait
// that is a list says what of it is meant, {of: "rows" or "each"}.

const CALLED = { scale: "scale (β)" };

/** Throw, with words, what is not so. */
export function need(good, words) {
  if (!good) throw new RangeError(words);
}

/** Every trait of `state` that is a number and has limits. In the words of widgets/_proposals.py. */
export function needNumbers(state, limits) {
  for (const [name, { of, min = -Infinity, max = Infinity, whole = false }] of Object.entries(limits)) {
    const value = state[name];
    if (of || value === undefined) continue;
    const ends = [min > -Infinity && `at least ${min}`, max < Infinity && `at most ${max}`].filter(Boolean).join(" and ");
    need(
      Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value)),
      `${CALLED[name] ?? name} must be ${whole ? `a whole number from ${min} to ${max}` : `a finite number${ends && " of "}${ends}`}; got ${JSON.stringify(value)}`,
    );
  }
}

/** Whether it is a list of `size` finite numbers. */
export const isRow = (value, size) => Array.isArray(value) && value.length === size && value.every(Number.isFinite);

/** Whether it is so many rows of `size` finite numbers; `least` alone is how many exactly. */
export const isRows = (value, size, least, most = least) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every((row) => isRow(row, size));

/** Whether it is a word for each of `count`. */
export const isWords = (value, count) => Array.isArray(value) && value.length === count && value.every((word) => typeof word === "string");

export function needIndex(selected, count, of) {
  need(Number.isInteger(selected) && selected >= 0 && selected < count, `selected must be the number of a ${of}, 0 to ${count - 1}`);
}

export function needSwitches(state, names) {
  for (const name of names) need(typeof state[name] === "boolean", `${name} must be true or false`);
}
