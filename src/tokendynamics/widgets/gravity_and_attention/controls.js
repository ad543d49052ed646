// The controls of both laws, a panel each for the crowd, the laws and time: {title, body, show(state)}.
import { h, line } from "../ui/dom.js";
import { readout } from "../ui/output.js";
import { checkField, listField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { bySide, SIDES, TITLES } from "./sides.js";
import { counted, LIMITS } from "./state.js";

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

/** The slider of a trait that is a number. */
const own = (tell, name, label, decimals) => slider({ label, decimals, limits: LIMITS[name], onInput: (value) => tell({ [name]: value }) });

export function crowdPanel({ choose, store, change, tell }) {
  const body = listField("Body", (selected) => change({ selected }));
  const trails = checkField("Trails", (value) => change({ trails: value }));
  const spin = own(tell, "spin", "Spin at the start");
  const count = slider({ label: "Bodies", limits: LIMITS.bodies, onInput: (n) => tell(counted(store.state, n)) });
  const mass = slider({
    label: "Mass of the selected",
    limits: LIMITS.mass,
    decimals: 1,
    onInput: (value) => tell({ masses: store.state.masses.map((m, i) => (i === store.state.selected ? value : m)) }),
  });
  return {
    title: "Crowd",
    body: [
      line(choose.element),
      choose.notice.element,
      count.element,
      line(body.element, trails.element),
      h("div", { class: "td-crowd" }, mass.element, spin.element),
    ],
    show(state) {
      body.show(state.bodies.length, state.selected);
      spin.show(state.spin);
      count.show(state.bodies.length);
      mass.show(state.masses[state.selected]);
      trails.control.checked = state.trails;
    },
  };
}

export function lawsPanel(tell) {
  const law = bySide((side) => selectField(TITLES[side], LAWS[side], (value) => tell({ [side]: value })));
  const self = checkField("Include self: a token attends to itself too", (value) => tell({ include_self: value }));
  const sliders = {
    G: own(tell, "G", "G"),
    softening: own(tell, "softening", "Softening ε"),
    scale: own(tell, "scale", "β"),
    friction: own(tell, "friction", "Friction"),
  };
  const { G, softening, scale, friction } = sliders;
  return {
    title: "Laws",
    body: [
      [line(law.gravity.element), G.element, softening.element],
      [line(law.attention.element), scale.element, friction.element, self.element],
    ],
    show(state) {
      for (const side of SIDES) law[side].control.value = state[side];
      for (const [name, control] of Object.entries(sliders)) control.show(state[name]);
      friction.element.hidden = state.attention !== "inertia";
      self.control.checked = state.include_self;
    },
  };
}

/** steps: the reading of how many were computed. */
export function timePanel({ store, tell, steps }) {
  const span = slider({
    label: "Steps",
    limits: LIMITS.steps,
    onInput: (value) => tell({ steps: value, time: Math.min(store.state.time, value) }),
  });
  const step = own(tell, "step", "Time of a step", 3);
  return {
    title: "Time",
    body: [span.element, step.element, readout("steps computed; scrubbing adds none", steps)],
    show(state) {
      span.show(state.steps);
      step.show(state.step);
    },
  };
}
