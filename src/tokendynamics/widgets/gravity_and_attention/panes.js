// Two panes, a law each: the same bodies on a stage of their own, and under its name what differs from the other.
import { transpose } from "../maths/measures.js";
import { h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { place } from "../ui/numbers.js";
import { stage } from "../ui/stage.js";
import { bySide, SIDES, TITLES } from "./sides.js";

// under the name of a pane: what of its law differs from the other's, or no longer does
const ORDERS = { newton: "with inertia", overdamped: "no inertia", motion: "no inertia", inertia: "with inertia" };

/** sums: {side: the reading of its net force}; `finish()` hears that a body was let go. */
export function twoPanes({ store, sums, change, tell, say, finish, redraw }) {
  const said = notice();
  const describe = (i) => `body ${i + 1}, start at ${place(store.state.bodies[i])}`;
  const stages = bySide((side) =>
    stage({
      label: `Bodies under ${side}. The start of each is a button: arrow keys move it in both panes, Page Up and Page Down go to another.`,
      smallest: 1.8,
      onMove: (index, at) => (at ? tell({ bodies: store.state.bodies.map((b, i) => (i === index ? at : b)) }, said) : finish()),
      onSelect: (selected) => change({ selected }) && say(describe(selected)),
      onResize: redraw,
    }),
  );
  const orders = bySide(() => h("span", {}));
  const panes = SIDES.map((side) => pane(side, orders[side], sums[side], stages[side]));
  return {
    element: h("div", { class: "td-panes" }, panes),
    notice: said,
    stages,
    dragging: () => SIDES.some((side) => stages[side].dragging),
    /** `matrix` is taken by hand, or null. */
    draw(state, found, at, matrix, colours) {
      for (const side of SIDES) {
        stages[side].draw({ ...sceneOf(side, state, found[side].states, at, matrix), about: describe }, colours);
        reword(orders[side], ORDERS[state[side]]);
      }
    },
    reset() {
      for (const side of SIDES) stages[side].reset();
    },
    /** `make()` while each pane shows all places of its history. */
    framed: (found, make) => SIDES.reduce((inner, side) => () => stages[side].framed(farthest(found[side].states.flat()), inner), make)(),
    stop() {
      for (const side of SIDES) stages[side].stop();
    },
  };
}

const pane = (side, order, sum, { element }) =>
  h(
    "figure",
    { class: `td-pane td-pane-${side}` },
    h(
      "figcaption",
      {},
      h("span", { class: "td-law" }, h("strong", {}, TITLES[side]), " ", order),
      h("span", { class: "td-net" }, "forces add up to ", sum),
    ),
    element,
  );

function sceneOf(side, { bodies, masses, selected, trails }, states, at, matrix) {
  const layer = Math.min(at, states.length - 1);
  const seen = states.slice(trails ? 0 : Math.floor(layer), Math.ceil(layer) + 1);
  const columns = side === "attention" && matrix ? transpose(matrix) : [];
  return {
    starts: states[0],
    states,
    layer,
    selected,
    trails,
    reach: Math.max(...[...seen, states[0], columns].map(farthest)),
    names: bodies.map((_, i) => String(i + 1)),
    sizes: side === "gravity" ? masses.map((m) => Math.min(1.5, Math.max(0.7, Math.cbrt(m)))) : null,
  };
}

/** How far out any of the places is, across or up. */
const farthest = (places) => places.flat().reduce((most, x) => Math.max(most, Math.abs(x)), 0);
