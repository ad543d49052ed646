// Clouds of states, n × d: the directions they vary along, the cosines of their pairs, how many directions they use, how many clusters they
// form. Mirrors geometry.py.

import { EigenvalueDecomposition, Matrix, SVD } from "ml-matrix";
import * as check from "./checks.js";

/**
 * The three directions along which states (L + 1, n, d) vary most: PCA of all layers together,
 * {mean: (d), directions: (3, d), each: (3), by_layer: (L + 1)}; see geometry.py.
 */
export function projection(states) {
  for (const layer of states) check.matrix("states", layer, "(L + 1, n, d)");
  const rows = states.flat(), // ((L + 1) n, d)
    d = rows[0].length;
  if (d < 3 || rows.length < 3) {
    throw new RangeError(
      `states must have shape (L + 1, n, d), at least 3 states of 3 numbers; got shape (${states.length}, ${states[0].length}, ${d})`,
    );
  }
  const mean = middle(rows),
    apart = rows.map((row) => row.map((x, j) => x - mean[j]));
  const { squares, directions } = strongest(apart);
  const whole = apart.reduce((sum, row) => sum + dot(row, row), 0);
  return { mean, directions, each: squares.map((square) => share(square, whole)), by_layer: seen_by_layer(directions, states) };
}

/** Of each layer's own variation, about that layer's mean, the share that directions of length 1 at right angles hold; 0 where it has none. */
export function seen_by_layer(directions, states) {
  return states.map((layer) => {
    const mean = middle(layer);
    let part = 0,
      whole = 0;
    for (const row of layer) {
      const apart = row.map((x, j) => x - mean[j]);
      whole += dot(apart, apart);
      for (const direction of directions) part += dot(apart, direction) ** 2;
    }
    return share(part, whole);
  });
}

/** States (n, d) in the three directions of a projection, (n, 3). */
export function project({ mean, directions }, states) {
  check.matrix("states", states, `(n, ${mean.length})`);
  return states.map((row) => {
    const apart = row.map((x, j) => x - mean[j]);
    return directions.map((direction) => dot(apart, direction));
  });
}

/** How much of the squared length of vectors (n, d) lies along the three directions of a projection, (n); 0 for a vector of zeros. */
export function share_seen({ directions }, vectors) {
  check.matrix("vectors", vectors, `(n, ${directions[0].length})`);
  return vectors.map((row) =>
    share(
      directions.reduce((sum, direction) => sum + dot(row, direction) ** 2, 0),
      dot(row, row),
    ),
  );
}

/** The cosine of each pair of rows: the first with the second, with the third, …; that of a row of zeros is 0. */
export function pair_cosines(states) {
  check.matrix("states", states, "(n, d)");
  return pairs(states.map(unit), dot);
}

/** How far apart each pair of rows is, in the same order. */
export function pair_distances(states) {
  check.matrix("states", states, "(n, d)");
  return pairs(states, (a, b) => Math.sqrt(a.reduce((sum, x, j) => sum + (x - b[j]) ** 2, 0)));
}

/** How many directions the rows use: exp of the entropy of σ / Σσ (Roy and Vetterli 2007); NaN where all are 0. */
export function effective_rank(states) {
  check.matrix("states", states, "(n, d)");
  const sigma = new SVD(new Matrix(states), { computeLeftSingularVectors: false, computeRightSingularVectors: false, autoTranspose: true })
    .diagonal;
  const sum = sigma.reduce((total, s) => total + s, 0);
  if (sum === 0) return NaN;
  return Math.exp(-sigma.reduce((total, s) => total + (s > 0 ? (s / sum) * Math.log(s / sum) : 0), 0));
}

