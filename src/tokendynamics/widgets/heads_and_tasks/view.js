// Heads and tasks: a trained tiny transformer that runs in the page. Its weights come with the model trait, apart from the
// state. This file puts the parts together; a state that cannot be is said in words and the last good one is kept.
import FILE from "./presets.json";
import { answerCards } from "./answers.js";
import { headName, strips } from "./strips.js";
import { headsByTasks } from "./table.js";
import { accuracy, added, AT_THE_END, bent, from_logits, largest, numbers } from "./engine.js";
import { unpack } from "./packed.js";
import { forward } from "./transformer.js";
import { button, h, uid } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { announcer, notice } from "../ui/notice.js";
import { output } from "../ui/output.js";
import { prediction } from "../ui/predict.js";
import { slider } from "../ui/slider.js";

const VIEW = "heads-and-tasks";
const { start: START, presets: PRESETS } = FILE;
const STATE = Object.keys(START);
const STARTS = Object.fromEntries(Object.entries(PRESETS).map(([name, { title: _, note: __, ...own }]) => [name, { ...START, ...own }]));
const REST = 200; // milliseconds without a change before the held-out sentences are scored again

function render({ model, el, experimental }) {
  let learned;
  try {
    learned = unpack(model.get("model")?.weights);
  } catch (error) {
    return refuse(el, error.message);
  }
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const { tasks, places, means, average, averaged, held: heldOut, examples } = model.get("model");
  const names = Object.keys(tasks),
    vocabulary = tasks.next;
  const [L, H, size] = [means.length, means[0].length, means[0][0].length];
  const said = announcer(),
    about = notice(),
    textNotice = notice(),
    presetNotice = notice(),
    bendNotice = notice();
  let frame = 0,
    resting = 0;
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const measure = (state) => look(state, { learned, means, vocabulary, places, L, H });
  const held = heldState({ model, view: VIEW, names: STATE, measure, fallback: START, starts: STARTS, about, redraw, onPage });
  const home = held.plain(); // where Reset goes
  const tell = (patch, where) => held.change(patch, where) && (presetNotice.clear(), said.say(summary()), true);
  const summary = () =>
    `${names
      .map((task) => {
        const best = largest(held.found.now[task]);
        return `${title(task)}: ${tasks[task][best]}, ${(100 * held.found.now[task][best]).toFixed(0)} percent`;
      })
      .join(". ")}.`;
  function title(task) {
    const word = held.found.words[held.state.token];
    return (
      { next: `Next word after “${word}”`, entity: `Entity of “${word}”`, class: "Sentence class", sentiment: "Sentiment" }[task] ?? task
    );
  }

  // ------------------------------------------------------------------ the sentence
  const offered = select("Sentence", [["", "Choose one that it never saw…"], ...examples.map((text) => [text, text])], (text) => say(text));
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
    onchange: () => say(typed.value),
    onkeydown: (event) => event.key === "Enter" && say(typed.value),
  });
  const known = h(
    "details",
    { class: "td-vocabulary" },
    h("summary", {}, `The ${vocabulary.filter(Boolean).length} words it knows`),
    h("p", {}, vocabulary.filter(Boolean).join(", ")),
  );
  function say(text) {
    let n;
    try {
      n = numbers(text, vocabulary, places).length;
    } catch (error) {
      typed.setAttribute("aria-invalid", "true");
      const word = error.message.match(/'(.*)' is not/)?.[1];
      return textNotice.say(
        word !== undefined
          ? `“${word}” is not a word of this model's ${vocabulary.filter(Boolean).length}. Choose another; the list is below.`
          : `A sentence is 1 to ${places} words. The last good one is kept.`,
      );
    }
    typed.removeAttribute("aria-invalid");
    if (text !== held.state.sentence) tell({ sentence: text, token: Math.min(held.state.token, n - 1) }, textNotice);
    else textNotice.clear();
  }
  const preset = select("Preset", [["", "Choose…"], ...Object.entries(PRESETS).map(([name, { title: text }]) => [name, text])], (name) => {
    const { title: text, note, ...values } = PRESETS[name];
    if (tell(values)) presetNotice.say(note, "note");
  });
  preset.control.firstChild.disabled = true;
  const rest = () => {
    preset.control.value = offered.control.value = "";
    [textNotice, bendNotice, presetNotice].forEach((each) => each.clear());
  };
  const reset = button("Reset", () => {
    rest();
    if (held.change(home)) said.say("Back to the start.");
  });

  // ------------------------------------------------------------------ heads
  const without = (layer, head) => held.state.off.filter(([l, j]) => l !== layer || j !== head);
  const board = strips({
    layers: L,
    heads: H,
    size,
    onToken: (token) => tell({ token }),
    onSwitch: (layer, head, on) => tell({ off: on ? without(layer, head) : sorted([...held.state.off, [layer, head]]) }),
  });
  const all = Array.from({ length: L * H }, (_, i) => [Math.floor(i / H), i % H]);
  const allOn = button("All on", () => tell({ off: [] })),
    allOff = button("All off", () => tell({ off: all }));
  const instead = select(
    "A head that is off writes",
    [
      ["zero", "zeros"],
      ["mean", "its mean"],
    ],
    (value) => tell({ instead: value }),
  );
  const legend = h(
    "ul",
    { class: "td-legend", "aria-hidden": "true" },
    h("li", { class: "td-key-here" }, "the word asked about"),
    h("li", { class: "td-key-seen" }, "words it looks at"),
    h("li", { class: "td-key-faint" }, "other words' looks"),
    h("li", { class: "td-key-bars" }, "its segment, up is more than 0"),
  );
  const cards = answerCards(tasks, heldOut.length);
  const here = headsByTasks("added", "In this sentence", names, L, H);
  const overall = headsByTasks("average", `Mean of ${averaged.toLocaleString("en")} sentences it never saw, as learned`, names, L, H);
  overall.show(average, null);

  // ------------------------------------------------------------------ one head bent
  const which = select(
    "Bend",
    all.map((each) => [each.join("."), headName(each)]),
    (value) => tell({ head: value.split(".").map(Number) }, bendNotice),
  );
  const at = (name, i, value) => ({ [name]: held.state[name].map((was, k) => (k === i ? value : was)) });
  const turns = ["Q", "K", "V"].map((owner, i) =>
    slider({
      owner,
      label: "turn",
      min: 0,
      max: 90,
      step: 1,
      unit: "°",
      decimals: 0,
      onInput: (value) => tell(at("turns", i, value), bendNotice),
    }),
  );
  const stretches = ["Q", "K", "V"].map((owner, i) =>
    slider({ owner, label: "stretch", min: 0, max: 2, step: 0.05, onInput: (value) => tell(at("stretches", i, value), bendNotice) }),
  );
  const learnedAgain = button("As learned", () => tell({ turns: [0, 0, 0], stretches: [1, 1, 1] }, bendNotice));
  const another = button("Another random matrix", () => tell({ seed: (held.state.seed + 1) % 10_001 }, bendNotice));
  const shifted = output("attention-moved", {
    label: "share of this head's attention that has moved",
    print: (p) => `${(100 * p).toFixed(0)} %`,
  });
  const bend = h(
    "div",
    { class: "td-bend td-waits", role: "group", "aria-label": "Bend one head" },
    h("div", { class: "td-line" }, which.element, learnedAgain, another),
    h(
      "div",
      { class: "td-boxes" },
      ["Q", "K", "V"].map((name, i) =>
        h(
          "div",
          { class: `td-matrix td-matrix-${name}`, role: "group", "aria-label": name },
          h(
            "p",
            { class: "td-matrix-title" },
            h("strong", {}, name),
            ["  what it asks for", "  what it is found by", "  what it passes on"][i],
          ),
          turns[i].element,
          stretches[i].element,
        ),
      ),
    ),
    h("div", { class: "td-row" }, h("span", {}, "its attention in this sentence that has moved to other words"), shifted),
    bendNotice.element,
  );

  // ------------------------------------------------------------------ drawing
  function draw() {
    frame = 0;
    const { state, found } = held;
    if (typed.getRootNode().activeElement !== typed) typed.value = state.sentence;
    offered.control.value = examples.includes(state.sentence) ? state.sentence : "";
    board.show(found.words, state.token, found.run, found.keep, state.head);
    cards.show(found.now, found.before, Object.fromEntries(names.map((task) => [task, title(task)])));
    here.show(found.added, found.keep);
    instead.control.value = state.instead;
    which.control.value = state.head.join(".");
    turns.forEach((each, i) => each.show(state.turns[i]));
    stretches.forEach((each, i) => each.show(state.stretches[i]));
    shifted.show(found.moved);
    if (found.words.at(-1) !== ".")
      textNotice.say("Class and sentiment were learned at a full stop. This sentence has none: they are read at its last word.", "note");
    else if (textNotice.element.dataset.kind === "note") textNotice.clear();
    clearTimeout(resting);
    resting = setTimeout(() => cards.score(accuracy(found.parameters, heldOut, { keep: found.keep, instead: found.instead })), REST);
  }

  // ------------------------------------------------------------------ putting it together
  const root = h(
    "section",
    { class: "td td-heads", "data-widget": VIEW, "aria-label": "Heads and tasks" },
    prediction(model.get("prediction"), VIEW),
    about.element,
    h("div", { class: "td-line td-waits" }, preset.element, reset),
    presetNotice.element,
    h("div", { class: "td-line" }, offered.element),
    h("div", { class: "td-line" }, h("label", { class: "td-field td-wide", for: typedId }, "or your own", typed)),
    textNotice.element,
    known,
    cards.element,
    h("p", { class: "td-right" }, "An upright mark on a bar: the whole model, as it was learned."),
    h("div", { class: "td-line td-waits" }, allOn, allOff, instead.element),
    h("div", { class: "td-under" }, cards.line, board.element),
    legend,
    h("p", { class: "td-table-title" }, "What each head adds to the confidence in the answer, in points of 100:"),
    h("div", { class: "td-tables" }, here.element, overall.element),
    bend,
    sharing({ view: VIEW, className: "HeadsAndTasks", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw, smooth: ["turns", "stretches"], titles: PRESETS, rest });

  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(resting);
    unmount();
    board.stop();
  };
}

