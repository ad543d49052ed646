// What comes next, in words, and how long it takes where that is more than a few seconds.

import { cost, parameterCount } from "./sizes.js";
import { alike, configOf, title } from "./state.js";

let pace = 1000; // millions of products a second: a guess, until a run has shown it

/** What `steps` of a run took, for the times that are told. */
export function measurePace(config, steps, seconds) {
  if (steps > 0 && seconds > 0.5) pace = (cost(config) * steps) / seconds;
}

/** The time of a run from a step to its end. */
const time = (config, from) => aboutSeconds((cost(config) * (config.steps - from)) / pace);

/** Seconds in words; nothing below a few. */
function aboutSeconds(seconds) {
  if (!(seconds > 3)) return "";
  return seconds < 90 ? `about ${Number(seconds.toPrecision(seconds < 20 ? 1 : 2))} s` : `about ${Math.round(seconds / 60)} min`;
}

/**
 * What Train or Train on would do now, or how long the run that is training still takes.
 * @param {import("./runs.js").Runs} runs
 * @param {any} state
 */
export function coming(runs, state) {
  const { current: run } = runs,
    chosen = configOf(state);
  if (runs.training) {
    if (!time(run.config, run.from.step)) return "";
    return `Run ${run.number}: ${time(run.config, run.records.at(-1)?.step ?? 0) || "a few seconds"} left`;
  }
  const steps = runs.further(state);
  if (run && alike(run.config, chosen) && (run.config.steps === chosen.steps || steps)) {
    const last = run.records.at(-1)?.step ?? 0,
      more = steps && time({ ...chosen, steps }, last);
    return more ? `Train on goes to step ${steps}: ${more}` : "";
  }
  const parts = [title(chosen), `rate ${state.rate}`, `${parameterCount(chosen).toLocaleString("en")} parameters`, time(chosen, 0)];
  return `Next run: ${parts.filter(Boolean).join(", ")}`;
}
