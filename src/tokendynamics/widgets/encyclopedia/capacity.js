// How many entries fit: three memories of the same random entries, each entry a cell, found again or missed.
import { h, line } from "../ui/dom.js";
import { output } from "../ui/output.js";
import { seedField } from "../ui/seed.js";
import { slider } from "../ui/slider.js";
import { LIMITS } from "./state.js";

const ABOUT = {
  outer: ["Outer products", "W = Σ content keyᵀ"],
  "pseudo-inverse": ["Pseudo-inverse", "W with the least error, as M is made"],
  attention: ["Softmax attention", "keeps every pair, weighs them by β"],
};
const NOISE = { ...LIMITS.noise, slider: { max: 2, step: 0.01 } }; // memories bear more than M does

export function capacity(change) {
  const draws = drawControls(change);
  const meters = Object.entries(ABOUT).map(([name, [title, how]]) => meter(name, title, how));
  return {
    element: h(
      "div",
      { class: "td-shelves" },
      meters.map((each) => each.element),
    ),
    key: h(
      "span",
      { class: "td-entries-key", "aria-hidden": "true" },
      h("span", { class: "td-cell-found" }),
      " found ",
      h("span", { class: "td-cell-missed" }),
      " missed",
    ),
    controls: [draws.element],
    show(state, found) {
      draws.show(state);
      for (const { name, show } of meters) show(found[name]);
    },
    /** The three rates in words, for the live region. */
    summary: (found) =>
      meters.map(({ name, title }) => `${title} ${found[name].filter(Boolean).length} of ${found[name].length}`).join(", "),
  };
}

/** What is drawn, and asked of the memories. */
function drawControls(change) {
  const number = (name, label, more = {}) =>
    slider({ label, limits: LIMITS[name], onInput: (value) => change({ [name]: value }), ...more });
  const sliders = {
    count: number("count", "Entries"),
    dimension: number("dimension", "Dimension"),
    noise: number("noise", "Noise in the question", { limits: NOISE }),
    scale: number("scale", "β of attention", { decimals: 1 }),
  };
  const seed = seedField({
    label: "Draw",
    another: "Another draw",
    limits: LIMITS.seed,
    take: (value, where) => change({ seed: value }, where),
  });
  const element = h(
    "div",
    { class: "td-capacity" },
    Object.values(sliders).map((each) => each.element),
    line(seed.elements),
    seed.notice.element,
    h(
      "p",
      {},
      "How many entries fit? A random key and a random content for each. The question is the key with noise. An entry is found where the answer lies nearer its own content than any other.",
    ),
  );
  return {
    element,
    show(state) {
      for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
      seed.show(state.seed);
    },
  };
}

/** A memory's entries as cells, and its rate: `show(right)` is told of each entry whether it was found. */
function meter(name, title, how) {
  const cells = h("div", { class: "td-entries", role: "img" });
  const rate = output(`recall-${name}`, {
    label: `share of entries that ${title.toLowerCase()} finds again`,
    print: (x) => `${Math.round(100 * x)} %`,
  });
  const count = h("span", { class: "td-count" });
  const element = h(
    "div",
    { class: `td-meter td-meter-${name}` },
    h("div", { class: "td-meter-head" }, h("strong", {}, title), h("span", { class: "td-meter-rate" }, count, rate)),
    h("p", { class: "td-how" }, how),
    cells,
  );
  return {
    name,
    title,
    element,
    show(right) {
      while (cells.children.length > right.length) cells.lastChild.remove();
      while (cells.children.length < right.length) cells.append(h("span"));
      for (const [i, ok] of right.entries()) cells.children[i].className = ok ? "td-cell-found" : "td-cell-missed";
      const hits = right.filter(Boolean).length;
      const missed = right.flatMap((ok, i) => (ok ? [] : [i + 1]));
      count.textContent = `${hits} of ${right.length}, `;
      rate.show(hits / right.length);
      cells.setAttribute("aria-label", `${title}: ${missed.length ? `missed ${missed.join(", ")}` : "all found"}`);
    },
  };
}
