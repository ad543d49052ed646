// What the Force lab reads out: the two laws held to something independent, and what breaks.
import { Matrix, SVD } from "ml-matrix";
import { attention_weights, content, force, potential, potential_at } from "./attention.js";
import { knowledge } from "./knowledge.js";

/** Largest over smallest singular value of QᵀK; Infinity where it has no inverse. */
export function condition_number(Q, K) {
  const sigma = new SVD(new Matrix(Q).transpose().mmul(new Matrix(K))).diagonal;
  const high = Math.max(...sigma),
    low = Math.min(...sigma);
  return low > high * sigma.length * Number.EPSILON ? high / low : Infinity;
}

/**
 * The gradient of `f` at `x` by fourth-order central differences. The step is small beside the distance h₀ over
 * which f bends (1 / how strongly the scores depend on x), so that truncation and rounding both stay near 1e-11.
 */
export function finite_difference(f, x, bend) {
  const h = 1e-3 / Math.max(1, bend);
  return x.map((_, j) => {
    const at = (k) => f(x.map((value, i) => (i === j ? value + k * h : value)));
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  });
}

/** Everything about one selected token and the sum over all. Throws what the engine throws. */
export function measure({ tokens, Q, K, V, scale, include_self, selected }) {
  const options = { scale, include_self };
  const weights = attention_weights(tokens, Q, K, options)[selected];
  const forces = force(tokens, Q, K, options)[selected];
  const contents = content(tokens, Q, K, V, options);
  const M = knowledge(Q, K, V);
  const mean = tokens[0].map((_, j) => weights.reduce((sum, a, k) => sum + a * tokens[k][j], 0));
  const pull = times(transpose(Q), times(K, mean));
  const total = columnSums(contents);
  return {
    weights,
    potential: potential(tokens, Q, K, options)[selected],
    force: forces,
    content: contents[selected],
    contents,
    M,
    condition: condition_number(Q, K),
    gradient_error: distance(gradient({ tokens, Q, K, selected, options, moveKey: false }), forces),
    motion_error: distance(times(M, pull), contents[selected]),
    self_term: include_self ? norm(times(transpose(K), times(Q, tokens[selected])).map((x) => scale * weights[selected] * x)) : 0,
    self_gap: include_self ? distance(gradient({ tokens, Q, K, selected, options, moveKey: true }), forces) : 0,
    third_law: norm(total),
    total,
    total_length: contents.reduce((sum, row) => sum + norm(row), 0),
  };
}

function gradient({ tokens, Q, K, selected, options, moveKey }) {
  const reach = Math.max(...tokens.map((t) => norm(times(transpose(Q), times(K, t))))) * options.scale;
  const exclude = options.include_self ? null : selected;
  const f = moveKey
    ? (x) =>
        potential(
          tokens.map((t, i) => (i === selected ? x : t)),
          Q,
          K,
          options,
        )[selected]
    : (x) => potential_at([x], tokens, Q, K, { scale: options.scale, exclude })[0];
  return finite_difference(f, tokens[selected], reach);
}

export const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, a, j) => sum + a * vector[j], 0));
export const transpose = (matrix) => matrix[0].map((_, j) => matrix.map((row) => row[j]));
export const norm = (vector) => Math.hypot(...vector);
const distance = (a, b) => norm(a.map((x, i) => x - b[i]));
const columnSums = (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0));