/** How many clusters the rows form: single linkage, cut at `cosine` or at `distance`, one of the two; see geometry.py. */
export function clusters(states, options = {}) {
  check.options(options, ["cosine", "distance"]);
  const { cosine = null, distance = null } = options;
  const [n, d] = check.matrix("states", states, "(n, d)");
  if ((cosine === null) === (distance === null)) {
    throw new RangeError(
      `give cosine or distance, one of the two; got cosine ${check.describe(cosine)} and distance ${check.describe(distance)}`,
    );
  }
  const apart = distance !== null;
  const limit = apart ? check.number("distance", distance, 0) : check.number("cosine", cosine);
  const places = apart ? states : states.map(unit);
  const near = (a, b) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += apart ? (a[j] - b[j]) ** 2 : a[j] * b[j];
    return apart ? Math.sqrt(sum) <= limit : sum >= limit;
  };
  const left = Array.from({ length: n }, (_, i) => i); // not yet reached by any chain
  let count = 0;
  while (left.length) {
    count++;
    const chain = [left.pop()];
    while (chain.length) {
      const here = places[chain.pop()];
      for (let k = left.length - 1; k >= 0; k--) {
        if (!near(here, places[left[k]])) continue;
        chain.push(left[k]);
        left[k] = left.at(-1);
        left.pop();
      }
    }
  }
  return count;
}

function unit(row) {
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return row.map((x) => (length > 0 ? x / length : 0));
}

/**
 * The three directions along which rows (n, d) about their mean extend most, and Σ (row · direction)² of each. By the eigenvectors of the smaller of the
 * two matrices of products, between rows or between columns: a singular value decomposition takes ten times as long.
 */
function strongest(rows) {
  const few = rows.length <= rows[0].length;
  const found = new EigenvalueDecomposition(few ? products(rows) : products(transposed(rows)), { assumeSymmetric: true }); // from low to high
  const vectors = found.eigenvectorMatrix.transpose().to2DArray().slice(-3).reverse(),
    values = found.realEigenvalues.slice(-3).reverse();
  const directions = [];
  for (const [k, vector] of vectors.entries()) {
    const none = !(values[k] > values[0] * rows.length * Number.EPSILON); // nothing but rounding extends this way
    directions.push(signed(at_right_angles(few ? (none ? null : combined(vector, rows)) : vector, directions, rows[0].length)));
  }
  return { squares: values.map((value) => Math.max(value, 0)), directions };
}

/** The products of each two rows, a square matrix. */
function products(rows) {
  const made = rows.map(() => new Float64Array(rows.length));
  for (let i = 0; i < rows.length; i++) for (let k = 0; k <= i; k++) made[i][k] = made[k][i] = dot(rows[i], rows[k]);
  return new Matrix(made);
}

/** The vector freed of the directions there are, at length 1; without a vector, any at right angles to them. */
function at_right_angles(vector, directions, d) {
  for (let axis = vector ? -1 : 0; axis < d; axis++) {
    let rest = axis < 0 ? unit(vector) : Float64Array.from({ length: d }, (_, j) => Number(j === axis));
    for (const direction of directions) {
      const along = dot(rest, direction);
      rest = rest.map((x, j) => x - along * direction[j]);
    }
    if (dot(rest, rest) > 0.1) return unit(rest);
  }
}

/** The sign at which the largest of its numbers is above 0, so that a second run draws the same. */
function signed(direction) {
  const strongest = direction.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best));
  return strongest < 0 ? direction.map((x) => -x) : direction;
}

function pairs(rows, measured) {
  return rows.flatMap((row, i) => rows.slice(i + 1).map((other) => measured(row, other)));
}

function combined(shares, rows) {
  const sum = new Float64Array(rows[0].length);
  rows.forEach((row, i) => {
    for (let j = 0; j < sum.length; j++) sum[j] += shares[i] * row[j];
  });
  return sum;
}

/** Four sums at a time: a sum waits for the one before, four sums do not wait for each other. */
function dot(a, b) {
  const even = a.length - (a.length % 4);
  let s = 0,
    t = 0,
    u = 0,
    v = 0;
  for (let j = 0; j < even; j += 4) {
    s += a[j] * b[j];
    t += a[j + 1] * b[j + 1];
    u += a[j + 2] * b[j + 2];
    v += a[j + 3] * b[j + 3];
  }
  for (let j = even; j < a.length; j++) s += a[j] * b[j];
  return s + t + u + v;
}

const middle = (rows) => combined(new Float64Array(rows.length).fill(1), rows).map((sum) => sum / rows.length);
const transposed = (rows) => Array.from(rows[0], (_, j) => Float64Array.from(rows, (row) => row[j]));
const share = (part, whole) => (whole > 0 ? part / whole : 0);
