// Judges an answer on the page by the rules that the build takes from the Python judges (site/book_exercises.py): the same data, the same
// words. Mirrors tokendynamics/exercises/_judges.py and _verdict.py; tests/exercises/test_fields.py holds them together.
import { decode } from "../../src/tokendynamics/widgets/ui/link.js";
import { layer, number, Unreadable } from "./reading.js";
import { STATES } from "./states.js";

export { unpack } from "../../src/tokendynamics/widgets/heads_and_tasks/packed.js";
export { encode } from "../../src/tokendynamics/widgets/ui/link.js";

const COARSE = "rounded more coarsely";

/**
 * What is said of an answer: {right, misconception, words, answered}.
 * @param {any} exercise number, title, minutes, wants, rules
 * @param {Record<string, string>} sayings
 * @param {string[]} answer what stands in the fields: texts of numbers, words that were chosen, or one link
 * @param {any} [given] for states of a widget that runs a model: {model, parameters}
 */
export function verdict(exercise, sayings, answer, given) {
  const { number: name, title, minutes, wants, rules } = exercise;
  const says = (key, parts = {}, note = "") => {
    const all = { wants, ...parts };
    return `${name} · ${title}: ${`${filled(sayings[key], all)} ${note}`.trim()}`;
  };
  const told = (words, more = {}) => ({ right: false, misconception: null, answered: true, words, ...more });
  if (!answer.length || answer.some((text) => !text.trim())) {
    return told(says("open", { minutes: `about ${minutes} ${minutes === 1 ? "minute" : "minutes"}` }), { answered: false });
  }
  try {
    const { name: found, note = "" } = JUDGES[rules.kind](rules, answer, sayings, given);
    if (found === "right") return told(says("right", {}, note), { right: true });
    if (found === COARSE) return told(says("coarse"));
    if (!found) return told(says("unknown", {}, note));
    const words = rules.words?.[found] ?? rules.known.find((each) => each.name === found).words;
    return told(says("known", { name: found, words }), { misconception: found });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return told(says("unreadable", { what: error.message }));
  }
}

const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, key) => parts[key]);

const JUDGES = {
  numbers: (rules, texts, sayings) => judged(rules, texts.map(rules.none ? layer : number), sayings),
  table(rules, chosen) {
    const key = (rules.ordered ? chosen : [...chosen].sort()).join(rules.form === "boxes" ? ", " : " ");
    return Object.hasOwn(rules.found, key) ? { name: rules.found[key] } : { name: null, note: rules.notes[key] ?? "" };
  },
  state(rules, [link], _, given) {
    const state = stateOf(rules, link);
    try {
      return { name: STATES[rules.find](state, rules, given) };
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      throw new Unreadable(`got a link that cannot be read: ${error.message}`);
    }
  },
};

/** The state that a link, or the end of one, holds for the widget. */
function stateOf({ view, first, starts }, link) {
  const found = new RegExp(`(?:[#&]|%23)${view}(?:(?:[.~]|%7e)[\\w-]+)?(?:=|%3d)([^&\\s]*)`, "i").exec(link.replaceAll("&amp;", "&"));
  try {
    if (!found) throw new Error(`link must hold #${view}=v3… as Copy link gives it`);
    return { ...first, ...decode(found[1], starts).state };
  } catch (error) {
    throw new Unreadable(`got a link that cannot be read: ${error.message}`);
  }
}

const within = (given, [low, high]) => given.map((x, i) => low[i] <= x && x <= high[i]);
const all = (flags) => flags.every(Boolean);

function judged(rules, given, sayings) {
  const hits = ({ boxes }) => boxes.some((box) => all(within(given, box)));
  const early = rules.known.find((known) => known.first && hits(known));
  if (early) return { name: early.name };
  const inside = within(given, rules.right);
  if (all(inside)) return { name: "right" };
  const known = rules.known.find(hits);
  if (known) return { name: known.name };
  const rough = given.map((x, i) => !inside[i] && coarse(x, rules.values[i], rules.decimals?.[i] ?? 0));
  if (all(inside.map((right, i) => right || rough[i])) && given.some((x) => x !== 0)) return { name: COARSE };
  if (!inside.some(Boolean)) return { name: null };
  const groups = { entries_right: inside, entries_coarse: rough, entries_off: inside.map((right, i) => !(right || rough[i])) };
  const said = Object.entries(groups).map(([key, group]) => {
    const names = rules.entries.filter((_, i) => group[i]).join("; ");
    return names && filled(sayings[key], { names });
  });
  return { name: null, note: said.filter(Boolean).join(" ") };
}

/** Whether a number is the right one, rounded to fewer decimals than are wanted, and at least to one. */
function coarse(given, value, decimals) {
  for (let k = 1; k < decimals; k += 1) {
    const unit = 10 ** k;
    if (given === 0 && k < decimals - 1) continue;
    if (Math.abs(given * unit - Math.floor(given * unit + 0.5)) < 1e-6 && Math.abs(given - value) <= 0.5 / unit + 1e-9) return true;
  }
  return false;
}
