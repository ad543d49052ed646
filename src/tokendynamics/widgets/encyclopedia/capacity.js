// How many entries fit: three memories of the same random entries, each entry a cell, found again or missed.
import { button, h, uid } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { parse } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { slider } from "../ui/slider.js";
import { showNumber } from "../ui/typing.js";

const ABOUT = {
  outer: ["Outer products", "W = Σ content keyᵀ"],
  "pseudo-inverse": ["Pseudo-inverse", "W with the least error, as M is made"],
  attention: ["Softmax attention", "keeps every pair, weighs them by β"],
};
const SEEDS = 2 ** 30;

export function capacity(change) {
  const seedNotice = notice();
  const sliders = {
    count: slider({ label: "Entries", min: 2, max: 40, step: 1, decimals: 0, onInput: (count) => change({ count }) }),
    dimension: slider({ label: "Dimension", min: 2, max: 64, step: 1, decimals: 0, onInput: (dimension) => change({ dimension }) }),
    noise: slider({ label: "Noise in the question", min: 0, max: 2, step: 0.01, onInput: (noise) => change({ noise }) }),
    scale: slider({ label: "β of attention", min: 0, max: 64, step: 0.5, decimals: 1, onInput: (scale) => change({ scale }) }),
  };
  let seed;
  const seedId = uid("seed");
  const seedInput = h("input", {
    id: seedId,
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": seedNotice.element.id,
    onchange: () => {
      const { value, error } = parse(seedInput.value, { min: 0, max: SEEDS - 1 });
      const problem = error ?? (Number.isInteger(value) ? null : `${seedInput.value} is not a whole number.`);
      if (problem) seedNotice.say(`${problem} The draw stays ${seed}.`);
      if (problem || !change({ seed: value }, seedNotice)) seedInput.setAttribute("aria-invalid", "true");
    },
  });
  const another = button("Another draw", () => change({ seed: (seed + 1) % SEEDS }, seedNotice));

  const meters = Object.entries(ABOUT).map(([name, [title, how]]) => {
    const cells = h("div", { class: "td-shelf", role: "img" });
    const rate = output(`recall-${name}`, {
      label: `share of entries that ${title.toLowerCase()} finds again`,
      print: (x) => `${Math.round(100 * x)} %`,
    });
    const count = h("span", { class: "td-count" });
    const element = h(
      "div",
      { class: `td-meter td-meter-${name}` },
      h(
        "div",
        { class: "td-meter-head" },
        h("span", {}, h("strong", {}, title), " ", h("span", { class: "td-how" }, how)),
        h("span", { class: "td-meter-rate" }, count, rate),
      ),
      cells,
    );
    return { name, title, cells, rate, count, element };
  });

  return {
    element: h(
      "div",
      { class: "td-capacity" },
      h(
        "p",
        {},
        "A random key and a random content for each entry. The question is the key with noise. An entry is found where the answer lies nearer its own content than any other.",
      ),
      h(
        "div",
        { class: "td-capacity-controls" },
        Object.values(sliders).map((each) => each.element),
      ),
      h("div", { class: "td-line" }, h("span", { class: "td-field" }, h("label", { for: seedId }, "Draw"), seedInput), another),
      seedNotice.element,
      meters.map((meter) => meter.element),
      h(
        "p",
        { class: "td-shelf-key", "aria-hidden": "true" },
        h("span", { class: "td-cell-found" }),
        " found ",
        h("span", { class: "td-cell-missed" }),
        " missed; one cell an entry",
      ),
    ),
    show(state, found) {
      const was = seed;
      seed = state.seed;
      Object.entries(sliders).forEach(([name, each]) => each.show(state[name]));
      showNumber(seedInput, String(seed), seed, was);
      seedInput.removeAttribute("aria-invalid");
      for (const { name, title, cells, rate, count } of meters) {
        const right = found[name];
        while (cells.children.length > right.length) cells.lastChild.remove();
        while (cells.children.length < right.length) cells.append(h("span"));
        right.forEach((ok, i) => (cells.children[i].className = ok ? "td-cell-found" : "td-cell-missed"));
        const hits = right.filter(Boolean).length;
        const missed = right.flatMap((ok, i) => (ok ? [] : [i + 1]));
        count.textContent = `${hits} of ${right.length}, `;
        rate.show(hits / right.length);
        cells.setAttribute("aria-label", `${title}: ${missed.length ? `missed ${missed.join(", ")}` : "all found"}`);
      }
    },
    /** The three rates in words, for the live region. */
    summary: (found) =>
      meters.map(({ name, title }) => `${title} ${found[name].filter(Boolean).length} of ${found[name].length}`).join(", "),
  };
}
