// Heads and tasks: a trained tiny transformer that runs in the page. Its weights come with the model trait, apart from the state.

import { h, reword } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { output } from "../ui/output.js";
import { presetField, values } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { widget } from "../ui/widget.js";
import { answerCards, answerRow } from "./answers.js";
import { bending } from "./bending.js";
import { accuracy, added, largest } from "./engine.js";
import { sentenceField } from "./sentence.js";
import { headsOf, NAMES, PRESETS, rules } from "./state.js";
import { shortName, strips } from "./strips.js";
import { switching } from "./switches.js";
import { addedTables } from "./table.js";
import { wordButtons } from "./words.js";

const REST = 200; // milliseconds without a change before the held-out sentences are scored again
const MARKS = {
  here: "the word asked about",
  seen: "words it looks at",
  faint: "other words' looks",
  bars: "its segment, up is more than 0",
};

function build({ store, rules: { model }, about, say, change, reset, redraw }) {
  const tell = (patch, where) => {
    const taken = change(patch, where);
    if (taken) {
      preset.notice.clear();
      say(summary());
    }
    return taken;
  };
  const summary = () => inWords(model, store.state, store.found);
  const chosen = (token) => token !== store.state.token && tell({ token });
  const preset = presetField(PRESETS, (name) => tell(values(PRESETS[name])));
  const sentence = sentenceField({ model, store, tell });
  const words = wordButtons(chosen);
  const picture = pictureOf(model, chosen, redraw);
  const switches = switching({ model, store, tell, preset });
  const bend = bending({ model, store, tell });
  const cards = scoredCards(model);
  const panels = panelsOf({ switches, bend, words, sentence, cards, tables: addedTables(model) });
  let open = "heads";
  return {
    ...picture.view,
    transport: [reset, picture.asked],
    said: [about.element],
    notes: [preset.notice.element],
    panels,
    first: "heads",
    onPanel(name) {
      open = name;
      cards.stop();
      redraw();
    },
    under: [legend(MARKS)],
    draw(state, found) {
      picture.show(state, found);
      words.show(found.words, state.token);
      sentence.remark(found.words);
      panels[open]?.show(state, found);
    },
    numbers: () => saved(model, store.state, store.found),
    summary,
    rest() {
      for (const each of [preset, sentence, bend]) each.clear();
    },
    parts: [picture, cards],
  };
}

/** The answers, and below them what each head does with the words. A press on a word is `onToken(i)`. */
function pictureOf({ tasks, means }, onToken, onResize) {
  const board = strips({ layers: means.length, heads: means[0].length, size: means[0][0].length, onToken, onResize });
  const row = answerRow(tasks);
  const asked = h("strong", {}),
    whose = h("span", {});
  const shifted = output("attention-moved", {
    label: "share of this head's attention that has moved",
    print: (p) => `${(100 * p).toFixed(0)} %`,
  });
  return {
    view: { picture: [row.element, board.element], reading: [whose, " ", shifted] },
    asked: h("span", { class: "td-asked-about" }, "asked at ", asked),
    show({ token, head }, { words, run, learned, keep, now, before, moved }) {
      board.show(words, token, run, learned, keep, head);
      row.show(now, before);
      reword(asked, words[token]);
      reword(whose, `${shortName(head)}: attention moved`);
      shifted.show(moved);
    },
    stop: board.stop,
  };
}

/** A card a task; how often each is right is counted anew once nothing has changed for a while. */
function scoredCards({ tasks, held }) {
  const cards = answerCards(tasks, held.length);
  let resting;
  return {
    element: cards.element,
    show({ token }, { now, before, words, parameters, keep, instead }) {
      cards.show(now, before, Object.fromEntries(Object.keys(tasks).map((task) => [task, title(task, words[token])])));
      clearTimeout(resting);
      resting = setTimeout(() => cards.score(accuracy(parameters, held, { keep, instead })), REST);
    },
    stop: () => clearTimeout(resting),
  };
}

/** What a panel shows is drawn, and computed, while it is open: `show(state, found)`. */
const panelsOf = ({ switches, bend, words, sentence, cards, tables }) => ({
  heads: { title: "Heads", body: [switches.element, later("The switches")], show: switches.show },
  bend: { title: "Q K V", body: [bend.element, later("The sliders")], show: bend.show },
  words: { title: "Words", body: [words.element, sentence.body], show: sentence.show },
  tasks: {
    title: "Tasks",
    body: [cards.element, h("p", { class: "td-right" }, "An upright mark on a bar: the whole model, as it was learned.")],
    show: cards.show,
  },
  adds: {
    title: "Adds",
    body: [
      h("p", { class: "td-table-title" }, "What each head adds to the confidence in the answer, in points of 100:"),
      tables.element,
      later("The numbers"),
    ],
    show: tables.show,
  },
});

/** Words in place of what the guess has to come before. */
const later = (what) => h("p", { class: "td-later-on" }, `${what} come after your guess.`);

const title = (task, word) =>
  ({ next: `Next word after “${word}”`, entity: `Entity of “${word}”`, class: "Sentence class", sentiment: "Sentiment" })[task] ?? task;

function inWords({ tasks }, { token }, { now, words }) {
  const answers = Object.entries(tasks).map(([task, names]) => {
    const best = largest(now[task]);
    return `${title(task, words[token])}: ${names[best]}, ${(100 * now[task][best]).toFixed(0)} percent`;
  });
  return `${answers.join(". ")}.`;
}

/** The rows of the table that is saved. */
function saved(model, { token }, { now, run, words, parameters, ids, keep, instead }) {
  const { tasks, means, average } = model;
  const names = Object.keys(tasks),
    heads = headsOf(model);
  const called = { rows: means.map((_, l) => `layer ${l + 1}`), columns: means[0].map((_, j) => `head ${j + 1}`) };
  const adds = added(parameters, ids, token, { keep, instead });
  return [
    ...names.flatMap((task) => table("answer", task, now[task], { rows: tasks[task] })),
    ...names.flatMap((task) => table("added", task, adds[task], called)),
    ...names.flatMap((task) => table("added, mean as learned", task, average[task], called)),
    ...heads.flatMap(([l, j]) =>
      table("attention", shortName([l, j]), run.attention[l][j][token], { rows: words.map((w, i) => `${i + 1} ${w}`) }),
    ),
    ...heads.flatMap(([l, j]) => table("segment", shortName([l, j]), [run.segments[l][j][token]], { rows: [words[token]] })),
  ];
}

export default widget({
  view: "heads-and-tasks",
  className: "HeadsAndTasks",
  title: "Heads and tasks",
  names: NAMES,
  presets: PRESETS,
  smooth: ["turns", "stretches"],
  rules,
  build,
});
