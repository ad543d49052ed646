// One head bent: its Q, K and V turned and stretched.
import { button, h, line } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { notice } from "../ui/notice.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import LIMITS from "./limits.json";
import { headsOf } from "./state.js";
import { headName } from "./strips.js";

const MATRICES = { Q: "asks for", K: "is found by", V: "passes on" };

/** `tell(patch, notice)` asks for another state. */
export function bending({ model, store, tell }) {
  const said = notice();
  const ask = (patch) => tell(patch, said);
  const which = selectField(
    "Bend",
    headsOf(model).map(([layer, head]) => [`${layer}.${head}`, headName([layer, head])]),
    (value) => ask({ head: value.split(".").map(Number) }),
  );
  const at = (name, i, value) => ({ [name]: store.state[name].map((was, k) => (k === i ? value : was)) });
  const sliders = (name, label, unit) =>
    Object.keys(MATRICES).map((owner, i) =>
      slider({ owner, label, limits: LIMITS[name], unit, onInput: (value) => ask(at(name, i, value)) }),
    );
  const turns = sliders("turns", "turn", "°"),
    stretches = sliders("stretches", "stretch");
  const asLearned = button("As learned", () => ask({ turns: [0, 0, 0], stretches: [1, 1, 1] }));
  const another = button("Another random matrix", () => ask({ seed: (store.state.seed + 1) % (LIMITS.seed.max + 1) }));
  return {
    element: h(
      "div",
      { class: "td-bend td-waits", role: "group", "aria-label": "Bend one head" },
      line(which.element, asLearned),
      Object.entries(MATRICES).map(([name, does], i) => matrix(name, does, [turns[i].element, stretches[i].element])),
      line(another, legend({ was: "as it was learned" })),
      said.element,
    ),
    show(state) {
      which.control.value = state.head.join(".");
      for (const [i, each] of turns.entries()) each.show(state.turns[i]);
      for (const [i, each] of stretches.entries()) each.show(state.stretches[i]);
    },
    clear: said.clear,
  };
}

const matrix = (name, does, sliders) =>
  h(
    "div",
    { class: `td-bending td-matrix-${name}`, role: "group", "aria-label": name },
    h("p", { class: "td-matrix-title" }, h("strong", {}, name), ` ${does}`),
    sliders,
  );
