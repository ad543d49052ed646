// The mobility M = V (QᵀK)⁻¹, which the article calls world knowledge, as a table that one can look things up in;
// equations (5) and (13). Mirrors knowledge.py name for name: see there for what each function means.
//
// Nested arrays in and out, vectors are rows; options come last, in an object. Bad input throws a RangeError.

import { Matrix, SingularValueDecomposition } from "ml-matrix";
import * as check from "./checks.js";

/** M = V (QᵀK)⁻¹, d × d; the pseudo-inverse where QᵀK has no inverse; `ridge` damps, `rank` truncates. */
export function knowledge(Q, K, V, options = {}) {
  const { ridge, rank } = damping(options);
  const index = indexMatrix(Q, K, V);
  return check.finite(divide(new Matrix(V), index, ridge, rank).to2DArray(), "V and a QᵀK near 0 give an M");
}

/** How far equation (13), M QᵀK = V, is from holding: ‖V − M QᵀK‖ / ‖V‖, Frobenius norms; 0 for V = 0. */
export function knowledge_residual(Q, K, V, options = {}) {
  const index = indexMatrix(Q, K, V);
  const largest = Math.max(...V.map((row) => Math.max(...row.map(Math.abs))));
  const scaled = new Matrix(V).div(largest || 1); // so that no square overflows or vanishes
  const found = new Matrix(knowledge(Q, K, scaled.to2DArray(), options)).mmul(index);
  return largest === 0 ? 0 : Matrix.sub(scaled, found).norm() / scaled.norm();
}

/** M as a table {sigma, loudness, index, keys, contents, answers} of min(d_head, d) rows, the strongest first. */
export function entries(Q, K, V, options = {}) {
  const { ridge, rank } = damping(options);
  const index = indexMatrix(Q, K, V);
  const r = Math.min(Q.length, Q[0].length);
  const { U, sigma, W, loudness } = spectrum(index, ridge, rank);
  const table = { sigma: sigma.slice(0, r), loudness: loudness.slice(0, r), index: [], keys: [] };
  for (let k = 0; k < r; k++) {
    const u = U.getColumn(k);
    const largest = Math.max(...u.map(Math.abs));
    const sign = Math.sign(u.find((x) => Math.abs(x) >= largest / 2));
    table.index.push(u.map((x) => sign * x));
    table.keys.push(W.getColumn(k).map((x) => sign * x));
  }
  const contents = new Matrix(table.keys).mmul(new Matrix(V).transpose());
  table.contents = check.finite(contents.to2DArray(), "V gives contents");
  table.answers = check.finite(contents.mulColumnVector(table.loudness).to2DArray(), "V and a QᵀK near 0 give answers");
  return table;
}

/** What M answers to each row of `index`, n × d_content: the rows M x. */
export function lookup(M, index) {
  const [, d] = check.matrix("M", M, "(d_content, d)");
  rows("index", index, d);
  return check.finite(new Matrix(index).mmul(new Matrix(M).transpose()).to2DArray(), "M and index give an answer");
}

/** A matrix, d_content × d, that remembers n pairs by `method` "outer" or "pseudo-inverse" (with `ridge`). */
export function store(keys, contents, options = {}) {
  check.options(options, ["method", "ridge"]);
  const { method = "outer", ridge = 0 } = options;
  pairs(keys, contents);
  check.choice("method", method, ["outer", "pseudo-inverse"]);
  check.number("ridge", ridge, 0);
  if (method === "outer" && ridge) throw new RangeError(`ridge must be 0 for the method 'outer', which inverts nothing; got ${ridge}`);
  const columns = new Matrix(contents).transpose();
  const W = method === "outer" ? columns.mmul(new Matrix(keys)) : divide(columns, new Matrix(keys).transpose(), ridge, null);
  return check.finite(W.to2DArray(), "keys and contents give a memory");
}

