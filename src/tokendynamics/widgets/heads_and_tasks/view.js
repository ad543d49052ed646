// Heads and tasks: a trained tiny transformer that runs in the page. Its weights come with the model trait, apart from the state.

import { button, h, reword, uid } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { need } from "../ui/limits.js";
import { notice } from "../ui/notice.js";
import { output } from "../ui/output.js";
import { presetField, values, wholeStates } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { widget } from "../ui/widget.js";
import { answerCards, answerRow } from "./answers.js";
import { accuracy, added, bent, from_logits, largest, numbers } from "./engine.js";
import LIMITS from "./limits.json";
import { unpack } from "./packed.js";
import FILE from "./presets.json";
import { headName, shortName, strips } from "./strips.js";
import { headSwitches } from "./switches.js";
import { headsByTasks } from "./table.js";
import { forward } from "./transformer.js";
import { wordButtons } from "./words.js";

const { start: START, presets: PRESETS } = FILE;
const REST = 200; // milliseconds without a change before the held-out sentences are scored again

/** The model of the trait, its weights unpacked. Throws where its numbers did not arrive whole: such a model is not run. */
function unpacked(model) {
  try {
    return { ...model.get("model"), learned: unpack(model.get("model")?.weights) };
  } catch (error) {
    throw new Error(`The model cannot run: ${error.message}. Load the page again, or build it again from its source.`);
  }
}

