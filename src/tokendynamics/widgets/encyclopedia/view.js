// Encyclopedia: two spaces joined by M, and three memories that are filled until they fail.

import { found as foundAgain } from "../maths/seeded.js";
import { h, line } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { notice } from "../ui/notice.js";
import { presetField, values } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { selectField } from "../ui/select.js";
import { widget } from "../ui/widget.js";
import { capacity } from "./capacity.js";
import { measure_head, token_at } from "./engine.js";
import { headControls } from "./head.js";
import { readouts } from "./readouts.js";
import { spaces } from "./spaces.js";
import { checkState, NAMES, PRESETS, SMOOTH, START, STARTS } from "./state.js";
import { describe, inWords, named } from "./words.js";

const SLID = { Q: "q_angle", K: "k_angle", V: "V" }; // matrix: the trait that holds what is slid of it

class Encyclopedia {
  opened = null; // the panel
  before = null; // the state that was drawn last

  /** @param {import("../ui/widget.js").Shared} shared */
  constructor(shared) {
    const { store, tell, redraw } = shared;
    this.shared = shared;
    this.said = notice(); // what is refused in the spaces
    this.singular = notice();
    const ask = (question) => tell({ question }, this.said);
    this.boards = spaces({
      onMove: (space, i, at) => this.move(space, i, at),
      onAsk: (i) => i < this.state.tokens.length && ask(this.state.tokens[i]),
      onPlace: (space, at) => ask(this.tokenIn(space, at, this.state.question)),
      onV: (V) => tell({ V }, this.said),
      onResize: redraw,
    });
    this.ask = askField((i) => tell({ question: this.state.tokens[i] }));
    this.preset = presetField(PRESETS, (name) => {
      this.boards.reset();
      return tell(values(PRESETS[name]));
    });
    this.head = headControls(tell);
    this.readouts = readouts();
    this.marks = legend({
      u: "directions u₁, u₂",
      image: "M u₁, M u₂, thick = loud",
      v: "content V t",
      m: "answer of M",
      gap: "gap",
      blur: "noise",
    });
    this.shelves = capacity(tell);
    this.begun = store.state.section;
  }

  get state() {
    return this.shared.store.state;
  }

  summary() {
    const { head, memories } = this.shared.store.found;
    return this.state.section === "index"
      ? `${describe(this.state, head, this.state.tokens.length)}.`
      : `Found: ${this.shelves.summary(memories)}.`;
  }

  move(space, i, at) {
    const { tell, redraw } = this.shared;
    if (!at) return redraw();
    const { tokens, question } = this.state;
    const isQuestion = i === tokens.length;
    const moved = this.tokenIn(space, at, isQuestion ? question : tokens[i]);
    const patch = isQuestion ? { question: moved } : { tokens: tokens.map((t, k) => (k === i ? moved : t)) };
    if (!isQuestion && named(this.state) === i) patch.question = moved;
    tell(patch, this.said);
  }

  tokenIn(space, at, was) {
    const map = space === "index" ? this.shared.store.found.head.map : this.state.V;
    return token_at(at, was, map).map((x) => Math.round(x * 1e6) / 1e6);
  }

  /** What a panel is about. */
  sectionOf(panel) {
    return panel === "capacity" ? "capacity" : panel === "question" ? this.begun : "index";
  }

  onPanel(name) {
    this.opened = name;
    const section = this.sectionOf(name);
    if (section !== this.state.section) this.shared.tell({ section });
    else this.shared.redraw();
  }

  draw(state, { head, memories }) {
    if (this.sectionOf(this.opened) !== state.section) this.shared.openPanel(state.section === "capacity" ? "capacity" : "ask"); // as a link or Python says
    const full = state.section === "capacity";
    for (const each of [this.boards.element, this.readouts.gap, this.marks]) each.hidden = full;
    for (const each of [this.shelves.element, this.shelves.key]) each.hidden = !full;
    // a preset's note is about its values: it goes when they do
    const chosen = this.preset.control.value;
    if (chosen && Object.entries(values(PRESETS[chosen])).some(([name, value]) => String(state[name]) !== String(value)))
      this.preset.clear();
    const words = full ? null : inWords(state, head);
    if (words) this.singular.say(words, "note");
    else this.singular.clear();
    if (full) this.shelves.show(state, memories);
    else this.drawHead(state, head);
  }

  drawHead(state, head) {
    this.boards.draw(state, head, this.opened === "V");
    for (const [matrix, trait] of Object.entries(SLID))
      if (this.before && String(this.before[trait]) !== String(state[trait])) this.boards.feel(matrix, state, head);
    this.before = state;
    this.ask.show(state);
    this.head.show(state, head);
    this.readouts.show(head);
  }

  numbers() {
    const { names, section } = this.state,
      { head, memories } = this.shared.store.found;
    if (section === "capacity")
      return Object.entries(memories).flatMap(([name, right]) =>
        table("found", name, right.map(Number), { rows: right.map((_, i) => i + 1) }),
      );
    const rows = [...names, "the question"];
    const places = { "in the index": head.index, content: head.contents, "answer of M": head.answers };
    const bars = table("bar", "loudness", head.loudness, { rows: ["u₁", "u₂"] });
    return [...Object.entries(places).flatMap(([name, at]) => table("place", name, at, { rows })), ...bars];
  }
}

/** The entries to ask about, each with its answer: {element, show(state)}. */
function askField(take) {
  const { control, element } = selectField("Ask about", [], (value) => take(Number(value)));
  let listed = "";
  return {
    element,
    show(state) {
      const names = JSON.stringify([state.names, state.answers]);
      if (names !== listed) {
        listed = names;
        control.replaceChildren(
          h("option", { value: "-1", disabled: true }, "a place of your own"),
          ...state.names.map((name, i) => h("option", { value: i }, `${name} → ${state.answers[i]}`)),
        );
      }
      control.value = named(state);
    },
  };
}

/** @param {import("../ui/widget.js").Shared} shared */
function build(shared) {
  const book = new Encyclopedia(shared);
  const { ask, boards, head, marks, preset, readouts, said, shelves, singular } = book;
  shared.reset.addEventListener("click", () => book.onPanel(book.opened)); // the panel stays
  return {
    picture: [boards.element, shelves.element],
    transport: [shared.reset],
    reading: [readouts.gap, shelves.key],
    said: [said.element, shared.about.element],
    panels: {
      ask: { title: "Ask", body: [line(ask.element, preset.element), preset.notice.element] },
      ...head.panels,
      numbers: { title: "Numbers", body: [readouts.element] },
      capacity: { title: "Capacity", body: shelves.controls },
    },
    first: book.begun === "capacity" ? "capacity" : "ask",
    onPanel: (name) => book.onPanel(name),
    onHold: (name) => boards.hold(Boolean(name)),
    under: [singular.element, marks],
    draw: (state, found) => book.draw(state, found),
    numbers: () => book.numbers(),
    summary: () => book.summary(),
    rest: boards.reset,
    parts: [boards],
  };
}

/** What the picture and the meters need. Throws for a state that does not hold together or that overflows. */
function measure(state) {
  checkState(state);
  const { count, dimension, seed, noise, scale, section } = state;
  return { head: measure_head(state), memories: section === "capacity" ? foundAgain(count, dimension, seed, { noise, scale }) : null };
}

export default widget({
  view: "encyclopedia",
  className: "Encyclopedia",
  title: "Encyclopedia",
  names: NAMES,
  presets: PRESETS,
  smooth: SMOOTH,
  rules: () => ({ measure, fallback: START, starts: STARTS }),
  build,
});
