// The words of the model's own table that a state is nearest to, by cosine.
import { rounded } from "./journeys.js";
import { linear } from "./minilm.js";
import { is_word } from "./sentences.js";

export const NEAR = 16; // shards' worth of words, the frequent ones
const FIRST = 1996, // the first id of the vocabulary that is a word
  SHOWN = 6;

/** The ids that are looked through: whole words of letters. */
export function near_ids(vocabulary, shard) {
  const ids = Array.from({ length: NEAR * shard }, (_, i) => FIRST + i);
  return ids.filter((id) => is_word(vocabulary[id]));
}

/** A table to look through, from the words and the vector of each; rows of length 1, the last ones 0 so that their number is a multiple of 4. */
export function near_table(words, rows) {
  const count = 4 * Math.ceil(words.length / 4),
    d = rows[0].length;
  const data = new Float32Array(count * d);
  rows.forEach((row, i) => {
    const length = Math.hypot(...row);
    data.set(
      row.map((x) => x / length),
      i * d,
    );
  });
  return { words, weight: { shape: [count, d], data }, bias: new Float32Array(count), found: new WeakMap() };
}

/** Of each state (n, d) the six words nearest to it, but for the word itself: [[word, cosine], …]. What was found for a state is kept with it. */
export function nearest(table, states, itself) {
  const fresh = states.filter((state) => !table.found.has(state));
  linear(table, fresh).forEach((products, i) => {
    const length = Math.hypot(...fresh[i]);
    const best = highest(products, (k) => k < table.words.length && table.words[k] !== itself);
    table.found.set(
      fresh[i],
      best.map((k) => [table.words[k], rounded(products[k] / length, 4)]),
    );
  });
  return states.map((state) => table.found.get(state));
}

/** Where the highest numbers stand, the highest first. */
function highest(numbers, counts) {
  const best = [];
  numbers.forEach((x, k) => {
    if ((best.length === SHOWN && x <= numbers[best.at(-1)]) || !counts(k)) return;
    const place = best.findIndex((other) => numbers[other] < x);
    best.splice(place < 0 ? best.length : place, 0, k);
    best.length = Math.min(best.length, SHOWN);
  });
  return best;
}
