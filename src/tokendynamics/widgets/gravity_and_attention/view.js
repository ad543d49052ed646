// Gravity and attention: the same bodies under both laws, in two panes with one clock and the same start, and meters
// that tell the laws apart. State lives in the model; a history is computed once and then scrubbed through.
import { checkState, counted, FEWEST, kept, MOST, preset, PRESETS, SMOOTH, STARTS, STATE, STEPS, VIEW } from "./state.js";
import { gap, why } from "./why.js";
import { compare, under_attention, under_gravity } from "./engine.js";
import { button, h, reword, uid } from "../ui/dom.js";
import { fold } from "../ui/fold.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { matrixControl } from "../ui/matrix.js";
import { meterRows } from "../ui/meters.js";
import { announcer, notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { player } from "../ui/player.js";
import { prediction } from "../ui/predict.js";
import { checkField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { stage } from "../ui/stage.js";
import { colouring } from "../ui/theme.js";

const MATRICES = { Q: "question", K: "key", V: "content" };
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
const CLOCK = ["bodies", "spin", "step", "steps"];

function render({ model, el, experimental }) {
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const said = announcer(),
    about = notice(),
    stageNotice = notice(),
    presetNotice = notice(),
    runaway = notice();
  let frame = 0,
    steps = 0;
  const redraw = () => (frame ||= requestAnimationFrame(draw));
  const colours = colouring(el, redraw);
  const counting = ({ states }) => (steps += states.length - 1);
  const sides = {
    gravity: kept([...CLOCK, "masses", "G", "softening", "gravity"], under_gravity, counting),
    attention: kept([...CLOCK, "Q", "K", "V", "scale", "include_self", "attention", "friction"], under_attention, counting),
  };
  const comparing = kept(
    STATE.filter((name) => !["time", "trails", "step", "steps", "spin"].includes(name)),
    compare,
  );
  const measure = (state) => {
    checkState(state);
    return { gravity: sides.gravity(state), attention: sides.attention(state), compared: comparing(state), steps };
  };
  const held = heldState({ model, view: VIEW, names: STATE, measure, fallback: STARTS.two, starts: STARTS, about, redraw, onPage });
  let home = held.plain(); // where Reset goes
  const change = held.change;
  /** Change, and say what came of it. */
  const tell = (patch, where) => change(patch, where) && (said.say(summary()), true);
  const last = () => Math.max(...SIDES.map((side) => held.found[side].states.length - 1)); // a side that ran away stands still
  const now = () => Math.min(held.state.time, last());
  const near = (side) => Math.min(Math.round(now()), held.found[side].states.length - 1);
  const summary = () =>
    `Step ${Math.round(now())}. Sum of forces: gravity ${format(held.found.gravity.sum[near("gravity")])}, attention ${fixed(held.found.attention.sum[near("attention")])} of their lengths.`;

  // ------------------------------------------------------------------ two panes, one clock
  const describe = (i) => `body ${i + 1}, start at ${held.state.bodies[i].map((v) => fixed(v)).join(", ")}`;
  const panes = Object.fromEntries(
    SIDES.map((side) => [
      side,
      stage({
        label: `Bodies under ${side}. The start of each is a button: arrow keys move it in both panes, Page Up and Page Down go to another.`,
        smallest: 1.8,
        onMove: (index, at) => (at ? tell({ bodies: held.state.bodies.map((b, i) => (i === index ? at : b)) }, stageNotice) : redraw()),
        onSelect: (selected) => change({ selected }) && said.say(describe(selected)),
        onTurn() {},
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
    last: held.state.steps,
    get: now,
    set: (time) => change({ time }),
    onRest: () => said.say(summary()),
    readout: read.time,
    secondsALayer: 0.06,
    first: "the start",
    label: "Step ",
  });
  const meters = meterRows({
    label: "Sum of forces, energy and momentum by step.",
    onScrub: (time) => (clock.stop(), tell({ time })),
    onResize: redraw,
  });
  const growth = meterRows({ label: "Pull on the selected body by the number of others.", onScrub() {}, onResize: redraw });

  // ------------------------------------------------------------------ controls
  const rewind = () => {
    clock.stop();
    SIDES.forEach((side) => panes[side].reset());
  };
  const rest = () => {
    rewind();
    presetNotice.clear();
    choose.control.value = "";
  };
  const reset = button("Reset", () => {
    rest();
    if (change(home)) said.say("Back to the start.");
  });
  const choose = selectField("Preset", [["", "Choose…"], ...Object.entries(PRESETS).map(([name, { title }]) => [name, title])], (name) => {
    rewind();
    if (!change(preset(name))) return;
    home = held.plain();
    presetNotice.say(PRESETS[name].note, "note");
    said.say(summary());
  });
  choose.control.firstChild.disabled = true;
  const body = selectField("Body", [], (value) => change({ selected: Number(value) }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  const one = (name, options) => slider({ ...options, onInput: (value) => tell({ [name]: value }) });
  const controls = {
    spin: one("spin", { label: "Spin at the start", min: -2, max: 2, step: 0.01 }),
    G: one("G", { label: "G", min: 0, max: 5, step: 0.01 }),
    softening: one("softening", { label: "Softening ε", min: 0, max: 1, step: 0.01 }),
    scale: one("scale", { label: "β", min: 0, max: 5, step: 0.01 }),
    friction: one("friction", { label: "Friction", min: 0, max: 5, step: 0.01 }),
    step: one("step", { label: "Time of a step", min: 0.005, max: 0.2, step: 0.005, decimals: 3 }),
  };
  const count = slider({ label: "Bodies", min: FEWEST, max: MOST, step: 1, decimals: 0, onInput: (n) => tell(counted(held.state, n)) });
  const span = slider({
    label: "Steps",
    min: 1,
    max: STEPS,
    step: 1,
    decimals: 0,
    onInput: (value) => tell({ steps: value, time: Math.min(held.state.time, value) }),
  });
  const mass = slider({
    label: "Mass of the selected",
    min: 0.1,
    max: 30,
    step: 0.1,
    decimals: 1,
    onInput: (value) => tell({ masses: held.state.masses.map((m, i) => (i === held.state.selected ? value : m)) }),
  });
  const matrices = Object.fromEntries(
    Object.entries(MATRICES).map(([name, words]) => [name, matrixControl(name, words, (matrix, where) => tell({ [name]: matrix }, where))]),
  );

  // ------------------------------------------------------------------ drawing
  let listed = 0,
    rowsOf = [],
    rows = [],
    grown = [];
  function draw() {
    frame = 0;
    const { state, found } = held;
    const { gravity, attention, compared } = found,
      at = now();
    const sizes = state.masses.map((m) => Math.min(1.5, Math.max(0.7, Math.cbrt(m))));
    SIDES.forEach((side) => {
      const { states } = found[side],
        layer = Math.min(at, states.length - 1);
      let reach = 0;
      for (let t = state.trails ? 0 : Math.floor(layer); t <= Math.ceil(layer); t++)
        for (const [x, y] of states[t]) reach = Math.max(reach, Math.abs(x), Math.abs(y));
      for (const [x, y] of states[0]) reach = Math.max(reach, Math.abs(x), Math.abs(y));
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
    });
    if (rowsOf[0] !== gravity || rowsOf[1] !== attention) {
      rowsOf = [gravity, attention];
      const pair = (make) => [
        { name: "gravity", kind: "control", values: make(gravity) },
        { name: "attention", kind: "main", values: make(attention) },
      ];
      rows = [
        { name: "sum of forces ÷ their lengths", low: 0, high: 1, series: pair((side) => side.sum) },
        { name: "energy, change since the start", series: pair((side) => side.energy.map((e) => e - side.energy[0])) },
        { name: "momentum, change since the start", low: 0, series: pair((side) => side.momentum.map((_, t) => gap(side.momentum, t))) },
      ];
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
    growth.draw(grown[1], state.bodies.length - 2, state.bodies.length - 2, "others", 1);
    clock.show(at, last());
    read.time.show(at);
    SIDES.forEach((side, k) => {
      const history = found[side],
        t = near(side);
      read.sum[side].show(history.sum[t]);
      read.momentum[side].show(gap(history.momentum, t));
      read.energy[side].show(history.energy[t] - history.energy[0]);
      read.doubled[side].show(compared.doubled[k]);
      read.farther[side].show(compared.farther[k]);
      read.order[side].show(compared.order[k]);
    });
    read.steps.show(found.steps);
    if (listed !== state.bodies.length) {
      listed = state.bodies.length;
      body.control.replaceChildren(...state.bodies.map((_, i) => h("option", { value: i }, i + 1)));
    }
    body.control.value = state.selected;
    for (const [name, control] of Object.entries(controls)) control.show(state[name]);
    controls.friction.element.hidden = state.attention !== "inertia";
    count.show(listed);
    span.show(state.steps);
    mass.show(state.masses[state.selected]);
    trails.control.checked = state.trails;
    self.control.checked = state.include_self;
    for (const [name, control] of Object.entries(matrices)) control.show(state[name]);
    const sentences = why(state, found, Math.round(at));
    if (reasons.children.length !== sentences.length) reasons.replaceChildren(...sentences.map(() => h("li", {})));
    sentences.forEach((text, i) => reword(reasons.children[i], text));
    const gone = SIDES.filter((side) => found[side].stopped !== null);
    if (gone.length)
      runaway.say(
        `${gone.map((side) => `Under ${side} the bodies run away after step ${found[side].stopped}, past 10⁶`).join(". ")}. That pane stops there.`,
        "note",
      );
    else runaway.clear();
  }

  // ------------------------------------------------------------------ putting it together
  const reasons = h("ul", { class: "td-why" });
  const pane = (side) => h("figure", { class: `td-pane td-pane-${side}` }, h("figcaption", {}, law[side].element), panes[side].element);
  const line = (text, outputs) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, text),
      SIDES.map((side) => h("td", {}, outputs[side])),
    );
  const whyId = uid("why");
  const root = h(
    "section",
    { class: "td td-gravity-and-attention", "data-widget": VIEW, "aria-label": "Gravity and attention" },
    prediction(model.get("prediction"), VIEW),
    about.element,
    h("div", { class: "td-line" }, choose.element, reset, trails.element, body.element),
    presetNotice.element,
    h("div", { class: "td-panes" }, SIDES.map(pane)),
    stageNotice.element,
    h("div", { class: "td-time" }, clock.elements),
    runaway.element,
    h("section", { class: "td-waits", "aria-labelledby": whyId }, h("h3", { id: whyId }, "Why do they differ?"), reasons),
    h(
      "div",
      { class: "td-columns" },
      h(
        "div",
        {},
        h(
          "ul",
          { class: "td-legend", "aria-hidden": "true" },
          h("li", { class: "td-key-gravity" }, "gravity"),
          h("li", { class: "td-key-attention" }, "attention"),
        ),
        meters.element,
        growth.element,
      ),
      h(
        "div",
        {},
        h(
          "table",
          { class: "td-meters-table" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("td", {}),
              SIDES.map((side) => h("th", { scope: "col" }, side)),
            ),
          ),
          h(
            "tbody",
            {},
            line("‖Σ F‖ ÷ Σ ‖F‖", read.sum),
            line("momentum, change", read.momentum),
            line("energy, change", read.energy),
            line("pull, others twice over", read.doubled),
            line("pull, others twice as far", read.farther),
            line("order in time", read.order),
          ),
        ),
        h("div", { class: "td-row" }, h("span", {}, "steps computed; scrubbing adds none"), read.steps),
        fold(
          "Bodies and laws",
          count.element,
          span.element,
          controls.step.element,
          controls.spin.element,
          h("h3", {}, "Gravity"),
          controls.G.element,
          controls.softening.element,
          mass.element,
          h("h3", {}, "Attention"),
          controls.scale.element,
          controls.friction.element,
          self.element,
        ),
      ),
    ),
    fold(
      "Q, K and V",
      h(
        "div",
        { class: "td-matrices" },
        Object.values(matrices).map((control) => control.element),
      ),
    ),
    sharing({ view: VIEW, className: "GravityAndAttention", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw, smooth: SMOOTH, titles: PRESETS, rest });

  return () => {
    clock.stop();
    cancelAnimationFrame(frame);
    unmount();
    colours.stop();
    [...Object.values(panes), meters, growth].forEach((each) => each.stop());
  };
}

export default { render };
