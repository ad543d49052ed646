// Why do they differ? Words that follow what the meters say.
import { fixed, format } from "../ui/numbers.js";

const SMALL = 1e-9;

/** Sentences about a state at time `t` (a whole step). */
export function why(state, { gravity, attention, compared }, t) {
  const g = Math.min(t, gravity.states.length - 1),
    a = Math.min(t, attention.states.length - 1);
  return [
    ...forces(gravity, attention, g, a),
    ...energies(state, gravity, attention, g, a),
    ...numbers(compared),
    ...orders(state, compared),
  ];
}

function forces(gravity, attention, g, a) {
  const net = attention.sum[a],
    moved = gap(attention.momentum, a),
    kept = gap(gravity.momentum, g);
  const right =
    net < SMALL
      ? "Attention’s cancel here too, but only because these bodies stand so evenly: move one and they no longer do."
      : `Attention’s add up to ${fixed(net)} of their lengths: i weighs k by its own softmax, and k weighs i by another.`;
  const still = moved < SMALL ? "has not changed either, yet" : `has changed by ${format(moved)}`;
  return [
    `Action and reaction. Gravity’s forces cancel in pairs: together they come to ${format(gravity.sum[g])} of their lengths. ${right}`,
    a === 0 && g === 0
      ? "Momentum. Nothing has moved yet: let time run, and see whose changes."
      : `Momentum. Since the start, gravity’s has changed by ${format(kept)}, which is rounding; attention’s ${still}.`,
  ];
}

function energies({ gravity: law, attention: other, friction }, gravity, attention, g, a) {
  const by = gravity.energy[g] - gravity.energy[0],
    rise = attention.energy[a] - attention.energy[0];
  const coarse = Math.abs(by) > 0.05 * Math.abs(gravity.energy[0]);
  const left =
    law === "newton"
      ? `Newton’s motion keeps its energy, ${format(gravity.energy[0])}; here it has changed by ${format(by)}, the error of the steps${coarse ? ", which are too long for meetings this close: soften them, or shorten the step" : ""}.`
      : `Without inertia gravity keeps none and goes downhill: ${by > 0 ? `here it has risen by ${format(by)}, the error of steps that are too long` : `by ${format(-by)} so far`}.`;
  const right =
    other === "inertia"
      ? `Attention with inertia${friction > 0 ? " and friction" : ""}: ½ Σ v² − Σ φ has changed by ${format(rise)}. Nothing says it must stay.`
      : `Attention has no kinetic part; −Σ φ has ${Math.abs(rise) < SMALL ? "not changed" : `${rise < 0 ? "fallen" : "risen"} by ${format(Math.abs(rise))}`}.`;
  return [`Energy. ${left} ${right}`];
}

function numbers({ doubled, farther }) {
  const say = (x) => (Number.isFinite(x) ? `${fixed(x)} times` : "no pull at all, now or then");
  const all = doubled[1] > 0.995 && doubled[1] < 1.005 ? " A token has one unit of attention to give, however many others there are." : "";
  return [
    `Number. With every other body there twice, gravity pulls ${say(doubled[0])} as hard, attention ${say(doubled[1])}.${all}`,
    `Distance. With all others twice as far away, gravity pulls ${say(farther[0])} as hard, attention ${say(farther[1])}.` +
      (farther[1] > 1 ? " It does not fall with the distance here: a longer token has more to hand on." : ""),
  ];
}

function orders({ gravity, attention }, { order }) {
  const [left, right] = order.map((p) => (Number.isFinite(p) ? fixed(p) : "no"));
  const same = (gravity === "newton") === (attention === "inertia");
  return [
    `Time. Let go from rest, the body moves as time to the power ${left} under gravity and ${right} under attention. ${
      same
        ? "The order is the same: what still differs comes from the weights, not from inertia."
        : "One law sets the acceleration, the other the velocity: only one of them remembers a push."
    }`,
  ];
}

/** How far a momentum is from what it was at the start. */
export const gap = (list, t) => Math.hypot(...list[t].map((x, j) => x - list[0][j]));
