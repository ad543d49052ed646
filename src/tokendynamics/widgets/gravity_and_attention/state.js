// What a state of Gravity and attention is, and which states there cannot be.

import { drawn_tokens } from "../maths/seeded.js";
import { isRow, isRows, need, needIndex, needNumbers, needSwitches } from "../ui/limits.js";
import LIMITS from "./limits.json";
import FILE from "./presets.json";

export { LIMITS };

const { min: FEWEST, max: MOST } = LIMITS.bodies;
export const PRESETS = FILE.presets;
export const NAMES = [
  "bodies",
  "masses",
  "selected",
  "spin",
  "G",
  "softening",
  "Q",
  "K",
  "V",
  "scale",
  "include_self",
  "step",
  "steps",
  "time",
  "gravity",
  "attention",
  "friction",
  "trails",
];
export const LAWS = { gravity: ["newton", "overdamped"], attention: ["motion", "inertia"] };

/** A preset as a whole state: bodies as given, in a ring, or drawn from a seed. */
export function preset(name) {
  const { title, note, n, seed, ring, ...own } = PRESETS[name];
  const bodies = own.bodies ?? (ring ? ringOf(ring) : drawn_tokens(n, 2, seed));
  return { ...FILE.start, masses: bodies.map(() => 1), ...own, bodies };
}

export const SMOOTH = ["bodies", "masses", "spin", "G", "softening", "Q", "K", "V", "scale", "step", "time", "friction"];

export const ringOf = (n) =>
  Array.from({ length: n }, (_, k) => [Math.cos, Math.sin].map((f) => Math.round(1200 * f((2 * Math.PI * k) / n)) / 1000 + 0));

export const STARTS = Object.fromEntries(Object.keys(PRESETS).map((name) => [name, preset(name)]));

/** More bodies are drawn, at mass 1; fewer keep the first ones. */
export function counted({ bodies, masses, selected }, n) {
  const more = drawn_tokens(n, 2, 5).slice(bodies.length);
  return {
    bodies: [...bodies.slice(0, n), ...more],
    masses: [...masses.slice(0, n), ...more.map(() => 1)],
    selected: Math.min(selected, n - 1),
  };
}

export function checkState(state) {
  const { bodies, masses, steps, time } = state;
  need(isRows(bodies, 2, FEWEST, MOST), `bodies must be ${FEWEST} to ${MOST} rows of two finite numbers`);
  need(isRow(masses, bodies.length) && masses.every((m) => m > 0), `masses must be ${bodies.length} finite numbers above 0, one a body`);
  needIndex(state.selected, bodies.length, "body");
  for (const name of ["Q", "K", "V"]) need(isRows(state[name], 2, 2), `${name} must be two rows of two finite numbers`);
  needNumbers(state, LIMITS);
  need(Number.isFinite(time) && time >= 0 && time <= steps, `time must be a number from 0 to ${steps}`);
  for (const [name, laws] of Object.entries(LAWS)) need(laws.includes(state[name]), `${name} must be one of ${laws.join(", ")}`);
  needSwitches(state, ["include_self", "trails"]);
}

/**
 * `make(state)`, kept for as long as no trait in `names` has changed.
 * @param {string[]} names
 * @param {(state: any) => any} make
 * @param {(made: any) => void} [count] hears of what was made
 */
export function kept(names, make, count = () => {}) {
  let of = null,
    made = null;
  return (state) => {
    if (of && names.every((name) => state[name] === of[name] || JSON.stringify(state[name]) === JSON.stringify(of[name]))) return made;
    made = make(state);
    of = state;
    count(made);
    return made;
  };
}
