// Real trajectories: a word of the real model in its sentences, layer by layer, and the numbers that judge the
// picture. The book's sentences ran beforehand, and are a trait of the widget; the reader's own run when they are asked for (asking.js).

import { h, reword } from "../ui/dom.js";
import { pythonLine } from "../ui/link.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { player } from "../ui/player.js";
import { hasWebGL } from "../ui/plot.js";
import { table } from "../ui/save/rows.js";
import { checkField, selectField } from "../ui/select.js";
import { widget } from "../ui/widget.js";
import { anchorFields } from "./anchors.js";
import { asking } from "./asking.js";
import { sideBySide } from "./attention_panel.js";
import { changes } from "./change_panel.js";
import { agreementOf, misleads } from "./distances_panel.js";
import { laws } from "./laws_panel.js";
import { lineChart } from "./lines.js";
import { within_across } from "./senses.js";
import { senseKey, sentenceList } from "./sentences.js";
import { space } from "./space.js";
import { BASES, fitting, LEARNED, measure, NAMES, opening, PAIRS, start, TOKENS, wanted } from "./state.js";
import { frameOf, ghostsOf, tracksOf } from "./tracks.js";
import { trailPlane } from "./trails.js";
import { yours } from "./yours_panel.js";

const NOTES = {
  own: "These directions were chosen to spread out the very states you look at, so they flatter any difference.",
  common: "These directions were chosen for all tokens alike, so they pass over what is special to one word.",
  anchors: "Across and up are cosines with the two words, each alone in the same model at the same layer.",
};
const HEADS = 12;

