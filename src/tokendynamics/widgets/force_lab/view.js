// Force lab: the plane, its controls, its readouts. State lives in the model; this file draws it and asks for
// changes. A change that the engine refuses is said in words beside its control, and the last good state stays.
import PRESETS from "./presets.json";
import { picture } from "./picture.js";
import { readouts } from "./readouts.js";
import { checkState, emptySpot, FEWEST, FIRST, MOST, SMOOTH, STARTS, STATE, VIEW } from "./state.js";
import { update } from "../maths/attention.js";
import { measure } from "../maths/measures.js";
import { button, h, hidden, uid } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { matrixControl } from "../ui/matrix.js";
import { mounted, sharing } from "../ui/mount.js";
import { announcer, notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";
import { prediction } from "../ui/predict.js";
import { slider } from "../ui/slider.js";
import { onTheme, palette } from "../ui/theme.js";

const FAR = 1e6,
  TICK = 50; // where tokens have run away; milliseconds between two steps of Play
const MATRICES = { Q: "question", K: "key", V: "content" };

function render({ model, el, experimental }) {
  const onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
  const said = announcer();
  const about = notice(); // what the state means: singular, run away, broken link
  let playing = null,
    frame = 0;

  const measured = (next) => {
    checkState(next);
    return measure(next);
  };
  const held = heldState({ model, view: VIEW, names: STATE, measure: measured, fallback: FIRST, starts: STARTS, about, redraw, onPage });
  let home = held.plain(); // where Reset goes
  const change = held.change;

  // ------------------------------------------------------------------ the plane
  const board = plane({
    label: "The plane of tokens. Each token is a button: arrow keys move it, Enter selects it, Delete removes it.",
    onMove(index, at) {
      if (!at) return redraw();
      if (change({ tokens: held.state.tokens.map((t, i) => (i === index ? at : t)) }, planeNotice)) {
        said.say(`${held.state.names[index]} at ${place(at)}. ${summary()}`);
      }
    },
    onSelect: (selected) => change({ selected }) && said.say(`${held.state.names[selected]} selected. ${summary()}`),
    onRemove: remove,
    onAdd: add,
    onResize: () => redraw(),
  });
  const planeNotice = notice();
  const place = ([x, y]) => `${fixed(x)}, ${fixed(y)}`;
  const summary = () => `Motion ${place(held.found.content)}, force ${place(held.found.force)}.`;

  function add(at) {
    const { tokens, names } = held.state;
    if (tokens.length >= MOST) return planeNotice.say(`There is room for ${MOST} tokens. Remove one first.`);
    const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !names.includes(letter)) ?? "token";
    const spot = Array.isArray(at) ? at : emptySpot(tokens, board.extent);
    if (change({ tokens: [...tokens, spot], names: [...names, free] }, planeNotice)) said.say(`${free} added at ${place(spot)}.`);
  }

  function remove(index = held.state.selected) {
    const { tokens, names, selected: was } = held.state;
    if (tokens.length <= FEWEST) return planeNotice.say(`${FEWEST} tokens are the fewest: one pulls, one moves.`);
    const without = (list) => list.filter((_, i) => i !== index);
    const selected = Math.min(was > index ? was - 1 : was, tokens.length - 2);
    if (change({ tokens: without(tokens), names: without(names), selected }, planeNotice)) {
      said.say(`${names[index]} removed. ${held.state.names[selected]} selected.`);
    }
  }

  // ------------------------------------------------------------------ time
  const play = button("Play", () => (playing ? pause() : start()), { class: "td-button td-primary td-waits" });
  function start() {
    said.say("Playing. Pause stops the motion.");
    playing = setInterval(() => advance(held.state.step) || pause(), TICK);
    play.textContent = "Pause";
  }
  function pause() {
    clearInterval(playing);
    playing = null;
    play.textContent = "Play";
    said.say(summary());
  }
  function advance(step) {
    try {
      const { tokens: before, Q, K, V, scale, include_self } = held.state;
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
  const oneLayer = button("One layer", () => advance(1) && said.say(`One layer later. ${summary()}`), { class: "td-button td-waits" });
  const reset = button("Reset", () => {
    if (playing) pause();
    board.extent = 0.75; // let the view find its size again
    if (change(home)) said.say("Back to the start.");
  });
  const stepSlider = slider({ label: "Step of Play", min: 0.01, max: 1, step: 0.01, onInput: (step) => change({ step }) });

  // ------------------------------------------------------------------ controls
  const matrices = Object.fromEntries(
    Object.entries(MATRICES).map(([name, about_]) => [
      name,
      matrixControl(name, about_, (matrix, where) => change({ [name]: matrix }, where) && (said.say(summary()), true)),
    ]),
  );
  const betaNotice = notice(),
    nameNotice = notice();
  const beta = slider({ label: "β", min: 0, max: 5, step: 0.01, onInput: (scale) => change({ scale }, betaNotice) && said.say(summary()) });
  const self = h("input", {
    type: "checkbox",
    id: uid("self"),
    onchange: () => change({ include_self: self.checked }) && said.say(summary()),
  });
  const chooseId = uid("preset");
  const choose = h(
    "select",
    { id: chooseId, onchange: () => usePreset(choose.value) },
    h("option", { value: "", disabled: true, selected: true }, "Choose…"),
    Object.entries(PRESETS).map(([name, { title }]) => h("option", { value: name }, title)),
  );
  function usePreset(name) {
    const { title, note, ...preset } = PRESETS[name];
    if (playing) pause();
    board.extent = 0.75;
    if (change({ selected: 0, ...preset, scale: 1, include_self: false })) {
      home = held.plain();
      planeNotice.say(note, "note");
    }
  }
  const nameId = uid("name");
  const nameInput = h("input", {
    id: nameId,
    type: "text",
    maxlength: 16,
    autocomplete: "off",
    "aria-describedby": nameNotice.element.id,
    onchange: () => {
      const name = nameInput.value.trim();
      if (!name) {
        nameInput.value = held.state.names[held.state.selected];
        return nameNotice.say("A token needs a name of at least one letter.");
      }
      if (change({ names: held.state.names.map((n, i) => (i === held.state.selected ? name : n)) }, nameNotice)) said.say(`Named ${name}.`);
    },
  });

  // ------------------------------------------------------------------ drawing
  const numbers = readouts();
  const draw = picture(board);
  const legend = h(
    "ul",
    { class: "td-legend", "aria-hidden": "true" },
    h("li", { class: "td-key-force" }, "force ∇φ = β QᵀK T a"),
    h("li", { class: "td-key-motion" }, "motion V T a, one layer"),
    h("li", { class: "td-key-field" }, "field M∇φ, lengths squeezed"),
    h("li", { class: "td-key-attention" }, "attention, width = weight"),
  );
  const describe = (i) => {
    const { tokens, names, selected } = held.state;
    return `${names[i]}, ${i === selected ? "selected, " : `weight ${fixed(held.found.weights[i])}, `}at ${place(tokens[i])}`;
  };

  /** Ask for the next frame to show the state; asking twice draws once. */
  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!board.size) return;
      const { state, found } = held;
      board.fit(state.tokens);
      draw(state, found, palette(el));
      board.drawTokens(state.tokens, state.names, state.selected, describe);
      numbers.show(state, found);
      Object.entries(matrices).forEach(([name, control]) => control.show(state[name]));
      beta.show(state.scale);
      stepSlider.show(state.step);
      self.checked = state.include_self;
      if (nameInput.getRootNode().activeElement !== nameInput) nameInput.value = state.names[state.selected];
    });
  }

  // ------------------------------------------------------------------ putting it together
  const root = h(
    "section",
    { class: "td td-force-lab", "data-widget": VIEW, "aria-label": "Force lab" },
    prediction(model.get("prediction"), VIEW),
    h(
      "div",
      { class: "td-columns" },
      h(
        "div",
        { class: "td-left" },
        board.element,
        h(
          "div",
          { class: "td-bar-of-buttons" },
          play,
          oneLayer,
          reset,
          button("Add token", () => add()),
          button("Remove token", () => remove()),
        ),
        planeNotice.element,
        about.element,
      ),
      h(
        "div",
        { class: "td-right" },
        h(
          "div",
          { class: "td-line" },
          h("span", { class: "td-field" }, h("label", { for: chooseId }, "Preset"), choose),
          h("span", { class: "td-field" }, h("label", { for: nameId }, "Name", hidden(" of the selected token")), nameInput),
        ),
        nameNotice.element,
        beta.element,
        betaNotice.element,
        stepSlider.element,
        h("div", { class: "td-check" }, self, h("label", { for: self.id }, "Include self: the token attends to itself too")),
        numbers.element,
      ),
    ),
    legend,
    h(
      "div",
      { class: "td-matrices" },
      Object.values(matrices).map((control) => control.element),
    ),
    sharing({ view: VIEW, className: "ForceLab", model, held, onPage, say: said.say }),
    said.element,
  );
  const rest = () => {
    if (playing) pause();
    board.extent = 0.75; // let the view find its size again
    planeNotice.clear();
  };
  const unmount = mounted({ el, root, held, draw: redraw, smooth: SMOOTH, titles: PRESETS, rest });
  const forgetTheme = onTheme(() => redraw());

  return () => {
    if (playing) clearInterval(playing);
    cancelAnimationFrame(frame);
    unmount();
    forgetTheme();
    board.stop();
  };
}

const sentence = (text) => (text.endsWith(".") ? text : `${text}.`);

export default { render };
