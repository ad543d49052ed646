import { h, hidden, reword, uid } from "./dom.js";
import { fixed } from "./numbers.js";

/**
 * A labelled range with its number beside it. Its ends are those of `limits`, an entry of a widget's limits.json; `owner` goes before the
 * label for a screen reader: "Q" angle.
 *
 * @param {object} given
 * @param {string} given.label
 * @param {string} [given.owner]
 * @param {{ min?: number, max?: number, step?: number, whole?: boolean, slider?: { min?: number, max?: number, step?: number } }} given.limits
 * @param {string} [given.unit]
 * @param {number} [given.decimals] of the number; 0 where it is whole, or else 2
 * @param {(value: number) => void} given.onInput
 */
export function slider({ owner, label, limits, unit = "", decimals = limits.whole || unit === "°" ? 0 : 2, onInput }) {
  const { min, max, step = 1 } = { ...limits, ...limits.slider };
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