function build({ model, experimental, root, rules, store, about, say, change, tell, begin, reset, redraw, openPanel }) {
  const { source } = rules,
    { book } = source;
  const last = book.common.by_layer.length - 1;
  const emptyNotice = notice(),
    flat = notice(),
    waiting = notice(),
    guess = notice();
  let open = ""; // the panel
  let webgl = null; // whether there is WebGL: asked when it is needed
  const { word, shown, compared, basis } = start(book);
  let seen = { data: book, ghost: null, answer: null, word, shown, compared, basis }; // the last state that could be drawn, and what it is drawn with
  const number = (id) => seen.data.words[seen.word].sentences.indexOf(id) + 1;
  const get = () => store.state;

  // ------------------------------------------------------------------ the model
  const live = asking({ model, experimental, hear });

  /** The model's answer: of a head that is slid, or of new sentences, whose state `done` sets. */
  function hear(answer, done) {
    if (answer.refused) return live.about.say(answer.refused, "problem", remedies(answer));
    source.answer = answer;
    if (done) done(answer);
    else change({});
  }
  /** Words that all sentences share, where the one that was asked for is not among them. */
  const remedies = ({ shared = [], made_of }) => shared.slice(0, 4).map((word) => [`Follow “${word}”`, () => askFor({ ...made_of, word })]);

  /** Ask about other sentences, another word or other anchors. The state is that of now until the answer is there. */
  function askFor({ basis = get().basis, ...patch }, then = () => {}) {
    const asked = { ...LEARNED, anchors: [], word: "", ...patch };
    live.ask(asked, ({ made_of, data }) => {
      const { sentences, word, anchors } = made_of;
      const ids = sentences.map((_, i) => i);
      begin({
        ...made_of,
        senses: String(made_of.senses) === "A,B,C".slice(0, 2 * ids.length - 1) ? [] : made_of.senses, // of themselves
        shown: ids,
        compared: opening(data, word),
        basis: basis === "anchors" && !anchors.length ? "own" : basis,
      });
      then();
    });
  }

  /** Sentences that were typed: once they are there, they move; of one alone all tokens, as it has no other to be compared with. */
  function follow(given) {
    const one = given.sentences.length === 1,
      look = one === (get().sentences.length === 1) ? {} : one ? { tokens: "all", basis: "common" } : { tokens: "word", basis: "own" };
    askFor(given, () => {
      change({ layer: 0, ...look });
      if (root.querySelector(".td-predict:not([data-answered])"))
        guess.say("Your sentences are here. Say first what you expect; then they move.", "ask", [["Guess", () => openPanel("question")]]);
      else time.play();
    });
  }

  /** What the state asks of the model: of itself where it may, else by a button, as for sentences that came with a link. */
  function keepUp(state, { answer, current }) {
    if (current || live.busy()) return waiting.clear();
    if (live.ready()) {
      waiting.clear();
      return live.ask(wanted(state));
    }
    const first = answer
      ? "What you see was computed beforehand."
      : `These sentences came with a link: ${state.sentences.map((text) => `“${text}”`).join(" ")}`;
    waiting.say(`${first} To run them the model has to come into this page: 13 MB, which your browser keeps.`, "ask", [
      ["Run them", () => live.ask(wanted(state), () => change({}))],
    ]);
  }

  // ------------------------------------------------------------------ controls
  const BOOKS = { sentences: [], senses: [], anchors: [], ...LEARNED };
  const wordSelect = selectField(
    "Word",
    Object.keys(book.words).map((word) => [word, `${word}: ${book.words[word].senses.join(" or ")}`]),
    (word) => {
      const { basis, sentences } = get();
      const home = {
        ...BOOKS,
        word,
        shown: book.words[word].sentences,
        compared: opening(book, word),
        basis: basis === "anchors" ? "own" : basis,
      };
      (sentences.length ? begin : tell)(home);
    },
  );
  const ownOption = h("option", { value: "" }, "in your sentences");
  const basisSelect = selectField("Projection", Object.entries(BASES), (basis) => {
    if (basis !== "anchors" || get().anchors.length) return tell({ basis });
    anchors.open();
    redraw();
  });
  const anchors = anchorFields({
    ask: (words) => askFor({ ...wanted(get()), anchors: words, basis: "anchors" }),
    say: (words) => live.about.say(words),
  });
  const pictureSelect = selectField(
    "Picture",
    [
      [2, "a plane, 2-D"],
      [3, "a space, 3-D"],
    ],
    (value) => change({ dimensions: Number(value) }),
  );
  const pairSelect = selectField(
    "Directions",
    PAIRS.map((pair) => [pair.join(), pair.join(" and ")]),
    (pair) => change({ components: pair.split(",").map(Number) }),
  );
  const tokenSelect = selectField("Show", Object.entries(TOKENS), (tokens) => change({ tokens }));
  const trails = checkField("Trails", (on) => change({ trails: on }));
  const list = sentenceList((shown) => tell({ shown })),
    marks = senseKey();
  const own = yours({
    onPage: live.onPage,
    show: follow,
    follow: (word) => askFor({ ...wanted(get()), word }),
  });
  const bent = changes({
    change,
    get,
    layers: last,
    heads: HEADS,
    take: () => {
      const { data } = seen,
        ids = get().compared;
      askFor({ sentences: ids.map((id) => data.sentences[id].sentence), senses: ids.length > 1 ? ["A", "B"] : ["A"], word: get().word });
    },
  });
  const measures = laws({ averages: model.get("averages") ?? {}, redraw });

  // ------------------------------------------------------------------ pictures and readouts
  const board = trailPlane({
    label: "The word in each sentence, at this layer. Each is a button: arrow keys go from one to the next, Enter keeps its name open.",
    onResize: redraw,
    onFocus: ({ at, about: text }) => say(`${text}, at ${at.map((v) => fixed(v)).join(", ")}`),
  });
  const deep = space({
    model,
    experimental,
    get: () => ({ ...get(), ...seen }),
    onTurn: (turn) => change({ turn }),
    onLost: () => {
      webgl = false;
      redraw();
    },
  });
  const cosineChart = lineChart({ onResize: redraw }),
    gapChart = lineChart({ onResize: redraw }),
    agreementChart = lineChart({ onResize: redraw });
  const trust = misleads(number);
  const beside = sideBySide({ heads: HEADS, change, number, redraw, get });
  const three = (x) => (Number.isFinite(x) ? fixed(x, 3) : "–"),
    percent = (x) => `${fixed(100 * x, 1)} %`;
  const out = {
    layer: output("layer", { label: "layer", print: (x) => (Number.isInteger(x) ? String(x) : fixed(x, 1)) }),
    within: output("cosine-within", { label: "mean cosine within a sense", print: three }),
    gap: output("cosine-gap", {
      label: "mean cosine within a sense less that across senses",
      print: (x) => (Number.isFinite(x) ? fixed(x) : "–"),
    }),
    across: output("cosine-across", { label: "mean cosine across senses", print: three }),
    explained: output("explained-variance", { label: "share of the variance along the directions drawn, all layers", print: percent }),
    byLayer: output("explained-by-layer", { label: "share of this layer's variance along all three directions", print: percent }),
    apart: output("apart-seen", {
      label: "share of the squared distance between the senses that all three directions show",
      print: percent,
    }),
  };
  const time = player({
    last,
    get: () => store.state.layer,
    set: (layer) => change({ layer }),
    onRest: () => say(summary()),
    readout: out.layer,
  });
  const pairName = h("span", {}, "gap ");
  const reading = h("span", { class: "td-waits" }, pairName, out.gap);
  const heading = (text) => h("p", { class: "td-heading" }, text);
  const basisNote = h("p", { class: "td-quiet" });
  const apartRow = readout("of the squared distance between the two senses (all its sentences), all three show", out.apart);
  const nearest = () => Math.round(store.state.layer); // states exist at whole layers only

  /** Three dimensions where they are wanted and there is WebGL; else the plane, and a word about why. */
  function inSpace({ dimensions, basis }) {
    if (dimensions === 2 || basis === "anchors") return flat.clear(); // two words span a plane
    webgl ??= hasWebGL();
    if (webgl) flat.clear();
    else
      flat.say(
        "This browser has no WebGL, which a picture in three dimensions needs. The plane shows the same states along two of the three directions.",
        "note",
      );
    return webgl;
  }

  function draw(wished, found) {
    if (found.data) {
      const { word, shown, compared, basis } = wished;
      seen = { data: found.data, ghost: found.answer?.ghost ?? null, answer: found.answer, word, shown, compared, basis };
    }
    keepUp(wished, found);
    const state = { ...wished, ...seen }; // until the model has answered, what was seen stays
    const { data } = seen,
      entry = data.words[state.word],
      layer = nearest(),
      deepens = Boolean(inSpace(state));
    root.setAttribute("aria-label", `Real trajectories of “${state.word}”`); // a page may show two
    list.show(data, state.word, state.shown);
    marks.show(data, state.word);
    time.show(state.layer);
    own.show({ ...wished, word: state.word, layer }, state.answer);
    bent.show(wished, state.answer);
    measures.draw(state.answer, layer, open === "laws");
    anchors.show(wished);
    if (!state.answer) ownOption.remove();
    else if (!ownOption.isConnected) wordSelect.control.prepend(ownOption);
    basisSelect.control.querySelector("[value='anchors']").disabled = !state.answer;
    for (const [{ control }, value] of [
      [wordSelect, state.answer ? "" : state.word],
      [basisSelect, state.basis],
      [pictureSelect, state.dimensions],
      [pairSelect, state.components.join()],
      [tokenSelect, state.tokens],
    ])
      control.value = value;
    trails.control.checked = state.trails;
    if (state.shown.length) emptyNotice.clear();
    else emptyNotice.say("No sentence is checked, so there is nothing to draw. Check at least one.");

    const components = deepens ? [1, 2, 3] : state.components;
    const looks = Boolean(data.attention) && open === "heads";
    board.element.hidden = deepens || looks;
    deep.element.hidden = !deepens || looks;
    beside.picture.hidden = !looks;
    marks.element.hidden = looks || open === "words"; // where the list says it
    pairSelect.element.hidden = deepens || state.basis === "anchors";
    deep.controls.hidden = !deepens;
    if (looks) beside.show(state, layer);
    else if (deepens) deep.draw();
    else if (board.size) {
      const tracks = tracksOf(data, state, components),
        ghosts = ghostsOf(data, state.ghost, state, components);
      board.draw(tracks, frameOf([...tracks, ...ghosts], 2), names(state, components), state.trails, ghosts);
    }
    drawNumbers(state, entry, layer, components);
  }

  const names = ({ basis, anchors: words }, components) =>
    basis === "anchors" ? words.map((word) => `cosine with “${word}”`) : components.map((k) => `direction ${k}`);

  function drawNumbers(state, entry, layer, components) {
    const { data } = state;
    const pair = within_across(data, state.word, "word", state.shown),
      { within, across } = pair;
    const agreement = trust.show(state, components, layer);
    const lines = [within.every(Number.isFinite), across.every(Number.isFinite)];
    chartNote.hidden = lines.every(Boolean);
    for (const [i, some] of [lines.some(Boolean), lines.every(Boolean), Boolean(agreement?.some(Number.isFinite))].entries())
      charts[i].element.hidden = !some;
    if (open === "cosines") drawCharts(state, entry, pair, agreement);

    reword(basisNote, NOTES[state.basis]);
    const fit = state.basis === "own" ? entry.own : data.common,
      fitted = state.basis !== "anchors";
    for (const row of [drawnRow, byLayerRow]) row.hidden = !fitted;
    reword(drawnRow.firstChild, `of the variance over all layers, the ${components.length === 3 ? "three" : "two"} directions drawn hold`);
    out.layer.show(state.layer);
    const both = lines.every(Boolean); // or else there is no gap, and the cosine says how near they are
    reading.hidden = !lines.some(Boolean);
    reword(pairName, both ? "gap " : "cosine ");
    out.gap.show(both ? within[layer] - across[layer] : (lines[0] ? within : across)[layer]);
    out.within.show(within[layer]);
    out.across.show(across[layer]);
    out.explained.show(components.reduce((sum, k) => sum + fit.each[k - 1], 0));
    out.byLayer.show(fit.by_layer[layer]);
    apartRow.hidden = !fitted || !entry.apart_seen || entry.senses.length > 2; // of more it says nothing
    if (!apartRow.hidden) out.apart.show(entry.apart_seen[state.basis][layer]);
  }

  function gaps(data, { word, shown }, entry) {
    const called = { word: `“${word}”`, "[CLS]": "[CLS], control", ".": "“.”, control" };
    return Object.keys(entry.cosines).map((token) => {
      const { within, across } = within_across(data, word, token, shown);
      return {
        name: called[token],
        values: within.map((v, t) => v - across[t]),
        kind: token === "word" ? "main" : token === "." ? "control td-dotted" : "control",
      };
    });
  }

  function drawCharts(state, entry, { within, across }, agreement) {
    const { data } = state;
    const shared = { last, current: state.layer };
    cosineChart.draw({
      ...shared,
      label: "Cosine",
      low: Math.min(0.9, ...entry.cosines.word.flat()),
      high: 1,
      series: [
        { name: "within a sense", values: within, kind: "main" },
        { name: "across senses", values: across, kind: "second" },
      ],
    });
    gapChart.draw({ ...shared, label: "Within minus across", low: 0, high: 0.1, series: gaps(data, state, entry) });
    if (agreement)
      agreementChart.draw({
        ...shared,
        label: "Rank correlation of distances",
        low: 0,
        high: 1,
        series: [{ name: "agreement", values: agreement, kind: "main" }],
      });
  }

  const summary = () => `Layer ${nearest()}. Cosine within a sense ${out.within.textContent}, across senses ${out.across.textContent}.`;

  // ------------------------------------------------------------------ putting it together
  const chartNote = h(
    "p",
    { class: "td-notice", "data-kind": "note", hidden: true },
    "A line needs a pair: two sentences of one sense for within, one of each for across.",
  );
  const drawnRow = readout("", out.explained),
    byLayerRow = readout("of this layer’s variance, all three directions hold", out.byLayer);
  const agreementNote = h(
    "p",
    { class: "td-quiet" },
    "Spearman’s rank correlation over all pairs of the sentences shown. At 1, what looks farther is farther. At 0, the picture says nothing about who is near whom.",
  );
  const charts = [
    ["Cosine of the word between two sentences", cosineChart],
    ["Gap: within minus across, beside controls", gapChart],
    ["Do distances rank as in all 384 numbers?", agreementChart, agreementNote],
  ].map(([title, { element }, ...more]) => ({ title, element: h("div", { class: "td-one-chart" }, heading(title), element, more) }));
  const chartSelect = selectField(
    "Chart",
    charts.map(({ title }, i) => [i, title]),
    choose,
  );
  choose(0);
  /** Where there is room for one chart only, it is this one. */
  function choose(chosen) {
    for (const [i, { element }] of charts.entries()) element.classList.toggle("td-chosen", i === Number(chosen));
  }

  const panels = {
    words: { title: "Words", body: [wordSelect.element, list.element] },
    yours: { title: "Yours", body: own.body },
    view: {
      title: "View",
      body: [
        [tokenSelect, basisSelect].map(({ element }) => element),
        anchors.element,
        basisNote,
        [pictureSelect, pairSelect].map(({ element }) => element),
        deep.controls,
        trails.element,
      ],
    },
    left: {
      title: "Left out",
      body: [drawnRow, byLayerRow, apartRow, trust.element],
    },
    cosines: {
      title: "Cosines",
      body: [
        h("p", { class: "td-quiet td-until" }, "The charts hold the answer: they come with your guess."),
        h(
          "div",
          { class: "td-charts" },
          chartSelect.element,
          charts.map(({ element }) => element),
          readout("within a sense, at this layer", out.within),
          readout("across senses", out.across),
        ),
        chartNote,
        h("p", { class: "td-quiet" }, "A state has 384 numbers. Judge closeness by the cosines, which use them all."),
      ],
    },
    ...(book.attention ? { heads: { title: "Heads", body: beside.body } } : {}),
    change: { title: "Change", body: bent.body },
    laws: { title: "Laws", body: measures.body },
  };

  /** Sentences of the reader's own go into the line; those of the book are known to Python. */
  function python() {
    const { sentences: own_, ...state } = store.plain();
    if (own_.length || book.about) return pythonLine("RealTrajectories", store.plain(), store.starts);
    const sentences = book.sentences.map(({ sentence }) => sentence),
      senses = book.sentences.map(({ sense }) => sense);
    return pythonLine("RealTrajectories.of", { ...state, sentences, senses });
  }

  return {
    picture: [board.element, deep.element, beside.picture],
    transport: [time.element, reset],
    reading,
    said: [flat.element, emptyNotice.element, waiting.element, live.element, h("div", { class: "td-until" }, guess.element), about.element],
    panels,
    under: [marks.element],
    onPanel(name) {
      open = name;
      redraw();
    },
    draw,
    numbers() {
      const state = { ...store.state, ...seen },
        components = inSpace(state) ? [1, 2, 3] : state.components;
      const tracks = tracksOf(seen.data, state, components),
        lines = within_across(seen.data, state.word, "word", state.shown),
        ranks = agreementOf({ ...state, data: seen.data }, components);
      return [
        ...tracks.flatMap(({ about, whole }) => table("track", about, whole, { columns: names(state, components) })),
        ...Object.entries(lines).flatMap(([name, values]) => table("cosine", `${name} senses`, values)),
        ...gaps(seen.data, state, seen.data.words[state.word]).flatMap(({ name, values }) => table("gap", name, values)),
        ...table("agreement of ranks", "on screen and in all 384", ranks),
        ...measures.rows(),
      ];
    },
    film() {
      if (inSpace({ ...store.state, ...seen })) throw new Error("an animation is made of the plane. Choose the picture “a plane, 2-D”.");
      return { states: time.frames().map((layer) => ({ layer })) };
    },
    summary,
    rest: time.stop,
    python,
    parts: [time, board, deep, cosineChart, gapChart, agreementChart, measures, live],
  };
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