/** What a memory answers to each question, m × d_content: a matrix W q, or the pairs [keys, contents] by softmax attention at β = `scale`. */
export function recall(memory, question, options = {}) {
  check.options(options, ["scale"]);
  const { scale = 1 } = options;
  check.number("scale", scale);
  if (!check.isList(memory?.[0]?.[0])) {
    rows("question", question, check.matrix("memory", memory, "(d_content, d)")[1]);
    return lookup(memory, question);
  }
  if (memory.length !== 2) throw new RangeError(`memory must be a matrix or a pair [keys, contents]; got an array of ${memory.length}`);
  const [keys, contents] = memory;
  rows("question", question, pairs(keys, contents));
  const answers = question.map((q) => {
    const scores = keys.map((key) => scale * dot(key, q));
    const peak = Math.max(...scores);
    if (!Number.isFinite(peak))
      throw new RangeError("keys, question and scale give scores too large for float64; the scores need to be finite: use smaller values");
    const mass = scores.map((score) => Math.exp(score - peak));
    const total = mass.reduce((sum, m) => sum + m, 0);
    return contents[0].map((_, j) => contents.reduce((sum, content, k) => sum + (mass[k] / total) * content[j], 0));
  });
  return check.finite(answers, "contents give an answer");
}

/** Which of n contents each answer is closest to by cosine: m indices. */
export function nearest(answers, contents) {
  const [, d] = check.matrix("contents", contents, "(n, d)");
  rows("answers", answers, d);
  const lengths = contents.map((content) => Math.sqrt(dot(content, content)));
  return answers.map((answer) => {
    let best = 0,
      highest = -Infinity;
    contents.forEach((content, k) => {
      const cosine = lengths[k] > 0 ? dot(answer, content) / lengths[k] : 0;
      if (cosine > highest) [best, highest] = [k, cosine];
    });
    return best;
  });
}

function damping(options) {
  check.options(options, ["ridge", "rank"]);
  const { ridge = 0, rank = null } = options;
  check.number("ridge", ridge, 0);
  check.whole("rank", rank, 1, Infinity, true);
  return { ridge, rank };
}

/** QᵀK, the article's index. */
function indexMatrix(Q, K, V) {
  const [, d] = check.query_key(Q, K, null);
  check.value_matrix(V, d);
  const index = new Matrix(Q).transpose().mmul(new Matrix(K));
  check.finite(index.to2DArray(), "Q and K give a QᵀK");
  return index;
}

/** The number of columns of the keys, where contents has a row for each. */
function pairs(keys, contents) {
  const [n, d] = check.matrix("keys", keys, "(n, d)");
  const shape = check.matrix("contents", contents, "(n, d_content)");
  if (shape[0] !== n) throw new RangeError(`contents must have one row for each of the ${n} keys; got shape (${shape.join(", ")})`);
  return d;
}

function rows(name, value, d) {
  const shape = check.matrix(name, value, `(n, ${d ?? "d"})`);
  if (d !== null && shape[1] !== d) throw new RangeError(`${name} must have shape (n, ${d}); got shape (${shape.join(", ")})`);
}

/** V times the damped inverse of `index`: the M nearest to M index = V. */
function divide(V, index, ridge, rank) {
  const { U, W, loudness } = spectrum(index, ridge, rank);
  return V.mmul(W).mulRowVector(loudness).mmul(U.transpose());
}

/** The SVD of index = U σ Wᵀ, falling, and what each σ becomes in the inverse. */
function spectrum(index, ridge, rank) {
  const svd = new SingularValueDecomposition(index, { autoTranspose: true });
  const sigma = svd.diagonal;
  const smallest = Math.max(...sigma) * Math.max(index.rows, index.columns) * Number.EPSILON;
  // 1 / (σ + λ/σ) is σ / (σ² + λ), but σ² neither overflows nor vanishes
  const loudness = sigma.map((s, k) => (s > smallest && (rank === null || k < rank) ? 1 / (s + ridge / s) : 0));
  return { U: svd.leftSingularVectors, sigma, W: svd.rightSingularVectors, loudness };
}

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
