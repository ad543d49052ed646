// Random entries, tokens and layers that Python and the page draw alike, number for number. Mirrors seeded.py: see there.

import * as check from "./checks.js";
import { nearest, recall, store } from "./knowledge.js";

export const MEMORIES = ["outer", "pseudo-inverse", "attention"];
const STRIDE = 0x6d2b79f5;

/** Keys, contents and noise directions of n entries in d dimensions, {keys, contents, pushes}, rows at length 1. */
export function drawn(n, d, seed) {
  whole(n, d, seed);
  const [keys, contents, pushes] = [0, 1, 2].map((stream) => unitRows(n, d, 4 * seed + stream));
  return { keys, contents, pushes };
}

/** Tokens, n × d, with standard normal entries, rounded to three decimals so that a link stays short. */
export function drawn_tokens(n, d, seed) {
  whole(n, d, seed);
  return rows(
    normals(n * d, 4 * seed).map((x) => Math.round(x * 1000) / 1000 + 0),
    d,
  );
}

/** n layers as [Q, K, V] triples with independent normal entries of variance 1 / d. */
export function drawn_layers(n, d, seed) {
  whole(n, d, seed);
  const entries = normals(3 * n * d * d, 4 * seed + 3).map((x) => x / Math.sqrt(d));
  return rows(rows(rows(entries, d), d), 3);
}

function whole(n, d, seed) {
  check.whole("n", n, 1, 2 ** 20);
  check.whole("d", d, 1, 2 ** 10);
  check.whole("seed", seed, 0, 2 ** 30 - 1);
}

const rows = (list, size) => Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));

/** Which of n drawn entries each memory finds again, {name: n booleans}. */
export function found(n, d, seed, options = {}) {
  check.options(options, ["noise", "scale"]);
  const { noise = 0, scale = 1 } = options;
  check.number("noise", noise, 0);
  const { keys, contents, pushes, outer, inverse } = memories(n, d, seed);
  const question = keys.map((key, i) => key.map((x, j) => x + noise * pushes[i][j]));
  const answers = [recall(outer, question), recall(inverse, question), recall([keys, contents], question, { scale })];
  return Object.fromEntries(MEMORIES.map((name, m) => [name, nearest(answers[m], contents).map((best, i) => best === i)]));
}

let last = {};
/** The two matrices do not depend on noise or β: kept while those slide. */
function memories(n, d, seed) {
  if (last.n === n && last.d === d && last.seed === seed) return last;
  const entries = drawn(n, d, seed);
  const { keys, contents } = entries;
  last = { n, d, seed, ...entries, outer: store(keys, contents), inverse: store(keys, contents, { method: "pseudo-inverse" }) };
  return last;
}

function unitRows(n, d, stream) {
  const normal = normals(n * d, stream);
  return Array.from({ length: n }, (_, i) => {
    const row = normal.slice(i * d, (i + 1) * d);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    return row.map((x) => x / length);
  });
}

function normals(count, stream) {
  const start = scramble(stream);
  const uniform = (i) => (scramble((start + Math.imul(i, STRIDE)) >>> 0) + 0.5) / 2 ** 32;
  return Array.from({ length: count }, (_, i) => Math.sqrt(-2 * Math.log(uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1)));
}

/** One step of mulberry32. */
function scramble(counter) {
  const a = (counter + STRIDE) >>> 0;
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t ^= (t + Math.imul(t ^ (t >>> 7), t | 61)) | 0;
  return (t ^ (t >>> 14)) >>> 0;
}
