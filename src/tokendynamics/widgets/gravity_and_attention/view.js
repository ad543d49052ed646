// Gravity and attention: the same bodies under both laws, in two panes with one clock and the same start, and meters
// that tell the laws apart. A history is computed once and then scrubbed through.

import { h, reword } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { headPanels } from "../ui/matrix.js";
import { meterTable } from "../ui/meters.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { player } from "../ui/player.js";
import { presetField } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { charts, readOff } from "./charts.js";
import { crowdPanel, lawsPanel, timePanel } from "./controls.js";
import { why } from "./differences.js";
import { compare, under_attention, under_gravity } from "./engine.js";
import { twoPanes } from "./panes.js";
import { readings } from "./readings.js";
import { last, near, now, SIDES } from "./sides.js";
import { checkState, kept, NAMES, PRESETS, preset, SMOOTH, STARTS } from "./state.js";

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

/** Both laws from one start: what plays, what is held, what is drawn of them. */
class Comparison {
  sliding = false;
  open = "";

  constructor({ el, rules, store, say, change, tell, begin, redraw }) {
    const finish = () => this.finish();
    rules.brief = () => (this.sliding || this.panes.dragging()) && !["meters", "numbers", "why"].includes(this.open);
    this.store = store;
    this.change = change;
    this.redraw = redraw;
    this.colours = colouring(el, redraw);
    this.runaway = notice();
    this.reasons = h("ul", { class: "td-why" });
    this.read = readings();
    this.panes = twoPanes({ store, sums: this.read.sum, change, tell, say, finish, redraw });
    this.clock = player({
      last: store.state.steps,
      get: () => now(store),
      set: (time) => change({ time }),
      onRest: () => say(inWords(store)),
      readout: this.read.time,
      secondsALayer: 0.06,
      first: "the start",
      label: "Step ",
    });
    this.charts = charts({
      onScrub: (time) => {
        this.clock.stop();
        tell({ time });
      },
      onResize: redraw,
    });
    this.choose = presetField(PRESETS, (name) => {
      this.rewind();
      return begin(preset(name));
    });
    this.crowd = crowdPanel({ choose: this.choose, store, change, tell });
    this.laws = lawsPanel(tell);
    this.time = timePanel({ store, tell, steps: this.read.steps });
    this.head = headPanels(tell);
    this.matrices = taken(this.panes.stages.attention, tell, finish);
  }

  /** Once nothing is held: compute what was left. */
  finish() {
    if (this.store.found.brief) this.change({}, notice()); // what was refused on the way stays told
    this.redraw();
  }

  /** A slider of a panel is in a hand; null: none is. */
  hold(name) {
    this.sliding = name !== null;
    this.matrices.hold(name, asHead(this.store.state));
    if (!this.sliding) this.finish();
  }

  rewind() {
    this.clock.stop();
    this.panes.reset();
  }

  draw(state, found) {
    const at = now({ state, found });
    this.panes.draw(state, found, at, this.open in this.head.panels ? state[this.open] : null, this.colours.now());
    this.matrices.draw(asHead(state), this.open);
    this.clock.show(at, last({ state, found }));
    this.read.show(state, found);
    if (!found.brief) this.drawWhole(state, found, at);
    for (const each of [this.crowd, this.laws, this.time, this.head]) each.show(state);
  }

  /** What is read off whole histories. */
  drawWhole(state, found, at) {
    this.charts.draw(state, found, at);
    this.read.compare(found.compared);
    if (!this.reasons.closest("[hidden]")) showList(this.reasons, why(state, found, Math.round(at)));
    const words = goneInWords(found);
    if (words) this.runaway.say(words, "note");
    else this.runaway.clear();
  }
}

function build(shared) {
  const { store, about, reset } = shared;
  const both = new Comparison(shared);
  const { panes, clock, charts, choose, runaway } = both;
  return {
    picture: [panes.element],
    transport: [clock.element, reset],
    said: [panes.notice.element, about.element, runaway.element],
    panels: panelsOf(both),
    onPanel(name) {
      both.open = name;
      both.finish();
    },
    onHold: (name) => both.hold(name),
    draw: (state, found) => both.draw(state, found),
    numbers: () => saved(store.state, store.found),
    film: () => ({
      states: clock.frames().map((time) => ({ time })),
      framed: (make) => panes.framed(store.found, make),
    }),
    summary: () => inWords(store),
    rest() {
      both.rewind();
      choose.clear();
    },
    parts: [clock, both.colours, panes, both.matrices, charts],
  };
}

const panelsOf = ({ crowd, laws, head, time, charts, read, reasons }) => ({
  crowd,
  laws,
  ...head.panels,
  time,
  meters: { title: "Meters", body: [legend({ gravity: "gravity", attention: "attention" }), charts.meters] },
  numbers: { title: "Numbers", body: [read.table, charts.growth] },
  why: {
    title: "Why?",
    body: [
      h("p", { class: "td-until" }, "It waits for your guess."),
      h("section", { class: "td-waits" }, h("h3", {}, "Why do they differ?"), reasons),
    ],
  },
});

const asHead = ({ bodies: tokens, selected, Q, K, V }) => ({ tokens, selected, Q, K, V });

function inWords(store) {
  const sum = (side) => store.found[side].sum[near(store, side)];
  return `Step ${Math.round(now(store))}. Sum of forces: gravity ${format(sum("gravity"))}, attention ${fixed(sum("attention"))} of their lengths.`;
}

/** Which sides ran away; nothing where none did. */
function goneInWords(found) {
  const gone = SIDES.filter((side) => found[side].stopped !== null);
  const each = gone.map((side) => `Under ${side} the bodies run away after step ${found[side].stopped}, past 10⁶`);
  return gone.length ? `${each.join(". ")}. That pane stops there.` : "";
}

function showList(list, sentences) {
  if (list.children.length !== sentences.length) list.replaceChildren(...sentences.map(() => h("li", {})));
  for (const [i, text] of sentences.entries()) reword(list.children[i], text);
}

/** The rows of the table that is saved. */
function saved({ bodies, selected }, found) {
  const tracks = SIDES.flatMap((side) =>
    bodies.flatMap((_, i) =>
      table(
        "track",
        `${side}, body ${i + 1}`,
        found[side].states.map((at) => at[i]),
      ),
    ),
  );
  const pulls = found.compared.parts.flatMap((part, k) =>
    table("meter", `pull on body ${selected + 1}: ${SIDES[k]}`, part, { rows: part.map((_, n) => n + 1) }),
  );
  return [...tracks, ...meterTable(readOff(found)), ...pulls];
}

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
