// The state of the real trajectories: what it may be, and what a change of word brings with it.

import { need } from "../ui/limits.js";
import LIMITS from "./limits.json";

export { LIMITS };
export const NAMES = ["word", "layer", "shown", "basis", "components", "dimensions", "turn", "tokens", "trails", "compared", "head"];
export const PAIRS = [
  [1, 2],
  [1, 3],
  [2, 3],
];
export const BASES = { own: "fitted to this word", common: "fitted to all tokens of all sentences" };
export const TOKENS = { word: "the word", all: "all tokens of its sentences" };
const START = { layer: 0, basis: "own", components: [1, 2], dimensions: 2, turn: [-60, 20], tokens: "word", trails: true, head: 1 };

/** The first state for `data`: its first word in all of its sentences. */
export function start(data) {
  const [word] = Object.keys(data.words);
  return { ...START, word, shown: data.words[word].sentences, compared: opening(data, word) };
}

/** The first sentence of the word, and the first of another sense where there is one. */
export function opening(data, word) {
  const ids = data.words[word].sentences,
    sense = (id) => data.sentences[id].sense;
  const other = ids.find((id) => sense(id) !== sense(ids[0])) ?? ids[1];
  return other === undefined ? [ids[0]] : [ids[0], other];
}

/** Sentences of another word are let go; where none is left, the word's own come. */
export function fitting(data) {
  return (next) => {
    const own = Object.hasOwn(data.words, next.word) && data.words[next.word].sentences;
    if (!own || !known(data, next.shown) || !known(data, next.compared)) return next;
    const kept = next.shown.filter((id) => own.includes(id)),
      compared = next.compared.filter((id) => own.includes(id));
    return {
      ...next,
      shown: kept.length || !next.shown.length ? kept : own,
      compared: compared.length || !next.compared.length ? compared : opening(data, next.word),
    };
  };
}

const known = (data, ids) => Array.isArray(ids) && ids.every((id) => Number.isInteger(id) && data.sentences[id]);

/** Throws with words where a state cannot be drawn. */
export function measure(data) {
  const words = Object.keys(data.words),
    last = data.common.by_layer.length - 1,
    heads = data.attention?.heads ?? 12;
  const { turn: TURN, tilt: TILT } = LIMITS; // past the pole, up would be down
  const whole = (x, low, high) => Number.isInteger(x) && x >= low && x <= high;
  const degrees = (x, { min, max }) => Number.isFinite(x) && x >= min && x <= max;
  return (state) => {
    const must = (right, wanted, name) => need(right, `${name} must be ${wanted}; got ${JSON.stringify(state[name])}.`);
    const { word, layer, shown, basis, components, dimensions, turn, tokens, trails, compared, head } = state;
    must(words.includes(word), `one of ${words.join(", ")}`, "word");
    must(Number.isFinite(layer) && layer >= 0 && layer <= last, `a number from 0 to ${last}`, "layer");
    must(known(data, shown), `a list of sentences by number, 0 to ${data.sentences.length - 1}`, "shown");
    must(Object.hasOwn(BASES, basis), '"own" or "common"', "basis");
    must(
      PAIRS.some((pair) => JSON.stringify(pair) === JSON.stringify(components)),
      "[1, 2], [1, 3] or [2, 3]",
      "components",
    );
    must(dimensions === 2 || dimensions === 3, "2 or 3", "dimensions");
    must(
      Array.isArray(turn) && turn.length === 2 && degrees(turn[0], TURN) && degrees(turn[1], TILT),
      `[turn, tilt] in degrees, to ±${TURN.max} and ±${TILT.max}`,
      "turn",
    );
    must(Object.hasOwn(TOKENS, tokens), '"word" or "all"', "tokens");
    must(typeof trails === "boolean", "true or false", "trails");
    must(known(data, compared) && whole(compared.length, 1, 2), "one or two sentences by number", "compared");
    must(whole(head, 1, heads), `a whole number from 1 to ${heads}`, "head");
  };
}