function build({ store, rules, about, say, change, reset, redraw }) {
  const { tasks, places, means, average, averaged, held: heldOut, examples } = rules.model;
  const names = Object.keys(tasks),
    vocabulary = tasks.next;
  const [L, H, size] = [means.length, means[0].length, means[0][0].length];
  const textNotice = notice(),
    bendNotice = notice();
  let resting,
    open = "heads";
  const tell = (patch, where) => {
    const taken = change(patch, where);
    if (taken) {
      preset.notice.clear();
      say(summary());
    }
    return taken;
  };
  const summary = () =>
    `${names
      .map((task) => {
        const best = largest(store.found.now[task]);
        return `${title(task)}: ${tasks[task][best]}, ${(100 * store.found.now[task][best]).toFixed(0)} percent`;
      })
      .join(". ")}.`;
  function title(task) {
    const word = store.found.words[store.state.token];
    return (
      { next: `Next word after “${word}”`, entity: `Entity of “${word}”`, class: "Sentence class", sentiment: "Sentiment" }[task] ?? task
    );
  }

  // ------------------------------------------------------------------ the sentence
  const offered = selectField("Sentence", [["", "Choose one that it never saw…"], ...examples.map((text) => [text, text])], typedIn);
  offered.control.firstChild.disabled = true;
  const typedId = uid("text");
  const typed = h("input", {
    id: typedId,
    type: "text",
    class: "td-sentence",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": textNotice.element.id,
    onchange: () => typedIn(typed.value),
    onkeydown: (event) => event.key === "Enter" && typedIn(typed.value),
  });
  const known = h(
    "details",
    { class: "td-vocabulary" },
    h("summary", {}, `The ${vocabulary.filter(Boolean).length} words it knows`),
    h("p", {}, vocabulary.filter(Boolean).join(", ")),
  );
  function typedIn(text) {
    let n;
    try {
      n = numbers(text, vocabulary, places).length;
    } catch (error) {
      typed.setAttribute("aria-invalid", "true");
      return textNotice.say(
        error.word !== undefined
          ? `“${error.word}” is not a word of this model's ${vocabulary.filter(Boolean).length}. Choose another; the list is below.`
          : `A sentence is 1 to ${places} words. The last good one is kept.`,
      );
    }
    typed.removeAttribute("aria-invalid");
    if (text !== store.state.sentence) tell({ sentence: text, token: Math.min(store.state.token, n - 1) }, textNotice);
    else textNotice.clear();
  }
  const preset = presetField(PRESETS, (name) => tell(values(PRESETS[name])));
  function rest() {
    preset.clear();
    offered.control.value = "";
    for (const each of [textNotice, bendNotice]) each.clear();
  }

  const chosen = (token) => token !== store.state.token && tell({ token });
  const wordsAsked = wordButtons(chosen);

  // ------------------------------------------------------------------ heads
  const without = (layer, head) => store.state.off.filter(([l, j]) => l !== layer || j !== head);
  const board = strips({ layers: L, heads: H, size, onToken: chosen, onResize: redraw });
  const switches = headSwitches({
    layers: L,
    heads: H,
    onSwitch: (layer, head, on) => tell({ off: on ? without(layer, head) : sorted([...store.state.off, [layer, head]]) }),
  });
  const all = Array.from({ length: L * H }, (_, i) => [Math.floor(i / H), i % H]);
  const allOn = button("All on", () => tell({ off: [] })),
    allOff = button("All off", () => tell({ off: all }));
  const instead = selectField(
    "A head that is off writes",
    [
      ["zero", "zeros"],
      ["mean", "its mean"],
    ],
    (value) => tell({ instead: value }),
  );
  const marks = legend({
    here: "the word asked about",
    seen: "words it looks at",
    faint: "other words' looks",
    bars: "its segment, up is more than 0",
  });
  const row = answerRow(tasks),
    cards = answerCards(tasks, heldOut.length);
  const asked = h("strong", {});
  const here = headsByTasks("added", "In this sentence", names, L, H);
  const overall = headsByTasks("average", `Mean of ${averaged.toLocaleString("en")} sentences it never saw, as learned`, names, L, H);
  overall.show(average, null);

  // ------------------------------------------------------------------ one head bent
  const which = selectField(
    "Bend",
    all.map(([layer, head]) => [`${layer}.${head}`, headName([layer, head])]),
    (value) => tell({ head: value.split(".").map(Number) }, bendNotice),
  );
  const at = (name, i, value) => ({ [name]: store.state[name].map((was, k) => (k === i ? value : was)) });
  const bending = (name, label, unit) =>
    ["Q", "K", "V"].map((owner, i) =>
      slider({ owner, label, limits: LIMITS[name], unit, onInput: (value) => tell(at(name, i, value), bendNotice) }),
    );
  const turns = bending("turns", "turn", "°"),
    stretches = bending("stretches", "stretch");
  const learnedAgain = button("As learned", () => tell({ turns: [0, 0, 0], stretches: [1, 1, 1] }, bendNotice));
  const another = button("Another random matrix", () => tell({ seed: (store.state.seed + 1) % (LIMITS.seed.max + 1) }, bendNotice));
  const shifted = output("attention-moved", {
    label: "share of this head's attention that has moved",
    print: (p) => `${(100 * p).toFixed(0)} %`,
  });
  const whose = h("span", {});
  const MATRICES = { Q: "asks for", K: "is found by", V: "passes on" };
  const bend = h(
    "div",
    { class: "td-bend td-waits", role: "group", "aria-label": "Bend one head" },
    h("div", { class: "td-line" }, which.element, learnedAgain),
    Object.entries(MATRICES).map(([name, does], i) =>
      h(
        "div",
        { class: `td-bending td-matrix-${name}`, role: "group", "aria-label": name },
        h("p", { class: "td-matrix-title" }, h("strong", {}, name), ` ${does}`),
        turns[i].element,
        stretches[i].element,
      ),
    ),
    h("div", { class: "td-line" }, another, legend({ was: "as it was learned" })),
    bendNotice.element,
  );

  // ------------------------------------------------------------------ drawing
  function draw(state, found) {
    board.show(found.words, state.token, found.run, found.learned, found.keep, state.head);
    row.show(found.now, found.before);
    wordsAsked.show(found.words, state.token);
    reword(asked, found.words[state.token]);
    reword(whose, `${shortName(state.head)}: attention moved`);
    shifted.show(found.moved);
    if (found.words.at(-1) !== ".")
      textNotice.say("Class and sentiment were learned at a full stop. This sentence has none: they are read at its last word.", "note");
    else if (textNotice.element.dataset.kind === "note") textNotice.clear();
    drawn[open]?.(state, found);
  }

  /** What a panel shows is drawn, and computed, while it is open. */
  const drawn = {
    heads(state, found) {
      switches.show(found.keep);
      instead.control.value = state.instead;
    },
    bend(state) {
      which.control.value = state.head.join(".");
      for (const [i, each] of turns.entries()) each.show(state.turns[i]);
      for (const [i, each] of stretches.entries()) each.show(state.stretches[i]);
    },
    words(state) {
      if (typed.getRootNode().activeElement !== typed) typed.value = state.sentence;
      offered.control.value = examples.includes(state.sentence) ? state.sentence : "";
    },
    tasks(_, found) {
      cards.show(found.now, found.before, Object.fromEntries(names.map((task) => [task, title(task)])));
      clearTimeout(resting);
      resting = setTimeout(() => cards.score(accuracy(found.parameters, heldOut, { keep: found.keep, instead: found.instead })), REST);
    },
    adds(state, { parameters, ids, keep, instead }) {
      here.show(added(parameters, ids, state.token, { keep, instead }), keep);
    },
  };

  const panels = {
    heads: {
      title: "Heads",
      body: [
        h(
          "div",
          { class: "td-waits" },
          h("div", { class: "td-line" }, preset.element),
          switches.element,
          h("div", { class: "td-line" }, allOn, allOff),
          h("div", { class: "td-line" }, instead.element),
        ),
        later("The switches"),
      ],
    },
    bend: { title: "Q K V", body: [bend, later("The sliders")] },
    words: {
      title: "Words",
      body: [
        wordsAsked.element,
        h("div", { class: "td-line" }, offered.element),
        h("div", { class: "td-line" }, h("label", { class: "td-field td-wide", for: typedId }, "or your own", typed)),
        textNotice.element,
        known,
      ],
    },
    tasks: {
      title: "Tasks",
      body: [cards.element, h("p", { class: "td-right" }, "An upright mark on a bar: the whole model, as it was learned.")],
    },
    adds: {
      title: "Adds",
      body: [
        h("p", { class: "td-table-title" }, "What each head adds to the confidence in the answer, in points of 100:"),
        h("div", { class: "td-tables td-waits" }, here.element, overall.element),
        later("The numbers"),
      ],
    },
  };
  return {
    picture: [row.element, board.element],
    transport: [reset, h("span", { class: "td-asked-about" }, "asked at ", asked)],
    reading: [whose, " ", shifted],
    said: [about.element],
    notes: [preset.notice.element],
    panels,
    first: "heads",
    onPanel(name) {
      open = name;
      clearTimeout(resting);
      redraw();
    },
    under: [marks],
    draw,
    numbers() {
      const { token } = store.state,
        { now, run, words, parameters, ids, keep, instead } = store.found;
      const called = { rows: means.map((_, l) => `layer ${l + 1}`), columns: means[0].map((_, j) => `head ${j + 1}`) };
      const adds = added(parameters, ids, token, { keep, instead });
      return [
        ...names.flatMap((task) => table("answer", task, now[task], { rows: tasks[task] })),
        ...names.flatMap((task) => table("added", task, adds[task], called)),
        ...names.flatMap((task) => table("added, mean as learned", task, average[task], called)),
        ...all.flatMap(([l, j]) =>
          table("attention", shortName([l, j]), run.attention[l][j][token], { rows: words.map((w, i) => `${i + 1} ${w}`) }),
        ),
        ...all.flatMap(([l, j]) => table("segment", shortName([l, j]), [run.segments[l][j][token]], { rows: [words[token]] })),
      ];
    },
    summary,
    rest,
    parts: [board, { stop: () => clearTimeout(resting) }],
  };
}

/** Words in place of what the guess has to come before. */
const later = (what) => h("p", { class: "td-later-on" }, `${what} come after your guess.`);

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
  const moved =
    run.attention[layer][head].reduce(
      (sum, row, i) => sum + row.reduce((s, a, k) => s + Math.abs(a - whole.attention[layer][head][i][k]), 0) / 2,
      0,
    ) / ids.length;
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

const sorted = (heads) => heads.sort((a, b) => a[0] - b[0] || a[1] - b[1]);

export default widget({
  view: "heads-and-tasks",
  className: "HeadsAndTasks",
  title: "Heads and tasks",
  names: Object.keys(START),
  presets: PRESETS,
  smooth: ["turns", "stretches"],
  rules(model) {
    const whole = unpacked(model);
    let known = { sentence: null, run: null }; // a hand that slides stays with its sentence
    const asLearned = (sentence, ids) => {
      if (sentence !== known.sentence) known = { sentence, run: forward(whole.learned, ids) };
      return known.run;
    };
    const measure = (state) => measured(state, whole, asLearned);
    return { model: whole, measure, fallback: START, starts: wholeStates(PRESETS, START) };
  },
  build,
});
