// What is found of a widget's state, by the names of the exercises' own checks (tokendynamics/exercises/chapter1.py, 4, 5 and 6).
import { checkState as checkTraining, configOf } from "../../src/tokendynamics/widgets/emergence_lab/state.js";
import { checkState as checkLab } from "../../src/tokendynamics/widgets/force_lab/state.js";
import { answers, largest, numbers } from "../../src/tokendynamics/widgets/heads_and_tasks/engine.js";
import { content } from "../../src/tokendynamics/widgets/maths/attention.js";
import { Unreadable } from "./reading.js";

const length = (vector) => Math.hypot(...vector);
const total = (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** 1.2: updates that add up to nothing while every token moves. */
function balance(state) {
  checkLab(state);
  const { tokens, Q, K, V, scale, include_self } = state;
  if ([Q, K, V].some((matrix) => matrix.flat().some((x, i) => Math.abs(x - [1, 0, 0, 1][i]) > 1e-6)))
    return "matrices moved instead of tokens";
  const moves = content(tokens, Q, K, V, { scale, include_self }),
    lengths = moves.map(length);
  const all = lengths.reduce((sum, each) => sum + each, 0);
  if (Math.min(...lengths) < 0.01) return "a token at rest";
  if (length(total(moves)) < 0.03 * all) return "right";
  const centre = total(tokens).map((x) => x / tokens.length);
  if (length(centre) < 0.03) return "balanced by the centre";
  const again = content(
    tokens.map((token) => token.map((x, j) => x - centre[j])),
    ...[Q, K, V],
    { scale, include_self },
  );
  const even = length(total(again)) < 0.03 * again.reduce((sum, move) => sum + length(move), 0);
  return even ? "mirrored in the wrong point" : null;
}

/** 4.6: a sentence that negates, and does without the head. */
function exception({ sentence, off, turns, stretches, instead }, { judgements }, { model, parameters }) {
  const { means, places, tasks } = model;
  const off_ = off.map(String).sort();
  if (!same(off_, ["0,0"])) return off_.includes("0,0") ? "another head's doing" : "control forgotten";
  if (turns.some((turn) => turn !== 0) || stretches.some((stretch) => stretch !== 1)) return "another head's doing";
  const words = sentence.replaceAll(".", " .").split(/\s+/).filter(Boolean);
  numbers(sentence, tasks.next, places);
  if (!words.includes("never")) return "no case at all";
  const said = (text, without) => {
    const keep = means.map((row, l) => row.map((_, h) => (without && l === 0 && h === 0 ? 0 : 1)));
    const found = answers(parameters, numbers(text.join(" "), tasks.next, places), 0, { keep, instead: instead === "mean" ? means : null });
    return largest(found.sentiment);
  };
  const whole = said(words, false);
  const turned = (word, i) =>
    word === "never" && judgements.includes(words[i + 1]) && said([...words.slice(0, i), ...words.slice(i + 1)], false) !== whole;
  if (!words.some(turned)) return "nothing is negated";
  return whole === said(words, true) ? "right" : "one more case for the rule";
}

/** 5.6: the run that differs from the preset in its depth alone. */
function control(state, { deep, task }) {
  checkTraining(state);
  if (state.task !== task) return "another task";
  if (state.layers >= deep.layers) return "the treatment for the control";
  const kept = ({ layers, seed, ...rest }) => Object.entries(rest).sort();
  /** @type {any} */
  const { task: _, ...own } = configOf(state);
  return same(kept({ ...own, count: own.count || null }), kept(deep)) ? "right" : "two things changed at once";
}

/** 6.1: two sentences of a word, looked up. */
function pair({ word: of, shown, sentences }, { known, word, pairs }) {
  if (sentences?.length) throw new Unreadable("it shows sentences of your own, and the pair is one of the book");
  if (!known.includes(of)) throw new Error("word must be one of the book's");
  if (of !== word) return "another word";
  if (!Array.isArray(shown) || shown.length !== 2)
    throw new Unreadable(`the number of sentences shown is ${shown?.length}, and a pair is two`);
  const name = pairs[[...shown].sort((a, b) => a - b).join(" ")];
  if (name === undefined) throw new Error("shown must be sentences of the word");
  return name;
}

export const STATES = { balance, exception, control, pair };
