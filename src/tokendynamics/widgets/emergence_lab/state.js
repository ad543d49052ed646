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
  both: "share right, and below it log-probability",
};
export const STARTS = wholeStates(PRESETS, START);
/** How many heads a layer may have. */
export const headCounts = (task) => LIMITS.heads[task];
/** The widths that so many heads can share between them. */
export const widths = ({ task, heads }) => LIMITS.d[task].filter((d) => d % heads === 0);

/** How many answers there are to one sentence or sequence. */
export const answers = ({ task, roles }) => (task === "roles" ? roles : LIMITS.length.max);

/** The heads, the width and the length of `next`, or what fits its task where they do not. */
export function fitting(next) {
  const heads = headCounts(next.task)?.includes(next.heads) ? next.heads : 1,
    d = widths({ ...next, heads }).includes(next.d) ? next.d : null;
  return { heads, d, length: Math.min(next.length, answers(next)) };
}

/** A width or a decay that is null is the task's own. */
const whole = (state) => ({ ...state, d: state.d ?? FILE.own[state.task]?.d, decay: state.decay ?? FILE.own[state.task]?.decay });

/** The part of a state that training depends on. */
export function configOf(state) {
  const { task, heads, roles, layers, streams, count, steps, rate, seed, d, decay } = whole(state);
  return { task, heads, ...(task === "roles" ? { roles, streams } : { layers }), d, count, steps, rate, decay, seed };
}

/** Whether two runs differ in nothing but their steps. */
export const alike = (one, other) => JSON.stringify({ ...one, steps: 0 }) === JSON.stringify({ ...other, steps: 0 });

/** Where a run stands on the shipped diagram, [row, column], or null where it differs in more than heads and sentences. */
export function placeOn({ heads, counts }, config) {
  const { heads: h, count } = config;
  const at = [heads.indexOf(h), counts.indexOf(count)];
  return at.every((i) => i >= 0) &&
    alike(config, configOf({ ...START, heads: h, count, seed: config.seed })) &&
    config.steps === START.steps
    ? at
    : null;
}

/**
 * A run in a few words, for the legend.
 * @param {any} config
 */
export function title({ task, heads, roles, layers, streams, count, seed, d, decay }) {
  const own = FILE.own[task];
  const words =
    task === "roles"
      ? [`${heads} ${heads === 1 ? "head" : "heads"}, ${roles} roles`, streams === 2 && "two streams"]
      : [`pairs, ${layers} ${layers === 1 ? "layer" : "layers"}`, heads > 1 && `${heads} heads`];
  const unlike = [d !== own.d && `width ${d}`, count && `${count} sentences`, decay !== own.decay && `decay ${decay}`];
  return [...words, ...unlike, `seed ${seed}`].filter(Boolean).join(", ");
}

export function checkState(state) {
  const { task, heads, rate, metric, length } = state,
    { d, decay } = whole(state);
  const got = (value) => `; got ${JSON.stringify(value)}`;
  need(task === "roles" || task === "pairs", `task must be "roles" or "pairs"${got(task)}`);
  need(headCounts(task).includes(heads), `heads must be one of ${headCounts(task).join(", ")} for the ${task} task${got(heads)}`);
  need(LIMITS.d[task].includes(d), `d must be one of ${LIMITS.d[task].join(", ")} for the ${task} task${got(d)}`);
  need(d % heads === 0, `heads must divide d = ${d}${got(heads)}`);
  needNumbers({ ...state, d, decay }, LIMITS);
  need(rate > 0, `rate must be a number above 0 and at most ${LIMITS.rate.max}${got(rate)}`);
  need(Object.hasOwn(METRICS, metric), `metric must be one of ${Object.keys(METRICS).join(", ")}${got(metric)}`);
  need(length <= answers(state), `length must be a whole number from 1 to ${answers(state)}${got(length)}`);
}
