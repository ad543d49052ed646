// The states of a crowd on its way through the layers, and what is read off each of them. A journey keeps what it has:
// asked for an earlier layer it reads, asked for more layers it goes on from the last one.
import * as check from "../maths/checks.js";
import { log_energy } from "../maths/energy.js";
import { clusters, effective_rank } from "../maths/geometry.js";
import { drawn_layers } from "../maths/seeded.js";
import { normalised, journey as through } from "../maths/stack.js";

export const COSINE = 0.995; // tokens nearer in direction than this, 5.7°, are in one cluster
export const FAR = 1e6; // where tokens have run away
export const METHODS = ["layer", "euler", "rk4"];
const SHAPE = ["tokens", "Q", "K", "V", "scale", "step", "method", "norm", "causal", "include_self", "weights", "seed"];

/**
 * A function of a state of Trajectories that gives {states, energy, clusters, rank, reach, stopped, reason, steps}. `stopped`
 * is after how many layers the tokens ran away or left the range of numbers, null where they did not, and `reason` why.
 */
export function journey() {
  let of = null,
    kept = null,
    result = null,
    steps = 0;

  return function travel(state) {
    let next = kept;
    if (!of || SHAPE.some((name) => state[name] !== of[name] && JSON.stringify(state[name]) !== JSON.stringify(of[name])))
      next = begin(state);
    const { scale, causal, include_self, norm } = state;
    const step = state.method === "layer" ? 1 : state.step,
      method = state.method === "rk4" ? "rk4" : "euler";
    while (next.states.length <= state.layers && next.stopped === null) {
      const number = next.states.length - 1;
      const options = { scale, causal, include_self };
      const went = through(next.states[number], [layerOf(state, number)], { step, method, norm, far: FAR, ...options });
      const reason = went.reason || read(next, went.states[1], layerOf(state, number + 1), options);
      if (!reason) steps++;
      else if (number === 0) throw new RangeError(`In one layer ${reason}`);
      else [next.stopped, next.reason] = [number, reason];
    }
    const same = next === kept && of.layers === state.layers;
    of = state; // a state that the engine refuses leaves what was kept alone
    kept = next;
    if (same) return result;
    const part = (list) => list.slice(0, state.layers + 1);
    result = {
      states: part(next.states),
      energy: part(next.energy),
      clusters: part(next.clusters),
      rank: part(next.rank),
      reach: part(next.reach),
      ...(next.states.length <= state.layers ? { stopped: next.stopped, reason: next.reason } : { stopped: null, reason: "" }),
      steps,
    };
    return result;
  };
}

function begin(state) {
  const { tokens, norm, scale, causal, include_self } = state;
  check.matrix("tokens", tokens, "(n, d)");
  const next = { states: [], energy: [], clusters: [], rank: [], reach: [], stopped: null, reason: "" };
  const reason = read(next, normalised(tokens, norm), layerOf(state, 0), { scale, causal, include_self });
  if (reason) throw new RangeError(reason);
  return next;
}

/** Keep a state with what is read off it; the energy is that of the layer to come. Where no number holds it, says why and keeps nothing. */
function read(next, state, [Q, K], options) {
  let energy;
  try {
    energy = log_energy(state, Q, K, options);
  } catch (error) {
    if (error instanceof check.OutOfRange) return error.message;
    throw error;
  }
  next.states.push(state);
  next.energy.push(energy);
  next.clusters.push(clusters(state, { cosine: COSINE }));
  next.rank.push(effective_rank(state));
  next.reach.push(Math.max(...state.map((row) => Math.hypot(...row))));
  return "";
}

let drawn = { layers: [] };
/** The weights of layer `number`: the reader's, or drawn for this layer from the seed. */
function layerOf({ tokens, weights, seed, Q, K, V }, number) {
  if (weights === "shared") return [Q, K, V];
  const d = tokens[0].length;
  if (drawn.seed !== seed || drawn.d !== d || drawn.layers.length <= number)
    drawn = { seed, d, layers: drawn_layers(number + 65, d, seed) };
  return drawn.layers[number];
}

/** One journey, kept by nobody. */
export const travel = (state) => journey()(state);
