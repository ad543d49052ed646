// Real trajectories: a word of the real model in its sentences, layer by layer, and the numbers that judge the
// picture. The book's sentences ran beforehand, and are a trait of the widget; the reader's own run when they are asked for (own_sentences.js).

import { h } from "../ui/dom.js";
import { pythonLine } from "../ui/link.js";
import { notice } from "../ui/notice.js";
import { moment } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { player } from "../ui/player.js";
import { table } from "../ui/save/rows.js";
import { widget } from "../ui/widget.js";
import { changes } from "./change_panel.js";
import { cosinesPanel } from "./cosines_panel.js";
import { agreementOf } from "./distances_panel.js";
import { laws } from "./laws_panel.js";
import { leftPanel } from "./left_panel.js";
import { OwnSentences } from "./own_sentences.js";
import { Pictures } from "./pictures.js";
import { projectionPanel } from "./projection_panel.js";
import { senseKey } from "./sentences.js";
import { fitting, measure, NAMES, start } from "./state.js";
import { wordsPanel } from "./words_panel.js";
import { yours } from "./yours_panel.js";

const HEADS = 12;

/** What stands in the widget. Until the model has answered, what was seen stays. */
class RealTrajectories {
  empty = notice();
  open = ""; // the panel

  /** @param {import("../ui/widget.js").Shared} shared */
  constructor({ model, experimental, root, rules, store, say, change, tell, begin, redraw, openPanel }) {
    const { source } = rules,
      { book } = source,
      last = book.common.by_layer.length - 1;
    const { word, shown, compared, basis } = start(book);
    // the last state that could be drawn, and what it is drawn with
    const seen = { data: book, ghost: null, answer: null, word, shown, compared, basis };
    const number = (id) => seen.data.words[seen.word].sentences.indexOf(id) + 1;
    const get = () => store.state;
    const own = new OwnSentences({ model, experimental, root, source, store, change, begin, openPanel, play: () => this.time.play() });
    this.root = root;
    this.store = store;
    this.seen = seen;
    this.own = own;
    this.pictures = new Pictures({ model, experimental, heads: HEADS, seen, get, number, say, change, redraw });
    this.words = wordsPanel({ book, get, tell, begin });
    this.marks = senseKey();
    this.projection = projectionPanel({
      get,
      change,
      tell,
      redraw,
      towards: (anchors) => own.askAnew({ anchors, basis: "anchors" }),
      say: (words) => own.live.about.say(words),
      turning: this.pictures.space.controls,
    });
    this.yours = yours({ onPage: own.live.onPage, show: (given) => own.follow(given), follow: (word) => own.askAnew({ word }) });
    this.changes = changes({ change, get, layers: last, heads: HEADS, take: () => own.take(seen.data) });
    this.laws = laws({ averages: model.get("averages") ?? {}, redraw });
    this.left = leftPanel(number);
    this.cosines = cosinesPanel({ last, redraw });
    this.layer = output("layer", { label: "layer", print: moment });
    this.time = player({
      last,
      get: () => store.state.layer,
      set: (layer) => change({ layer }),
      onRest: () => say(this.summary()),
      readout: this.layer,
    });
  }

  see({ word, shown, compared, basis }, { data, answer }) {
    if (data) Object.assign(this.seen, { data, ghost: answer?.ghost ?? null, answer, word, shown, compared, basis });
  }

  draw(wished, found) {
    this.see(wished, found);
    this.own.keepUp(wished, found);
    const state = { ...wished, ...this.seen },
      { data, word, answer } = state;
    const layer = whole(state),
      components = this.pictures.components(state),
      looks = Boolean(data.attention) && this.open === "heads";
    this.root.setAttribute("aria-label", `Real trajectories of “${word}”`); // a page may show two
    this.words.show(state);
    this.marks.show(data, word);
    this.marks.element.hidden = looks || this.open === "words"; // where the list says it
    this.time.show(state.layer);
    this.layer.show(state.layer);
    this.yours.show({ ...wished, word, layer }, answer);
    this.changes.show(wished, answer);
    this.laws.draw(answer, layer, this.open === "laws");
    this.projection.show(wished, state, components.length === 3);
    if (state.shown.length) this.empty.clear();
    else this.empty.say("No sentence is checked, so there is nothing to draw. Check at least one.");
    this.pictures.draw(state, components, layer, looks);
    const agreement = this.left.show(state, components, layer);
    this.cosines.show(state, layer, agreement, this.open === "cosines");
  }

  summary() {
    return `Layer ${whole(this.store.state)}. ${this.cosines.summary()}`;
  }

  numbers() {
    const state = { ...this.store.state, ...this.seen },
      components = this.pictures.components(state);
    return [
      ...this.pictures.rows(state, components),
      ...this.cosines.rows(state),
      ...table("agreement of ranks", "on screen and in all 384", agreementOf(state, components)),
      ...this.laws.rows(),
    ];
  }

  film() {
    if (this.pictures.deepens({ ...this.store.state, ...this.seen }))
      throw new Error("an animation is made of the plane. Choose the picture “a plane, 2-D”.");
    return { states: this.time.frames().map((layer) => ({ layer })) };
  }
}

const whole = ({ layer }) => Math.round(layer); // states exist at whole layers only

function build(shared) {
  const { rules, store, about, reset, redraw } = shared,
    { book } = rules.source;
  const made = new RealTrajectories(shared);
  const { pictures, own, time, cosines } = made;
  const guess = h("div", { class: "td-until" }, own.guess.element);
  return {
    picture: pictures.elements,
    transport: [time.element, reset],
    reading: cosines.reading,
    said: [pictures.flat.element, made.empty.element, own.waiting.element, own.live.element, guess, about.element],
    panels: {
      words: { title: "Words", body: made.words.body },
      yours: { title: "Yours", body: made.yours.body },
      view: { title: "View", body: made.projection.body },
      left: { title: "Left out", body: made.left.body },
      cosines: { title: "Cosines", body: cosines.body },
      ...(book.attention ? { heads: { title: "Heads", body: pictures.tables.body } } : {}),
      change: { title: "Change", body: made.changes.body },
      laws: { title: "Laws", body: made.laws.body },
    },
    under: [made.marks.element],
    onPanel(name) {
      made.open = name;
      redraw();
    },
    draw: (state, found) => made.draw(state, found),
    numbers: () => made.numbers(),
    film: () => made.film(),
    summary: () => made.summary(),
    rest: time.stop,
    python: () => python(store, book),
    parts: [time, pictures, cosines, made.laws, own.live],
  };
}

/** Sentences of the reader's own go into the line; those of the book are known to Python. */
function python(store, book) {
  const { sentences: own, ...state } = store.plain();
  if (own.length || book.about) return pythonLine("RealTrajectories", store.plain(), store.starts);
  const sentences = book.sentences.map(({ sentence }) => sentence),
    senses = book.sentences.map(({ sense }) => sense);
  return pythonLine("RealTrajectories.of", { ...state, sentences, senses });
}

export default widget({
  view: "real-trajectories",
  className: "RealTrajectories",
  title: "Real trajectories",
  names: NAMES,
  smooth: ["layer"],
  rules(model) {
    const source = { book: model.get("data"), answer: model.get("own") };
    return { source, measure: measure(source), settle: fitting(source.book), fallback: start(source.book) };
  },
  build,
});
