// Real trajectories: a word of the real model in its sentences, layer by layer, and the cosines that judge the
// picture. The model ran beforehand; this file draws its data, which is a trait of the widget.
import { state_at, within_across } from "./maths/real_data.js";
import { button, h, uid } from "./ui/dom.js";
import { heldState } from "./ui/held.js";
import { lineChart } from "./ui/lines.js";
import { copyButton, linkTo, pythonLine } from "./ui/link.js";
import { mounted } from "./ui/mount.js";
import { announcer, notice } from "./ui/notice.js";
import { fixed } from "./ui/numbers.js";
import { output } from "./ui/output.js";
import { player } from "./ui/player.js";
import { prediction } from "./ui/predict.js";
import { sentenceList } from "./ui/sentences.js";
import { trailPlane } from "./ui/trails.js";

const VIEW = "real-trajectories";
const STATE = ["word", "layer", "shown", "basis", "components", "tokens", "trails"];
const PAIRS = [[1, 2], [1, 3], [2, 3]];
const BASES = { own: "fitted to this word", common: "fitted to all tokens of all sentences" };
const NOTES = {
  own: "These directions were chosen to spread out the very states you look at, so they flatter any difference.",
  common: "These directions were chosen for all tokens alike, so they pass over what is special to one word.",
};
const TOKENS = { word: "the word", all: "all tokens of its sentences" };

