// The controls of a crowd on its way, a panel each for what it is, what moves it, through which layers, and from where it is seen:
// {title, body, show(state)}.
import { drawn_tokens } from "../maths/seeded.js";
import { h, line } from "../ui/dom.js";
import { headPanels } from "../ui/matrix.js";
import { seedField } from "../ui/seed.js";
import { checkField, listField, normField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { counted, inSpace, LIMITS } from "./state.js";

/** `refit()` before what may be of another size. */
export function crowdPanel({ choose, store, tell, refit }) {
  const space = selectField(
    "Space",
    [
      ["2", "plane, d = 2"],
      ["3", "three dimensions, d = 3"],
    ],
    (d) => {
      refit();
      tell(inSpace(store.state, Number(d)));
    },
  );
  const count = slider({ label: "Tokens", limits: LIMITS.tokens, onInput: (n) => tell(counted(store.state, n)) });
  const seed = seedField({
    label: "Seed",
    another: "Draw again",
    limits: LIMITS.seed,
    take: (value, where) =>
      tell({ seed: value, tokens: drawn_tokens(store.state.tokens.length, store.state.tokens[0].length, value) }, where),
  });
  return {
    title: "Crowd",
    body: [line(choose.element), choose.notice.element, line(space.element), count.element, line(seed.elements), seed.notice.element],
    show(state) {
      space.control.value = state.tokens[0].length;
      count.show(state.tokens.length);
      seed.show(state.seed);
    },
  };
}

/** Q, K and V, a panel each: one matrix for all layers, or words where each layer has its own. {panels, show(state)} */
export function matrixPanels(tell) {
  const parts = ["Q", "K", "V"].map((name) => ({
    name,
    holder: h("div"),
    own: h(
      "p",
      {},
      `Each layer has a ${name} of its own, drawn from the seed with entries of variance 1/d. One for all layers: panel Stack, Weights.`,
    ),
  }));
  let head = null,
    made = 0;
  /** Controls for d × d matrices, in place of those for another d. */
  function fit(d) {
    if (made === d) return;
    made = d;
    head = headPanels(tell, d);
    for (const { name, holder } of parts) holder.replaceChildren(...head.panels[name].body);
  }
  return {
    panels: Object.fromEntries(parts.map(({ name, holder, own }) => [name, { title: name, body: [holder, own] }])),
    show(state) {
      const shared = state.weights === "shared";
      fit(state.tokens[0].length);
      for (const { holder, own } of parts) [holder.hidden, own.hidden] = [!shared, shared];
      if (shared) head.show(state);
    },
  };
}

/** `refit()` before what may be of another size. */
export function motionPanel({ tell, refit }) {
  const norm = normField((value) => {
    refit();
    tell({ norm: value });
  });
  const beta = slider({ label: "β", limits: LIMITS.scale, onInput: (scale) => tell({ scale }) });
  const causal = checkField("Causal mask: a token sees only those before it", (value) => tell({ causal: value }));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  return {
    title: "Motion",
    body: [line(norm.element), beta.element, causal.element, self.element],
    show(state) {
      norm.show(state.norm);
      beta.show(state.scale);
      causal.control.checked = state.causal;
      self.control.checked = state.include_self;
    },
  };
}

export function stackPanel({ store, tell }) {
  const weights = selectField(
    "Weights",
    [
      ["shared", "one Q, K, V for all layers"],
      ["drawn", "drawn for each layer"],
    ],
    (value) => tell({ weights: value }),
  );
  const layers = slider({
    label: "Layers",
    limits: LIMITS.layers,
    onInput: (value) => tell({ layers: value, layer: Math.min(store.state.layer, value) }),
  });
  const method = selectField(
    "Method",
    [
      ["layer", "one layer: Euler, step 1"],
      ["euler", "Euler"],
      ["rk4", "Runge–Kutta 4"],
    ],
    (value) => tell({ method: value }),
  );
  const step = slider({ label: "Step", limits: LIMITS.step, onInput: (value) => tell({ step: value }) });
  return {
    title: "Stack",
    body: [line(weights.element), layers.element, line(method.element), step.element],
    show(state) {
      weights.control.value = state.weights;
      layers.show(state.layers);
      method.control.value = state.method;
      step.show(state.method === "layer" ? 1 : state.step);
      step.input.disabled = state.method === "layer";
    },
  };
}

export function viewPanel({ store, change }) {
  const token = listField("Token", (selected) => change({ selected }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const angle = (label, limits, turned) => slider({ label, limits, unit: "°", onInput: (value) => change({ turn: turned(value) }) });
  const yaw = angle("Turn", LIMITS.yaw, (value) => [value, store.state.turn[1]]),
    pitch = angle("Tilt", LIMITS.pitch, (value) => [store.state.turn[0], value]);
  const angles = h("div", {}, yaw.element, pitch.element);
  return {
    title: "View",
    body: [line(token.element, trails.element), angles],
    show(state) {
      token.show(state.tokens.length, state.selected);
      trails.control.checked = state.trails;
      yaw.show(state.turn[0]);
      pitch.show(state.turn[1]);
      angles.hidden = state.tokens[0].length !== 3;
    },
  };
}
