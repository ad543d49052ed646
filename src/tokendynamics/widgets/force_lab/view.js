// Force lab: the plane, its controls, its readouts.

import { measure, transpose } from "../maths/measures.js";
import { button, line } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { headPanels } from "../ui/matrix.js";
import { notice } from "../ui/notice.js";
import { place } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";
import { presetField, values } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { checkField, normField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { crowd, nameField } from "./crowd.js";
import { Motion } from "./motion.js";
import { drawRound, drawTrails, drift, picture } from "./picture.js";
import { readouts } from "./readouts.js";
import { checkState, FIRST, LIMITS, NAMES, PRESETS, SMOOTH, STARTS } from "./state.js";
import STORY from "./story.json";
import { described, summary } from "./words.js";

const RADIUS = { sphere: 1, layernorm: Math.SQRT2 };

class ForceLab {
  open = ""; // the panel

  /** @param {import("../ui/widget.js").Shared} shared */
  constructor(shared) {
    const { el, tell, redraw } = shared;
    this.shared = shared;
    this.said = notice(); // what is refused in the plane, and why Play ended
    this.board = plane({
      label: "The plane of tokens. Each token is a button: arrow keys move it, Enter selects it, Delete removes it.",
      onMove: (index, at) => this.move(index, at),
      onSelect: (index) => this.select(index),
      onRemove: (index) => this.crowd.remove(index),
      onAdd: (at) => this.crowd.add(at),
      onResize: redraw,
    });
    this.crowd = crowd(shared, this.said, () => this.board.extent);
    this.motion = new Motion(shared, this.board, this.said);
    this.controls = motionControls(shared, () => {
      this.motion.forget();
      this.board.reset();
    });
    this.head = headPanels(tell);
    this.matrices = taken(this.board, tell, redraw);
    this.drift = drift(this.board);
    this.preset = presetField(PRESETS, (name) => this.use(name));
    this.name = nameField(shared);
    this.readouts = readouts();
    this.drawPicture = picture(this.board);
    this.colours = colouring(el, redraw);
  }

  get state() {
    return this.shared.store.state;
  }

  summary() {
    return summary(this.shared.store.found);
  }

  move(index, at) {
    const { change, say, redraw } = this.shared;
    this.motion.forget();
    if (!at) redraw();
    else if (change({ tokens: this.state.tokens.map((t, i) => (i === index ? at : t)) }, this.said))
      say(`${this.state.names[index]} at ${place(at)}. ${this.summary()}`);
  }

  select(selected) {
    if (this.shared.change({ selected })) this.shared.say(`${this.state.names[selected]} selected. ${this.summary()}`);
  }

  use(name) {
    this.motion.restart();
    const { step, flow, trails } = this.state;
    return this.shared.begin({ ...FIRST, step, flow, trails, ...values(PRESETS[name]) });
  }

  rest() {
    this.motion.restart();
    this.said.clear();
    this.preset.clear();
  }

  draw(state, found) {
    const { board } = this;
    if (!board.size) return;
    const matrix = this.open in this.head.panels ? this.open : null;
    board.fit(matrix ? [...state.tokens, ...transpose(state[matrix])] : state.tokens, state.norm ? 1.5 : undefined);
    const colours = this.colours.now();
    this.drawPicture(state, found, colours, Boolean(matrix));
    const path = this.motion.pathOf(state);
    drawTrails(board, state.trails ? [...path, state.tokens] : []);
    drawRound(board, RADIUS[state.norm]);
    this.drift.draw(state, found, colours.value);
    this.matrices.draw(state, matrix);
    board.drawTokens(state.tokens, state.names, state.selected, (i) => described(state, found, i));
    this.readouts.show(state, found);
    this.head.show(state);
    this.controls.show(state);
    this.name.show(state.names[state.selected]);
  }

  panels() {
    const { crowd, preset, name, readouts } = this;
    const few = line(
      name.element,
      button("Add token", () => crowd.add()),
      button("Remove token", () => crowd.remove(this.state.selected)),
    );
    return {
      tokens: {
        title: "Tokens",
        body: [line(preset.element), preset.notice.element, few, name.notice.element, readouts.weights],
      },
      ...this.head.panels,
      motion: { title: "Motion", body: this.controls.elements },
      laws: { title: "Laws", body: readouts.laws },
    };
  }

  numbers() {
    const { names, selected, tokens } = this.state,
      { force, content, weights } = this.shared.store.found;
    const track = (i) => this.motion.trail.map((at) => at[i]);
    return [
      ...tokens.flatMap((_, i) => table("track", names[i], track(i))),
      ...table("arrow", names[selected], [force, content], { rows: ["force", "motion"] }),
      ...table("weight", names[selected], weights, { rows: names }),
    ];
  }
}

/** What the panel Motion sets: {elements, show(state)}. `release()`, where the norm is another, lets go of what was. */
function motionControls({ change, tell }, release) {
  const said = notice();
  const step = slider({ label: "Step of Play", limits: LIMITS.step, onInput: (value) => change({ step: value }) });
  const beta = slider({ label: "β", limits: LIMITS.scale, onInput: (scale) => tell({ scale }, said) });
  const self = checkField("Include self: the token attends to itself too", (on) => tell({ include_self: on }));
  const norm = normField((norm) => {
    release();
    tell({ norm });
  });
  const trails = checkField("Trails of Play", (on) => tell({ trails: on }));
  const flows = checkField("Flow: specks drift along the field", (on) => tell({ flow: on }));
  return {
    elements: [norm.element, beta.element, said.element, step.element, self.element, trails.element, flows.element],
    show(state) {
      beta.show(state.scale);
      step.show(state.step);
      self.control.checked = state.include_self;
      norm.show(state.norm);
      trails.control.checked = state.trails;
      flows.control.checked = state.flow;
    },
  };
}

/** @param {import("../ui/widget.js").Shared} shared */
function build(shared) {
  const lab = new ForceLab(shared);
  const { board, colours, drift, matrices, motion, readouts, said } = lab;
  const marks = legend({
    force: "force: the pull on the selected token",
    motion: "motion: where one layer takes it",
    field: "field: where a token would go from there",
    attention: "attention: the wider, the more of it",
  });
  return {
    picture: [board.element],
    transport: [motion.play, motion.oneLayer, shared.reset],
    reading: ["moves by ", readouts.moves],
    said: [said.element, shared.about.element],
    panels: lab.panels(),
    under: [marks],
    story: { steps: STORY, keep: ["flow", "trails"], play: () => motion.start() },
    onPanel(name) {
      lab.open = name;
      shared.redraw();
    },
    onHold: (name) => matrices.hold(name, shared.store.state),
    draw: (state, found) => lab.draw(state, found),
    numbers: () => lab.numbers(),
    film: () => motion.film(),
    summary: () => lab.summary(),
    rest: () => lab.rest(),
    restart: () => motion.restart(),
    parts: [board, colours, matrices, drift, motion],
  };
}

const measured = (state) => {
  checkState(state);
  return measure(state);
};

export default widget({
  view: "force-lab",
  className: "ForceLab",
  title: "Force lab",
  names: NAMES,
  presets: PRESETS,
  smooth: SMOOTH,
  rules: () => ({ measure: measured, fallback: FIRST, starts: STARTS }),
  build,
});
