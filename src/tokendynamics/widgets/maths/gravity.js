// The analogy's other side: bodies under gravity, and the two hybrids between gravity and attention; section 3.
// Mirrors gravity.py name for name: see there. `bodies` and `velocities` are n × d, `masses` n numbers.

import { content } from "./attention.js";
import * as check from "./checks.js";
import { walk } from "./stack.js";

const OVERFLOW = "positions or velocities overflow: use a smaller dt";
const AWAY = "they run away: use a smaller dt";

/** The force on each body, Σₖ G mᵢ mₖ (xₖ − xᵢ) / (rᵢₖ² + ε²)^{3/2}, n × d. */
export function pull(bodies, masses, options = {}) {
  check.options(options, ["G", "softening"]);
  const { G = 1, softening = 0.1 } = options;
  inputs(bodies, masses, G, softening);
  return pull_and_potential(bodies, masses, { G, softening })[0];
}

/** What `pull` and `gravity_potential` give, by one look at each pair; what goes in was checked. */
export function pull_and_potential(bodies, masses, { G, softening }) {
  const n = bodies.length,
    d = bodies[0].length;
  const forces = bodies.map(() => new Array(d).fill(0)),
    sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const here = bodies[i],
      force = forces[i];
    for (let k = i + 1; k < n; k++) {
      const there = bodies[k],
        other = forces[k];
      const near = nearness(here, there, softening),
        weight = G * masses[i] * masses[k] * near * near * near;
      sums[i] += masses[k] * near;
      sums[k] += masses[i] * near;
      for (let j = 0; j < d; j++) {
        const part = weight * (there[j] - here[j]);
        force[j] += part;
        other[j] -= part;
      }
    }
  }
  return [check.finite(forces, "bodies, masses and G give a force"), Array.from(sums, (sum, i) => -G * masses[i] * sum)];
}

/** Uᵢ = −Σₖ G mₖ mᵢ / √(rᵢₖ² + ε²), n numbers. */
export function gravity_potential(bodies, masses, options = {}) {
  check.options(options, ["G", "softening"]);
  const { G = 1, softening = 0.1 } = options;
  inputs(bodies, masses, G, softening);
  const result = pull_and_potential(bodies, masses, { G, softening })[1];
  return check.finite([result], "bodies, masses and G give a potential")[0];
}

/** Kinetic and potential energy of all bodies together, ½ Σ mᵢ vᵢ² + ½ Σ Uᵢ. */
export function energy(bodies, velocities, masses, options = {}) {
  check.matrix("velocities", velocities, "(n, d)");
  const held = gravity_potential(bodies, masses, options);
  alike(bodies, velocities, "bodies");
  return velocities.reduce((sum, v, i) => sum + masses[i] * v.reduce((s, x) => s + x * x, 0) + held[i], 0) / 2;
}

/** Σ mᵢ vᵢ, d numbers. */
export function momentum(velocities, masses) {
  checkBodies(velocities, masses, "velocities");
  return velocities[0].map((_, j) => velocities.reduce((sum, v, i) => sum + masses[i] * v[j], 0));
}

/** Newton's motion by leapfrog: [positions, velocities], steps + 1 arrays of n × d each. */
export function orbits(bodies, velocities, masses, options = {}) {
  check.options(options, ["dt", "steps", "G", "softening"]);
  const { dt = 0.01, steps = 100, G = 1, softening = 0.1 } = options;
  inputs(bodies, masses, G, softening);
  check.matrix("velocities", velocities, "(n, d)");
  alike(bodies, velocities, "bodies");
  const acceleration = (x) => pull(x, masses, { G, softening }).map((row, i) => row.map((f) => f / masses[i]));
  return whole(leapfrog(bodies, velocities, acceleration, { dt, steps }));
}

/** A hybrid: gravity without inertia, xᵢ ← xᵢ + dt mobility Fᵢ; positions, steps + 1 arrays of n × d. */
export function overdamped(bodies, masses, options = {}) {
  check.options(options, ["mobility", "dt", "steps", "G", "softening"]);
  const { mobility = 1, dt = 0.01, steps = 100, G = 1, softening = 0.1 } = options;
  inputs(bodies, masses, G, softening);
  check.number("mobility", mobility);
  const velocity = (x) => {
    const given = pull(x, masses, { G, softening }).map((row) => row.map((f) => mobility * f));
    return check.finite(given, "mobility and a force give a velocity");
  };
  return whole(euler(bodies, velocity, { dt, steps }))[0];
}

