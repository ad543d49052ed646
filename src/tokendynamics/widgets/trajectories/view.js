// Trajectories: a crowd of tokens on its way through a stack of layers, in the plane or on the sphere, with what is
// read off it below on the same time axis. State lives in the model; what was computed once is kept and scrubbed through.
import { journey } from "./engine.js";
import { drawn_tokens } from "../maths/seeded.js";
import { checkState, counted, FEWEST, inSpace, LAYERS, MOST, preset, PRESETS, SMOOTH, STARTS, STATE, VIEW } from "./state.js";
import { button, h, uid } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { matrixControl } from "../ui/matrix.js";
import { matrix3Control } from "./matrix3.js";
import { meterRows } from "../ui/meters.js";
import { announcer, notice } from "../ui/notice.js";
import { fixed, parse } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { player } from "../ui/player.js";
import { prediction } from "../ui/predict.js";
import { checkField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { stage } from "../ui/stage.js";
import { colouring } from "../ui/theme.js";

const MATRICES = { Q: "question", K: "key", V: "content" };
const METHODS = [
  ["layer", "one layer: Euler, step 1"],
  ["euler", "Euler"],
  ["rk4", "Runge–Kutta 4"],
];
const NORMS = [
  ["none", "none"],
  ["sphere", "sphere, length 1"],
  ["layernorm", "LayerNorm"],
];
const RADIUS = { sphere: () => 1, layernorm: Math.sqrt };

function render({ model, el, experimental }) {
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const said = announcer(),
    about = notice(),
    stageNotice = notice(),
    presetNotice = notice(),
    seedNotice = notice(),
    meaning = notice();
  const travel = journey();
  let frame = 0;
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const colours = colouring(el, redraw);
  const measure = (state) => {
    checkState(state);
    return travel(state);
  };
  const held = heldState({ model, view: VIEW, names: STATE, measure, fallback: STARTS.clusters, starts: STARTS, about, redraw, onPage });
  let home = held.plain(); // where Reset goes
  const change = held.change;
  /** Change, and say what came of it. */
  const tell = (patch, where) => change(patch, where) && (said.say(summary()), true);
  const last = () => held.found.states.length - 1;
  const now = () => Math.min(held.state.layer, last()); // tokens that ran away have fewer layers than were asked for
  const near = () => Math.round(now());
  const summary = () =>
    `Layer ${near()}: ${held.found.clusters[near()]} clusters, effective rank ${fixed(held.found.rank[near()])}, energy ${fixed(held.found.energy[near()])}.`;

  // ------------------------------------------------------------------ the stage and its time
  const board = stage({
    label: "Tokens on their way. The start of each is a button: arrow keys move it, Page Up and Page Down go to another.",
    onMove: (index, at) => (at ? tell({ tokens: held.state.tokens.map((t, i) => (i === index ? at : t)) }, stageNotice) : redraw()),
    onSelect: (selected) => change({ selected }) && said.say(describe(selected)),
    onTurn: (turn) => change({ turn }),
    onResize: redraw,
  });
  const describe = (i) => `token ${i + 1}, start at ${held.found.states[0][i].map((v) => fixed(v)).join(", ")}`;
  const meters = meterRows({
    label: "Energy, clusters and effective rank by layer.",
    onScrub: (layer) => (time.stop(), tell({ layer })),
    onResize: redraw,
  });
  const read = {
    layer: output("layer", { label: "layer", print: (x) => (Number.isInteger(x) ? String(x) : fixed(x, 1)) }),
    energy: output("energy", { label: "energy, the logarithm of half the sum of all Z", print: (x) => fixed(x, 3) }),
    clusters: output("clusters", { label: "number of clusters" }),
    rank: output("effective-rank", { label: "effective rank", print: (x) => fixed(x, 3) }),
    steps: output("steps-computed", { label: "steps computed so far", print: String }),
  };
  const time = player({
    last: held.state.layers,
    get: now,
    set: (layer) => change({ layer }),
    onRest: () => said.say(summary()),
    readout: read.layer,
    secondsALayer: 0.16,
    first: "the start",
  });
  const rest = () => {
    time.stop();
    board.reset();
    presetNotice.clear();
    choose.control.value = "";
  };
  const reset = button("Reset", () => {
    rest();
    if (change(home)) said.say("Back to the start.");
  });

  // ------------------------------------------------------------------ controls
  const choose = selectField("Preset", [["", "Choose…"], ...Object.entries(PRESETS).map(([name, { title }]) => [name, title])], (name) => {
    time.stop();
    board.reset();
    if (!change({ ...preset(name), turn: held.state.turn })) return;
    home = held.plain();
    presetNotice.say(PRESETS[name].note, "note");
    said.say(summary());
  });
  choose.control.firstChild.disabled = true;
  const space = selectField(
    "Space",
    [
      ["2", "plane, d = 2"],
      ["3", "three dimensions, d = 3"],
    ],
    (d) => (board.reset(), tell(inSpace(held.state, Number(d)))),
  );
  const norm = selectField("Norm", NORMS, (value) => (board.reset(), tell({ norm: value === "none" ? null : value })));
  const method = selectField("Method", METHODS, (value) => tell({ method: value }));
  const weights = selectField(
    "Weights",
    [
      ["shared", "one Q, K, V for all layers"],
      ["drawn", "drawn for each layer"],
    ],
    (value) => tell({ weights: value }),
  );
  const token = selectField("Token", [], (value) => change({ selected: Number(value) }));
  const count = slider({ label: "Tokens", min: FEWEST, max: MOST, step: 1, decimals: 0, onInput: (n) => tell(counted(held.state, n)) });
  const beta = slider({ label: "β", min: 0, max: 20, step: 0.1, onInput: (scale) => tell({ scale }) });
  const step = slider({ label: "Step", min: 0.01, max: 2, step: 0.01, onInput: (value) => tell({ step: value }) });
  const layers = slider({
    label: "Layers",
    min: 1,
    max: LAYERS,
    step: 1,
    decimals: 0,
    onInput: (value) => tell({ layers: value, layer: Math.min(held.state.layer, value) }),
  });
  const yaw = slider({
    label: "Turn",
    min: -180,
    max: 180,
    step: 1,
    unit: "°",
    decimals: 0,
    onInput: (value) => change({ turn: [value, held.state.turn[1]] }),
  });
  const pitch = slider({
    label: "Tilt",
    min: -90,
    max: 90,
    step: 1,
    unit: "°",
    decimals: 0,
    onInput: (value) => change({ turn: [held.state.turn[0], value] }),
  });
  const causal = checkField("Causal mask: a token sees only those before it", (value) => tell({ causal: value }));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const seedId = uid("seed");
  const seed = h("input", {
    id: seedId,
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-describedby": seedNotice.element.id,
    onchange: () => {
      const { value, error } = parse(seed.value, { min: 0, max: 2 ** 30 - 1 });
      if (!error && Number.isInteger(value)) return draw_(value);
      seedNotice.say(error ?? "The seed must be a whole number.");
    },
  });
  const draw_ = (value) =>
    tell({ seed: value, tokens: drawn_tokens(held.state.tokens.length, held.state.tokens[0].length, value) }, seedNotice);
  const again = button("Draw again", () => draw_((held.state.seed + 1) % 2 ** 30));
  const matrixBox = h("div", { class: "td-matrices" });
  let matrices = {},
    made = 0;
  /** Controls for d × d matrices, in place of those for another d. */
  function fitMatrices(d) {
    if (made === d) return;
    made = d;
    const make = d === 3 ? matrix3Control : matrixControl;
    matrices = Object.fromEntries(
      Object.entries(MATRICES).map(([name, words]) => [name, make(name, words, (matrix, where) => tell({ [name]: matrix }, where))]),
    );
    matrixBox.replaceChildren(...Object.values(matrices).map((each) => each.element));
  }

  // ------------------------------------------------------------------ drawing
  let listed = 0,
    rowsOf = null,
    rows = [];
  function draw() {
    frame = 0;
    const { state, found } = held;
    const at = now(),
      d = state.tokens[0].length,
      solid = d === 3;
    let reach = 0;
    for (let l = state.trails ? 0 : Math.floor(at); l <= Math.ceil(at); l++) reach = Math.max(reach, found.reach[l]);
    board.draw(
      {
        starts: found.states[0],
        states: found.states,
        layer: at,
        selected: state.selected,
        turn: state.turn,
        trails: state.trails,
        radius: RADIUS[state.norm]?.(d),
        reach: Math.max(reach, found.reach[0]),
        names: state.tokens.map((_, i) => String(i + 1)),
        about: describe,
      },
      colours.now(),
    );
    if (rowsOf !== found) {
      rowsOf = found;
      rows = [
        { name: "energy ln E", series: [{ name: "", kind: "main", values: found.energy }] },
        { name: "clusters", low: 1, series: [{ name: "", kind: "main", values: found.clusters }] },
        { name: "effective rank", low: 1, high: d, series: [{ name: "", kind: "main", values: found.rank }] },
      ];
    }
    meters.draw(rows, last(), at, "layer");
    time.show(at, last());
    read.layer.show(at);
    read.energy.show(found.energy[near()]);
    read.clusters.show(found.clusters[near()]);
    read.rank.show(found.rank[near()]);
    read.steps.show(found.steps);
    if (listed !== state.tokens.length) {
      listed = state.tokens.length;
      token.control.replaceChildren(...state.tokens.map((_, i) => h("option", { value: i }, i + 1)));
    }
    token.control.value = state.selected;
    space.control.value = d;
    norm.control.value = state.norm ?? "none";
    method.control.value = state.method;
    weights.control.value = state.weights;
    count.show(state.tokens.length);
    beta.show(state.scale);
    step.show(state.method === "layer" ? 1 : state.step);
    step.input.disabled = state.method === "layer";
    layers.show(state.layers);
    yaw.show(state.turn[0]);
    pitch.show(state.turn[1]);
    view3.hidden = !solid;
    causal.control.checked = state.causal;
    self.control.checked = state.include_self;
    trails.control.checked = state.trails;
    if (seed.getRootNode().activeElement !== seed || parse(seed.value).value === state.seed) seed.value = state.seed;
    fitMatrices(d);
    matrixBox.hidden = state.weights === "drawn";
    if (state.weights === "shared") for (const [name, control] of Object.entries(matrices)) control.show(state[name]);
    const words = inWords(state, found);
    if (words) meaning.say(words, "note");
    else meaning.clear();
  }

  // ------------------------------------------------------------------ putting it together
  const row = (text, element) => h("div", { class: "td-row" }, h("span", {}, text), element);
  const view3 = h("div", {}, yaw.element, pitch.element);
  const root = h(
    "section",
    { class: "td td-trajectories", "data-widget": VIEW, "aria-label": "Trajectories" },
    prediction(model.get("prediction"), VIEW),
    about.element,
    h("div", { class: "td-line" }, choose.element, reset, trails.element, token.element),
    presetNotice.element,
    h(
      "div",
      { class: "td-columns" },
      h(
        "div",
        { class: "td-left" },
        board.element,
        stageNotice.element,
        h("div", { class: "td-time" }, time.elements),
        meters.element,
        meaning.element,
      ),
      h(
        "div",
        { class: "td-right" },
        h("div", { class: "td-line" }, space.element, norm.element, method.element, weights.element),
        count.element,
        beta.element,
        step.element,
        layers.element,
        view3,
        causal.element,
        self.element,
        h("div", { class: "td-line" }, h("span", { class: "td-field" }, h("label", { for: seedId }, "Seed"), seed), again),
        seedNotice.element,
        row("energy ln E, E = ½ Σ Zᵢ", read.energy),
        row("clusters, chains within 5.7°", read.clusters),
        row("effective rank", read.rank),
        row("steps computed; scrubbing adds none", read.steps),
      ),
    ),
    matrixBox,
    sharing({ view: VIEW, className: "Trajectories", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw, smooth: SMOOTH, titles: PRESETS, rest });

  return () => {
    time.stop();
    cancelAnimationFrame(frame);
    unmount();
    colours.stop();
    board.stop();
    meters.stop();
  };
}

/** What a state means that the picture does not say. */
function inWords({ tokens, norm, weights, causal, include_self }, { stopped }) {
  const words = [];
  if (stopped)
    words.push(
      `After layer ${stopped} the tokens have run away, past 10⁶: nothing in a bare attention layer holds them. Choose a norm, or a smaller step.`,
    );
  if (norm === "layernorm") {
    words.push(
      tokens[0].length === 2
        ? "In two dimensions LayerNorm leaves two places only, (1, −1) and (−1, 1)."
        : "In three dimensions LayerNorm leaves a circle: what is at right angles to (1, 1, 1), at length √3.",
    );
  }
  if (weights === "drawn")
    words.push(
      "Each layer has Q, K and V of its own, drawn from the seed with entries of variance 1/d. The energy at a layer is that of its own Q and K.",
    );
  if (causal && !include_self) words.push("Token 1 has nobody to attend to and stays where it is.");
  return words.join(" ");
}

export default { render };
