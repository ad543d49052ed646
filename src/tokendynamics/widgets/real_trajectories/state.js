// The state of the real trajectories: what it may be, and what a change of word brings with it.

import { need, needNumbers } from "../ui/limits.js";
import LIMITS from "./limits.json";

export { LIMITS };
/** What may be changed in the model: one head, or a part of every layer. As it learned them. */
export const LEARNED = { bent: [1, 1], beta: 1, gain: 1, value: "learned", without: "nothing" };
const START = {
  layer: 0,
  basis: "own",
  components: [1, 2],
  dimensions: 2,
  turn: [-60, 20],
  tokens: "word",
  trails: true,
  head: 1,
  sentences: [],
  senses: [],
  anchors: [],
  ...LEARNED,
};
// in the order of the class's state_names: links say them in this order
export const NAMES = [
  ...["word", "layer", "shown", "basis", "components", "dimensions", "turn", "tokens", "trails", "compared", "head"],
  ...["sentences", "senses", "anchors", ...Object.keys(LEARNED)],
];
export const PAIRS = [
  [1, 2],
  [1, 3],
  [2, 3],
];
export const BASES = { own: "fitted to this word", common: "fitted to all tokens of all sentences", anchors: "towards two words of yours" };
export const TOKENS = { word: "the word", all: "all tokens of its sentences" };
export const VALUES = {
  learned: "as learned",
  law: "M QᵀK, all that its index can ask for",
  random: "random, as large",
};
export const WITHOUT = { nothing: "all of it", heads: "MLPs alone, heads off", mlp: "heads alone, MLPs off", both: "LayerNorms alone" };
export const MOST = 3; // sentences of one's own
const ASKED = ["sentences", "senses", "word", "anchors"];
const { turn: TURN, tilt: TILT, ...NUMBERS } = LIMITS; // past the pole, up would be down
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

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

/** What the model has to be asked for: the reader's sentences, and what is changed in it. Each sentence has a sense of its own where none is said. */
export function wanted(state) {
  const asked = Object.fromEntries([...ASKED, ...Object.keys(LEARNED)].map((name) => [name, state[name]]));
  return { ...asked, senses: state.senses.length ? state.senses : [..."ABC"].slice(0, state.sentences.length) };
}

/** Whether an answer is of these sentences, so that it can be drawn; it may be of a model that was changed otherwise. */
export function drawable(answer, state) {
  const asked = wanted(state);
  const names = state.basis === "anchors" ? ASKED : ASKED.slice(0, 3);
  return Boolean(answer?.data) && names.every((name) => same(answer.made_of[name], asked[name]));
}

/** Whether it answers all that the state asks for. */
export const answers = (answer, state) =>
  Object.entries(wanted(state)).every(([name, value]) => same(answer?.made_of[name], value)) && Boolean(answer.data);

/** Whether the state changes nothing in the model. */
export const untouched = (state) =>
  state.beta === 1 && state.gain === 1 && state.value === LEARNED.value && state.without === LEARNED.without;

/** Sentences of another word are let go; where none is left, the word's own come. Sentences of the reader's own are all kept. */
export function fitting(data) {
  return (next) => {
    if (next.sentences?.length) return next;
    const own = Object.hasOwn(data.words, next.word) && data.words[next.word].sentences;
    if (!own || !known(data.sentences.length, next.shown) || !known(data.sentences.length, next.compared)) return next;
    const kept = next.shown.filter((id) => own.includes(id)),
      compared = next.compared.filter((id) => own.includes(id));
    return {
      ...next,
      shown: kept.length || !next.shown.length ? kept : own,
      compared: compared.length || !next.compared.length ? compared : opening(data, next.word),
    };
  };
}

const known = (count, ids) => Array.isArray(ids) && ids.every((id) => Number.isInteger(id) && id >= 0 && id < count);
const texts = (value, least, most) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every((text) => typeof text === "string" && text);

/**
 * Throws with words where a state cannot be drawn. `source` holds the book's data, `book`, and the model's last `answer` of sentences of the
 * reader's own. Gives the data that the state can be drawn with, null where the model has yet to be asked, and whether they are all it asks for.
 */
export function measure(source) {
  const { book } = source,
    words = Object.keys(book.words),
    last = book.common.by_layer.length - 1,
    heads = book.attention?.heads ?? 12;
  return (state) => {
    const must = (right, wanted_, name) => need(right, `${name} must be ${wanted_}; got ${JSON.stringify(state[name])}.`);
    const own = state.sentences?.length > 0;
    needSentences(state, must);
    must(
      own ? typeof state.word === "string" && state.word : words.includes(state.word),
      own ? "a word" : `one of ${words.join(", ")}`,
      "word",
    );
    needPicture(state, must, { count: own ? state.sentences.length : book.sentences.length, last, heads });
    needChange(state, must, { last, heads });
    if (!own) return { data: book, answer: null, current: true };
    const answer = drawable(source.answer, state) ? source.answer : null;
    return { data: answer?.data ?? null, answer, current: Boolean(answer) && answers(answer, state) };
  };
}

const whole = (x, low, high) => Number.isInteger(x) && x >= low && x <= high;
const degrees = (x, { min, max }) => Number.isFinite(x) && x >= min && x <= max;

/** What the model is asked about: texts, and no more of them than it takes. */
function needSentences({ sentences, senses, anchors }, must) {
  must(texts(sentences, 0, MOST), `a list of up to ${MOST} texts`, "sentences");
  must(
    texts(senses, 0, MOST) && (!senses.length || senses.length === sentences.length),
    "a sense for each sentence, or an empty list",
    "senses",
  );
  must(texts(anchors, 0, 2) && anchors.length !== 1, "two words, or an empty list", "anchors");
}

/** Which layer, which of `count` sentences, and how they are drawn. */
function needPicture(state, must, { count, last, heads }) {
  const { sentences, anchors, layer, shown, basis, components, dimensions, turn, tokens, trails, compared, head } = state;
  must(Number.isFinite(layer) && layer >= 0 && layer <= last, `a number from 0 to ${last}`, "layer");
  must(known(count, shown), `a list of sentences by number, 0 to ${count - 1}`, "shown");
  must(Object.hasOwn(BASES, basis), '"own", "common" or "anchors"', "basis");
  need(
    basis !== "anchors" || (sentences.length > 0 && anchors.length === 2),
    'basis "anchors" needs sentences of your own and two words as anchors.',
  );
  must(
    PAIRS.some((pair) => same(pair, components)),
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
  must(known(count, compared) && whole(compared.length, 1, 2), "one or two sentences by number", "compared");
  must(whole(head, 1, heads), `a whole number from 1 to ${heads}`, "head");
}

/** What is changed in the model. */
function needChange(state, must, { last, heads }) {
  const { bent, value, without } = state;
  must(
    Array.isArray(bent) && bent.length === 2 && whole(bent[0], 1, last) && whole(bent[1], 1, heads),
    `[layer, head], to ${last} and ${heads}`,
    "bent",
  );
  must(Object.hasOwn(VALUES, value), Object.keys(VALUES).join(", "), "value");
  must(Object.hasOwn(WITHOUT, without), Object.keys(WITHOUT).join(", "), "without");
  needNumbers(state, NUMBERS);
}