/** The other hybrid: attention with inertia, dvᵢ/dt = V T aᵢ − friction vᵢ; [positions, velocities]. */
export function inertial_attention(tokens, velocities, Q, K, V, options = {}) {
  const { dt = 0.01, steps = 100, friction = 0, ...rest } = options;
  check.options(rest, ["include_self", "causal", "scale"]);
  check.matrix("tokens", tokens, "(n, d)");
  check.matrix("velocities", velocities, "(n, d)");
  alike(tokens, velocities, "tokens");
  return whole(leapfrog(tokens, velocities, (x) => content(x, Q, K, V, rest), { dt, steps, friction }));
}

/** Kick, drift, kick between two half decays of the velocity, as far as it goes: {states, velocities, stopped, reason}. */
export function leapfrog(positions, velocities, acceleration, { dt, steps, friction = 0, far = null }) {
  check.number("dt", dt);
  check.whole("steps", steps);
  check.number("friction", friction, 0);
  const decay = Math.exp((-friction * dt) / 2);
  // the force at the end of one step is that at the start of the next
  const onward = (_, x, v, force) => {
    v = v.map((row, i) => row.map((u, j) => decay * u + (dt / 2) * force[i][j]));
    x = check.held(add(x, dt, v), OVERFLOW);
    force = acceleration(x);
    v = v.map((row, i) => row.map((u, j) => decay * (u + (dt / 2) * force[i][j])));
    return [x, check.held(v, OVERFLOW), force];
  };
  return walk([copy(positions), copy(velocities), acceleration(positions)], onward, steps, { far, away: AWAY });
}

/** Steps x + dt velocity(x), as far as they go: {states, velocities, stopped, reason}, with the velocity at each state. */
export function euler(positions, velocity, { dt, steps, far = null }) {
  check.number("dt", dt);
  check.whole("steps", steps);
  const onward = (_, x, v) => {
    x = check.held(add(x, dt, v), OVERFLOW);
    return [x, velocity(x)];
  };
  return walk([copy(positions), velocity(positions)], onward, steps, { far, away: AWAY });
}

/** [positions, velocities] of a journey that took all its steps. */
function whole({ states, velocities, stopped, reason }) {
  if (stopped !== null) throw new check.OutOfRange(`step ${stopped + 1}: ${reason}`);
  return [states, velocities];
}

/** 1/√(r² + ε²). Two bodies on one point have none without softening. */
function nearness(a, b, softening) {
  let squared = softening * softening;
  for (let j = 0; j < a.length; j++) squared += (a[j] - b[j]) * (a[j] - b[j]);
  const distance = Math.sqrt(squared);
  if (distance === 0) throw new check.OutOfRange("bodies must not stand on one point when softening is 0; use a softening above 0");
  return 1 / distance;
}

function inputs(bodies, masses, G, softening) {
  checkBodies(bodies, masses, "bodies");
  check.number("G", G);
  check.number("softening", softening, 0);
}

function checkBodies(bodies, masses, name) {
  const [n] = check.matrix(name, bodies, "(n, d)");
  check.matrix("masses", [masses], "(n,)");
  if (masses.length !== n)
    throw new RangeError(`masses must have shape (${n},), one for each row of ${name}; got shape (${masses.length},)`);
  if (!masses.every((mass) => mass > 0)) throw new RangeError(`masses must be above 0; got ${Math.min(...masses)}`);
}

function alike(positions, velocities, name) {
  if (positions.length !== velocities.length || positions[0].length !== velocities[0].length) {
    throw new RangeError(
      `velocities must have shape (${positions.length}, ${positions[0].length}), as ${name} have; got shape (${velocities.length}, ${velocities[0].length})`,
    );
  }
}

const copy = (rows) => rows.map((row) => Array.from(row));
const add = (a, factor, b) => a.map((row, i) => row.map((x, j) => x + factor * b[i][j]));
