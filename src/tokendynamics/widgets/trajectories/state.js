// What a state of Trajectories is, which states there cannot be, and how one becomes another.
import FILE from "./presets.json";
import { METHODS } from "./engine.js";
import { drawn_tokens } from "../maths/seeded.js";
import { NORMS } from "../maths/stack.js";

export const VIEW = "trajectories";
export const FEWEST = 3,
  MOST = 64,
  LAYERS = 64;
export const PRESETS = FILE.presets;
export const STATE = [
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
  const need = (good, words) => {
    if (!good) throw new RangeError(words);
  };
  const { tokens, selected, layers, layer, turn } = state;
  const list = (value, size) => Array.isArray(value) && value.length === size;
  need(Array.isArray(tokens) && tokens.length >= FEWEST && tokens.length <= MOST, `tokens must be ${FEWEST} to ${MOST} rows`);
  const d = tokens[0]?.length;
  need(d === 2 || d === 3, "tokens must have 2 or 3 columns");
  need(
    tokens.every((row) => list(row, d) && row.every(Number.isFinite)),
    `each token must be ${d} finite numbers`,
  );
  for (const name of ["Q", "K", "V"]) {
    need(
      list(state[name], d) && state[name].every((row) => list(row, d) && row.every(Number.isFinite)),
      `${name} must be ${d} rows of ${d} finite numbers, as the tokens have ${d}`,
    );
  }
  need(
    Number.isInteger(selected) && selected >= 0 && selected < tokens.length,
    `selected must be the number of a token, 0 to ${tokens.length - 1}`,
  );
  need(Number.isFinite(state.scale) && state.scale >= 0, "scale (β) must be a finite number of at least 0");
  need(Number.isFinite(state.step) && state.step > 0, "step must be a finite number above 0");
  need(Number.isInteger(layers) && layers >= 1 && layers <= LAYERS, `layers must be a whole number from 1 to ${LAYERS}`);
  need(Number.isFinite(layer) && layer >= 0 && layer <= layers, `layer must be a number from 0 to ${layers}`);
  need(METHODS.includes(state.method), `method must be one of ${METHODS.join(", ")}`);
  need(NORMS.includes(state.norm), "norm must be null, sphere or layernorm");
  need(state.weights === "shared" || state.weights === "drawn", "weights must be shared or drawn");
  need(Number.isInteger(state.seed) && state.seed >= 0 && state.seed < 2 ** 30, "seed must be a whole number from 0 to 2³⁰ − 1");
  for (const name of ["causal", "include_self", "trails"]) need(typeof state[name] === "boolean", `${name} must be true or false`);
  need(list(turn, 2) && turn.every(Number.isFinite), "turn must be two finite numbers");
}
