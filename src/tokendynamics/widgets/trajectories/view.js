// Trajectories: a crowd of tokens on its way through a stack of layers, in the plane or on the sphere, and what is
// read off it on the same time axis. What was computed once is kept and scrubbed through.

import { meterTable } from "../ui/meters.js";
import { notice } from "../ui/notice.js";
import { fixed, place } from "../ui/numbers.js";
import { player } from "../ui/player.js";
import { presetField } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { stage } from "../ui/stage.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { crowdPanel, matrixPanels, motionPanel, stackPanel, viewPanel } from "./controls.js";
import { journey } from "./engine.js";
import { last, metersPanel, near, now, readings, readOff } from "./readings.js";
import { checkState, NAMES, PRESETS, preset, SMOOTH, STARTS } from "./state.js";

const RADIUS = { sphere: () => 1, layernorm: Math.sqrt };

/** A crowd on its way: what plays, what is drawn of it, what is said. */
class Trajectories {
  open = "";
  stageNotice = notice();
  meaning = notice();
  runaway = notice();
  warned = null;
  read = readings();

  constructor({ el, store, say, change, tell, begin, redraw }) {
    this.tell = tell;
    this.colours = colouring(el, redraw);
    this.describe = (i) => `token ${i + 1}, start at ${place(store.found.states[0][i])}`;
    this.board = stage({
      label: "Tokens on their way. The start of each is a button: arrow keys move it, Page Up and Page Down go to another.",
      onMove: (index, at) => (at ? tell({ tokens: store.state.tokens.map((t, i) => (i === index ? at : t)) }, this.stageNotice) : redraw()),
      onSelect: (selected) => change({ selected }) && say(this.describe(selected)),
      onTurn: (turn) => change({ turn }),
      onResize: redraw,
    });
    this.time = player({
      last: store.state.layers,
      get: () => now(store),
      set: (layer) => change({ layer }),
      onRest: () => say(summary(store)),
      readout: this.read.layer,
      secondsALayer: 0.16,
      first: "the start",
    });
    this.meters = metersPanel({ read: this.read, onScrub: (layer) => this.scrub(layer), onResize: redraw });
    this.choose = presetField(PRESETS, (name) => {
      this.rewind();
      return begin({ ...preset(name), turn: store.state.turn });
    });
    const refit = () => this.board.reset();
    this.crowd = crowdPanel({ choose: this.choose, store, tell, refit });
    this.matrices = matrixPanels(tell);
    this.motion = motionPanel({ tell, refit });
    this.stack = stackPanel({ store, tell });
    this.view = viewPanel({ store, change });
    this.inPicture = taken(this.board, tell);
  }

  scrub(layer) {
    this.time.stop();
    this.tell({ layer });
  }

  rewind() {
    this.time.stop();
    this.board.reset();
  }

  draw(state, found) {
    const at = now({ state, found });
    this.board.draw({ ...sceneOf(state, found, at), about: this.describe }, this.colours.now());
    if (state.weights === "shared") this.inPicture.draw(state, this.open);
    else this.inPicture.none();
    this.meters.draw(state, found);
    this.time.show(at, last(found));
    this.read.show(state, found);
    for (const each of [this.crowd, this.matrices, this.motion, this.stack, this.view]) each.show(state);
    const words = inWords(state);
    if (words) this.meaning.say(words, "note");
    else this.meaning.clear();
    this.warn(found.stopped);
  }

  /** Say once that tokens run away after a layer, and what holds them: a button must not be another one at every frame. */
  warn(stopped) {
    if (stopped === this.warned) return;
    this.warned = stopped;
    if (!stopped) return this.runaway.clear();
    const words = `After layer ${stopped} the tokens have run away, past 10⁶: nothing in a bare attention layer holds them. Choose a norm, or a smaller step.`;
    this.runaway.say(words, "note", [["Put them on the sphere", () => this.tell({ norm: "sphere" })]]);
  }
}

function build(shared) {
  const { store, about, reset, redraw } = shared;
  const way = new Trajectories(shared);
  const { board, time, read, crowd, matrices, motion, stack, view, meters, inPicture } = way;
  return {
    picture: [board.element],
    transport: [time.element, reset],
    reading: ["clusters ", read.clusters, " effective rank ", read.rank],
    said: [way.stageNotice.element, about.element, way.runaway.element],
    notes: [way.meaning.element],
    panels: { crowd, ...matrices.panels, motion, stack, view, meters },
    onPanel(name) {
      way.open = name;
      redraw();
    },
    onHold(name) {
      inPicture.hold(store.state.weights === "shared" ? name : null, store.state);
    },
    draw: (state, found) => way.draw(state, found),
    numbers: () => saved(store.found),
    film: () => ({
      states: time.frames().map((layer) => ({ layer })),
      framed: (make) => board.framed(Math.max(...store.found.reach), make),
    }),
    summary: () => summary(store),
    rest() {
      way.rewind();
      way.choose.clear();
    },
    parts: [time, way.colours, board, meters, inPicture],
  };
}

function sceneOf({ tokens, selected, turn, trails, norm }, { states, reach }, layer) {
  const seen = reach.slice(trails ? 0 : Math.floor(layer), Math.ceil(layer) + 1);
  return {
    starts: states[0],
    states,
    layer,
    selected,
    turn,
    trails,
    radius: RADIUS[norm]?.(tokens[0].length),
    reach: Math.max(...seen, reach[0]),
    names: tokens.map((_, i) => String(i + 1)),
  };
}

function summary(store) {
  const { clusters, rank, energy } = store.found,
    layer = near(store);
  return `Layer ${layer}: ${clusters[layer]} clusters, effective rank ${fixed(rank[layer])}, energy ${fixed(energy[layer])}.`;
}

/** The rows of the table that is saved. */
function saved(found) {
  const tracks = found.states[0].flatMap((_, i) =>
    table(
      "track",
      `token ${i + 1}`,
      found.states.map((tokens) => tokens[i]),
    ),
  );
  return [...tracks, ...meterTable(readOff(found))];
}

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
