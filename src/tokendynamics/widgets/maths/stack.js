// The attention stack: layers as steps in time, and the trajectories that tokens draw; section 3.
// Mirrors stack.py. Nested arrays in and out; bad input throws a RangeError.

import * as check from "./checks.js";
import { content } from "./attention.js";

export const METHODS = ["euler", "rk4"];
export const NORMS = [null, "sphere", "layernorm"];

/**
 * Every state of the tokens on their way through the layers, L + 1 arrays of n × d; the first is the tokens as
 * given. A layer is a [Q, K, V] triple or a list of them, heads, whose contents are summed. See stack.py.
 */
export function trajectories(tokens, layers, options = {}) {
  check.options(options, ["step", "method", "norm", "include_self", "causal", "scale"]);
  const { step = 1, method = "euler", norm = null, include_self = false, causal = false, scale = 1 } = options;
  check.matrix("tokens", tokens, "(n, d)");
  check.number("step", step);
  check.choice("method", method, METHODS);
  check.choice("norm", norm, NORMS);
  check.flag("include_self", include_self);
  check.flag("causal", causal);
  check.number("scale", scale);
  if (!Array.isArray(layers)) {
    throw new RangeError(`layers must be a list with one [Q, K, V] triple, or a list of them, a layer; got ${check.describe(layers)}`);
  }
  const states = [tokens.map((row) => Array.from(row))];
  layers.forEach((layer, number) => {
    try {
      const after = advance(states[number], headsOf(layer), step, method, norm, { include_self, causal, scale });
      if (!after.every((row) => row.every(Number.isFinite))) {
        throw new RangeError("the tokens overflow: use a smaller step, or a norm");
      }
      states.push(after);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`layers[${number}]: ${error.message}`);
    }
  });
  return states;
}

/** One step of `trajectories` for a list of [Q, K, V] heads. */
export function advance(tokens, heads, step, method, norm, options) {
  const velocity = (t) => {
    const parts = heads.map(([Q, K, V]) => content(t, Q, K, V, options));
    return parts.reduce((sum, part) => add(sum, 1, part));
  };
  if (method === "euler") return normalised(add(tokens, step, velocity(tokens)), norm);

  const along = (t) => {
    t = normalised(t, norm);
    return tangent(t, velocity(t), norm);
  };
  tokens = normalised(tokens, norm);
  const k1 = along(tokens);
  const k2 = along(add(tokens, step / 2, k1));
  const k3 = along(add(tokens, step / 2, k2));
  const k4 = along(add(tokens, step, k3));
  return normalised(add(tokens, step / 6, add(add(k1, 2, k2), 1, add(k4, 2, k3))), norm);
}

/** Tokens put on the unit sphere, on that of LayerNorm, or (null) left alone; a zero token stays zero. */
export function normalised(tokens, norm) {
  if (norm === null) return tokens;
  return tokens.map((token) => {
    const d = token.length;
    const peak = Math.max(...token.map(Math.abs));
    if (peak === 0) return token.map(() => 0);
    token = token.map((t) => t / peak); // so that squares neither overflow nor vanish
    if (norm === "layernorm") token = centred(token);
    const length = Math.sqrt(dot(token, token));
    const radius = norm === "layernorm" ? Math.sqrt(d) : 1;
    // what centring leaves of a constant token is rounding, not a direction
    const factor = length > d * Number.EPSILON ? radius / length : 0;
    return token.map((t) => t * factor);
  });
}

/** The part of `velocity` that keeps normalised tokens on their surface. */
function tangent(tokens, velocity, norm) {
  if (norm === null) return velocity;
  return tokens.map((token, i) => {
    const v = norm === "layernorm" ? centred(velocity[i]) : velocity[i];
    const squared = dot(token, token);
    const along = squared > 0 ? dot(v, token) / squared : 0;
    return v.map((x, j) => x - along * token[j]);
  });
}

/** a + factor b, for n × d arrays. */
function add(a, factor, b) {
  return a.map((row, i) => row.map((x, j) => x + factor * b[i][j]));
}

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function centred(row) {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  return row.map((x) => x - mean);
}

/** A layer as a list of heads; in a lone triple the third step down is a number. */
function headsOf(layer) {
  const wanted = "must be a [Q, K, V] triple or a list of them";
  if (!Array.isArray(layer) || layer.length === 0) throw new RangeError(`each layer ${wanted}; got ${check.describe(layer)}`);
  const lone = typeof layer[0]?.[0]?.[0] === "number";
  const heads = lone ? [layer] : layer;
  for (const head of heads) {
    if (!Array.isArray(head) || head.length !== 3) {
      throw new RangeError(`each layer ${wanted}; got a head of ${Array.isArray(head) ? head.length : "no"} parts`);
    }
  }
  return heads;
}
