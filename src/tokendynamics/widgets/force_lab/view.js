// Force lab: the plane, its controls, its readouts.

import { potential_gradient_at } from "../maths/attention.js";
import { measure, times, transpose } from "../maths/measures.js";
import { reshape, shape_of } from "../maths/shape.js";
import { trajectories } from "../maths/stack.js";
import { button, h, hidden, uid } from "../ui/dom.js";
import { MOST as FRAMES } from "../ui/film.js";
import { flow } from "../ui/flow.js";
import { legend } from "../ui/legend.js";
import { headPanels } from "../ui/matrix.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";
import { presetField, values } from "../ui/presets.js";
import { table } from "../ui/save/rows.js";
import { checkField, normField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { sentence } from "../ui/store.js";
import { taken } from "../ui/taken.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { drawRound, drawTrails, picture } from "./picture.js";
import { readouts } from "./readouts.js";
import { checkState, emptySpot, FIRST, LIMITS, NAMES, PRESETS, SMOOTH, STARTS } from "./state.js";
import STORY from "./story.json";

const FAR = 30, // where tokens that nothing holds have run away
  CLOSE = 0.02, // how far from one another tokens are that have met
  TICK = 50, // milliseconds between two steps of Play
  TRAIL = 80; // ticks
const RADIUS = { sphere: 1, layernorm: Math.SQRT2 };
const { min: FEWEST, max: MOST } = LIMITS.tokens;

function build({ el, store, about, say, change, tell, begin, reset, redraw }) {
  let playing = null,
    from = null, // where Play began
    trail = [], // the tokens at the ticks before
    open = "";
  const planeNotice = notice(),
    betaNotice = notice(),
    nameNotice = notice();

  // ------------------------------------------------------------------ the plane
  const board = plane({
    label: "The plane of tokens. Each token is a button: arrow keys move it, Enter selects it, Delete removes it.",
    onMove(index, at) {
      trail = [];
      if (!at) redraw();
      else if (change({ tokens: store.state.tokens.map((t, i) => (i === index ? at : t)) }, planeNotice))
        say(`${store.state.names[index]} at ${place(at)}. ${summary()}`);
    },
    onSelect: (selected) => change({ selected }) && say(`${store.state.names[selected]} selected. ${summary()}`),
    onRemove: remove,
    onAdd: add,
    onResize: redraw,
  });
  const place = (at) => `${fixed(at[0])}, ${fixed(at[1])}`;
  const summary = () => `Motion ${place(store.found.content)}, force ${place(store.found.force)}.`;
  const describe = (i) => {
    const { tokens, names, selected } = store.state;
    return `${names[i]}, ${i === selected ? "selected, " : `weight ${fixed(store.found.weights[i])}, `}at ${place(tokens[i])}`;
  };

  function add(at) {
    const { tokens, names } = store.state;
    if (tokens.length >= MOST) return planeNotice.say(`There is room for ${MOST} tokens. Remove one first.`);
    const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !names.includes(letter)) ?? "token";
    const spot = at ?? emptySpot(tokens, board.extent);
    if (change({ tokens: [...tokens, spot], names: [...names, free] }, planeNotice)) say(`${free} added at ${place(spot)}.`);
  }

  function remove(index) {
    const { tokens, names, selected: was } = store.state;
    if (tokens.length <= FEWEST) return planeNotice.say(`${FEWEST} tokens are the fewest: one pulls, one moves.`);
    const without = (list) => list.filter((_, i) => i !== index);
    const selected = Math.min(was > index ? was - 1 : was, tokens.length - 2);
    if (change({ tokens: without(tokens), names: without(names), selected }, planeNotice))
      say(`${names[index]} removed. ${store.state.names[selected]} selected.`);
  }

  // ------------------------------------------------------------------ time
  const play = button("Play", () => (playing ? pause() : start()), { class: "td-button td-primary td-waits" });
  function start() {
    pause();
    say("Playing. Pause stops the motion.");
    from = store.state.tokens;
    playing = setInterval(() => document.hidden || tick() || pause(), TICK); // where nobody looks, time stands still
    play.textContent = "Pause";
  }
  function pause() {
    if (!playing) return;
    clearInterval(playing);
    playing = null;
    play.textContent = "Play";
    say(summary());
  }
  function advance(step) {
    try {
      const { tokens: before, Q, K, V, scale, include_self, norm } = store.state;
      const tokens = trajectories(before, [[Q, K, V]], { scale, include_self, step, norm })[1];
      if (!change({ tokens }, planeNotice)) return false;
      trail = [...trail.slice(1 - TRAIL), tokens];
      return true;
    } catch (error) {
      planeNotice.say(sentence(error.message));
      return false;
    }
  }
  /** A tick of Play: false where there is nothing more to see, and then it is said why, with what may be done. */
  function tick() {
    const before = store.state.tokens;
    if (!advance(store.state.step)) return false;
    const { tokens, norm } = store.state;
    if (ranAway(before, tokens)) {
      planeNotice.say("The tokens run away: nothing in a bare attention layer holds them.", "warning", [
        ["Hold them on a circle", () => again({ norm: "sphere" })],
        ["Back to the start", () => again({})],
      ]);
      return false;
    }
    if (norm && met(tokens)) {
      planeNotice.say("All have met in one place, and go on as one.", "warning", [
        ["Turn V by 120° and start again", () => again({ V: turnedOn(store.state.V, 120) })],
        ["Back to the start", () => again({})],
      ]);
      return false;
    }
    return true;
  }
  /** What Play shows, from where the trails begin to where it ends of itself; the field as arrows, as specks know no frames. */
  function film() {
    const { Q, K, V, scale, include_self, norm, step } = store.state;
    const run = [trail[0] ?? store.state.tokens];
    const ended = (tokens, before) => before && (ranAway(before, tokens) || (norm && met(tokens)));
    while (run.length < FRAMES && !ended(run.at(-1), run.at(-2))) {
      try {
        run.push(trajectories(run.at(-1), [[Q, K, V]], { scale, include_self, step, norm })[1]);
      } catch {
        break; // no number is as large
      }
    }
    const states = run.map((tokens, k) => ({ tokens, path: run.slice(Math.max(0, k - TRAIL), k), flow: false }));
    return { states, every: TICK, framed: (make) => board.framed(run.flat(), norm ? 1.5 : undefined, make) };
  }
  /** From where Play began, with one thing changed. */
  function again(patch) {
    restart();
    planeNotice.clear();
    begin({ tokens: from, ...patch });
  }
  const oneLayer = button("One layer", () => advance(1) && say(`One layer later. ${summary()}`), { class: "td-button td-waits" });
  function restart() {
    pause();
    trail = [];
    board.reset();
  }

  // ------------------------------------------------------------------ controls
  const step = slider({ label: "Step of Play", limits: LIMITS.step, onInput: (value) => change({ step: value }) });
  const beta = slider({ label: "β", limits: LIMITS.scale, onInput: (scale) => tell({ scale }, betaNotice) });
  const self = checkField("Include self: the token attends to itself too", (on) => tell({ include_self: on }));
  const norm = normField((norm) => {
    trail = [];
    board.reset();
    tell({ norm });
  });
  const trails = checkField("Trails of Play", (on) => tell({ trails: on }));
  const flows = checkField("Flow: specks drift along the field", (on) => tell({ flow: on }));
  const head = headPanels(tell);
  const matrices = taken(board, tell, redraw);
  const specks = flow(board);
  const preset = presetField(PRESETS, (name) => {
    restart();
    const { step, flow, trails } = store.state;
    return begin({ ...FIRST, step, flow, trails, ...values(PRESETS[name]) });
  });
  const nameId = uid("name");
  const name = h("input", {
    id: nameId,
    type: "text",
    maxlength: 16,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": nameNotice.element.id,
    onchange() {
      const { names, selected } = store.state,
        next = name.value.trim();
      if (!next) {
        name.value = names[selected];
        nameNotice.say("A token needs a name of at least one letter.");
      } else if (change({ names: names.map((n, i) => (i === selected ? next : n)) }, nameNotice)) say(`Named ${next}.`);
    },
  });

  // ------------------------------------------------------------------ drawing
  const numbers = readouts();
  const drawPicture = picture(board);
  const colours = colouring(el, redraw);
  const marks = legend({
    force: "force: the pull on the selected token",
    motion: "motion: where one layer takes it",
    field: "field: where a token would go from there",
    attention: "attention: the wider, the more of it",
  });

  let flowOf = "";
  function drawFlow(state, { M }) {
    const { tokens, Q, K, scale, include_self, selected } = state;
    const seen = { scale, exclude: include_self ? null : selected };
    const { value } = colours.now();
    const now = JSON.stringify([state.flow, tokens, Q, K, M, seen, board.extent, board.size, value]);
    if (now === flowOf) return;
    flowOf = now;
    const vectorsAt = (points) => potential_gradient_at(points, tokens, Q, K, seen).map((gradient) => times(M, gradient));
    specks.draw(state.flow ? vectorsAt : null, value);
  }

  function draw(state, found) {
    if (!board.size) return;
    const matrix = open in head.panels ? open : null;
    board.fit(matrix ? [...state.tokens, ...transpose(state[matrix])] : state.tokens, state.norm ? 1.5 : undefined);
    drawPicture(state, found, colours.now(), Boolean(matrix));
    trail = trail.filter(({ length }) => length === state.tokens.length);
    drawTrails(board, state.trails ? [...(state.path ?? trail), state.tokens] : []);
    drawRound(board, RADIUS[state.norm]);
    drawFlow(state, found);
    matrices.draw(state, matrix);
    board.drawTokens(state.tokens, state.names, state.selected, describe);
    numbers.show(state, found);
    head.show(state);
    beta.show(state.scale);
    step.show(state.step);
    self.control.checked = state.include_self;
    norm.show(state.norm);
    trails.control.checked = state.trails;
    flows.control.checked = state.flow;
    if (name.getRootNode().activeElement !== name) name.value = state.names[state.selected];
  }

  const panels = {
    tokens: {
      title: "Tokens",
      body: [
        h("div", { class: "td-line" }, preset.element),
        preset.notice.element,
        h(
          "div",
          { class: "td-line" },
          h("span", { class: "td-field" }, h("label", { for: nameId }, "Name", hidden(" of the selected token")), name),
          button("Add token", () => add()),
          button("Remove token", () => remove(store.state.selected)),
        ),
        nameNotice.element,
        numbers.weights,
      ],
    },
    ...head.panels,
    motion: {
      title: "Motion",
      body: [norm.element, beta.element, betaNotice.element, step.element, self.element, trails.element, flows.element],
    },
    laws: { title: "Laws", body: numbers.laws },
  };
  function rest() {
    restart();
    planeNotice.clear();
    preset.clear();
  }
  return {
    picture: [board.element],
    transport: [play, oneLayer, reset],
    reading: ["moves by ", numbers.moves],
    said: [planeNotice.element, about.element],
    panels,
    under: [marks],
    story: { steps: STORY, keep: ["flow", "trails"], play: start },
    onPanel(name) {
      open = name;
      redraw();
    },
    onHold(name) {
      matrices.hold(name, store.state);
    },
    draw,
    numbers() {
      const { tokens, names, selected } = store.state,
        { force, content, weights } = store.found;
      const tracks = trail.length
        ? tokens.flatMap((_, i) =>
            table(
              "track",
              names[i],
              trail.map((at) => at[i]),
            ),
          )
        : [];
      const arrows = table("arrow", names[selected], [force, content], { rows: ["force", "motion"] });
      return [...tracks, ...arrows, ...table("weight", names[selected], weights, { rows: names })];
    },
    film,
    summary,
    rest,
    restart,
    parts: [board, colours, matrices, specks, { stop: () => clearInterval(playing) }],
  };
}

/** A matrix whose angle is `by` degrees more. */
function turnedOn(matrix, by) {
  const angle = shape_of(matrix).angle + by;
  return reshape(matrix, "angle", angle > 180 ? angle - 360 : angle);
}

const farthest = (tokens) => Math.max(...tokens.flat().map(Math.abs));
const ranAway = (before, tokens) => farthest(tokens) > FAR && farthest(tokens) > farthest(before);
const met = (tokens) => tokens.length > 1 && Math.max(...tokens.map((t) => Math.hypot(t[0] - tokens[0][0], t[1] - tokens[0][1]))) < CLOSE;

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