/** What the picture and the cards need. Throws for a state that does not hold together. */
function look(state, { learned, means, vocabulary, places, L, H }) {
  checkState(state, L, H);
  const ids = numbers(state.sentence, vocabulary, places);
  if (!Number.isInteger(state.token) || state.token < 0 || state.token >= ids.length) {
    throw new RangeError(`token must be the index of one of the ${ids.length} words; got ${state.token}`);
  }
  const keep = Array.from({ length: L }, (_, l) =>
    Array.from({ length: H }, (_, j) => (state.off.some(([a, b]) => a === l && b === j) ? 0 : 1)),
  );
  const instead = state.instead === "mean" ? means : null;
  const parameters = bent(learned, ...state.head, state.turns, state.stretches, state.seed);
  const run = forward(parameters, ids, { keep, instead });
  const whole = forward(learned, ids);
  const now = from_logits(run.logits, state.token);
  const [layer, head] = state.head;
  const moved =
    run.attention[layer][head].reduce(
      (sum, row, i) => sum + row.reduce((s, a, k) => s + Math.abs(a - whole.attention[layer][head][i][k]), 0) / 2,
      0,
    ) / ids.length;
  return {
    words: ids.map((id) => vocabulary[id]),
    keep,
    instead,
    parameters,
    run,
    now,
    moved,
    before: from_logits(whole.logits, state.token),
    added: added(parameters, ids, state.token, { keep, instead }),
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
  if (typeof sentence !== "string") throw new RangeError("sentence must be text");
  for (const [name, value] of [
    ["off", off],
    ["head", [head]],
  ]) {
    if (!Array.isArray(value) || !value.every(isHead)) {
      throw new RangeError(
        `${name} must name heads as [layer, head], layers 0 to ${L - 1}, heads 0 to ${H - 1}; got ${JSON.stringify(name === "head" ? head : value)}`,
      );
    }
  }
  if (instead !== "zero" && instead !== "mean") throw new RangeError(`instead must be one of 'zero', 'mean'; got '${instead}'`);
}

const sorted = (heads) => heads.sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** A model whose numbers did not arrive whole is not run: words in place of the widget. */
function refuse(el, words) {
  const said = notice();
  const root = h("section", { class: "td td-heads", "data-widget": VIEW, "aria-label": "Heads and tasks" }, said.element);
  said.say(`The model cannot run: ${words}. Load the page again, or build it again from its source.`);
  el.replaceChildren(root);
  root.widgetState = () => null;
  root.dataset.ready = "";
}

function select(text, options, onChange) {
  const id = uid("select");
  const control = h(
    "select",
    { id, onchange: () => onChange(control.value) },
    options.map(([value, title]) => h("option", { value }, title)),
  );
  return { control, element: h("span", { class: "td-field" }, h("label", { for: id }, text), control) };
}

export default { render };
