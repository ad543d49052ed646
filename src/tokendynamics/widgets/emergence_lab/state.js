// What a state of the Emergence lab is, and which states there cannot be.

import { need, needNumbers } from "../ui/limits.js";
import { wholeStates } from "../ui/presets.js";
import LIMITS from "./limits.json";
import FILE from "./presets.json";

export { LIMITS };
export const { start: START, presets: PRESETS } = FILE;
export const NAMES = Object.keys(START);
export const COUNTS = [0, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
export const METRICS = {
  accuracy: "share of answers that are right",
  log_probability: "log-probability of the right answer",
  all_right: "share with the first n answers all right",
};
export const STARTS = wholeStates(PRESETS, START);
/** How many heads a layer may have. */
export const headCounts = (task) => LIMITS.heads[task];

/** How many answers there are to one sentence or sequence. */
export const answers = ({ task, roles }) => (task === "roles" ? roles : LIMITS.length.max);

/** The part of a state that training depends on. */
export const configOf = ({ task, heads, roles, layers, streams, count, steps, rate, seed }) => ({
  task,
  heads,
  ...(task === "roles" ? { roles, streams } : { layers }),
  count,
  steps,
  rate,
  seed,
});

/** Where a run stands on the shipped diagram, [row, column], or null where it differs in more than heads and sentences. */
export function placeOn({ heads, counts }, { task, heads: h, roles, streams, count, steps, rate }) {
  const like = task === "roles" && roles === 4 && streams === 1 && steps === START.steps && rate === START.rate;
  const at = [heads.indexOf(h), counts.indexOf(count)];
  return like && at.every((i) => i >= 0) ? at : null;
}

/**
 * A run in a few words, for the legend.
 * @param {any} config
 */
export function title({ task, heads, roles, layers, streams, count, seed }) {
  const words =
    task === "roles"
      ? [`${heads} ${heads === 1 ? "head" : "heads"}, ${roles} roles`, streams === 2 && "two streams"]
      : [`pairs, ${layers} ${layers === 1 ? "layer" : "layers"}`, heads > 1 && `${heads} heads`];
  return [...words, count && `${count} sentences`, `seed ${seed}`].filter(Boolean).join(", ");
}

export function checkState(state) {
  const { task, heads, rate, metric, length } = state;
  const got = (value) => `; got ${JSON.stringify(value)}`;
  need(task === "roles" || task === "pairs", `task must be "roles" or "pairs"${got(task)}`);
  need(headCounts(task).includes(heads), `heads must be one of ${headCounts(task).join(", ")} for the ${task} task${got(heads)}`);
  needNumbers(state, LIMITS);
  need(rate > 0, `rate must be a number above 0 and at most ${LIMITS.rate.max}${got(rate)}`);
  need(Object.hasOwn(METRICS, metric), `metric must be one of ${Object.keys(METRICS).join(", ")}${got(metric)}`);
  need(length <= answers(state), `length must be a whole number from 1 to ${answers(state)}${got(length)}`);
}
