// The state of the sweeps: what it may be, and what a change of sweep brings with it.

import { need } from "../ui/limits.js";
import { longest, metrics_of } from "./engine.js";

export const NAMES = ["sweep", "metric", "length", "seed", "diagram"];
export const START = { sweep: "heads", metric: "all_right", length: 4, seed: -1, diagram: true };

/** Another sweep may lack the metric, or have shorter answers: the nearest that it has. */
export function fitting(data) {
  return (next) => {
    const sweep = Object.hasOwn(data.sweeps, next.sweep) && data.sweeps[next.sweep];
    if (!sweep) return next;
    const names = metrics_of(sweep, data.metrics);
    const metric = Object.hasOwn(data.metrics, next.metric) && !names.includes(next.metric) ? names[0] : next.metric;
    return { ...next, metric, length: Number.isInteger(next.length) ? Math.min(next.length, longest(sweep)) : next.length };
  };
}

/** Throws with words where a state cannot be drawn. */
export function measure(data) {
  return ({ sweep, metric, length, seed, diagram }) => {
    const got = (value) => `; got ${JSON.stringify(value)}.`;
    need(Object.keys(data.sweeps).includes(sweep), `sweep must be one of ${Object.keys(data.sweeps).join(", ")}${got(sweep)}`);
    const shown = data.sweeps[sweep],
      names = metrics_of(shown, data.metrics),
      last = Math.max(...shown.lines[0].seed);
    need(names.includes(metric), `metric must be one of ${names.join(", ")}${got(metric)}`);
    const within = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
    need(within(length, 1, longest(shown)), `length must be a whole number from 1 to ${longest(shown)}${got(length)}`);
    need(within(seed, -1, last), `seed must be a whole number from −1, for none, to ${last}${got(seed)}`);
    need(typeof diagram === "boolean", `diagram must be true or false${got(diagram)}`);
  };
}
