// What a state of Gravity and attention is, and which states there cannot be.
import FILE from "./presets.json";
import { drawn_tokens } from "../maths/seeded.js";

export const VIEW = "gravity-and-attention";
export const FEWEST = 2,
  MOST = 64,
  STEPS = 120;
export const PRESETS = FILE.presets;
export const STATE = [
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
  const need = (good, words) => {
    if (!good) throw new RangeError(words);
  };
  const { bodies, masses, selected, steps, time } = state;
  const pair = (row) => Array.isArray(row) && row.length === 2 && row.every(Number.isFinite);
  need(
    Array.isArray(bodies) && bodies.length >= FEWEST && bodies.length <= MOST && bodies.every(pair),
    `bodies must be ${FEWEST} to ${MOST} rows of two finite numbers`,
  );
  need(
    Array.isArray(masses) && masses.length === bodies.length && masses.every((m) => Number.isFinite(m) && m > 0),
    `masses must be ${bodies.length} finite numbers above 0, one a body`,
  );
  need(
    Number.isInteger(selected) && selected >= 0 && selected < bodies.length,
    `selected must be the number of a body, 0 to ${bodies.length - 1}`,
  );
  for (const name of ["Q", "K", "V"])
    need(
      Array.isArray(state[name]) && state[name].length === 2 && state[name].every(pair),
      `${name} must be two rows of two finite numbers`,
    );
  for (const name of ["spin", "G"]) need(Number.isFinite(state[name]), `${name} must be a finite number`);
  for (const [name, word] of [
    ["softening", "softening"],
    ["scale", "scale (β)"],
    ["friction", "friction"],
  ])
    need(Number.isFinite(state[name]) && state[name] >= 0, `${word} must be a finite number of at least 0`);
  need(Number.isFinite(state.step) && state.step > 0, "step must be a finite number above 0");
  need(Number.isInteger(steps) && steps >= 1 && steps <= STEPS, `steps must be a whole number from 1 to ${STEPS}`);
  need(Number.isFinite(time) && time >= 0 && time <= steps, `time must be a number from 0 to ${steps}`);
  for (const [name, laws] of Object.entries(LAWS)) need(laws.includes(state[name]), `${name} must be one of ${laws.join(", ")}`);
  for (const name of ["include_self", "trails"]) need(typeof state[name] === "boolean", `${name} must be true or false`);
}

/** `make(state)`, kept for as long as no trait in `names` has changed. */
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
