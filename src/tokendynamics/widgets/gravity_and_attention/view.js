// Gravity and attention: the same bodies under both laws, in two panes with one clock and the same start, and meters
// that tell the laws apart. A history is computed once and then scrubbed through.

import { transpose } from "../maths/measures.js";
import { h, reword } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { headPanels } from "../ui/matrix.js";
import { meterRows, meterTable } from "../ui/meters.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { player } from "../ui/player.js";
import { presetField } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { checkField, listField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { stage } from "../ui/stage.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { gap, why } from "./differences.js";
import { compare, under_attention, under_gravity } from "./engine.js";
import { checkState, counted, kept, LIMITS, NAMES, PRESETS, preset, SMOOTH, STARTS } from "./state.js";

const SIDES = ["gravity", "attention"];
const TITLES = { gravity: "Gravity", attention: "Attention" };
const LAWS = {
  gravity: [
    ["newton", "Newton, with inertia"],
    ["overdamped", "without inertia (hybrid)"],
  ],
  attention: [
    ["motion", "equation (14)"],
    ["inertia", "with inertia (hybrid)"],
  ],
};
// under the name of a pane: what of its law differs from the other's, or no longer does
const ORDERS = { newton: "with inertia", overdamped: "no inertia", motion: "no inertia", inertia: "with inertia" };
const SLIDERS = {
  spin: { label: "Spin at the start" },
  G: { label: "G" },
  softening: { label: "Softening ε" },
  scale: { label: "β" },
  friction: { label: "Friction" },
  step: { label: "Time of a step", decimals: 3 },
};
const CLOCK = ["bodies", "spin", "step", "steps"];

/**
 * What both panes show; each side is computed again only when what it depends on has changed. While `brief` says so a history goes no
 * further than the moment that is seen, and the laws are not compared: a hand holds something, and what needs more is not open.
 */
function rules() {
  let steps = 0;
  const counting = ({ states }) => {
    steps += states.length - 1;
  };
  const sides = {
    gravity: kept([...CLOCK, "masses", "G", "softening", "gravity"], under_gravity, counting),
    attention: kept([...CLOCK, "Q", "K", "V", "scale", "include_self", "attention", "friction"], under_attention, counting),
  };
  const comparing = kept(
    NAMES.filter((name) => !["time", "trails", "step", "steps", "spin"].includes(name)),
    compare,
  );
  const made = { measure, brief: () => false, fallback: STARTS.two, starts: STARTS };
  function measure(state) {
    checkState(state);
    const brief = made.brief(),
      asked = brief ? { ...state, steps: Math.max(1, Math.ceil(state.time)) } : state;
    const found = { gravity: sides.gravity(asked), attention: sides.attention(asked), brief };
    return { ...found, compared: brief ? null : comparing(state), steps };
  }
  return made;
}

function build({ el, rules, store, about, say, change, tell, begin, reset, redraw }) {
  const stageNotice = notice(),
    runaway = notice();
  const colours = colouring(el, redraw);
  // a side that ran away stands still
  const last = () => (store.found.brief ? store.state.steps : Math.max(...SIDES.map((side) => store.found[side].states.length - 1)));
  let sliding = false,
    open = "";
  rules.brief = () => (sliding || SIDES.some((side) => panes[side].dragging)) && !["meters", "numbers", "why"].includes(open);
  /** Once nothing is held: compute what was left. */
  function finish() {
    if (store.found.brief) change({}, notice()); // what was refused on the way stays told
    redraw();
  }
  const now = () => Math.min(store.state.time, last());
  const near = (side) => Math.min(Math.round(now()), store.found[side].states.length - 1);
  const summary = () =>
    `Step ${Math.round(now())}. Sum of forces: gravity ${format(store.found.gravity.sum[near("gravity")])}, attention ${fixed(store.found.attention.sum[near("attention")])} of their lengths.`;

  // ------------------------------------------------------------------ two panes, one clock
  const describe = (i) => `body ${i + 1}, start at ${store.state.bodies[i].map((v) => fixed(v)).join(", ")}`;
  const panes = Object.fromEntries(
    SIDES.map((side) => [
      side,
      stage({
        label: `Bodies under ${side}. The start of each is a button: arrow keys move it in both panes, Page Up and Page Down go to another.`,
        smallest: 1.8,
        onMove: (index, at) => (at ? tell({ bodies: store.state.bodies.map((b, i) => (i === index ? at : b)) }, stageNotice) : finish()),
        onSelect: (selected) => change({ selected }) && say(describe(selected)),
        onResize: redraw,
      }),
    ]),
  );
  const law = Object.fromEntries(SIDES.map((side) => [side, selectField(TITLES[side], LAWS[side], (value) => tell({ [side]: value }))]));
  const perSide = (name, label, print) =>
    Object.fromEntries(SIDES.map((side) => [side, output(`${side}-${name}`, { label: `${side}: ${label}`, print })]));
  const share = (x) => (x < 5e-4 ? format(x) : fixed(x, 3)),
    times = (x) => (Number.isFinite(x) ? `${fixed(x)} ×` : "–");
  const read = {
    time: output("time", { label: "step", print: (x) => (Number.isInteger(x) ? String(x) : fixed(x, 1)) }),
    sum: perSide("sum", "length of the sum of all forces over the sum of their lengths", share),
    momentum: perSide("momentum", "change of the momentum since the start"),
    energy: perSide("energy", "change of the energy since the start"),
    doubled: perSide("doubled", "pull with every other body there twice, over the pull now", times),
    farther: perSide("farther", "pull with all others twice as far, over the pull now", times),
    order: perSide("order", "order in time, measured from rest", (x) => (Number.isFinite(x) ? fixed(x) : "–")),
    steps: output("steps-computed", { label: "steps computed so far", print: String }),
  };
  const clock = player({
    last: store.state.steps,
    get: now,
    set: (time) => change({ time }),
    onRest: () => say(summary()),
    readout: read.time,
    secondsALayer: 0.06,
    first: "the start",
    label: "Step ",
  });
  const meters = meterRows({
    label: "Sum of forces, energy and momentum by step.",
    onScrub(time) {
      clock.stop();
      tell({ time });
    },
    onResize: redraw,
  });
  const growth = meterRows({ label: "Pull on the selected body by the number of others.", onResize: redraw });

  // ------------------------------------------------------------------ controls
  function rewind() {
    clock.stop();
    for (const side of SIDES) panes[side].reset();
  }
  function rest() {
    rewind();
    choose.clear();
  }
  const choose = presetField(PRESETS, (name) => {
    rewind();
    return begin(preset(name));
  });
  const body = listField("Body", (selected) => change({ selected }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  const sliders = Object.fromEntries(
    Object.entries(SLIDERS).map(([name, { label, decimals }]) => [
      name,
      slider({ label, decimals, limits: LIMITS[name], onInput: (value) => tell({ [name]: value }) }),
    ]),
  );
  const count = slider({ label: "Bodies", limits: LIMITS.bodies, onInput: (n) => tell(counted(store.state, n)) });
  const span = slider({
    label: "Steps",
    limits: LIMITS.steps,
    onInput: (value) => tell({ steps: value, time: Math.min(store.state.time, value) }),
  });
  const mass = slider({
    label: "Mass of the selected",
    limits: LIMITS.mass,
    decimals: 1,
    onInput: (value) => tell({ masses: store.state.masses.map((m, i) => (i === store.state.selected ? value : m)) }),
  });
  const head = headPanels(tell);
  const matrices = taken(panes.attention, tell, finish);
  const asHead = ({ bodies: tokens, selected, Q, K, V }) => ({ tokens, selected, Q, K, V });

  // ------------------------------------------------------------------ drawing
  let rowsOf = [],
    rows = [],
    grown = [];
  function draw(state, found) {
    const at = now();
    const sizes = state.masses.map((m) => Math.min(1.5, Math.max(0.7, Math.cbrt(m))));
    for (const side of SIDES) {
      const { states } = found[side],
        layer = Math.min(at, states.length - 1);
      let reach = 0;
      for (let t = state.trails ? 0 : Math.floor(layer); t <= Math.ceil(layer); t++)
        for (const [x, y] of states[t]) reach = Math.max(reach, Math.abs(x), Math.abs(y));
      const columns = side === "attention" && open in head.panels ? transpose(state[open]) : [];
      for (const [x, y] of [...states[0], ...columns]) reach = Math.max(reach, Math.abs(x), Math.abs(y));
      panes[side].draw(
        {
          starts: states[0],
          states,
          layer,
          selected: state.selected,
          trails: state.trails,
          reach,
          about: describe,
          names: state.bodies.map((_, i) => String(i + 1)),
          sizes: side === "gravity" ? sizes : null,
        },
        colours.now(),
      );
      law[side].control.value = state[side];
      reword(orders[side], ORDERS[state[side]]);
    }
    matrices.draw(asHead(state), open);
    clock.show(at, last());
    read.time.show(at);
    for (const side of SIDES) {
      const history = found[side],
        t = near(side);
      read.sum[side].show(history.sum[t]);
      read.momentum[side].show(gap(history.momentum, t));
      read.energy[side].show(history.energy[t] - history.energy[0]);
    }
    if (!found.brief) drawMeters(state, found, at);
    read.steps.show(found.steps);
    body.show(state.bodies.length, state.selected);
    for (const [name, control] of Object.entries(sliders)) control.show(state[name]);
    sliders.friction.element.hidden = state.attention !== "inertia";
    count.show(state.bodies.length);
    span.show(state.steps);
    mass.show(state.masses[state.selected]);
    trails.control.checked = state.trails;
    self.control.checked = state.include_self;
    head.show(state);
  }

  /** What is read off whole histories. */
  function drawMeters(state, found, at) {
    const { gravity, attention, compared } = found;
    if (rowsOf[0] !== gravity || rowsOf[1] !== attention) {
      rowsOf = [gravity, attention];
      rows = readOff(found);
    }
    meters.draw(rows, last(), at, "step");
    if (grown[0] !== compared)
      grown = [
        compared,
        [
          {
            name: `pull on body ${state.selected + 1}; first other = 1`,
            low: 0,
            series: [
              { name: "gravity", kind: "control", values: compared.parts[0] },
              { name: "attention", kind: "main", values: compared.parts[1] },
            ],
          },
        ],
      ];
    growth.element.hidden = state.bodies.length < 3; // one other: nothing grows
    growth.draw(grown[1], state.bodies.length - 2, state.bodies.length - 2, "others", 1);
    for (const [k, side] of SIDES.entries()) {
      read.doubled[side].show(compared.doubled[k]);
      read.farther[side].show(compared.farther[k]);
      read.order[side].show(compared.order[k]);
    }
    if (!reasons.closest("[hidden]")) explain(why(state, found, Math.round(at)));
    const gone = SIDES.filter((side) => found[side].stopped !== null);
    if (gone.length)
      runaway.say(
        `${gone.map((side) => `Under ${side} the bodies run away after step ${found[side].stopped}, past 10⁶`).join(". ")}. That pane stops there.`,
        "note",
      );
    else runaway.clear();
  }

  // ------------------------------------------------------------------ putting it together
  const orders = Object.fromEntries(SIDES.map((side) => [side, h("span", {})]));
  const pane = (side) =>
    h(
      "figure",
      { class: `td-pane td-pane-${side}` },
      h(
        "figcaption",
        {},
        h("span", { class: "td-law" }, h("strong", {}, TITLES[side]), " ", orders[side]),
        h("span", { class: "td-net" }, "net force ", read.sum[side]),
      ),
      panes[side].element,
    );
  const reasons = h("ul", { class: "td-why" });
  function explain(sentences) {
    if (reasons.children.length !== sentences.length) reasons.replaceChildren(...sentences.map(() => h("li", {})));
    for (const [i, text] of sentences.entries()) reword(reasons.children[i], text);
  }
  const row = (text, outputs) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, text),
      SIDES.map((side) => h("td", {}, outputs[side])),
    );
  const heads = h(
    "tr",
    {},
    h("td", {}),
    SIDES.map((side) => h("th", { scope: "col" }, side)),
  );
  const numbers = h(
    "table",
    { class: "td-meters-table" },
    h("thead", {}, heads),
    h(
      "tbody",
      {},
      row("momentum, change", read.momentum),
      row("energy, change", read.energy),
      row("pull, others twice over", read.doubled),
      row("pull, others twice as far", read.farther),
      row("order in time", read.order),
    ),
  );
  const line = (...parts) => h("div", { class: "td-line" }, parts);
  const panels = {
    crowd: {
      title: "Crowd",
      body: [
        line(choose.element),
        choose.notice.element,
        count.element,
        line(body.element, trails.element),
        h("div", { class: "td-crowd" }, mass.element, sliders.spin.element),
      ],
    },
    laws: {
      title: "Laws",
      body: [
        line(law.gravity.element),
        sliders.G.element,
        sliders.softening.element,
        line(law.attention.element),
        sliders.scale.element,
        sliders.friction.element,
        self.element,
      ],
    },
    ...head.panels,
    time: {
      title: "Time",
      body: [span.element, sliders.step.element, readout("steps computed; scrubbing adds none", read.steps)],
    },
    meters: { title: "Meters", body: [legend({ gravity: "gravity", attention: "attention" }), meters.element] },
    numbers: { title: "Numbers", body: [numbers, growth.element] },
    why: {
      title: "Why?",
      body: [
        h("p", { class: "td-until" }, "It waits for your guess."),
        h("section", { class: "td-waits" }, h("h3", {}, "Why do they differ?"), reasons),
      ],
    },
  };
  return {
    picture: [h("div", { class: "td-panes" }, SIDES.map(pane))],
    transport: [clock.element, reset],
    said: [stageNotice.element, about.element, runaway.element],
    panels,
    onPanel(name) {
      open = name;
      finish();
    },
    onHold(name) {
      sliding = name !== null;
      matrices.hold(name, asHead(store.state));
      if (!sliding) finish();
    },
    draw,
    numbers() {
      const { bodies, selected } = store.state,
        { compared } = store.found;
      const tracks = SIDES.flatMap((side) =>
        bodies.flatMap((_, i) =>
          table(
            "track",
            `${side}, body ${i + 1}`,
            store.found[side].states.map((at) => at[i]),
          ),
        ),
      );
      const pulls = compared.parts.flatMap((part, k) =>
        table("meter", `pull on body ${selected + 1}: ${SIDES[k]}`, part, { rows: part.map((_, n) => n + 1) }),
      );
      return [...tracks, ...meterTable(readOff(store.found)), ...pulls];
    },
    film: () => ({
      states: clock.frames().map((time) => ({ time })),
      framed: (make) => SIDES.reduce((inner, side) => () => panes[side].framed(reachOf(store.found[side].states), inner), make)(),
    }),
    summary,
    rest,
    parts: [clock, colours, ...Object.values(panes), matrices, meters, growth],
  };
}

/** What the meters show of both histories. */
function readOff({ gravity, attention }) {
  const pair = (make) => [
    { name: "gravity", kind: "control", values: make(gravity) },
    { name: "attention", kind: "main", values: make(attention) },
  ];
  return [
    { name: "sum of forces ÷ their lengths", low: 0, high: 1, series: pair((side) => side.sum) },
    { name: "energy, change since the start", series: pair((side) => side.energy.map((e) => e - side.energy[0])) },
    { name: "momentum, change since the start", low: 0, series: pair((side) => side.momentum.map((_, t) => gap(side.momentum, t))) },
  ];
}

/** How far out bodies come, across or up. */
const reachOf = (states) => states.flat(2).reduce((most, x) => Math.max(most, Math.abs(x)), 0);

export default widget({
  view: "gravity-and-attention",
  className: "GravityAndAttention",
  title: "Gravity and attention",
  names: NAMES,
  presets: PRESETS,
  smooth: SMOOTH,
  rules,
  build,
});
