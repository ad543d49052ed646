// A tiny transformer with several read-outs, run forwards on one sentence. Mirrors transformer.py: see there for the
// names and shapes of the parameters. Matrices are nested lists; nothing here knows of the page.

import { describe, isList } from "../maths/checks.js";

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
  let x = Array.from(words, (word, i) => add(table[word], p.places[i]));
  const stream = [x],
    attention = [],
    segments = [];
  for (let l = 0; l < L; l++) {
    const y = normal(x, p[`${l}.gain`], p[`${l}.shift`]);
    const heads = [];
    attention.push([]);
    for (let h = 0; h < H; h++) {
      const [q, k, v] = ["Q", "K", "V"].map((name) => y.map((row) => times(p[`${l}.${name}`][h], row)));
      const a = q.map((query, i) => weights(query, k, i, Math.sqrt(d_head)));
      const part = keep ? keep[l][h] : 1;
      heads.push(
        a.map((row) => {
          const seen = mean(row, v);
          return part === 1 ? seen : seen.map((s, j) => part * s + (instead ? (1 - part) * instead[l][h][j] : 0));
        }),
      );
      attention[l].push(a);
    }
    segments.push(heads);
    x = x.map((row, i) =>
      add(
        row,
        times(
          p[`${l}.O`],
          heads.flatMap((head) => head[i]),
        ),
      ),
    );
    stream.push(x);
    if (p[`${l}.up`]) {
      const inner = normal(x, p[`${l}.mlp_gain`], p[`${l}.mlp_shift`]).map((row) =>
        add(times(p[`${l}.up`], row), p[`${l}.up_shift`]).map((s) => Math.max(s, 0)),
      );
      x = x.map((row, i) => add(add(row, times(p[`${l}.down`], inner[i])), p[`${l}.down_shift`]));
      stream.push(x);
    }
  }
  const final = normal(x, p.gain, p.shift);
  const logits = Object.fromEntries(
    tasks(p).map((task) => [task, final.map((row) => add(times(p[`read.${task}`], row), p[`read.${task}.shift`]))]),
  );
  return { attention, segments, stream, final, logits };
}

/** Softmax of a list, apart from its largest entry so that nothing overflows. */
export function softmax(logits) {
  const most = Math.max(...logits);
  const odds = logits.map((s) => Math.exp(s - most));
  const total = odds.reduce((sum, o) => sum + o, 0);
  return odds.map((o) => o / total);
}

/** One token's attention to itself and those before it; 0 for those after. */
function weights(query, keys, i, root) {
  const seen = softmax(keys.slice(0, i + 1).map((key) => dot(query, key) / root));
  return keys.map((_, k) => (k <= i ? seen[k] : 0));
}

/** LayerNorm of each row. */
function normal(rows, gain, shift) {
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