function render({ model, el, experimental }) {
  const onPage = !model.widget_manager || Boolean(experimental?.staticPage);
  const data = model.get("data");
  const words = Object.keys(data.words);
  const last = data.common.by_layer.length - 1;
  const said = announcer(), about = notice(), emptyNotice = notice();
  let frame = 0;

  // ------------------------------------------------------------------ the state
  const fallback = { word: words[0], layer: 0, shown: data.words[words[0]].sentences, basis: "own", components: [1, 2], tokens: "word", trails: true };
  const held = heldState({ model, view: VIEW, names: STATE, measure, fallback, about, redraw, onPage, settle: fitting });
  const { change, plain } = held;
  const first = plain(); // where Reset goes

  /** Sentences of another word are let go; where none is left, all of the word's own are shown. */
  function fitting(next) {
    const own = data.words[next.word]?.sentences;
    if (!own || !sentences(next.shown)) return next;
    const kept = next.shown.filter((id) => own.includes(id));
    return { ...next, shown: kept.length || !next.shown.length ? kept : own };
  }

  function sentences(shown) {
    return Array.isArray(shown) && shown.every((id) => Number.isInteger(id) && data.sentences[id]);
  }

  function measure(next) {
    const problem = wrong(next);
    if (problem) throw new RangeError(problem);
  }

  function wrong({ word, layer, shown, basis, components, tokens, trails }) {
    if (!words.includes(word)) return `word must be one of ${words.join(", ")}; got ${JSON.stringify(word)}.`;
    if (!(Number.isFinite(layer) && layer >= 0 && layer <= last)) return `layer must be a number from 0 to ${last}; got ${JSON.stringify(layer)}.`;
    if (!sentences(shown)) return `shown must be a list of sentences by number, 0 to ${data.sentences.length - 1}; got ${JSON.stringify(shown)}.`;
    if (!Object.hasOwn(BASES, basis)) return `basis must be "own" or "common"; got ${JSON.stringify(basis)}.`;
    if (!PAIRS.some((pair) => JSON.stringify(pair) === JSON.stringify(components))) return `components must be [1, 2], [1, 3] or [2, 3]; got ${JSON.stringify(components)}.`;
    if (!Object.hasOwn(TOKENS, tokens)) return `tokens must be "word" or "all"; got ${JSON.stringify(tokens)}.`;
    if (typeof trails !== "boolean") return `trails must be true or false; got ${JSON.stringify(trails)}.`;
  }

  // ------------------------------------------------------------------ controls
  const wordSelect = select("Word", Object.fromEntries(words.map((word) => [word, `${word}: ${data.words[word].senses.join(" or ")}`])), (word) =>
    change({ word, shown: data.words[word].sentences }) && say());
  const basisSelect = select("Projection", BASES, (basis) => change({ basis }) && say());
  const pairSelect = select("Directions", Object.fromEntries(PAIRS.map((pair) => [pair.join(), pair.join(" and ")])), (pair) => change({ components: pair.split(",").map(Number) }));
  const tokenSelect = select("Show", TOKENS, (tokens) => change({ tokens }));
  const trails = h("input", { type: "checkbox", id: uid("trails"), onchange: () => change({ trails: trails.checked }) });
  const list = sentenceList(data, (shown) => change({ shown }) && say());
  const reset = button("Reset", () => {
    time.stop();
    change(first) && said.say("Back to the start.");
  });

  function select(text, options, onChange) {
    const id = uid("select");
    const control = h("select", { id, onchange: () => onChange(control.value) }, Object.entries(options).map(([value, title]) => h("option", { value }, title)));
    return { control, element: h("span", { class: "td-field" }, h("label", { for: id }, text), control) };
  }

  const number = (id) => data.words[held.state.word].sentences.indexOf(id) + 1;

  // ------------------------------------------------------------------ pictures and readouts
  const board = trailPlane({
    label: "The word in each sentence, at this layer. Each is a button: arrow keys go from one to the next, Enter keeps its name open.",
    onResize: redraw,
    onFocus: ({ at, about: text }) => said.say(`${text}, at ${at.map((v) => fixed(v)).join(", ")}`),
  });
  const cosineChart = lineChart({ onResize: redraw }), gapChart = lineChart({ onResize: redraw });
  const three = (x) => (Number.isFinite(x) ? fixed(x, 3) : "–"), percent = (x) => `${fixed(100 * x, 1)} %`;
  const out = {
    layer: output("layer", { label: "layer", print: (x) => (Number.isInteger(x) ? String(x) : fixed(x, 1)) }),
    within: output("cosine-within", { label: "mean cosine within a sense", print: three }),
    across: output("cosine-across", { label: "mean cosine across senses", print: three }),
    explained: output("explained-variance", { label: "share of the variance along the two directions, all layers", print: percent }),
    byLayer: output("explained-by-layer", { label: "share of this layer's variance along all three directions", print: percent }),
    apart: output("apart-seen", { label: "share of the squared distance between the senses that all three directions show", print: percent }),
  };
  const time = player({ last, get: () => held.state.layer, set: (layer) => change({ layer }), onRest: () => say(), readout: out.layer });
  const heading = (text) => h("p", { class: "td-heading" }, text);
  const row = (text, element) => h("div", { class: "td-row" }, h("span", {}, text), element);
  const basisNote = h("p", { class: "td-quiet" });
  const apartRow = row("of the squared distance between the two senses (all its sentences), all three show", out.apart);
  const nearest = () => Math.round(held.state.layer); // states exist at whole layers only

  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function draw() {
    const { state } = held;
    const entry = data.words[state.word], layer = nearest();
    root.setAttribute("aria-label", `Real trajectories of “${state.word}”`); // a page may show two
    list.show(state.word, state.shown);
    time.show(state.layer);
    wordSelect.control.value = state.word;
    basisSelect.control.value = state.basis;
    pairSelect.control.value = state.components.join();
    tokenSelect.control.value = state.tokens;
    trails.checked = state.trails;
    if (state.shown.length) emptyNotice.clear();
    else emptyNotice.say("No sentence is checked, so there is nothing to draw. Check at least one.");
    if (board.size) drawPlane();

    const { within, across } = within_across(data, state.word, "word", state.shown);
    const low = Math.min(0.9, ...entry.cosines.word.flat());
    if (cosineChart.width) {
      cosineChart.draw({ label: "Cosine", last, current: state.layer, low, high: 1, series: [
        { name: "within a sense", values: within, kind: "main" }, { name: "across senses", values: across, kind: "second" }] });
    }
    const names = { word: `“${state.word}”`, "[CLS]": "[CLS], control", ".": "“.”, control" };
    const gaps = Object.keys(entry.cosines).map((token) => {
      const pair = within_across(data, state.word, token, state.shown);
      return { name: names[token], values: pair.within.map((v, t) => v - pair.across[t]), kind: token === "word" ? "main" : token === "." ? "control td-dotted" : "control" };
    });
    if (gapChart.width) gapChart.draw({ label: "Within minus across", last, current: state.layer, low: 0, high: 0.1, series: gaps });
    chartNote.hidden = within.every(Number.isFinite) && across.every(Number.isFinite);

    basisNote.textContent = NOTES[state.basis];
    const fit = state.basis === "own" ? entry.own : data.common;
    out.layer.show(state.layer);
    out.within.show(within[layer]);
    out.across.show(across[layer]);
    out.explained.show(state.components.reduce((sum, k) => sum + fit.each[k - 1], 0));
    out.byLayer.show(fit.by_layer[layer]);
    apartRow.hidden = !entry.apart_seen || entry.senses.length > 2; // of more it says nothing
    if (entry.apart_seen) out.apart.show(entry.apart_seen[state.basis][layer]);
  }

  function drawPlane() {
    const { state } = held;
    const [a, b] = state.components.map((k) => k - 1);
    const { senses } = data.words[state.word];
    const alone = state.tokens === "all" && state.shown.length === 1; // room for every name
    const tracks = state.shown.flatMap((id) => {
      const sentence = data.sentences[id], sense = senses.indexOf(sentence.sense);
      const which = state.tokens === "word" ? [sentence.target] : sentence.tokens.map((_, i) => i);
      return which.map((i) => {
        const whole = sentence[state.basis].map((states) => [states[i][a], states[i][b]]);
        const at = state_at(whole, state.layer);
        const name = sentence.tokens[i], main = i === sentence.target;
        return {
          key: `${id}-${i}`, sense, main, whole, at, path: [...whole.slice(0, Math.ceil(state.layer)), at],
          named: main || alone, short: alone ? name : String(number(id)), name: main ? `${number(id)} ${name}, ${sentence.sense}` : `${number(id)} ${name}`,
          about: `${name}, sentence ${number(id)}, ${sentence.sense}`,
        };
      });
    });
    tracks.sort((one, other) => one.main - other.main); // the followed word on top
    const seen = tracks.flatMap(({ whole }) => whole);
    const [xs, ys] = [0, 1].map((k) => (seen.length ? [Math.min(...seen.map((p) => p[k])), Math.max(...seen.map((p) => p[k]))] : [-1, 1]));
    const half = 0.56 * Math.max(xs[1] - xs[0], ys[1] - ys[0], 1e-3);
    board.draw(tracks, { middle: [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2], half }, state.components.map((k) => `direction ${k}`), state.trails);
  }

  const say = () => said.say(`Layer ${nearest()}. Cosine within a sense ${out.within.textContent}, across senses ${out.across.textContent}.`);

  // ------------------------------------------------------------------ putting it together
  const chartNote = h("p", { class: "td-notice", "data-kind": "note", hidden: true }, "A line needs a pair: two sentences of one sense for within, one of each for across.");
  const root = h("section", { class: "td td-real-trajectories", "data-widget": VIEW },
    prediction(model.get("prediction"), VIEW),
    h("div", { class: "td-line" }, wordSelect.element, tokenSelect.element, basisSelect.element, pairSelect.element,
      h("div", { class: "td-check" }, trails, h("label", { for: trails.id }, "Trails"))),
    h("div", { class: "td-columns" },
      h("div", {}, board.element, emptyNotice.element,
        h("div", { class: "td-time" }, time.elements, reset), about.element),
      h("div", {},
        list.element,
        heading("What the picture leaves out"),
        row("of the variance over all layers, the two directions drawn hold", out.explained),
        row("of this layer’s variance, all three directions hold", out.byLayer),
        apartRow,
        basisNote, h("p", { class: "td-quiet" }, "A state has 384 numbers. Judge closeness by the cosines, which use them all."))),
    h("div", { class: "td-charts" },
      h("div", {}, heading("Cosine of the word between two sentences, in all 384 numbers"), cosineChart.element,
        row("within a sense, at this layer", out.within), row("across senses", out.across)),
      h("div", {}, heading("Within minus across, beside tokens that have one sense"), gapChart.element)),
    chartNote,
    h("div", { class: "td-line td-share" },
      onPage ? copyButton("Copy link", () => linkTo(VIEW, model.get("key"), plain(), held.starts), said.say) : null,
      copyButton("Copy Python", python, said.say)),
    said.element);

  /** Sentences of the reader's own go into the line; those of the book are known to Python. */
  function python() {
    if (data.about) return pythonLine("RealTrajectories", plain());
    const sentences = data.sentences.map(({ sentence }) => sentence), senses = data.sentences.map(({ sense }) => sense);
    return pythonLine("RealTrajectories.of", { sentences, senses, ...plain() });
  }

  // ------------------------------------------------------------------ first paint
  const unmount = mounted({ el, root, held, draw, smooth: ["layer"], rest: time.stop });

  return () => {
    time.stop();
    cancelAnimationFrame(frame);
    unmount();
    [board, cosineChart, gapChart].forEach((each) => each.stop());
  };
}

export default { render };
