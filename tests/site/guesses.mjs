// Every code of a book: a JSON of its chapters comes in, what did not hold goes out. Run by test_guesses.py.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const ROOT = new URL("../../", import.meta.url).pathname;
async function load(path) {
  const { outputFiles } = await build({ entryPoints: [ROOT + path], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
globalThis.addEventListener = () => {}; // a page's, which the module of guesses listens to
const { decode, encode, readCodes, TAGS } = await load("site/guesses/code.js");
const { count, readers } = await load("site/guesses/votes.js");
const book = JSON.parse(readFileSync(0, "utf8"));
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const failed = [];
const hold = (name, one, other) => JSON.stringify(one) === JSON.stringify(other) || failed.push([name, one, other]);

/** Every way to answer a chapter's questions. */
const ways = ({ questions }) =>
  questions.reduce((all, { choices }) => all.flatMap((before) => [null, ...choices.keys()].map((choice) => [...before, choice])), [[]]);

let seed = 1;
function random(below) {
  seed = (seed * 48271) % 2147483647;
  return seed % below;
}
const codes = [];
for (const chapter of book)
  for (const chosen of ways(chapter)) {
    const tag = [0, TAGS - 1, random(TAGS)][random(3)];
    const code = encode(chapter, chosen, tag);
    codes.push(code);
    hold("there and back", decode(code, book), { code, chapter: chapter.chapter, tag, chosen });
    hold("as it may be typed", decode(code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " "), book).code, code);
    const plain = code.replaceAll("-", "");
    for (let i = 0; i < 9; i += 1) {
      for (const sign of SIGNS)
        if (sign !== plain[i] && decode(plain.slice(0, i) + sign + plain.slice(i + 1), book).code) failed.push([code, i, sign]);
      const swapped =
        plain.slice(0, i) +
        plain
          .slice(i, i + 2)
          .split("")
          .reverse()
          .join("") +
        plain.slice(i + 2);
      if (swapped !== plain && decode(swapped, book).code) failed.push([code, i, "swapped"]);
    }
  }

const other = structuredClone(book);
other[0].questions[0].choices[1] += " or not";
const why = decode(encode(book[0], ways(book[0])[3], 7), other).why;
hold("questions that changed", why, "it is of other questions than this book asks: an older copy, or a newer one");
hold("a short one", decode("7KQ-2M9-XW", book).why, "has 8 signs, and a code has nine");
hold("no such letter", decode("7KQ-2M9-XWU", book).why, "no code has a letter U");

const [one, two, three, four] = [3, 4, 5, 6].map((i) => encode(book[0], ways(book[0])[i], 40 + i));
const wrong = one.slice(0, -1) + (one.endsWith("0") ? "1" : "0");
const pasted = `Ann Lee, 10:31: ${one}\n2026-11-29 Bo ${two.toLowerCase()};${three.replaceAll("-", "")}\tthe cat ${four.replaceAll("-", " ")} ok\n${wrong}\n${(one + two).replaceAll("-", "")} ${one.replaceAll("-", "–")}`;
const found = readCodes(pasted, book);
hold(
  "pasted",
  found.codes.map(({ code }) => code),
  [one, two, three, four, one, two, one],
);
hold("what is wrong in it", found.wrong, [{ text: wrong, why: "a sign is wrong, or two changed places" }]);
hold("typed in groups", readCodes(wrong.replaceAll("-", " "), book).wrong.length, /\d/.test(wrong) ? 1 : 0);
const hundreds = codes.join(" ").repeat(20);
hold("hundreds", readCodes(hundreds, book).codes.length > 500, true);

const pair = book.find(({ questions }) => questions.length > 1);
const vote = (chosen, tag) => decode(encode(pair, chosen, tag), book);
const sent = [vote([0, null], 5), vote([0, 1], 5), vote([1, 1], 5), vote([0, null], 6), vote([0, null], 7)];
hold(
  "readers",
  readers(sent).map(({ chosen }) => chosen),
  [
    [0, 1],
    [1, 1],
    [0, null],
    [0, null],
  ],
);
hold(
  "votes",
  [count(readers(sent), pair, 0).slice(0, 2), count(readers(sent), pair, 1).slice(0, 2)],
  [
    [3, 1],
    [0, 2],
  ],
);
process.stdout.write(JSON.stringify({ failed: failed.slice(0, 10), codes: codes.length }));
