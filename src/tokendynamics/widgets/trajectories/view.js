// Trajectories: a crowd of tokens on its way through a stack of layers, in the plane or on the sphere, and what is
// read off it on the same time axis. What was computed once is kept and scrubbed through.

import { drawn_tokens } from "../maths/seeded.js";
import { h } from "../ui/dom.js";
import { headPanels } from "../ui/matrix.js";
import { meterRows, meterTable } from "../ui/meters.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { player } from "../ui/player.js";
import { presetField } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { seedField } from "../ui/seed.js";
import { checkField, listField, normField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { stage } from "../ui/stage.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { journey } from "./engine.js";
import { checkState, counted, inSpace, LIMITS, NAMES, PRESETS, preset, SMOOTH, STARTS } from "./state.js";

const METHODS = [
  ["layer", "one layer: Euler, step 1"],
  ["euler", "Euler"],
  ["rk4", "Runge–Kutta 4"],
];
const RADIUS = { sphere: () => 1, layernorm: Math.sqrt };

function build({ el, store, about, say, change, tell, begin, reset, redraw }) {
  const stageNotice = notice(),
    meaning = notice(),
    runaway = notice();
  const colours = colouring(el, redraw);
  const last = () => store.found.states.length - 1;
  const now = () => Math.min(store.state.layer, last()); // tokens that ran away have fewer layers than were asked for
  const near = () => Math.round(now());
  const summary = () =>
    `Layer ${near()}: ${store.found.clusters[near()]} clusters, effective rank ${fixed(store.found.rank[near()])}, energy ${fixed(store.found.energy[near()])}.`;

  // ------------------------------------------------------------------ the stage and its time
  const board = stage({
    label: "Tokens on their way. The start of each is a button: arrow keys move it, Page Up and Page Down go to another.",
    onMove: (index, at) => (at ? tell({ tokens: store.state.tokens.map((t, i) => (i === index ? at : t)) }, stageNotice) : redraw()),
    onSelect: (selected) => change({ selected }) && say(describe(selected)),
    onTurn: (turn) => change({ turn }),
    onResize: redraw,
  });
  const describe = (i) => `token ${i + 1}, start at ${store.found.states[0][i].map((v) => fixed(v)).join(", ")}`;
  const meters = meterRows({
    label: "Energy, clusters and effective rank by layer.",
    onScrub(layer) {
      time.stop();
      tell({ layer });
    },
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
    last: store.state.layers,
    get: now,
    set: (layer) => change({ layer }),
    onRest: () => say(summary()),
    readout: read.layer,
    secondsALayer: 0.16,
    first: "the start",
  });
  function rewind() {
    time.stop();
    board.reset();
  }
  function rest() {
    rewind();
    choose.clear();
  }

  // ------------------------------------------------------------------ controls
  const choose = presetField(PRESETS, (name) => {
    rewind();
    return begin({ ...preset(name), turn: store.state.turn });
  });
  const space = selectField(
    "Space",
    [
      ["2", "plane, d = 2"],
      ["3", "three dimensions, d = 3"],
    ],
    (d) => {
      board.reset();
      tell(inSpace(store.state, Number(d)));
    },
  );
  const norm = normField((norm) => {
    board.reset();
    tell({ norm });
  });
  const method = selectField("Method", METHODS, (value) => tell({ method: value }));
  const weights = selectField(
    "Weights",
    [
      ["shared", "one Q, K, V for all layers"],
      ["drawn", "drawn for each layer"],
    ],
    (value) => tell({ weights: value }),
  );
  const token = listField("Token", (selected) => change({ selected }));
  const count = slider({ label: "Tokens", limits: LIMITS.tokens, onInput: (n) => tell(counted(store.state, n)) });
  const beta = slider({ label: "β", limits: LIMITS.scale, onInput: (scale) => tell({ scale }) });
  const step = slider({ label: "Step", limits: LIMITS.step, onInput: (value) => tell({ step: value }) });
  const layers = slider({
    label: "Layers",
    limits: LIMITS.layers,
    onInput: (value) => tell({ layers: value, layer: Math.min(store.state.layer, value) }),
  });
  const yaw = slider({ label: "Turn", limits: LIMITS.yaw, unit: "°", onInput: (value) => change({ turn: [value, store.state.turn[1]] }) });
  const pitch = slider({
    label: "Tilt",
    limits: LIMITS.pitch,
    unit: "°",
    onInput: (value) => change({ turn: [store.state.turn[0], value] }),
  });
  const causal = checkField("Causal mask: a token sees only those before it", (value) => tell({ causal: value }));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const seed = seedField({
    label: "Seed",
    another: "Draw again",
    limits: LIMITS.seed,
    take: (value, where) =>
      tell({ seed: value, tokens: drawn_tokens(store.state.tokens.length, store.state.tokens[0].length, value) }, where),
  });
  const matrices = Object.fromEntries(["Q", "K", "V"].map((name) => [name, h("div")]));
  const owns = Object.keys(matrices).map((name) =>
    h(
      "p",
      {},
      `Each layer has a ${name} of its own, drawn from the seed with entries of variance 1/d. One for all layers: panel Stack, Weights.`,
    ),
  );
  let head = null,
    made = 0;
  /** Controls for d × d matrices, in place of those for another d. */
  function fitMatrices(d) {
    if (made === d) return;
    made = d;
    head = headPanels(tell, d);
    for (const [name, holder] of Object.entries(matrices)) holder.replaceChildren(...head.panels[name].body);
  }

  const inPicture = taken(board, tell);
  let open = "";

  // ------------------------------------------------------------------ drawing
  let rowsOf = null,
    rows = [];
  function draw(state, found) {
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
    if (state.weights === "shared") inPicture.draw(state, open);
    else inPicture.none();
    if (rowsOf !== found) {
      rowsOf = found;
      rows = readOff(found);
    }
    meters.draw(rows, last(), at, "layer");
    time.show(at, last());
    read.layer.show(at);
    read.energy.show(found.energy[near()]);
    read.clusters.show(found.clusters[near()]);
    read.rank.show(found.rank[near()]);
    read.steps.show(found.steps);
    token.show(state.tokens.length, state.selected);
    space.control.value = d;
    norm.show(state.norm);
    method.control.value = state.method;
    weights.control.value = state.weights;
    count.show(state.tokens.length);
    beta.show(state.scale);
    step.show(state.method === "layer" ? 1 : state.step);
    step.input.disabled = state.method === "layer";
    layers.show(state.layers);
    yaw.show(state.turn[0]);
    pitch.show(state.turn[1]);
    angles.hidden = !solid;
    causal.control.checked = state.causal;
    self.control.checked = state.include_self;
    trails.control.checked = state.trails;
    seed.show(state.seed);
    fitMatrices(d);
    const shared = state.weights === "shared";
    for (const holder of Object.values(matrices)) holder.hidden = !shared;
    for (const words of [...owns, ownEnergy]) words.hidden = shared;
    if (shared) head.show(state);
    const words = inWords(state);
    if (words) meaning.say(words, "note");
    else meaning.clear();
    warn(found.stopped);
  }

  let warned = null;
  /** Say once that tokens run away after a layer, and what holds them: a button must not be another one at every frame. */
  function warn(stopped) {
    if (stopped === warned) return;
    warned = stopped;
    if (!stopped) return runaway.clear();
    const words = `After layer ${stopped} the tokens have run away, past 10⁶: nothing in a bare attention layer holds them. Choose a norm, or a smaller step.`;
    runaway.say(words, "note", [["Put them on the sphere", () => tell({ norm: "sphere" })]]);
  }

  const angles = h("div", {}, yaw.element, pitch.element);
  const ownEnergy = h("p", {}, "The energy at a layer is that of its own Q and K.");
  const line = (...parts) => h("div", { class: "td-line" }, parts);
  const panels = {
    crowd: {
      title: "Crowd",
      body: [line(choose.element), choose.notice.element, line(space.element), count.element, line(seed.elements), seed.notice.element],
    },
    ...Object.fromEntries(Object.entries(matrices).map(([name, holder], i) => [name, { title: name, body: [holder, owns[i]] }])),
    motion: { title: "Motion", body: [line(norm.element), beta.element, causal.element, self.element] },
    stack: { title: "Stack", body: [line(weights.element), layers.element, line(method.element), step.element] },
    view: { title: "View", body: [line(token.element, trails.element), angles] },
    meters: {
      title: "Meters",
      body: [
        meters.element,
        readout("energy ln E, E = ½ Σ Zᵢ", read.energy),
        ownEnergy,
        readout("steps computed; scrubbing adds none", read.steps),
        h("p", { class: "td-small" }, "Clusters are chains of tokens within 5.7° of the next."),
      ],
    },
  };
  return {
    picture: [board.element],
    transport: [time.element, reset],
    reading: ["clusters ", read.clusters, " effective rank ", read.rank],
    said: [stageNotice.element, about.element, runaway.element],
    notes: [meaning.element],
    panels,
    onPanel(name) {
      open = name;
      redraw();
    },
    onHold(name) {
      inPicture.hold(store.state.weights === "shared" ? name : null, store.state);
    },
    draw,
    numbers() {
      const { states } = store.found;
      const tracks = states[0].flatMap((_, i) =>
        table(
          "track",
          `token ${i + 1}`,
          states.map((tokens) => tokens[i]),
        ),
      );
      return [...tracks, ...meterTable(readOff(store.found))];
    },
    film: () => ({
      states: time.frames().map((layer) => ({ layer })),
      framed: (make) => board.framed(Math.max(...store.found.reach), make),
    }),
    summary,
    rest,
    parts: [time, colours, board, meters, inPicture],
  };
}

/** What the meters show of a journey. */
const readOff = ({ states, energy, clusters, rank }) =>
  Object.entries({ "energy ln E": [energy], clusters: [clusters, 1], "effective rank": [rank, 1, states[0][0].length] }).map(
    ([name, [values, low, high]]) => ({ name, low, high, series: [{ name: "", kind: "main", values }] }),
  );

/** What a state means that the picture does not say. */
function inWords({ tokens, norm, causal, include_self }) {
  const words = [];
  if (norm === "layernorm") {
    words.push(
      tokens[0].length === 2
        ? "In two dimensions LayerNorm leaves two places only, (1, −1) and (−1, 1)."
        : "In three dimensions LayerNorm leaves a circle: what is at right angles to (1, 1, 1), at length √3.",
    );
  }
  if (causal && !include_self) words.push("Token 1 has nobody to attend to and stays where it is.");
  return words.join(" ");
}

export default widget({
  view: "trajectories",
  className: "Trajectories",
  title: "Trajectories",
  names: NAMES,
  presets: PRESETS,
  smooth: SMOOTH,
  rules() {
    const travel = journey();
    const measure = (state) => {
      checkState(state);
      return travel(state);
    };
    return { measure, fallback: STARTS.clusters, starts: STARTS };
  },
  build,
});
