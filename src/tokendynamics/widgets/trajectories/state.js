// What a state of Trajectories is, which states there cannot be, and how one becomes another.

import { drawn_tokens } from "../maths/seeded.js";
import { NORMS } from "../maths/stack.js";
import { isRow, isRows, need, needIndex, needNumbers, needSwitches } from "../ui/limits.js";
import { METHODS } from "./engine.js";
import LIMITS from "./limits.json";
import FILE from "./presets.json";

export { LIMITS };

const { min: FEWEST, max: MOST } = LIMITS.tokens;
export const PRESETS = FILE.presets;
export const NAMES = [
  "tokens",
  "selected",
  "Q",
  "K",
  "V",
  "scale",
  "step",
  "layers",
  "layer",
  "method",
  "norm",
  "causal",
  "include_self",
  "weights",
  "seed",
  "trails",
  "turn",
];

export const identity = (d) => Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => Number(i === j)));

/** A preset as a whole state: its tokens are drawn from its seed. */
export function preset(name) {
  const { title, note, n, d, ...own } = PRESETS[name];
  const state = { ...FILE.start, Q: identity(d), K: identity(d), V: identity(d), ...own };
  return { ...state, tokens: drawn_tokens(n, d, state.seed) };
}

export const STARTS = Object.fromEntries(Object.keys(PRESETS).map((name) => [name, preset(name)]));
export const SMOOTH = ["tokens", "Q", "K", "V", "scale", "step", "layer", "turn"];

/** More tokens are drawn from the seed; fewer keep the first ones. */
export function counted({ tokens, selected, seed }, n) {
  const more = n > tokens.length ? drawn_tokens(n, tokens[0].length, seed).slice(tokens.length) : [];
  return { tokens: [...tokens.slice(0, n), ...more], selected: Math.min(selected, n - 1) };
}

/** The same crowd in two or in three dimensions: tokens are drawn again, matrices lose or gain their last axis. */
export function inSpace({ tokens, Q, K, V, seed, norm }, d) {
  const fit = (matrix) => identity(d).map((row, i) => row.map((x, j) => matrix[i]?.[j] ?? x));
  return { tokens: drawn_tokens(tokens.length, d, seed), Q: fit(Q), K: fit(K), V: fit(V), norm: d === 3 ? (norm ?? "sphere") : norm };
}

/** What the engine does not check: that the parts of a state belong together. */
export function checkState(state) {
  const { tokens, layers, layer } = state;
  need(Array.isArray(tokens) && tokens.length >= FEWEST && tokens.length <= MOST, `tokens must be ${FEWEST} to ${MOST} rows`);
  const d = tokens[0]?.length;
  need(d === 2 || d === 3, "tokens must have 2 or 3 columns");
  need(isRows(tokens, d, FEWEST, MOST), `each token must be ${d} finite numbers`);
  for (const name of ["Q", "K", "V"])
    need(isRows(state[name], d, d), `${name} must be ${d} rows of ${d} finite numbers, as the tokens have ${d}`);
  needIndex(state.selected, tokens.length, "token");
  needNumbers(state, LIMITS);
  need(Number.isFinite(layer) && layer >= 0 && layer <= layers, `layer must be a number from 0 to ${layers}`);
  need(METHODS.includes(state.method), `method must be one of ${METHODS.join(", ")}`);
  need(NORMS.includes(state.norm), "norm must be null, sphere or layernorm");
  need(state.weights === "shared" || state.weights === "drawn", "weights must be shared or drawn");
  needSwitches(state, ["causal", "include_self", "trails"]);
  need(isRow(state.turn, 2), "turn must be two finite numbers");
}
