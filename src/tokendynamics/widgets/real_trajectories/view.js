// Real trajectories: a word of the real model in its sentences, layer by layer, and the numbers that judge the
// picture. The model ran beforehand; this file draws its data, which is a trait of the widget.

import { h, reword } from "../ui/dom.js";
import { pythonLine } from "../ui/link.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { player } from "../ui/player.js";
import { checkField, selectField } from "../ui/select.js";
import { widget } from "../ui/widget.js";
import { sideBySide } from "./attention_panel.js";
import { misleads } from "./distances_panel.js";
import { lineChart } from "./lines.js";
import { within_across } from "./senses.js";
import { senseKey, sentenceList } from "./sentences.js";
import { hasWebGL, space } from "./space.js";
import { BASES, fitting, measure, NAMES, opening, PAIRS, start, TOKENS } from "./state.js";
import { frameOf, tracksOf } from "./tracks.js";
import { trailPlane } from "./trails.js";

const NOTES = {
  own: "These directions were chosen to spread out the very states you look at, so they flatter any difference.",
  common: "These directions were chosen for all tokens alike, so they pass over what is special to one word.",
};

function build({ model, experimental, root, store, about, say, change, tell, reset, redraw }) {
  const data = model.get("data");
  const words = Object.keys(data.words);
  const last = data.common.by_layer.length - 1;
  const emptyNotice = notice(),
    flat = notice();
  let open = ""; // the panel
  let webgl = null; // whether there is WebGL: asked when it is needed
  const number = (id) => data.words[store.state.word].sentences.indexOf(id) + 1;
  const get = () => store.state;

  // ------------------------------------------------------------------ controls
  const wordSelect = selectField(
    "Word",
    words.map((word) => [word, `${word}: ${data.words[word].senses.join(" or ")}`]),
    (word) => tell({ word, shown: data.words[word].sentences, compared: opening(data, word) }),
  );
  const basisSelect = selectField("Projection", Object.entries(BASES), (basis) => tell({ basis }));
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
  const list = sentenceList(data, (shown) => tell({ shown })),
    marks = senseKey(data);

  // ------------------------------------------------------------------ pictures and readouts
  const board = trailPlane({
    label: "The word in each sentence, at this layer. Each is a button: arrow keys go from one to the next, Enter keeps its name open.",
    onResize: redraw,
    onFocus: ({ at, about: text }) => say(`${text}, at ${at.map((v) => fixed(v)).join(", ")}`),
  });
  const deep = space({
    model,
    experimental,
    data,
    get,
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
  const beside = data.attention ? sideBySide({ data, change, number, redraw, get }) : null;
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
  const heading = (text) => h("p", { class: "td-heading" }, text);
  const basisNote = h("p", { class: "td-quiet" });
  const apartRow = readout("of the squared distance between the two senses (all its sentences), all three show", out.apart);
  const nearest = () => Math.round(store.state.layer); // states exist at whole layers only

  /** Three dimensions where they are wanted and there is WebGL; else the plane, and a word about why. */
  function inSpace() {
    if (store.state.dimensions === 2) return flat.clear();
    webgl ??= hasWebGL();
    if (webgl) flat.clear();
    else
      flat.say(
        "This browser has no WebGL, which a picture in three dimensions needs. The plane shows the same states along two of the three directions.",
        "note",
      );
    return webgl;
  }

  function draw(state) {
    const entry = data.words[state.word],
      layer = nearest(),
      deepens = Boolean(inSpace());
    root.setAttribute("aria-label", `Real trajectories of “${state.word}”`); // a page may show two
    list.show(state.word, state.shown);
    marks.show(state.word);
    time.show(state.layer);
    for (const [{ control }, value] of [
      [wordSelect, state.word],
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
    const looks = Boolean(beside) && open === "heads";
    board.element.hidden = deepens || looks;
    deep.element.hidden = !deepens || looks;
    if (beside) beside.picture.hidden = !looks;
    marks.element.hidden = looks || open === "words"; // where the list says it
    pairSelect.element.hidden = deepens;
    deep.controls.hidden = !deepens;
    if (looks) beside.show(state, layer);
    else if (deepens) deep.draw();
    else if (board.size) {
      const tracks = tracksOf(data, state, components);
      board.draw(
        tracks,
        frameOf(tracks, 2),
        components.map((k) => `direction ${k}`),
        state.trails,
      );
    }
    drawNumbers(entry, layer, components);
  }

  function drawNumbers(entry, layer, components) {
    const { state } = store;
    const pair = within_across(data, state.word, "word", state.shown),
      { within, across } = pair;
    const agreement = trust.show(data, state, components, layer);
    const lines = [within.every(Number.isFinite), across.every(Number.isFinite)];
    chartNote.hidden = lines.every(Boolean);
    for (const [i, some] of [lines.some(Boolean), lines.every(Boolean), Boolean(agreement?.some(Number.isFinite))].entries())
      charts[i].element.hidden = !some;
    if (open === "cosines") drawCharts(entry, pair, agreement);

    reword(basisNote, NOTES[state.basis]);
    const fit = state.basis === "own" ? entry.own : data.common;
    reword(drawnRow.firstChild, `of the variance over all layers, the ${components.length === 3 ? "three" : "two"} directions drawn hold`);
    out.layer.show(state.layer);
    out.gap.show(within[layer] - across[layer]);
    out.within.show(within[layer]);
    out.across.show(across[layer]);
    out.explained.show(components.reduce((sum, k) => sum + fit.each[k - 1], 0));
    out.byLayer.show(fit.by_layer[layer]);
    apartRow.hidden = !entry.apart_seen || entry.senses.length > 2; // of more it says nothing
    if (entry.apart_seen) out.apart.show(entry.apart_seen[state.basis][layer]);
  }

  function drawCharts(entry, { within, across }, agreement) {
    const { state } = store,
      shared = { last, current: state.layer };
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
    const names = { word: `“${state.word}”`, "[CLS]": "[CLS], control", ".": "“.”, control" };
    const gaps = Object.keys(entry.cosines).map((token) => {
      const pair = within_across(data, state.word, token, state.shown);
      return {
        name: names[token],
        values: pair.within.map((v, t) => v - pair.across[t]),
        kind: token === "word" ? "main" : token === "." ? "control td-dotted" : "control",
      };
    });
    gapChart.draw({ ...shared, label: "Within minus across", low: 0, high: 0.1, series: gaps });
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
  const drawnRow = readout("", out.explained);
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
    view: {
      title: "View",
      body: [
        [tokenSelect, basisSelect].map(({ element }) => element),
        basisNote,
        [pictureSelect, pairSelect].map(({ element }) => element),
        deep.controls,
        trails.element,
      ],
    },
    left: {
      title: "Left out",
      body: [drawnRow, readout("of this layer’s variance, all three directions hold", out.byLayer), apartRow, trust.element],
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
    ...(beside ? { heads: { title: "Heads", body: beside.body } } : {}),
  };

  /** Sentences of the reader's own go into the line; those of the book are known to Python. */
  function python() {
    if (data.about) return pythonLine("RealTrajectories", store.plain());
    const sentences = data.sentences.map(({ sentence }) => sentence),
      senses = data.sentences.map(({ sense }) => sense);
    return pythonLine("RealTrajectories.of", { sentences, senses, ...store.plain() });
  }

  return {
    picture: [board.element, deep.element, beside?.picture],
    transport: [time.element, reset],
    reading: h("span", { class: "td-waits" }, "gap ", out.gap),
    said: [flat.element, emptyNotice.element, about.element],
    panels,
    under: [marks.element],
    onPanel(name) {
      open = name;
      redraw();
    },
    draw,
    summary,
    rest: time.stop,
    python,
    parts: [time, board, deep, cosineChart, gapChart, agreementChart],
  };
}

export default widget({
  view: "real-trajectories",
  className: "RealTrajectories",
  title: "Real trajectories",
  names: NAMES,
  smooth: ["layer"],
  rules(model) {
    const data = model.get("data");
    return { measure: measure(data), settle: fitting(data), fallback: start(data) };
  },
  build,
});
