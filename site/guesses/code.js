// A reader's guesses in a chapter as nine signs, 7KQ-2M9-XW4: which chapter and which questions, what was chosen, and a few random bits, so
// that two readers who chose alike have two codes. The signs are Crockford's 32: no I, L, O or U. The last two hold what is left over when the
// rest is divided by a prime, and so one wrong sign, or two that changed places, give no other code.
import { hash } from "../../src/tokendynamics/widgets/ui/guesses.js";

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PRIME = 1021; // below 2 ** 10
const LENGTH = 9;
export const TAGS = 2 ** 16;
const FIELDS = { version: 2 ** 5, tag: TAGS, choices: 2 ** 10 }; // after the chapter, which has 4 bits

export const randomTag = () => crypto.getRandomValues(new Uint16Array(1))[0];

/** Of a chapter's questions: another one when they change. */
const version = ({ questions }) => hash(JSON.stringify(questions.map(({ question, choices }) => [question, choices]))) % FIELDS.version;

/** @param {any} chapter {chapter, questions} @param {(number | null)[]} chosen for each question @param {number} tag */
export function encode(chapter, chosen, tag) {
  const choices = chapter.questions.reduce(
    (all, { choices: of }, i) => all * (of.length + 1) + (chosen[i] === null ? 0 : chosen[i] + 1),
    0,
  );
  const data = ((chapter.chapter * FIELDS.version + version(chapter)) * FIELDS.tag + tag) * FIELDS.choices + choices;
  let left = data * 1024 + (data % PRIME),
    code = "";
  for (let i = 0; i < LENGTH; i += 1) {
    code = SIGNS[left % 32] + code;
    left = Math.floor(left / 32);
  }
  return code.replace(/(...)(?!$)/g, "$1-");
}

/** {code, chapter, tag, chosen}, or {why} in words: why it is none. @param {any[]} book the chapters with their questions */
export function decode(text, book) {
  const signs = plain(text);
  if (signs.length !== LENGTH) return { why: `has ${signs.length} signs, and a code has nine` };
  const strange = [...signs].find((sign) => !SIGNS.includes(sign));
  if (strange) return { why: `no code has ${/[A-Z]/.test(strange) ? "a letter" : "a sign"} ${strange}` };
  const all = [...signs].reduce((sum, sign) => sum * 32 + SIGNS.indexOf(sign), 0);
  let left = Math.floor(all / 1024);
  if (left % PRIME !== all % 1024) return { why: "a sign is wrong, or two changed places" };
  const take = (size) => {
    const part = left % size;
    left = Math.floor(left / size);
    return part;
  };
  let choices = take(FIELDS.choices);
  const tag = take(FIELDS.tag),
    made = take(FIELDS.version);
  const chapter = book.find((each) => each.chapter === left);
  if (!chapter || made !== version(chapter)) return { why: "it is of other questions than this book asks: an older copy, or a newer one" };
  const chosen = chapter.questions.map(() => null);
  for (let i = chosen.length - 1; i >= 0; i -= 1) {
    const count = chapter.questions[i].choices.length + 1;
    chosen[i] = choices % count ? (choices % count) - 1 : null;
    choices = Math.floor(choices / count);
  }
  if (choices) return { why: "a sign is wrong, or two changed places" };
  return { code: encode(chapter, chosen, tag), chapter: chapter.chapter, tag, chosen };
}

/** The signs of a text: capitals, O read as 0, I and L as 1, nothing between them. */
const plain = (text) =>
  text
    .toUpperCase()
    .replace(/[\s‐-―-]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");

/** All codes in a text, whatever stands between them, and what looks like one and is none: {codes, wrong: [{text, why}…]}. */
export function readCodes(text, book) {
  const codes = [],
    wrong = [];
  const take = (given) => {
    const found = decode(given, book);
    if (found.code) codes.push(found);
    else wrong.push({ text: given, why: found.why });
  };
  for (const line of text.split(/\r?\n/)) {
    const words = line.match(/[\p{L}\p{N}][\p{L}\p{N}‐-―-]*/gu) ?? [];
    for (let i = 0; i < words.length; ) {
      const count = grouped(words, i, book);
      const given = words.slice(i, i + count).join(" ");
      const signs = plain(given);
      if (signs.length > LENGTH && signs.length % LENGTH === 0) for (const nine of signs.match(/.{9}/gsu)) take(nine);
      else if (looksMeant(given, signs) || decode(given, book).code) take(given);
      i += count;
    }
  }
  return { codes, wrong };
}

/** How many words from the i-th on make one code: a code may be typed as three groups. */
function grouped(words, i, book) {
  const whole = valid(words, i, book);
  if (whole) return whole;
  const three = words.slice(i, i + 3);
  const meant = three.length === 3 && three.every((word) => plain(word).length === 3) && /\d/.test(three.join(""));
  return meant && !valid(words, i + 1, book) && !valid(words, i + 2, book) ? 3 : 1;
}

/** How many words from the i-th on, together, are a code; 0 where they are none. */
function valid(words, i, book) {
  let signs = "";
  for (let count = 1; i + count <= words.length && signs.length < LENGTH; count += 1) {
    signs += plain(words[i + count - 1]);
    if (signs.length === LENGTH && decode(signs, book).code) return count;
  }
  return 0;
}

/** Whether somebody meant a code, and not a name, a date or an hour. */
const looksMeant = (given, signs) =>
  signs.length > 5 && signs.length < 13 && (/^...[‐-―-]...[‐-―-]...$/u.test(given) || (/\d/.test(given) && /\p{L}/u.test(given)));
