// Force lab: the plane, its controls, its readouts.

import { update } from "../maths/attention.js";
import { measure } from "../maths/measures.js";
import { button, h, hidden, uid } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { headPanels } from "../ui/matrix.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";
import { presetField, values } from "../ui/presets.js";
import { checkField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { sentence } from "../ui/store.js";
import { colouring } from "../ui/theme.js";
import { widget } from "../ui/widget.js";
import { picture } from "./picture.js";
import { readouts } from "./readouts.js";
import { checkState, emptySpot, FIRST, LIMITS, NAMES, PRESETS, SMOOTH, STARTS } from "./state.js";

const FAR = 1e6,
  TICK = 50; // where tokens have run away; milliseconds between two steps of Play
const { min: FEWEST, max: MOST } = LIMITS.tokens;

function build({ el, store, about, say, change, tell, begin, reset, redraw }) {
  let playing = null;
  const planeNotice = notice(),
    betaNotice = notice(),
    nameNotice = notice();

  // ------------------------------------------------------------------ the plane
  const board = plane({
    label: "The plane of tokens. Each token is a button: arrow keys move it, Enter selects it, Delete removes it.",
    onMove(index, at) {
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
    say("Playing. Pause stops the motion.");
    playing = setInterval(() => advance(store.state.step) || pause(), TICK);
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
      const { tokens: before, Q, K, V, scale, include_self } = store.state;
      const tokens = update(before, Q, K, V, { scale, include_self, step });
      if (tokens.flat().some((x) => Math.abs(x) > FAR)) {
        planeNotice.say(
          "The tokens have run away, past 10⁶. Press Reset, or make V smaller: nothing in a bare attention layer holds them.",
        );
        return false;
      }
      return change({ tokens }, planeNotice);
    } catch (error) {
      planeNotice.say(sentence(error.message));
      return false;
    }
  }
  const oneLayer = button("One layer", () => advance(1) && say(`One layer later. ${summary()}`), { class: "td-button td-waits" });
  function restart() {
    pause();
    board.reset();
  }

  // ------------------------------------------------------------------ controls
  const step = slider({ label: "Step of Play", limits: LIMITS.step, onInput: (value) => change({ step: value }) });
  const beta = slider({ label: "β", limits: LIMITS.scale, onInput: (scale) => tell({ scale }, betaNotice) });
  const self = checkField("Include self: the token attends to itself too", (on) => tell({ include_self: on }));
  const head = headPanels(tell);
  const preset = presetField(
    PRESETS,
    (name) => {
      restart();
      return begin({ selected: 0, ...values(PRESETS[name]), scale: 1, include_self: false });
    },
    planeNotice,
  );
  const nameId = uid("name");
  const name = h("input", {
    id: nameId,
    type: "text",
    maxlength: 16,
    autocomplete: "off",
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
    force: "force ∇φ = β QᵀK T a",
    motion: "motion V T a, one layer",
    field: "field M∇φ, lengths squeezed",
    attention: "attention, width = weight",
  });

  function draw(state, found) {
    if (!board.size) return;
    board.fit(state.tokens);
    drawPicture(state, found, colours.now());
    board.drawTokens(state.tokens, state.names, state.selected, describe);
    numbers.show(state, found);
    head.show(state);
    beta.show(state.scale);
    step.show(state.step);
    self.control.checked = state.include_self;
    if (name.getRootNode().activeElement !== name) name.value = state.names[state.selected];
  }

  const panels = {
    tokens: {
      title: "Tokens",
      body: [
        h("div", { class: "td-line" }, preset.element),
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
    motion: { title: "Motion", body: [beta.element, betaNotice.element, step.element, self.element] },
    laws: { title: "Laws", body: numbers.laws },
  };
  function rest() {
    restart();
    planeNotice.clear();
  }
  return {
    picture: [board.element],
    transport: [play, oneLayer, reset],
    reading: ["moves by ", numbers.moves],
    said: [planeNotice.element, about.element],
    panels,
    under: [marks],
    draw,
    summary,
    rest,
    restart,
    parts: [board, colours, { stop: () => clearInterval(playing) }] };
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
