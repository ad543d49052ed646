// Self-attention as motion: potential, force, content, update; equations (4), (9) and (14).
// Mirrors attention.py name for name: see there for what each function means.
//
// tokens are n rows of d numbers, Q and K are d_head × d, V is d × d, nested arrays in and out.
// Options come last, in an object: {include_self: false, causal: false, scale: 1}.
// A token with nobody to attend to has zero weights, force and content, and a potential of -Infinity.
// Bad input throws a RangeError that says what was wrong and what is needed.

import { Matrix } from "ml-matrix";
import * as check from "./checks.js";

/** How much token i attends to token k, n × n; rows sum to 1, or to 0 where there is nobody to attend to. */
export function attention_weights(tokens, Q, K, options = {}) {
  const problem = inputs(tokens, Q, K, options);
  const rows = new Array(tokens.length);
  softmax(tokens, problem, (i, mass, total) => {
    const row = new Array(mass.length);
    const share = total > 0 ? 1 / total : 0;
    for (let k = 0; k < mass.length; k++) row[k] = mass[k] * share;
    rows[i] = row;
  });
  return rows;
}

/** The potential φᵢ = ln Σₖ exp(scale Qtᵢ·Ktₖ) of each token where it stands, n numbers; equation (4). */
export function potential(tokens, Q, K, options = {}) {
  return logSums(tokens, inputs(tokens, Q, K, options));
}

/** The force ∇φᵢ = scale QᵀK Σₖ aᵢₖ tₖ on each token, n × d, all keys held fixed; equation (9). */
export function force(tokens, Q, K, options = {}) {
  const problem = inputs(tokens, Q, K, options);
  return pull(meanTokens(tokens, tokens, problem), Q, K, problem.scale);
}

/** What each token is given: V T aᵢ = V Σₖ aᵢₖ tₖ, n × d; equation (14), second line. */
export function content(tokens, Q, K, V, options = {}) {
  return content_and_potential(tokens, Q, K, V, options)[0];
}

/** What `content` and `potential` give, by one softmax. */
export function content_and_potential(tokens, Q, K, V, options = {}) {
  const problem = inputs(tokens, Q, K, options);
  check.value_matrix(V, tokens[0].length);
  const phi = new Array(tokens.length);
  const moved = meanTokens(tokens, tokens, problem, phi).mmul(new Matrix(V).transpose());
  return [check.finite(moved.to2DArray(), "tokens and V give a content"), phi];
}

/**
 * Where each token goes: tᵢ + step V T aᵢ, n × d; equation (14).
 * @type {(tokens: number[][], Q: number[][], K: number[][], V: number[][], options?: { step?: number, include_self?: boolean, causal?: boolean, scale?: number }) => number[][]}
 */
export function update(tokens, Q, K, V, { step = 1, ...options } = {}) {
  check.number("step", step);
  const moved = content(tokens, Q, K, V, options);
  for (let i = 0; i < moved.length; i++) {
    for (let j = 0; j < moved[i].length; j++) moved[i][j] = tokens[i][j] + step * moved[i][j];
  }
  return check.finite(moved, "tokens, V and step give an update");
}

/** The landscape φ(x) = ln Σₖ exp(scale Qx·Ktₖ) at any p points x; `exclude` is the token that moves in it. */
export function potential_at(points, tokens, Q, K, options = {}) {
  return logSums(points, landscape(points, tokens, Q, K, options));
}

/** The gradient of `potential_at` at the same points, p × d. */
export function potential_gradient_at(points, tokens, Q, K, options = {}) {
  const problem = landscape(points, tokens, Q, K, options);
  return pull(meanTokens(points, tokens, problem), Q, K, problem.scale);
}

function inputs(tokens, Q, K, options) {
  check.options(options, ["include_self", "causal", "scale"]);
  const { include_self = false, causal = false, scale = 1 } = options;
  check.flag("include_self", include_self);
  check.flag("causal", causal);
  return { ...shared(tokens, Q, K, scale), include_self, causal, exclude: -1 };
}

