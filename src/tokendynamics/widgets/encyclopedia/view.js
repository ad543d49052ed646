// Encyclopedia: two spaces joined by M, and three memories that are filled until they fail. State lives in the
// model; this file puts the parts together. A change that the engine refuses is said in words beside its control.
import FILE from "./presets.json";
import { bars } from "./bars.js";
import { capacity } from "./capacity.js";
import { describe, named, spaces } from "./spaces.js";
import { open_book, token_at } from "./engine.js";
import { found as foundAgain } from "../maths/seeded.js";
import { button, h, uid } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { matrixControl } from "../ui/matrix.js";
import { announcer, notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { prediction } from "../ui/predict.js";
import { slider } from "../ui/slider.js";
import { tabs } from "../ui/tabs.js";

const VIEW = "encyclopedia";
const { start: START, presets: PRESETS } = FILE;
const STATE = Object.keys(START);
const STARTS = Object.fromEntries(Object.keys(PRESETS).map((name) => [name, { ...START, ...valuesOf(name) }]));
const SMOOTH = ["tokens", "question", "sigma", "q_angle", "k_angle", "V", "ridge", "noise", "scale"];
const MOST = 12;
const LIMITS = {
  // lowest and highest
  q_angle: [-Infinity, Infinity],
  k_angle: [-Infinity, Infinity],
  rank: [1, 2],
  ridge: [0, Infinity],
  noise: [0, Infinity],
  count: [2, 40],
  dimension: [2, 64],
  scale: [0, Infinity],
  seed: [0, 2 ** 30 - 1],
};
const WHOLE = ["rank", "count", "dimension", "seed"];

function render({ model, el, experimental }) {
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const said = announcer(),
    about = notice(),
    placeNotice = notice(),
    presetNotice = notice(),
    singular = notice();
  let frame = 0;
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const held = heldState({ model, view: VIEW, names: STATE, measure, fallback: START, starts: STARTS, about, redraw, onPage });
  const home = held.plain(); // where Reset goes
  const change = held.change;
  /** Change, and say what came of it. */
  const tell = (patch, where) => change(patch, where) && (said.say(summary()), true);
  const summary = () =>
    held.state.section === "index"
      ? `${describe(held.state, held.found.book, held.state.tokens.length)}.`
      : `Found: ${shelf.summary(held.found.memories)}.`;

  // ------------------------------------------------------------------ M and the index
  const boards = spaces({
    onMove(space, i, at) {
      if (!at) return redraw();
      const { tokens, question } = held.state;
      const isQuestion = i === tokens.length;
      const moved = token_in(space, at, isQuestion ? question : tokens[i]);
      const patch = isQuestion ? { question: moved } : { tokens: tokens.map((t, k) => (k === i ? moved : t)) };
      if (!isQuestion && named(held.state) === i) patch.question = moved;
      tell(patch, placeNotice);
    },
    onAsk: (i) => i < held.state.tokens.length && tell({ question: held.state.tokens[i] }, placeNotice),
    onPlace: (space, at) => tell({ question: token_in(space, at, held.state.question) }, placeNotice),
    onResize: redraw,
  });
  function token_in(space, at, was) {
    const map = space === "index" ? held.found.book.map : held.state.V;
    return token_at(at, was, map).map((x) => Math.round(x * 1e6) / 1e6);
  }
  const pulls = bars(tell);
  const ask = select("Ask about", [], (value) => tell({ question: held.state.tokens[Number(value)] }));
  const preset = select("Preset", [["", "Choose…"], ...Object.entries(PRESETS).map(([name, { title }]) => [name, title])], (name) => {
    boards.reset();
    if (tell(valuesOf(name))) presetNotice.say(PRESETS[name].note, "note");
  });
  preset.control.firstChild.disabled = true;
  const reset = button("Reset", () => {
    boards.reset();
    if (change(home)) said.say("Back to the start.");
  });
  const qAngle = slider({
    owner: "Q",
    label: "angle",
    min: -180,
    max: 180,
    step: 1,
    unit: "°",
    decimals: 0,
    onInput: (q_angle) => tell({ q_angle }),
  });
  const kAngle = slider({
    owner: "K",
    label: "angle",
    min: -180,
    max: 180,
    step: 1,
    unit: "°",
    decimals: 0,
    onInput: (k_angle) => tell({ k_angle }),
  });
  const V = matrixControl("V", "the content", (matrix, where) => tell({ V: matrix }, where));
  const rank = select(
    "Rank",
    [
      ["2", "2, both"],
      ["1", "1, larger bar"],
    ],
    (value) => tell({ rank: Number(value) }),
  );
  const ridge = slider({ label: "ridge", min: 0, max: 1, step: 0.01, onInput: (value) => tell({ ridge: value }) });
  const noise = slider({ label: "noise", min: 0, max: 1, step: 0.01, onInput: (value) => tell({ noise: value }) });
  const read = {
    residual: output("residual", { label: "gap between the answer through M and the content through V" }),
    matrix: output("matrix-residual", { label: "share of V that M times Q transposed K misses" }),
    condition: output("condition", { label: "condition number of Q transposed K" }),
    blur: output("blur", { label: "furthest that noise in the index carries the answer" }),
  };
  const row = (text, element) => h("div", { class: "td-row" }, h("span", {}, text), element);
  const box = (name, title, text, ...inside) => {
    const id = uid("box");
    return h(
      "div",
      { class: `td-matrix td-matrix-${name}`, role: "group", "aria-labelledby": id },
      h("p", { class: "td-matrix-title", id }, h("strong", {}, title), " ", text),
      inside,
    );
  };
  const legend = h(
    "ul",
    { class: "td-legend", "aria-hidden": "true" },
    h("li", { class: "td-key-u" }, "index directions u₁, u₂"),
    h("li", { class: "td-key-shout" }, "M u₁, M u₂, thick = loud"),
    h("li", { class: "td-key-v" }, "content V t of each token"),
    h("li", { class: "td-key-m" }, "what M answers to QᵀK t"),
    h("li", { class: "td-key-gap" }, "gap"),
    h("li", { class: "td-key-blur" }, "where noise may put it"),
  );
  const indexPanel = h(
    "div",
    {},
    h("div", { class: "td-line" }, ask.element, preset.element, reset),
    presetNotice.element,
    boards.element,
    legend,
    placeNotice.element,
    pulls.element,
    singular.element,
    h(
      "div",
      { class: "td-boxes" },
      h(
        "div",
        { class: "td-stack" },
        box("Q", "Q", "turns the index, u₁ and u₂", qAngle.element),
        box("K", "K", "turns what it reads, v₁ and v₂", kAngle.element),
      ),
      V.element,
      box("M", "M", "= V (QᵀK)⁻¹, the book", rank.element, ridge.element, noise.element),
    ),
    h(
      "div",
      { class: "td-readouts" },
      row("gap ‖V q − M QᵀK q‖", read.residual),
      row("‖V − M QᵀK‖ ⁄ ‖V‖, equation (13)", read.matrix),
      row("condition number of QᵀK", read.condition),
      row("noise carries the answer up to", read.blur),
    ),
  );

  // ------------------------------------------------------------------ how many entries fit
  const shelf = capacity(tell);
  const sections = tabs(
    "Sections of the encyclopedia",
    {
      index: { title: "M and the index", panel: indexPanel },
      capacity: { title: "How many entries fit?", panel: shelf.element },
    },
    (section) => tell({ section }),
  );

  // ------------------------------------------------------------------ drawing
  function draw() {
    frame = 0;
    const {
      state,
      found: { book, memories },
    } = held;
    sections.show(state.section);
    // a preset's note is about its values: it goes when they do
    const chosen = preset.control.value;
    if (chosen && Object.entries(valuesOf(chosen)).some(([name, value]) => String(state[name]) !== String(value))) {
      preset.control.value = "";
      presetNotice.clear();
    }
    if (state.section === "capacity") return shelf.show(state, memories);
    boards.draw(state, book);
    pulls.show(state.sigma, book.loudness);
    drawAsk(state);
    qAngle.show(state.q_angle);
    kAngle.show(state.k_angle);
    V.show(state.V);
    rank.control.value = state.rank;
    ridge.show(state.ridge);
    noise.show(state.noise);
    read.residual.show(book.gap);
    read.matrix.show(book.residual);
    read.condition.show(book.condition);
    read.blur.show(book.blur);
    const words = inWords(state, book);
    if (words) singular.say(words, "note");
    else singular.clear();
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

  // ------------------------------------------------------------------ putting it together
  const root = h(
    "section",
    { class: "td td-encyclopedia", "data-widget": VIEW, "aria-label": "Encyclopedia" },
    prediction(model.get("prediction"), VIEW),
    about.element,
    sections.element,
    indexPanel,
    shelf.element,
    sharing({ view: VIEW, className: "Encyclopedia", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw, smooth: SMOOTH, titles: PRESETS, rest: boards.reset });

  return () => {
    cancelAnimationFrame(frame);
    unmount();
    boards.stop();
  };
}

/** What the picture and the meters need. Throws for a state that does not hold together or that overflows. */
function measure(state) {
  checkState(state);
  const { count, dimension, seed, noise, scale, section } = state;
  return { book: open_book(state), memories: section === "capacity" ? foundAgain(count, dimension, seed, { noise, scale }) : null };
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

function valuesOf(preset) {
  const { title, note, ...values } = PRESETS[preset];
  return values;
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

/** What the engine does not check: that the parts of a state belong together. */
function checkState(state) {
  const { tokens, question, sigma, V, section } = state;
  const pair = (row) => Array.isArray(row) && row.length === 2 && row.every(Number.isFinite);
  const need = (ok, words) => {
    if (!ok) throw new RangeError(words);
  };
  need(
    Array.isArray(tokens) && tokens.length >= 1 && tokens.length <= MOST && tokens.every(pair),
    `tokens must be 1 to ${MOST} rows of two finite numbers`,
  );
  for (const name of ["names", "answers"]) {
    need(
      Array.isArray(state[name]) && state[name].length === tokens.length && state[name].every((word) => typeof word === "string"),
      `${name} must be ${tokens.length} words, one a token`,
    );
  }
  need(pair(question), "question must be two finite numbers");
  need(pair(sigma) && sigma.every((s) => s >= 0), "sigma must be two finite numbers of at least 0");
  need(Array.isArray(V) && V.length === 2 && V.every(pair), "V must be two rows of two finite numbers");
  need(section === "index" || section === "capacity", `section must be "index" or "capacity"`);
  for (const [name, [low, high]] of Object.entries(LIMITS)) {
    const value = state[name];
    const whole = WHOLE.includes(name);
    need(
      Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value)),
      `${name} must be a ${whole ? "whole" : "finite"} number${low > -Infinity ? ` of at least ${low}` : ""}${high < Infinity ? ` and at most ${high}` : ""}; got ${format(Number(value))}`,
    );
  }
}

export default { render };
