// Encyclopedia: two spaces joined by M, and three memories that are filled until they fail.

import { found as foundAgain } from "../maths/seeded.js";
import { h, uid } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { matrixControl } from "../ui/matrix.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { presetField, values } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { widget } from "../ui/widget.js";
import { bars } from "./bars.js";
import { capacity } from "./capacity.js";
import { measure_head, token_at } from "./engine.js";
import { describe, named, spaces } from "./spaces.js";
import { checkState, LIMITS, NAMES, PRESETS, SMOOTH, START, STARTS } from "./state.js";

const SLID = { Q: "q_angle", K: "k_angle", V: "V" }; // matrix: the trait that holds what is slid of it

function build({ store, about, tell, reset, redraw, openPanel }) {
  const placeNotice = notice(),
    singular = notice();
  const summary = () =>
    store.state.section === "index"
      ? `${describe(store.state, store.found.head, store.state.tokens.length)}.`
      : `Found: ${shelves.summary(store.found.memories)}.`;

  // ------------------------------------------------------------------ M and the index
  const boards = spaces({
    onMove(space, i, at) {
      if (!at) return redraw();
      const { tokens, question } = store.state;
      const isQuestion = i === tokens.length;
      const moved = token_in(space, at, isQuestion ? question : tokens[i]);
      const patch = isQuestion ? { question: moved } : { tokens: tokens.map((t, k) => (k === i ? moved : t)) };
      if (!isQuestion && named(store.state) === i) patch.question = moved;
      tell(patch, placeNotice);
    },
    onAsk: (i) => i < store.state.tokens.length && tell({ question: store.state.tokens[i] }, placeNotice),
    onPlace: (space, at) => tell({ question: token_in(space, at, store.state.question) }, placeNotice),
    onV: (matrix) => tell({ V: matrix }, placeNotice),
    onResize: redraw,
  });
  function token_in(space, at, was) {
    const map = space === "index" ? store.found.head.map : store.state.V;
    return token_at(at, was, map).map((x) => Math.round(x * 1e6) / 1e6);
  }
  const pulls = bars(tell);
  const ask = selectField("Ask about", [], (value) => tell({ question: store.state.tokens[Number(value)] }));
  const preset = presetField(PRESETS, (name) => {
    boards.reset();
    return tell(values(PRESETS[name]));
  });
  const number = (name, given) => slider({ ...given, limits: LIMITS[name], onInput: (value) => tell({ [name]: value }) });
  const sliders = {
    q_angle: number("q_angle", { owner: "Q", label: "angle", unit: "°" }),
    k_angle: number("k_angle", { owner: "K", label: "angle", unit: "°" }),
    ridge: number("ridge", { label: "ridge" }),
    noise: number("noise", { label: "noise" }),
  };
  const V = matrixControl("V", "the content", (matrix, where) => tell({ V: matrix }, where));
  const rank = selectField(
    "Rank",
    [
      ["2", "2, both"],
      ["1", "1, larger bar"],
    ],
    (value) => tell({ rank: Number(value) }),
  );
  const read = {
    residual: output("residual", { label: "gap between the answer through M and the content through V" }),
    matrix: output("matrix-residual", { label: "share of V that M times Q transposed K misses" }),
    condition: output("condition", { label: "condition number of Q transposed K" }),
    blur: output("blur", { label: "furthest that noise in the index carries the answer" }),
  };
  const box = (name, text, ...inside) => {
    const id = uid("box");
    return h(
      "div",
      { class: `td-matrix td-matrix-${name}`, role: "group", "aria-labelledby": id },
      h("p", { class: "td-matrix-title", id }, h("strong", {}, name), " ", text),
      inside,
    );
  };
  const marks = legend({
    u: "directions u₁, u₂",
    image: "M u₁, M u₂, thick = loud",
    v: "content V t",
    m: "answer of M",
    gap: "gap",
    blur: "noise",
  });
  const gap = h("span", {}, "gap ‖V q − M QᵀK q‖ ", read.residual);

  // ------------------------------------------------------------------ what a panel shows
  const shelves = capacity(tell);
  const begun = store.state.section;
  let opened = null;
  const sectionOf = (panel) => (panel === "capacity" ? "capacity" : panel === "question" ? begun : "index");
  function onPanel(name) {
    opened = name;
    if (sectionOf(name) !== store.state.section) tell({ section: sectionOf(name) });
    else redraw();
  }
  reset.addEventListener("click", () => onPanel(opened)); // the panel stays

  // ------------------------------------------------------------------ drawing
  let before = null;
  function draw(state, { head, memories }) {
    if (sectionOf(opened) !== state.section) openPanel(state.section === "capacity" ? "capacity" : "ask"); // as a link or Python says
    const full = state.section === "capacity";
    for (const each of [boards.element, gap, marks]) each.hidden = full;
    for (const each of [shelves.element, shelves.key]) each.hidden = !full;
    // a preset's note is about its values: it goes when they do
    const chosen = preset.control.value;
    if (chosen && Object.entries(values(PRESETS[chosen])).some(([name, value]) => String(state[name]) !== String(value))) preset.clear();
    const words = full ? null : inWords(state, head);
    if (words) singular.say(words, "note");
    else singular.clear();
    if (full) return shelves.show(state, memories);
    boards.draw(state, head, opened === "V");
    for (const [matrix, trait] of Object.entries(SLID))
      if (before && String(before[trait]) !== String(state[trait])) boards.feel(matrix, state, head);
    before = state;
    pulls.show(state.sigma, head.loudness);
    drawAsk(state);
    for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
    V.show(state.V);
    rank.control.value = state.rank;
    read.residual.show(head.gap);
    read.matrix.show(head.residual);
    read.condition.show(head.condition);
    read.blur.show(head.blur);
  }

  let listed = "";
  function drawAsk(state) {
    const names = JSON.stringify([state.names, state.answers]);
    if (names !== listed) {
      listed = names;
      ask.control.replaceChildren(
        h("option", { value: "-1", disabled: true }, "a place of your own"),
        ...state.names.map((name, i) => h("option", { value: i }, `${name} → ${state.answers[i]}`)),
      );
    }
    ask.control.value = named(state);
  }

  const panels = {
    ask: { title: "Ask", body: [h("div", { class: "td-line" }, ask.element, preset.element), preset.notice.element] },
    angles: {
      title: "Q & K",
      body: [
        box("Q", "turns the index, u₁ and u₂", sliders.q_angle.element),
        box("K", "turns what it reads, v₁ and v₂", sliders.k_angle.element),
      ],
    },
    V: { title: "V", body: [V.element] },
    M: { title: "M", body: [pulls.element, h("div", { class: "td-rank" }, rank.element), sliders.ridge.element, sliders.noise.element] },
    numbers: {
      title: "Numbers",
      body: [
        h(
          "div",
          { class: "td-readouts" },
          readout("‖V − M QᵀK‖ ⁄ ‖V‖, equation (13)", read.matrix),
          readout("condition number of QᵀK", read.condition),
          readout("noise carries the answer up to", read.blur),
        ),
      ],
    },
    capacity: { title: "Capacity", body: shelves.controls },
  };
  return {
    picture: [boards.element, shelves.element],
    transport: [reset],
    reading: [gap, shelves.key],
    said: [placeNotice.element, about.element],
    panels,
    first: begun === "capacity" ? "capacity" : "ask",
    onPanel,
    onHold: (name) => boards.hold(Boolean(name)),
    under: [singular.element, marks],
    draw,
    numbers() {
      const { names, section } = store.state,
        { head, memories } = store.found;
      if (section === "capacity")
        return Object.entries(memories).flatMap(([name, right]) =>
          table("found", name, right.map(Number), { rows: right.map((_, i) => i + 1) }),
        );
      const rows = [...names, "the question"];
      const places = { "in the index": head.index, content: head.contents, "answer of M": head.answers };
      const bars = table("bar", "loudness", head.loudness, { rows: ["u₁", "u₂"] });
      return [...Object.entries(places).flatMap(([name, at]) => table("place", name, at, { rows })), ...bars];
    },
    summary,
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

/** What to say about an index that M cannot fully read; nothing where it can. */
function inWords({ sigma, rank }, { condition, residual, tie }) {
  const missed = `${fixed(100 * residual, 0)} % of V`;
  if (sigma[0] === 0 && sigma[1] === 0) return "Both bars are 0: the index is empty, so M is 0 and every answer is the origin.";
  if (condition === Infinity) {
    const small = sigma[0] < sigma[1] ? 0 : 1;
    const u = `u${"₁₂"[small]}`,
      v = `v${"₁₂"[small]}`;
    return `QᵀK cannot be inverted, so M is the pseudo-inverse. It has no entry along ${u}: what a token holds along ${v} is lost, ${missed}.`;
  }
  if (tie) return "Rank 1 keeps the larger bar, and the two are equal: which direction is kept is rounding, and means nothing.";
  if (rank === 1) return `Rank 1: M keeps the larger bar and drops the other. Equation (13) misses ${missed}.`;
  return null;
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
