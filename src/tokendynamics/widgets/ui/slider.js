import { h, hidden, reword, uid } from "./dom.js";
import { fixed } from "./numbers.js";

/** A labelled range with its number beside it. `owner` goes before the label for a screen reader: "Q" angle. */
export function slider({ owner, label, min, max, step, unit = "", decimals = 2, onInput }) {
  const id = uid("slider");
  const input = h("input", { id, type: "range", min, max, step, oninput: () => onInput(Number(input.value)) });
  const number = h("span", { class: "td-slider-number", "aria-hidden": "true" });
  const element = h("div", { class: "td-slider" }, h("label", { for: id }, owner ? hidden(`${owner} `) : null, label), input, number);
  return {
    element,
    input,
    show(value) {
      // a number past the end of the slider keeps its value; only the thumb stops
      if (Number(input.value) !== value) input.value = value;
      const text = fixed(value, decimals) + unit;
      if (number.textContent === text) return;
      reword(number, text);
      input.setAttribute("aria-valuetext", text);
    },
  };
}
