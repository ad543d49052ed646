// The state of the sweeps: what it may be, and what a change of sweep brings with it.
import { longest, metrics_of } from "./engine.js";

export const STATE = ["sweep", "metric", "length", "seed", "diagram"];
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
    const fail = (words, got) => {
      throw new RangeError(`${words}; got ${JSON.stringify(got)}.`);
    };
    if (!Object.keys(data.sweeps).includes(sweep)) fail(`sweep must be one of ${Object.keys(data.sweeps).join(", ")}`, sweep);
    const shown = data.sweeps[sweep],
      names = metrics_of(shown, data.metrics),
      last = Math.max(...shown.lines[0].seed);
    if (!names.includes(metric)) fail(`metric must be one of ${names.join(", ")}`, metric);
    if (!(Number.isInteger(length) && length >= 1 && length <= longest(shown)))
      fail(`length must be a whole number from 1 to ${longest(shown)}`, length);
    if (!(Number.isInteger(seed) && seed >= -1 && seed <= last)) fail(`seed must be a whole number from −1, for none, to ${last}`, seed);
    if (typeof diagram !== "boolean") fail("diagram must be true or false", diagram);
  };
}
