// Charts of both laws: what is read off their histories by step, and the pull on a body by the number of others.
import { meterRows } from "../ui/meters.js";
import { gap } from "./differences.js";
import { last } from "./sides.js";

/** `onScrub(time)` hears where in time they are pressed. */
export function charts({ onScrub, onResize }) {
  const meters = meterRows({ label: "Sum of forces, energy and momentum by step.", onScrub, onResize });
  const growth = meterRows({ label: "Pull on the selected body by the number of others.", onResize });
  let histories = [],
    rows = [],
    compared = null,
    pulls = [];
  return {
    meters: meters.element,
    growth: growth.element,
    draw(state, found, at) {
      if (histories[0] !== found.gravity || histories[1] !== found.attention) {
        histories = [found.gravity, found.attention];
        rows = readOff(found);
      }
      meters.draw(rows, last({ state, found }), at, "step");
      if (compared !== found.compared) {
        compared = found.compared;
        pulls = [{ name: `pull on body ${state.selected + 1}; first other = 1`, low: 0, series: pair(...compared.parts) }];
      }
      const others = state.bodies.length - 1;
      growth.element.hidden = others < 2; // one other: nothing grows
      growth.draw(pulls, others - 1, others - 1, "others", 1);
    },
    stop() {
      meters.stop();
      growth.stop();
    },
  };
}

/** What the meters show of both histories. */
export function readOff({ gravity, attention }) {
  const both = (make) => pair(make(gravity), make(attention));
  return [
    { name: "sum of forces ÷ their lengths", low: 0, high: 1, series: both((side) => side.sum) },
    { name: "energy, change since the start", series: both((side) => side.energy.map((e) => e - side.energy[0])) },
    { name: "momentum, change since the start", low: 0, series: both((side) => side.momentum.map((_, t) => gap(side.momentum, t))) },
  ];
}

const pair = (gravity, attention) => [
  { name: "gravity", kind: "control", values: gravity },
  { name: "attention", kind: "main", values: attention },
];
