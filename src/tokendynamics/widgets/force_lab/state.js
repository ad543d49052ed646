// What a state of the Force lab is, and which states there cannot be.
import PRESETS from "./presets.json";

export const VIEW = "force-lab";
export const STATE = ["tokens", "names", "selected", "Q", "K", "V", "scale", "include_self", "step"];
export const FEWEST = 2,
  MOST = 24;

const { title, note, ...identity } = PRESETS.identity;
/** What a lab falls back to. */
export const FIRST = { ...identity, selected: 0, scale: 1, include_self: false, step: 0.1 };
/** The presets as whole states. */
export const STARTS = Object.fromEntries(
  Object.entries(PRESETS).map(([name, { title: _, note: __, ...own }]) => [name, { ...FIRST, ...own }]),
);
export const SMOOTH = ["tokens", "Q", "K", "V", "scale", "step"];

/** What the engine does not check: that the parts of a state belong together. */
export function checkState({ tokens, names, selected, scale, step, include_self }) {
  const must = (good, words) => {
    if (!good) throw new RangeError(words);
  };
  must(Array.isArray(tokens) && tokens.length >= FEWEST && tokens.length <= MOST, `tokens must be ${FEWEST} to ${MOST} rows`);
  must(
    tokens.every((row) => Array.isArray(row) && row.length === 2 && row.every(Number.isFinite)),
    "each token must be two finite numbers",
  );
  must(
    Array.isArray(names) && names.length === tokens.length && names.every((name) => typeof name === "string"),
    `names must be ${tokens.length} words, one a token`,
  );
  must(
    Number.isInteger(selected) && selected >= 0 && selected < tokens.length,
    `selected must be the number of a token, 0 to ${tokens.length - 1}`,
  );
  must(Number.isFinite(scale) && scale >= 0, "scale (β) must be a finite number of at least 0");
  must(Number.isFinite(step) && step > 0, "step must be a finite number above 0");
  must(typeof include_self === "boolean", "include_self must be true or false");
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
