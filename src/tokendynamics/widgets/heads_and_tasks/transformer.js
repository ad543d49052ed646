// A tiny transformer with several read-outs, run forwards on one sentence. Mirrors transformer.py: see there for the
// names and shapes of the parameters. Matrices are nested lists; nothing here knows of the page.

import { describe, isList } from "../maths/checks.js";
import { softmax } from "../maths/learning.js";

const EPS = 1e-5;

/** How many layers the parameters have. */
export const n_layers = (parameters) => Object.keys(parameters).filter((name) => name.endsWith(".Q")).length;

/** The names of the read-outs, in the order they were made. */
export const tasks = (parameters) =>
  Object.keys(parameters)
    .filter((name) => name.startsWith("read.") && !name.endsWith(".shift"))
    .map((name) => name.slice(5));

/**
 * Run the model on whole numbers `words`, (n,): {attention (L, H, n, n), segments (L, H, n, d_head), stream (S, n, d),
 * final (n, d), logits: {task: (n, C)}}. keep: (L, H), how much of each segment is kept; instead: (L, H, d_head), what
 * takes the place of the rest; null for all, and for 0. Bad input throws a RangeError.
 */
export function forward(parameters, words, { keep = null, instead = null } = {}) {
  const p = parameters;
  const n = isList(words) ? words.length : 0,
    places = p.places.length,
    table = p.words;
  if (!n || n > places || !Array.from(words).every(Number.isInteger)) {
    throw new RangeError(`words must be whole numbers of shape (n,), n from 1 to ${places}; got ${describe(words)}`);
  }
  if (Math.min(...words) < 0 || Math.max(...words) >= table.length) {
    throw new RangeError(`words must be numbers from 0 to ${table.length - 1}; got ${Math.min(...words)} to ${Math.max(...words)}`);
  }
  const L = n_layers(p),
    H = p["0.Q"].length,
    d_head = p["0.Q"][0].length;
  switches("keep", keep, [L, H]);
  switches("instead", instead, [L, H, d_head]);
  let x = Array.from(words, (word, i) => add(table[word], p.places[i])); // (n, d)
  const stream = [x],
    attention = [],
    segments = [];
  for (let l = 0; l < L; l++) {
    const heads = attend(p, l, x, keep?.[l], instead?.[l]);
    attention.push(heads.map((head) => head.attention)); // (H, n, n)
    segments.push(heads.map((head) => head.segments)); // (H, n, d_head)
    x = x.map((row, i) => {
      const joined = heads.flatMap((head) => head.segments[i]); // (H d_head,)
      return add(row, times(p[`${l}.O`], joined));
    });
    stream.push(x);
    if (p[`${l}.up`]) {
      x = mlp(p, l, x);
      stream.push(x);
    }
  }
  const final = layer_norm(x, p.gain, p.shift); // (n, d)
  const read = (task) => final.map((row) => add(times(p[`read.${task}`], row), p[`read.${task}.shift`])); // (n, C)
  const logits = Object.fromEntries(tasks(p).map((task) => [task, read(task)]));
  return { attention, segments, stream, final, logits };
}

/** Attention (n, n) and segments (n, d_head) of each of a layer's heads. */
function attend(p, l, x, keep, instead) {
  const y = layer_norm(x, p[`${l}.gain`], p[`${l}.shift`]); // (n, d)
  return p[`${l}.Q`].map((Q, h) => {
    const [q, k, v] = [Q, p[`${l}.K`][h], p[`${l}.V`][h]].map((matrix) => y.map((row) => times(matrix, row))); // (n, d_head) each
    const attention = q.map((query, i) => weights(query, k, i, Math.sqrt(Q.length))); // (n, n)
    const share = keep ? keep[h] : 1;
    const segments = attention.map((row) => {
      const segment = mean(row, v); // (d_head,)
      return share === 1 ? segment : segment.map((s, j) => share * s + (instead ? (1 - share) * instead[h][j] : 0));
    });
    return { attention, segments };
  });
}

/** The stream after the MLP of a layer, (n, d). */
function mlp(p, l, x) {
  const y = layer_norm(x, p[`${l}.mlp_gain`], p[`${l}.mlp_shift`]); // (n, d)
  return x.map((row, i) => {
    const hidden = add(times(p[`${l}.up`], y[i]), p[`${l}.up_shift`]).map((s) => Math.max(s, 0)); // (m,)
    return add(add(row, times(p[`${l}.down`], hidden)), p[`${l}.down_shift`]);
  });
}

/** One token's attention to itself and those before it; 0 for those after. */
function weights(query, keys, i, root) {
  const shares = softmax(keys.slice(0, i + 1).map((key) => dot(query, key) / root));
  return keys.map((_, k) => (k <= i ? shares[k] : 0));
}

/** LayerNorm of each row. */
function layer_norm(rows, gain, shift) {
  return rows.map((row) => {
    const middle = row.reduce((sum, s) => sum + s, 0) / row.length;
    const away = row.map((s) => s - middle);
    const inverse = 1 / Math.sqrt(dot(away, away) / row.length + EPS);
    return away.map((s, j) => s * inverse * gain[j] + shift[j]);
  });
}

function mean(row, values) {
  const sum = new Array(values[0].length).fill(0);
  for (let k = 0; k < row.length; k++) {
    if (row[k] === 0) continue;
    for (let j = 0; j < sum.length; j++) sum[j] += row[k] * values[k][j];
  }
  return sum;
}

function switches(name, value, shape) {
  if (value === null) return;
  const found = [];
  for (let part = value; isList(part); part = part[0]) found.push(part.length);
  const even = (part, depth) =>
    depth === shape.length
      ? Number.isFinite(part)
      : isList(part) && part.length === shape[depth] && part.every((each) => even(each, depth + 1));
  if (!even(value, 0))
    throw new RangeError(`${name} must be finite numbers of shape (${shape.join(", ")}); got shape (${found.join(", ")})`);
}

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
const times = (matrix, vector) => matrix.map((row) => dot(row, vector));
const add = (a, b) => a.map((s, j) => s + b[j]);
