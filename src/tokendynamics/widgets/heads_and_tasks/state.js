// What a state of Heads and tasks is over a model that was trained, and which states there cannot be.
import { need } from "../ui/limits.js";
import { wholeStates } from "../ui/presets.js";
import { bent, from_logits, numbers } from "./engine.js";
import { unpack } from "./packed.js";
import FILE from "./presets.json";
import { forward } from "./transformer.js";

const { start: START } = FILE;
export const PRESETS = FILE.presets;
export const NAMES = Object.keys(START);

/** [layer, head] of each head of a model. */
export const headsOf = ({ means }) => means.flatMap((layer, l) => layer.map((_, j) => [l, j]));

export function rules(model) {
  const whole = unpacked(model);
  let known = { sentence: null, run: null }; // a hand that slides stays with its sentence
  const asLearned = (sentence, ids) => {
    if (sentence !== known.sentence) known = { sentence, run: forward(whole.learned, ids) };
    return known.run;
  };
  const measure = (state) => measured(state, whole, asLearned);
  return { model: whole, measure, fallback: START, starts: wholeStates(PRESETS, START) };
}

/** The model of the trait, its weights unpacked. Throws where its numbers did not arrive whole: such a model is not run. */
function unpacked(model) {
  try {
    return { ...model.get("model"), learned: unpack(model.get("model")?.weights) };
  } catch (error) {
    throw new Error(`The model cannot run: ${error.message}. Load the page again, or build it again from its source.`);
  }
}

/** What the picture and the cards need. Throws for a state that does not hold together. `asLearned(sentence, ids)` is the run that nothing has changed. */
function measured(state, { learned, means, tasks, places }, asLearned) {
  const vocabulary = tasks.next,
    [L, H] = [means.length, means[0].length];
  checkState(state, L, H);
  const ids = numbers(state.sentence, vocabulary, places);
  need(
    Number.isInteger(state.token) && state.token >= 0 && state.token < ids.length,
    `token must be the index of one of the ${ids.length} words; got ${state.token}`,
  );
  const keep = Array.from({ length: L }, (_, l) =>
    Array.from({ length: H }, (_, j) => (state.off.some(([a, b]) => a === l && b === j) ? 0 : 1)),
  );
  const instead = state.instead === "mean" ? means : null;
  const parameters = bent(learned, ...state.head, state.turns, state.stretches, state.seed);
  const run = forward(parameters, ids, { keep, instead });
  const whole = asLearned(state.sentence, ids);
  const now = from_logits(run.logits, state.token);
  const [layer, head] = state.head;
  const moved = shareMoved(run.attention[layer][head], whole.attention[layer][head]);
  return {
    ids,
    words: ids.map((id) => vocabulary[id]),
    keep,
    instead,
    parameters,
    run,
    now,
    moved,
    learned: whole,
    before: from_logits(whole.logits, state.token),
  };
}

/** The share of attention that is elsewhere than before, mean over the words. */
const shareMoved = (now, before) =>
  now.reduce((sum, row, i) => sum + row.reduce((s, a, k) => s + Math.abs(a - before[i][k]), 0) / 2, 0) / now.length;

function checkState({ sentence, off, instead, head }, L, H) {
  const isHead = (each) =>
    Array.isArray(each) &&
    each.length === 2 &&
    Number.isInteger(each[0]) &&
    Number.isInteger(each[1]) &&
    each[0] >= 0 &&
    each[0] < L &&
    each[1] >= 0 &&
    each[1] < H;
  need(typeof sentence === "string", "sentence must be text");
  for (const [name, value] of [
    ["off", off],
    ["head", [head]],
  ]) {
    need(
      Array.isArray(value) && value.every(isHead),
      `${name} must name heads as [layer, head], layers 0 to ${L - 1}, heads 0 to ${H - 1}; got ${JSON.stringify(name === "head" ? head : value)}`,
    );
  }
  need(instead === "zero" || instead === "mean", `instead must be one of 'zero', 'mean'; got '${instead}'`);
}
