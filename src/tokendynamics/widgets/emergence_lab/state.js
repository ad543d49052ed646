// What a state of the Emergence lab is, and which states there cannot be.
import FILE from "./presets.json";

export const VIEW = "emergence-lab";
export const { start: START, presets: PRESETS } = FILE;
export const STATE = Object.keys(START);
export const HEADS = { roles: [1, 2, 3, 4, 6, 8], pairs: [1, 2, 4] };
export const COUNTS = [0, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
export const METRICS = {
  accuracy: "share of answers that are right",
  log_probability: "log-probability of the right answer",
  all_right: "share with the first n answers all right",
};
export const STARTS = Object.fromEntries(
  Object.entries(PRESETS).map(([name, { title: _, note: __, ...own }]) => [name, { ...START, ...own }]),
);
const PAIRS = 6;

export const answers = ({ task, roles }) => (task === "roles" ? roles : PAIRS);

/** The part of a state that training depends on. */
export const lesson = ({ task, heads, roles, layers, streams, count, steps, rate, seed }) => ({
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

/** A run in a few words, for the legend. */
export function title({ task, heads, roles, layers, streams, count, seed }) {
  const words =
    task === "roles"
      ? [`${heads} ${heads === 1 ? "head" : "heads"}, ${roles} roles`, streams === 2 && "two streams"]
      : [`pairs, ${layers} ${layers === 1 ? "layer" : "layers"}`, heads > 1 && `${heads} heads`];
  return [...words, count && `${count} sentences`, `seed ${seed}`].filter(Boolean).join(", ");
}

export function checkState(state) {
  const { task, heads, roles, layers, streams, count, steps, rate, seed, metric, length } = state;
  const must = (good, words) => {
    if (!good) throw new RangeError(words);
  };
  const whole = (value, low, high, name) =>
    must(
      Number.isInteger(value) && value >= low && value <= high,
      `${name} must be a whole number from ${low} to ${high}; got ${JSON.stringify(value)}`,
    );
  must(task === "roles" || task === "pairs", `task must be "roles" or "pairs"; got ${JSON.stringify(task)}`);
  must(HEADS[task].includes(heads), `heads must be one of ${HEADS[task].join(", ")} for the ${task} task; got ${JSON.stringify(heads)}`);
  whole(roles, 2, 6, "roles");
  whole(layers, 1, 3, "layers");
  must(streams === 1 || streams === 2, `streams must be 1 or 2; got ${JSON.stringify(streams)}`);
  whole(count, 0, 8192, "count");
  whole(steps, 10, 3000, "steps");
  must(Number.isFinite(rate) && rate > 0 && rate <= 10, `rate must be a number above 0 and at most 10; got ${JSON.stringify(rate)}`);
  whole(seed, 0, 2 ** 30 - 1, "seed");
  must(Object.hasOwn(METRICS, metric), `metric must be one of ${Object.keys(METRICS).join(", ")}; got ${JSON.stringify(metric)}`);
  whole(length, 1, answers(state), "length");
}
