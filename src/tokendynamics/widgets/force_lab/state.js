// What a state of the Force lab is, and which states there cannot be.

import { NORMS } from "../maths/stack.js";
import { isRows, isWords, need, needIndex, needNumbers, needSwitches } from "../ui/limits.js";
import { values, wholeStates } from "../ui/presets.js";
import LIMITS from "./limits.json";
import PRESETS from "./presets.json";

export { LIMITS, PRESETS };
export const NAMES = ["tokens", "names", "selected", "Q", "K", "V", "scale", "include_self", "step", "norm", "trails", "flow"];
const { min: FEWEST, max: MOST } = LIMITS.tokens;

/** What a lab falls back to. */
export const FIRST = {
  ...values(PRESETS.identity),
  selected: 0,
  scale: 1,
  include_self: false,
  step: 0.1,
  norm: null,
  trails: true,
  flow: false,
};
/** The presets as whole states. */
export const STARTS = wholeStates(PRESETS, FIRST);
export const SMOOTH = ["tokens", "Q", "K", "V", "scale", "step"];

/** What the engine does not check: that the parts of a state belong together. */
export function checkState(state) {
  const { tokens, names, selected } = state;
  need(Array.isArray(tokens) && tokens.length >= FEWEST && tokens.length <= MOST, `tokens must be ${FEWEST} to ${MOST} rows`);
  need(isRows(tokens, 2, FEWEST, MOST), "each token must be two finite numbers");
  need(isWords(names, tokens.length), `names must be ${tokens.length} words, one a token`);
  needIndex(selected, tokens.length, "token");
  needNumbers(state, LIMITS);
  need(NORMS.includes(state.norm), "norm must be null, sphere or layernorm");
  needSwitches(state, ["include_self", "trails", "flow"]);
}

/** The emptiest of some fixed places, so that a new token does not land on another. */
export function emptySpot(tokens, extent) {
  let best,
    far = -1;
  for (let i = 0; i < 24; i++) {
    const angle = i * 2.399963,
      radius = extent * 0.8 * Math.sqrt((i + 0.5) / 24); // a sunflower's seeds
    const spot = [radius * Math.cos(angle), radius * Math.sin(angle)].map((x) => Math.round(x * 100) / 100);
    const nearest = Math.min(...tokens.map(([a, b]) => Math.hypot(a - spot[0], b - spot[1])));
    if (nearest > far) [best, far] = [spot, nearest];
  }
  return best;
}
