// What a reader typed: its tokens, which of them can be followed, or in words why none can. Mirrors real/own.py.

const MOST = 3, // sentences
  LONGEST_SHOWN = 64, // tokens of a sentence, [CLS] and [SEP] included
  OFFERED = 8; // words, to one who asks for another

/** What a reader typed cannot be followed; the message says why, and what is needed. `shared` are the tokens that could be. */
class Refused extends Error {
  constructor(words, shared = []) {
    super(words);
    this.shared = shared;
  }
}

/**
 * What a request asks for: {made_of, shared, sentences, anchors}, where a sentence is {word, sense, sentence, tokens, target, ids} and an anchor
 * {sentence, ids}; or {made_of, shared, refused}, with words.
 * @param {{ sentences: string[], senses?: string[], word?: string, anchors?: string[], bent?: number[], beta?: number, gain?: number,
 *   value?: string, without?: string }} wanted
 * @param {{ encode: (text: string) => { ids: number[], tokens: string[] } }} tokenizer
 */
export function read(wanted, tokenizer) {
  const { sentences, senses = [], word = "", anchors = [], ...more } = wanted;
  check(sentences, senses, anchors);
  const { bent = [1, 1], beta = 1, gain = 1, value = "learned", without = "nothing" } = more;
  const names = senses.length ? senses : sentences.map((_, i) => "ABC"[i]);
  const made_of = { sentences, senses: names, word: word ?? "", anchors, bent, beta, gain, value, without };
  try {
    const typed = sentences.map((sentence, i) => encoded(tokenizer, sentence, `Sentence ${i + 1}`));
    if (!typed.length) throw new Refused("Nothing is typed. Type a sentence of a few words.");
    const shared = shared_by(typed.map(({ tokens }) => tokens));
    made_of.word = followed(word, shared, typed);
    return {
      made_of,
      shared,
      sentences: typed.map((each, i) => of_word(each, made_of.word, names[i])),
      anchors: towards(tokenizer, anchors, shared),
    };
  } catch (why) {
    if (!(why instanceof Refused)) throw why;
    return { made_of: { ...made_of, word: word ?? "" }, shared: why.shared, refused: why.message };
  }
}

const of_word = ({ sentence, tokens, ids }, word, sense) => ({ word, sense, sentence, tokens, target: tokens.indexOf(word), ids });

/** Wrong calls, as apart from what a reader may type. */
function check(sentences, senses, anchors) {
  for (const [name, list] of Object.entries({ sentences, senses, anchors })) {
    if (!Array.isArray(list) || !list.every((each) => typeof each === "string")) throw new RangeError(`${name} must be a list of texts`);
  }
  if (sentences.length > MOST) throw new RangeError(`sentences must be at most ${MOST}; got ${sentences.length}`);
  if (senses.length && senses.length !== sentences.length) {
    throw new RangeError(`senses must be one for each of the ${sentences.length} sentences; got ${senses.length}`);
  }
  if (anchors.length !== 0 && anchors.length !== 2) throw new RangeError(`anchors must be two words or none; got ${anchors.length}`);
}

/** The tokens of a sentence or of an anchor, or what is wrong with it. */
function encoded(tokenizer, sentence, what) {
  const { ids, tokens } = tokenizer.encode(sentence),
    inner = tokens.slice(1, -1);
  if (!inner.length) throw new Refused(`${what} is empty. Type a few words.`);
  if (ids.length > LONGEST_SHOWN) {
    throw new Refused(`${what} has ${ids.length} tokens, and at most ${LONGEST_SHOWN} can be shown. Type a shorter one, or a part of it.`);
  }
  if (inner.every((token) => token === "[UNK]")) {
    throw new Refused(`${what} is in signs that the model does not know: each word becomes [UNK]. Type words in English.`);
  }
  if (!inner.some(is_word)) throw new Refused(`${what} has no word: signs and digits cannot be followed. Type a few words.`);
  return { sentence, ids, tokens };
}

/** Whether a token, or a row of the vocabulary, is a whole word of letters. */
export const is_word = (token) => /^\p{L}+$/u.test(token);

/** The tokens of letters that all sentences have, in the order of the first. */
function shared_by(tokens_of) {
  const [first, ...others] = tokens_of;
  const shared = [...new Set(first)].filter((name) => is_word(name) && others.every((tokens) => tokens.includes(name)));
  if (!shared.length) {
    throw new Refused(
      "The sentences share no word, so there is none to follow. Use the same word in each, in the same form: " +
        "the model cuts rare words and long forms into pieces.",
    );
  }
  return shared;
}

/** The token to follow: the one that was asked for, or the longest. */
function followed(word, shared, typed) {
  if (!word) return [...shared].sort((a, b) => letters(b) - letters(a))[0];
  if (shared.includes(word)) return word;
  const lacking = typed.findIndex(({ tokens }) => !tokens.includes(word));
  const why = lacking < 0 ? `“${word}” is no word of letters` : `Sentence ${lacking + 1} has no token “${word}”`;
  throw new Refused(`${why}. These can be followed: ${shared.slice(0, OFFERED).join(", ")}.`, shared);
}

const letters = (name) => [...name].length;

function towards(tokenizer, anchors, shared) {
  try {
    return anchors.map((anchor, i) => encoded(tokenizer, anchor, `Anchor word ${i + 1}`));
  } catch (why) {
    throw why instanceof Refused ? new Refused(why.message, shared) : why;
  }
}
