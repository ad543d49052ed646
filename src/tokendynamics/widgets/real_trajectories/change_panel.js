// One head of the real model under the reader's hand, or a part of every layer switched off; and how far the sentences' tokens end from where
// they ended before, beside the same change made in other heads.
import { button, h, line, reword } from "../ui/dom.js";
import { percent } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { LEARNED, LIMITS, untouched, VALUES, WITHOUT } from "./state.js";

const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;

/** `change(patch)` asks for another state; `take()` puts the sentences of the book that are on view in the reader's own. */
export function changes({ change, get, layers, heads, take }) {
  const numbered = (count) => Array.from({ length: count }, (_, k) => [k + 1, String(k + 1)]);
  const layer = selectField("In layer", numbered(layers), (value) => change({ bent: [Number(value), get().bent[1]] }));
  const head = selectField("head", numbered(heads), (value) => change({ bent: [get().bent[0], Number(value)] }));
  const beta = slider({ label: "β times", limits: LIMITS.beta, onInput: (value) => change({ beta: value }) });
  const gain = slider({ label: "V times", limits: LIMITS.gain, onInput: (value) => change({ gain: value }) });
  const value = selectField("V is", Object.entries(VALUES), (value) => change({ value }));
  const without = selectField("Every layer", Object.entries(WITHOUT), (without) => change({ without }));
  const off = button("Off", () => change({ gain: 0 })),
    learned = button("As learned", () => change(LEARNED_ALONE));
  const moved = distancesMoved();
  const needs = h(
    "div",
    {},
    h("p", { class: "td-quiet" }, "The book’s sentences ran beforehand. What a head does is changed on sentences that the model runs now."),
    button("Run these now", take),
  );
  const whose = line(layer.element, head.element, off, learned);
  const controls = h("div", {}, whose, beta.element, gain.element, value.element, without.element, moved.element);

  return {
    body: [needs, controls],
    show(state, answer) {
      needs.hidden = state.sentences.length > 0;
      controls.hidden = !needs.hidden;
      [layer.control.value, head.control.value] = state.bent;
      beta.show(state.beta);
      gain.show(state.gain);
      value.control.value = state.value;
      without.control.value = state.without;
      moved.show(untouched(state) ? null : answer);
    },
  };
}

const { bent: _, ...LEARNED_ALONE } = LEARNED; // the head that is looked at stays

/** How far the last states moved by the change. */
function distancesMoved() {
  const out = {
    word: output("moved-word", { label: "how far the word's last state moved, of its length", print: percent }),
    all: output("moved-all", { label: "how far all tokens' last states moved, of their length", print: percent }),
    control: output("moved-control", { label: "the same change in other heads of the layer, all tokens, mean", print: percent }),
  };
  const others = h("p", { class: "td-quiet" });
  const element = h(
    "div",
    {},
    readout("the word’s last state moved, of its length", out.word),
    readout("the last states of all tokens", out.all),
    readout("the same change in other heads of the layer", out.control),
    others,
  );
  return {
    element,
    show(answer) {
      const moved = answer?.moved,
        control = moved && answer.control;
      out.word.show(moved?.word.at(-1));
      out.all.show(moved?.all.at(-1));
      const each = control?.all.map((far) => far.at(-1));
      out.control.show(each && mean(each));
      const range = each ? `Heads ${control.heads.join(", ")}: ${percent(Math.min(...each))} to ${percent(Math.max(...each))}. ` : "";
      reword(others, `${range}Grey trails are the model as it learned.`);
    },
  };
}
