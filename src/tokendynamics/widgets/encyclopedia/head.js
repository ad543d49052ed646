// The head of the Encyclopedia: Q and K as turns of the index, the strength of its directions, V, and how M is made of them.
import { h, uid } from "../ui/dom.js";
import { matrixControl } from "../ui/matrix.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { bars } from "./bars.js";
import { LIMITS } from "./state.js";

const RANKS = [
  ["2", "2, both"],
  ["1", "1, larger bar"],
];

/** Its controls, a panel for Q and K, one for V, one for M: {panels, show(state, head)}. */
export function headControls(change) {
  const pulls = bars(change);
  const number = (name, given) => slider({ ...given, limits: LIMITS[name], onInput: (value) => change({ [name]: value }) });
  const sliders = {
    q_angle: number("q_angle", { owner: "Q", label: "angle", unit: "°" }),
    k_angle: number("k_angle", { owner: "K", label: "angle", unit: "°" }),
    ridge: number("ridge", { label: "ridge" }),
    noise: number("noise", { label: "noise" }),
  };
  const { q_angle, k_angle, ridge, noise } = sliders;
  const V = matrixControl("V", "the content", (matrix, where) => change({ V: matrix }, where));
  const rank = selectField("Rank", RANKS, (value) => change({ rank: Number(value) }));
  const angles = [box("Q", "turns the index, u₁ and u₂", q_angle.element), box("K", "turns what it reads, v₁ and v₂", k_angle.element)];
  return {
    panels: {
      angles: { title: "Q & K", body: angles },
      V: { title: "V", body: [V.element] },
      M: { title: "M", body: [pulls.element, h("div", { class: "td-rank" }, rank.element), ridge.element, noise.element] },
    },
    show(state, { loudness }) {
      pulls.show(state.sigma, loudness);
      for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
      V.show(state.V);
      rank.control.value = state.rank;
    },
  };
}

function box(name, text, inside) {
  const id = uid("box");
  return h(
    "div",
    { class: `td-matrix td-matrix-${name}`, role: "group", "aria-labelledby": id },
    h("p", { class: "td-matrix-title", id }, h("strong", {}, name), " ", text),
    inside,
  );
}
