// A sentence's answers, what each head adds to them, and a head bent away from what it learned. Mirrors engine.py.

import { describe, isList } from "../maths/checks.js";
import { softmax } from "../maths/learning.js";
import { drawn } from "../maths/seeded.js";
import { forward, n_layers } from "./transformer.js";

export const AT_THE_END = ["class", "sentiment"];
const LONGEST = 1000; // a stretch; far beyond, squares overflow without a word

/** The parameters with Q, K and V of one head turned (degrees) towards a random matrix at a right angle, and stretched. */
export function bent(parameters, layer, head, turns = [0, 0, 0], stretches = [1, 1, 1], seed = 0) {
  const limits = [
    ["layer", layer, n_layers(parameters) - 1],
    ["head", head, parameters["0.Q"].length - 1],
    ["seed", seed, 10_000],
  ];
  for (const [name, value, most] of limits) {
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw new RangeError(`${name} must be a whole number from 0 to ${most}; got ${describe(value)}`);
    }
  }
  three("turns", turns);
  three("stretches", stretches);
  if (stretches.some((s) => s < 0 || s > LONGEST))
    throw new RangeError(`stretches must be from 0 to ${LONGEST}; got [${stretches.join(", ")}]`);
  const changed = { ...parameters };
  ["Q", "K", "V"].forEach((name, which) => {
    const turn = (turns[which] * Math.PI) / 180,
      stretch = stretches[which];
    if (turn === 0 && stretch === 1) return;
    const W = parameters[`${layer}.${name}`][head];
    const R = other(W, 3 * (100 * layer + head) + which + 10_000 * seed);
    const made = W.map((row, i) => row.map((w, j) => stretch * (Math.cos(turn) * w + Math.sin(turn) * R[i][j])));
    changed[`${layer}.${name}`] = parameters[`${layer}.${name}`].map((each, h) => (h === head ? made : each));
  });
  return changed;
}

/** The probabilities of each task's answers, {task: (classes,)}; `token` is the word that the first two are asked at. */
export function answers(parameters, words, token, options = {}) {
  if (!Number.isInteger(token) || token < 0 || token >= words.length) {
    throw new RangeError(`token must be the index of one of the ${words.length} words; got ${describe(token)}`);
  }
  return from_logits(forward(parameters, words, options).logits, token);
}

/** The same from logits that are there already. */
export const from_logits = (logits, token) =>
  Object.fromEntries(
    Object.entries(logits).map(([task, rows]) => [task, softmax(rows[AT_THE_END.includes(task) ? rows.length - 1 : token])]),
  );

/** What each head adds to the confidence in the answers as they are, {task: (L, H)}. */
export function added(parameters, words, token, { keep = null, instead = null } = {}) {
  const now = answers(parameters, words, token, { keep, instead });
  const L = n_layers(parameters),
    H = parameters["0.Q"].length;
  const on = keep ?? Array.from({ length: L }, () => new Array(H).fill(1));
  const table = Object.fromEntries(Object.keys(now).map((task) => [task, Array.from({ length: L }, () => new Array(H).fill(0))]));
  for (let l = 0; l < L; l++) {
    for (let h = 0; h < H; h++) {
      const flipped = on.map((row, i) => row.map((part, j) => (i === l && j === h ? 1 - part : part)));
      const without = answers(parameters, words, token, { keep: flipped, instead });
      for (const task of Object.keys(now)) {
        const best = largest(now[task]);
        table[task][l][h] = (now[task][best] - without[task][best]) * (on[l][h] ? 1 : -1);
      }
    }
  }
  return table;
}

/**
 * The share of right answers, {task: number}, over sentences {words: (n,), targets: {task: (n,)}}, −1 where nothing is
 * asked; the entity counts at names alone. As `four_tasks.accuracy` has it.
 */
export function accuracy(parameters, sentences, options = {}) {
  const right = {},
    asked = {};
  for (const { words, targets } of sentences) {
    const { logits } = forward(parameters, words, options);
    for (const [task, target] of Object.entries(targets)) {
      target.forEach((wanted, i) => {
        if (wanted < (task === "entity" ? 1 : 0)) return;
        asked[task] = (asked[task] ?? 0) + 1;
        right[task] = (right[task] ?? 0) + (largest(logits[task][i]) === wanted);
      });
    }
  }
  return Object.fromEntries(Object.keys(asked).map((task) => [task, right[task] / asked[task]]));
}

/** The places of a text's words in a vocabulary; a RangeError names the first that is not there, and holds it as `word`. Mirrors corpus.numbers. */
export function numbers(text, vocabulary, places) {
  const words = text.replaceAll(".", " .").split(/\s+/).filter(Boolean);
  for (const word of words) {
    if (!vocabulary.includes(word)) {
      throw Object.assign(new RangeError(`words must be in the vocabulary of the corpus; '${word}' is not`), { word });
    }
  }
  if (!words.length || words.length > places) throw new RangeError(`words must be 1 to ${places} words; got ${words.length}`);
  return words.map((word) => vocabulary.indexOf(word));
}

export const largest = (values) => values.indexOf(Math.max(...values));

function other(W, stream) {
  const R = drawn(W.length, W[0].length, stream).keys;
  const along = product(R, W) / Math.max(product(W, W), 1e-300);
  const away = R.map((row, i) => row.map((r, j) => r - along * W[i][j]));
  const factor = Math.sqrt(product(W, W) / Math.max(product(away, away), 1e-300));
  return away.map((row) => row.map((r) => r * factor));
}
const product = (A, B) => A.reduce((sum, row, i) => sum + row.reduce((s, a, j) => s + a * B[i][j], 0), 0);

function three(name, value) {
  if (!isList(value) || value.length !== 3) throw new RangeError(`${name} must have shape (3,); got ${describe(value)}`);
  if (!value.every(Number.isFinite)) throw new RangeError(`${name} must be finite; got [${value.join(", ")}]`);
}
