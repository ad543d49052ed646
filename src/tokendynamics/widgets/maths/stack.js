// The attention stack: layers as steps in time, and the trajectories that tokens draw; section 3.
// Mirrors stack.py. Nested arrays in and out; bad input throws a RangeError.

import { content } from "./attention.js";
import * as check from "./checks.js";

export const METHODS = ["euler", "rk4"];
export const NORMS = [null, "sphere", "layernorm"];

const RUNAWAY = "use a smaller step, or a norm";

/**
 * Every state of the tokens on their way through the layers, L + 1 arrays of n × d; the first is the tokens as
 * given. A layer is a [Q, K, V] triple or a list of them, heads, whose contents are summed. See stack.py.
 */
export function trajectories(tokens, layers, options = {}) {
  check.options(options, ["step", "method", "norm", "include_self", "causal", "scale"]);
  const found = journey(tokens, layers, options);
  if (found.stopped !== null) throw new check.OutOfRange(`layers[${found.stopped}]: ${found.reason}`);
  return found.states;
}

/** `trajectories` as far as they go, and not past `far`: {states, velocities: null, stopped, reason}. */
export function journey(tokens, layers, options = {}) {
  check.options(options, ["step", "method", "norm", "far", "include_self", "causal", "scale"]);
  const { step = 1, method = "euler", norm = null, far = null, include_self = false, causal = false, scale = 1 } = options;
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
  const onward = (number, state) => {
    try {
      return [advance(state, headsOf(layers[number]), step, method, norm, { include_self, causal, scale })];
    } catch (error) {
      if (!(error instanceof RangeError) || error instanceof check.OutOfRange) throw error;
      throw new RangeError(`layers[${number}]: ${error.message}`);
    }
  };
  return walk([copy(tokens)], onward, layers.length, { far, away: `the tokens run away: ${RUNAWAY}` });
}

/**
 * A journey of any kind, as far as it goes: {states, velocities, stopped, reason}. `start` is [state, velocities where the
 * motion has them, what else], `onward(number, ...parts)` gives the next parts. `stopped` is after how many steps it
 * stopped, null where all were taken, and `reason` why, in words: where `onward` throws OutOfRange, or (`away`) past `far`.
 */
export function walk(start, onward, steps, { far, away }) {
  far = far === null ? Infinity : check.number("far", far, 0);
  const reached = [start];
  let stopped = null,
    reason = "";
  for (let number = 0; number < steps; number++) {
    let after;
    try {
      after = onward(number, ...reached[number]);
    } catch (error) {
      if (!(error instanceof check.OutOfRange)) throw error;
      [stopped, reason] = [number, error.message];
      break;
    }
    if (after[0].some((row) => row.some((x) => Math.abs(x) > far))) {
      [stopped, reason] = [number, away];
      break;
    }
    reached.push(after);
  }
  const velocities = start.length > 1 ? reached.map((parts) => parts[1]) : null;
  return { states: reached.map((parts) => parts[0]), velocities, stopped, reason };
}

/** One step for a list of [Q, K, V] heads. */
function advance(tokens, heads, step, method, norm, options) {
  const velocity = (t) => {
    const parts = heads.map(([Q, K, V]) => content(t, Q, K, V, options));
    return parts.reduce((sum, part) => add(sum, 1, part));
  };
  if (method === "euler") return normalised(within(add(tokens, step, velocity(tokens))), norm);

  const along = (t) => {
    t = normalised(within(t), norm);
    return tangent(t, velocity(t), norm);
  };
  tokens = normalised(tokens, norm);
  const k1 = along(tokens);
  const k2 = along(add(tokens, step / 2, k1));
  const k3 = along(add(tokens, step / 2, k2));
  const k4 = along(add(tokens, step, k3));
  return normalised(within(add(tokens, step / 6, add(add(k1, 2, k2), 1, add(k4, 2, k3)))), norm);
}

const within = (tokens) => check.held(tokens, `the tokens overflow: ${RUNAWAY}`);
const copy = (rows) => rows.map((row) => Array.from(row));

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
