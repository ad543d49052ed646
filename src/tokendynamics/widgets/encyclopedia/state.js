// What a state of the Encyclopedia is, and which states there cannot be.

import { isRow, isRows, isWords, need, needNumbers } from "../ui/limits.js";
import { wholeStates } from "../ui/presets.js";
import LIMITS from "./limits.json";
import FILE from "./presets.json";

export { LIMITS };
export const { start: START, presets: PRESETS } = FILE;
export const NAMES = Object.keys(START);
export const STARTS = wholeStates(PRESETS, START);
export const SMOOTH = ["tokens", "question", "sigma", "q_angle", "k_angle", "V", "ridge", "noise", "scale"];
const { min: FEWEST, max: MOST } = LIMITS.tokens;

/** What the engine does not check: that the parts of a state belong together. */
export function checkState(state) {
  const { tokens, sigma, section } = state;
  need(isRows(tokens, 2, FEWEST, MOST), `tokens must be ${FEWEST} to ${MOST} rows of two finite numbers`);
  for (const name of ["names", "answers"]) need(isWords(state[name], tokens.length), `${name} must be ${tokens.length} words, one a token`);
  need(isRow(state.question, 2), "question must be two finite numbers");
  need(isRow(sigma, 2) && sigma.every((s) => s >= LIMITS.sigma.min), `sigma must be two finite numbers of at least ${LIMITS.sigma.min}`);
  need(isRows(state.V, 2, 2), "V must be two rows of two finite numbers");
  need(section === "index" || section === "capacity", `section must be "index" or "capacity"`);
  needNumbers(state, LIMITS);
}
