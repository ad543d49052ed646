// The same bodies under gravity and under attention: where they go, and what tells the two apart. Mirrors engine.py.
import { content, content_and_potential } from "../maths/attention.js";
import { summed } from "../maths/energy.js";
import { euler, leapfrog, momentum, pull, pull_and_potential } from "../maths/gravity.js";

export const FAR = 1e6; // where bodies have run away
const REST = 1e-5; // the time after which a body let go is looked at, and again at twice that

/** Each body's velocity at the start: a turn of the whole by `spin` radians in unit time. */
export const spinning = (bodies, spin) => bodies.map(([x, y]) => [-spin * y + 0, spin * x + 0]);

/**
 * Gravity's side: {states, velocities, energy, momentum, sum, stopped, reason}, a number (momentum: a vector) a step.
 * `stopped` is after how many steps the bodies ran away or left the range of numbers, null where they did not; `reason` why.
 */
export function under_gravity({ bodies, masses, spin, G, softening, step, steps, gravity }) {
  pull(bodies, masses, { G, softening }); // says what is wrong with them
  const given = once((x) => pull_and_potential(x, masses, { G, softening }));
  const newton = gravity === "newton";
  const law = newton ? (x) => given(x)[0].map((row, i) => row.map((f) => f / masses[i])) : (x) => given(x)[0];
  const { states, velocities, stopped, reason } = run(bodies, spin, law, newton, { dt: step, steps });
  return {
    states,
    velocities,
    energy: states.map((x, t) => (newton ? kinetic(velocities[t], masses) : 0) + given(x)[1].reduce((sum, u) => sum + u, 0) / 2),
    momentum: velocities.map((v) => momentum(v, masses)),
    sum: states.map((x) => unbalanced(given(x)[0])),
    stopped,
    reason,
  };
}

/** Attention's side; its energy is ½ Σ v² (with inertia only) − Σ φᵢ, its momentum Σ v. */
export function under_attention({ bodies, spin, Q, K, V, scale, include_self, step, steps, attention, friction }) {
  const given = once((x) => content_and_potential(x, Q, K, V, { scale, include_self }));
  const inertia = attention === "inertia";
  const { states, velocities, stopped, reason } = run(bodies, spin, (x) => given(x)[0], inertia, { dt: step, steps, friction });
  return {
    states,
    velocities,
    energy: states.map((x, t) => (inertia ? kinetic(velocities[t]) : 0) - summed(given(x)[1])),
    momentum: velocities.map(total),
    sum: states.map((x) => unbalanced(given(x)[0])),
    stopped,
    reason,
  };
}

/**
 * A journey from a start that spins, or without inertia from rest; not past FAR.
 * @type {(bodies: number[][], spin: number, law: (x: number[][]) => number[][], inertia: boolean, clock: { dt: number, steps: number, friction?: number }) => any}
 */
function run(bodies, spin, law, inertia, { friction, ...given }) {
  if (bodies.some((row) => row.some((x) => Math.abs(x) > FAR))) throw new RangeError("bodies must be within 10⁶ of the origin");
  const clock = { ...given, far: FAR };
  return inertia ? leapfrog(bodies, spinning(bodies, spin), law, { ...clock, friction }) : euler(bodies, law, clock);
}

/**
 * What one body feels, by both laws, as [gravity, attention]: `doubled`, its pull with each other body there twice, and
 * `farther`, with all others twice as far from it, as shares of its pull now; `order`, the power of time by which it
 * leaves a state of rest; `parts`, the pull of the first 1, 2, … others as lengths added, over that of the first.
 */
export function compare({ bodies, masses, selected, Q, K, V, scale, include_self, G, softening, gravity, attention, friction }) {
  const others = bodies.filter((_, k) => k !== selected),
    weights = masses.filter((_, k) => k !== selected);
  const at = bodies[selected],
    mass = masses[selected];
  const heavy = (rows, m) => length(pull([at, ...rows], [mass, ...m], { G, softening })[0]);
  const given = (rows) => length(content([at, ...rows], Q, K, V, { scale, include_self })[0]);
  const away = others.map((row) => row.map((x, j) => 2 * x - at[j]));
  const pulls = [heavy(others, weights), given(others)];
  const doubled = [
    heavy(
      others,
      weights.map((m) => 2 * m),
    ) / pulls[0],
    given([...others, ...others]) / pulls[1],
  ];
  const farther = [heavy(away, weights) / pulls[0], given(away) / pulls[1]];
  const still = bodies.map((row) => row.map(() => 0));
  const newton = gravity === "newton";
  const leave = [
    [newton, (x) => pull(x, masses, { G, softening }).map((row, i) => row.map((f) => (newton ? f / masses[i] : f)))],
    [attention === "inertia", (x) => content(x, Q, K, V, { scale, include_self }), friction],
  ];
  const order = leave.map(([inertia, law, friction]) => {
    const { states } = inertia
      ? leapfrog(bodies, still, law, { dt: REST, steps: 2, friction })
      : euler(bodies, law, { dt: REST, steps: 2 });
    const [once, twice] = [1, 2].map((count) => (states[count] ? length(states[count][selected].map((x, j) => x - at[j])) : NaN));
    return Math.log2(twice / once);
  });
  return { pulls, doubled, farther, order, parts: parts({ at, mass, others, weights, Q, K, V, scale, G, softening }) };
}

function parts({ at, mass, others, weights, Q, K, V, scale, G, softening }) {
  const heavy = others.map((row, k) => length(pull([at, row], [mass, weights[k]], { G, softening })[0]));
  const query = times(Q, at),
    scores = others.map((row) => scale * dot(query, times(K, row))),
    sizes = others.map((row) => length(times(V, row)));
  const peak = Math.max(...scores),
    mass_ = scores.map((s) => Math.exp(s - peak));
  const sums = [[], []];
  let all = 0,
    share = 0,
    weighted = 0;
  others.forEach((_, k) => {
    all += heavy[k];
    share += mass_[k];
    weighted += mass_[k] * sizes[k];
    sums[0].push(all / heavy[0]);
    sums[1].push(share > 0 ? weighted / share / sizes[0] : NaN);
  });
  return sums;
}

/** ‖Σ F‖ / Σ ‖F‖: 0 where action is reaction, 1 where all are pulled one way. */
function unbalanced(forces) {
  const whole = forces.reduce((sum, f) => sum + length(f), 0);
  return whole > 0 ? length(total(forces)) / whole : 0;
}

const total = (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0));
const kinetic = (rows, masses) => rows.reduce((sum, row, i) => sum + (masses?.[i] ?? 1) * dot(row, row), 0) / 2;
const length = (row) => Math.sqrt(dot(row, row));

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** The function, asked once for each state: the steps need what it gives, and the meters read it again. */
function once(f) {
  const known = new WeakMap();
  return (x) => {
    if (!known.has(x)) known.set(x, f(x));
    return known.get(x);
  };
}
const times = (matrix, row) => matrix.map((each) => dot(each, row));
