// The states of a crowd on its way through the layers, and what is read off each of them. A journey keeps what it has:
// asked for an earlier layer it reads, asked for more layers it goes on from the last one.
import * as check from "../maths/checks.js";
import { log_energy } from "../maths/energy.js";
import { clusters, effective_rank } from "../maths/geometry.js";
import { drawn_layers } from "../maths/seeded.js";
import { normalised, trajectories } from "../maths/stack.js";

export const COSINE = 0.995; // tokens nearer in direction than this, 5.7°, are in one cluster
export const FAR = 1e6; // where tokens have run away
export const METHODS = ["layer", "euler", "rk4"];
const SHAPE = ["tokens", "Q", "K", "V", "scale", "step", "method", "norm", "causal", "include_self", "weights", "seed"];

/** A function of a state of Trajectories that gives {states, energy, clusters, rank, stopped, steps}. */
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
    while (next.states.length <= state.layers && !next.stopped) {
      const number = next.states.length - 1;
      const layer = layerOf(state, number);
      let after;
      try {
        after = trajectories(next.states[number], [layer], { step, method, norm, scale, causal, include_self })[1];
        if (after.some((row) => row.some((x) => Math.abs(x) > FAR))) throw new RangeError("run away");
        steps++;
        read(next, after, layerOf(state, number + 1), { scale, causal, include_self });
      } catch (error) {
        if (!(error instanceof RangeError) || number === 0) throw plain(error);
        next.stopped = number;
      }
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
      stopped: next.states.length <= state.layers ? next.stopped : 0,
      steps,
    };
    return result;
  };
}

function begin(state) {
  const { tokens, norm, scale, causal, include_self } = state;
  check.matrix("tokens", tokens, "(n, d)");
  const next = { states: [], energy: [], clusters: [], rank: [], reach: [], stopped: 0 };
  read(next, normalised(tokens, norm), layerOf(state, 0), { scale, causal, include_self });
  return next;
}

/** Keep a state with what is read off it; the energy is that of the layer to come. */
function read(next, state, [Q, K], options) {
  const energy = log_energy(state, Q, K, options);
  next.states.push(state);
  next.energy.push(energy);
  next.clusters.push(clusters(state, { cosine: COSINE }));
  next.rank.push(effective_rank(state));
  next.reach.push(Math.max(...state.map((row) => Math.hypot(...row))));
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

const plain = (error) =>
  error instanceof RangeError
    ? new RangeError(
        error.message === "run away"
          ? "In one layer the tokens run away, past 10⁶: use a smaller step, or a norm."
          : error.message.replace(/^layers\[0\]: /, ""),
      )
    : error;

/** One journey, kept by nobody. */
export const travel = (state) => journey()(state);
