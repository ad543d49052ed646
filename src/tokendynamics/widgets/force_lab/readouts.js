// The Force lab's numbers: the weights as bars, the laws as distances that should vanish, the third law as one that does not.
import { h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";

const LAWS = [
  { name: "potential", from: "potential", text: "φ", label: "potential of the selected token" },
  {
    name: "gradient-error",
    from: "gradient_error",
    text: "‖∇φ − β QᵀK T a‖, by differences",
    label: "distance between the finite-difference gradient and the force",
  },
  {
    name: "self-term",
    from: "self_gap",
    text: "the same, own key moving too",
    label: "distance between the gradient, own key moving too, and the force",
    self: true,
  },
  { name: "self-formula", from: "self_term", text: "β aᵢᵢ ‖KᵀQ tᵢ‖, the self term", label: "length of the self term", self: true },
  { name: "motion-error", from: "motion_error", text: "‖M∇φ ⁄ β − V T a‖", label: "distance between M times the gradient and V T a" },
  { name: "condition", from: "condition", text: "condition number of QᵀK", label: "condition number of Q transposed K" },
  { name: "third-law", from: "third_law", text: "‖sum of all updates‖ (third law: 0)", label: "length of the sum of all updates" },
];

export function readouts() {
  const title = h("h3", { "aria-level": 2 });
  const list = h("ul", { class: "td-weights", tabindex: 0, "aria-label": "attention weights" });
  const singular = notice();
  const laws = LAWS.map((law) => ({ ...law, out: output(law.name, { label: law.label }) }));
  const rows = laws.map((law) => readout(law.text, law.out));
  const balance = h("span", { class: "td-bar" });
  const scale = h(
    "div",
    { class: "td-balance", "aria-hidden": "true" },
    h("span", {}, "cancels"),
    h("span", { class: "td-track" }, balance),
    h("span", {}, "all one way"),
  );
  const moves = output("motion", { label: "length of the motion of the selected token in one layer", print: (x) => fixed(x) });
  let weights = [];

  function row() {
    const name = h("span", { class: "td-weight-name" }),
      bar = h("span", { class: "td-bar" });
    const out = output(`attention-${weights.length}`, { print: (x) => fixed(x, 3) });
    weights.push({ name, bar, out });
    return h("li", {}, name, h("span", { class: "td-track", "aria-hidden": "true" }, bar), out);
  }

  return {
    moves,
    weights: [title, list],
    laws: [h("p", {}, "Checked where the selected token stands:"), rows, singular.element, scale],
    show(state, found) {
      moves.show(Math.hypot(...found.content));
      if (weights.length !== state.tokens.length) {
        weights = [];
        list.replaceChildren(...state.tokens.map(row));
      }
      weights.forEach(({ name, bar, out }, k) => {
        if (name.textContent !== state.names[k]) name.textContent = state.names[k];
        bar.style.width = `${100 * found.weights[k]}%`;
        out.show(found.weights[k]);
      });
      reword(title, `How much ${state.names[state.selected]} attends to each token`);
      laws.forEach((law, i) => {
        law.out.show(found[law.from]);
        rows[i].hidden = Boolean(law.self) && !state.include_self;
      });
      balance.style.width = `${found.total_length > 0 ? (100 * found.third_law) / found.total_length : 0}%`;
      if (found.condition === Infinity) {
        singular.say(`QᵀK cannot be inverted, so M is the pseudo-inverse: M∇φ misses V T a by ${format(found.motion_error)} here.`, "note");
      } else singular.clear();
    },
  };
}
