// The cosines between sentences, which use all numbers of a state: at this layer, and by layer in three charts.
import { h, reword } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { table } from "../ui/save/rows.js";
import { selectField } from "../ui/select.js";
import { lineChart } from "./lines.js";
import { within_across } from "./senses.js";

const AGREEMENT =
  "Spearman’s rank correlation over all pairs of the sentences shown. At 1, what looks farther is farther. At 0, the picture says nothing about who is near whom.";

/** `last` is the last layer's number. */
export function cosinesPanel({ last, redraw }) {
  const now = cosinesNow(),
    charts = cosineCharts({ last, redraw });
  const note = h(
    "p",
    { class: "td-notice", "data-kind": "note", hidden: true },
    "A line needs a pair: two sentences of one sense for within, one of each for across.",
  );
  return {
    reading: now.reading,
    body: [
      h("p", { class: "td-quiet td-until" }, "The charts hold the answer: they come with your guess."),
      h("div", { class: "td-charts" }, charts.elements, now.rows),
      note,
      h("p", { class: "td-quiet" }, "A state has 384 numbers. Judge closeness by the cosines, which use them all."),
    ],
    /** `agreement` by layer is that of the distances; the charts are drawn where the panel is `open`. */
    show(state, layer, agreement, open) {
      const pair = cosinesOf(state),
        lines = { within: pair.within.every(Number.isFinite), across: pair.across.every(Number.isFinite) };
      note.hidden = lines.within && lines.across;
      charts.offer([lines.within || lines.across, lines.within && lines.across, Boolean(agreement?.some(Number.isFinite))]);
      if (open) charts.draw(state, pair, agreement);
      now.show(pair, lines, layer);
    },
    summary: now.summary,
    /** The same for a table. */
    rows: (state) => [
      ...Object.entries(cosinesOf(state)).flatMap(([name, values]) => table("cosine", `${name} senses`, values)),
      ...gaps(state).flatMap(({ name, values }) => table("gap", name, values)),
    ],
    stop: charts.stop,
  };
}

const cosinesOf = ({ data, word, shown }, token = "word") => within_across(data, word, token, shown);

/** Within minus across by layer, of the word and of the tokens that are its controls. */
function gaps(state) {
  const called = { word: `“${state.word}”`, "[CLS]": "[CLS], control", ".": "“.”, control" };
  return Object.keys(state.data.words[state.word].cosines).map((token) => {
    const { within, across } = cosinesOf(state, token);
    return {
      name: called[token],
      values: within.map((v, t) => v - across[t]),
      kind: token === "word" ? "main" : token === "." ? "control td-dotted" : "control",
    };
  });
}

/** The cosines at one layer, and the one number that matters most: the gap, or where there is none, how near the sentences are. */
function cosinesNow() {
  const three = (x) => (Number.isFinite(x) ? fixed(x, 3) : "–");
  const within = output("cosine-within", { label: "mean cosine within a sense", print: three });
  const across = output("cosine-across", { label: "mean cosine across senses", print: three });
  const gap = output("cosine-gap", {
    label: "mean cosine within a sense less that across senses",
    print: (x) => (Number.isFinite(x) ? fixed(x) : "–"),
  });
  const called = h("span", {}, "gap ");
  const reading = h("span", { class: "td-waits" }, called, gap);
  return {
    reading,
    rows: [readout("within a sense, at this layer", within), readout("across senses", across)],
    summary: () => `Cosine within a sense ${within.textContent}, across senses ${across.textContent}.`,
    show(pair, lines, layer) {
      const both = lines.within && lines.across;
      reading.hidden = !lines.within && !lines.across;
      reword(called, both ? "gap " : "cosine ");
      gap.show(both ? pair.within[layer] - pair.across[layer] : (lines.within ? pair.within : pair.across)[layer]);
      within.show(pair.within[layer]);
      across.show(pair.across[layer]);
    },
  };
}

/** Three charts by layer. Where there is room for one only, it is the one that is chosen. */
function cosineCharts({ last, redraw }) {
  const [cosine, gap, agrees] = Array.from({ length: 3 }, () => lineChart({ onResize: redraw }));
  const charts = [
    ["Cosine of the word between two sentences", cosine],
    ["Gap: within minus across, beside controls", gap],
    ["Do distances rank as in all 384 numbers?", agrees, h("p", { class: "td-quiet" }, AGREEMENT)],
  ].map(([title, { element }, ...more]) => ({
    title,
    element: h("div", { class: "td-one-chart" }, h("p", { class: "td-heading" }, title), element, more),
  }));
  const choose = (chosen) => {
    for (const [i, { element }] of charts.entries()) element.classList.toggle("td-chosen", i === Number(chosen));
  };
  const select = selectField(
    "Chart",
    charts.map(({ title }, i) => [i, title]),
    choose,
  );
  choose(0);

  return {
    elements: [select.element, charts.map(({ element }) => element)],
    /** Which of them have something to show. */
    offer(some) {
      for (const [i, { element }] of charts.entries()) element.hidden = !some[i];
    },
    draw(state, { within, across }, agreement) {
      const shared = { last, current: state.layer };
      const low = Math.min(0.9, ...state.data.words[state.word].cosines.word.flat());
      const series = [
        { name: "within a sense", values: within, kind: "main" },
        { name: "across senses", values: across, kind: "second" },
      ];
      cosine.draw({ ...shared, label: "Cosine", low, high: 1, series });
      gap.draw({ ...shared, label: "Within minus across", low: 0, high: 0.1, series: gaps(state) });
      const ranks = [{ name: "agreement", values: agreement, kind: "main" }];
      if (agreement) agrees.draw({ ...shared, label: "Rank correlation of distances", low: 0, high: 1, series: ranks });
    },
    stop() {
      for (const chart of [cosine, gap, agrees]) chart.stop();
    },
  };
}
