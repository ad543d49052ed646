// The encyclopedia in the plane: what the index does with each token, what M answers, and how far off it is.
import { Matrix, SVD } from "ml-matrix";
import * as check from "../maths/checks.js";
import { entries, knowledge, knowledge_residual, lookup } from "../maths/knowledge.js";
import { condition_number, norm, times, transpose } from "../maths/measures.js";

/** Q or K: diag(√σ) times the inverse of a turn by `angle` degrees, so that QᵀK = R(q_angle) diag(σ) R(k_angle)ᵀ. */
export function half(sigma, angle) {
  const directions = turn(angle);
  return sigma.map((s, r) => directions[r].map((x) => Math.sqrt(s) * x));
}

/** Everything that the two spaces show. Throws what the engine throws. */
export function measure_head({ tokens, question, sigma, q_angle, k_angle, V, rank, ridge, noise }) {
  const Q = half(sigma, q_angle),
    K = half(sigma, k_angle);
  const M = knowledge(Q, K, V, { ridge, rank });
  const map = new Matrix(Q).transpose().mmul(new Matrix(K)).to2DArray();
  const asked = [...tokens, question];
  const index = check.finite(
    asked.map((t) => times(map, t)),
    "tokens and QᵀK give an index",
  );
  const contents = check.finite(
    asked.map((t) => times(V, t)),
    "tokens and V give a content",
  );
  const answers = lookup(M, index);
  const gaps = answers.map((answer, k) => norm(answer.map((x, j) => contents[k][j] - x)));
  const falling = sigma[0] >= sigma[1] ? [0, 1] : [1, 0]; // entries has the larger σ first, the bars stay where they are
  const { loudness } = entries(Q, K, V, { ridge, rank });
  const directions = turn(q_angle);
  const radius = noise * norm(index.at(-1));
  return {
    Q,
    K,
    M,
    map,
    index,
    contents,
    answers,
    gaps,
    directions,
    radius,
    gap: gaps.at(-1),
    loudness: falling.map((r) => loudness[r]),
    images: directions.map((u) => times(M, u)),
    residual: knowledge_residual(Q, K, V, { ridge, rank }),
    condition: condition_number(Q, K),
    // the longest semi-axis of the ellipse that M makes of the circle of noise
    blur: radius * Math.max(...new SVD(new Matrix(M)).diagonal),
    tie: rank === 1 && sigma[0] === sigma[1] && sigma[0] > 0,
  };
}

/**
 * The token that `map`, QᵀK or V, puts at `place`. Where the map forgets a direction nothing can move along it, and
 * what the token holds there stays.
 */
export function token_at(place, token, map) {
  const eye = [
    [1, 0],
    [0, 1],
  ];
  const back = knowledge(eye, map, eye); // the (pseudo-)inverse of the map
  const now = times(map, token);
  const by = times(
    back,
    place.map((x, j) => x - now[j]),
  );
  return token.map((x, j) => x + by[j]);
}

/** The columns of a turn by `angle` degrees. */
function turn(angle) {
  const cos = Math.cos((angle * Math.PI) / 180),
    sin = Math.sin((angle * Math.PI) / 180);
  return transpose([
    [cos, -sin],
    [sin, cos],
  ]);
}