function landscape(points, tokens, Q, K, options) {
  check.options(options, ["exclude", "scale"]);
  const { exclude = null, scale = 1 } = options;
  const [, columns] = check.matrix("points", points, "(p, d)");
  const problem = shared(tokens, Q, K, scale);
  const n = tokens.length;
  const d = tokens[0].length;
  if (columns !== d) {
    throw new RangeError(`points must have shape (p, ${d}), as the tokens have d = ${d}; got shape (${points.length}, ${columns})`);
  }
  return { ...problem, include_self: true, causal: false, exclude: check.index("exclude", exclude, n, "tokens") };
}

function shared(tokens, Q, K, scale) {
  const [, d] = check.matrix("tokens", tokens, "(n, d)");
  check.query_key(Q, K, d);
  check.number("scale", scale);
  const keys = new Float64Array(tokens.length * K.length); // in one run: nested lists are slower
  for (let k = 0, at = 0; k < tokens.length; k++) {
    for (const row of K) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += row[j] * tokens[k][j];
      keys[at++] = sum;
    }
  }
  return { Q, scale, keys };
}

/**
 * The softmax of each point, as a query, over the keys that it sees. `visit(i, mass, total, peak)` is given
 * mass[k] = exp(score − peak), 0 where k is not seen, in one array that every point reuses.
 */
function softmax(points, { Q, keys, scale, include_self, causal, exclude }, visit) {
  const d_head = Q.length;
  const n = keys.length / d_head;
  const d = Q[0].length;
  const query = new Float64Array(d_head);
  const mass = new Float64Array(n);
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    for (let h = 0; h < d_head; h++) {
      const row = Q[h];
      let sum = 0;
      for (let j = 0; j < d; j++) sum += row[j] * point[j];
      query[h] = scale * sum;
    }
    const last = causal ? (include_self ? i + 1 : i) : n; // keys from here on are not seen
    const skip = include_self ? exclude : i;
    let peak = -Infinity;
    let seen = false;
    for (let k = 0; k < last; k++) {
      if (k === skip) continue;
      let score = 0;
      for (let h = 0, at = k * d_head; h < d_head; h++) score += query[h] * keys[at + h];
      if (score > peak) peak = score;
      else if (Number.isNaN(score)) tooLarge();
      mass[k] = score;
      seen = true;
    }
    if (seen && !Number.isFinite(peak)) tooLarge();
    let total = 0;
    for (let k = 0; k < n; k++) {
      if (k >= last || k === skip) mass[k] = 0;
      else total += mass[k] = Math.exp(mass[k] - peak);
    }
    visit(i, mass, total, seen ? peak : 0);
  }
}

function tooLarge() {
  throw new check.OutOfRange("tokens, Q, K and scale give scores too large for float64; the scores need to be finite: use smaller values");
}

function logSums(points, problem) {
  const result = new Array(points.length);
  softmax(points, problem, (i, _, total, peak) => {
    result[i] = peak + Math.log(total);
  });
  return result;
}

/** T aᵢ, the weighted mean of the tokens that each point attends to, as a Matrix; `phi` is filled with the potentials. */
function meanTokens(points, tokens, problem, phi = []) {
  const d = tokens[0].length;
  const means = points.map(() => new Float64Array(d));
  softmax(points, problem, (i, mass, total, peak) => {
    phi[i] = peak + Math.log(total);
    if (total === 0) return;
    const mean = means[i];
    for (let k = 0; k < mass.length; k++) {
      const token = tokens[k];
      for (let j = 0; j < d; j++) mean[j] += mass[k] * token[j];
    }
    for (let j = 0; j < d; j++) mean[j] /= total;
  });
  return new Matrix(means);
}

/** scale QᵀK applied to rows: (QᵀK m)ᵀ = mᵀ KᵀQ. */
function pull(means, Q, K, scale) {
  const pulled = means.mmul(new Matrix(K).transpose()).mmul(new Matrix(Q)).mul(scale);
  return check.finite(pulled.to2DArray(), "tokens, Q, K and scale give a force");
}
