import { h } from "./dom.js";
import { fixed, parse } from "./numbers.js";

/**
 * A field that a number is typed into.
 *
 * @param {object} given
 * @param {object} given.attributes the input's own
 * @param {{ min?: number, max?: number, whole?: boolean }} [given.limits]
 * @param {(value: number) => boolean} given.take whether it can be had
 * @param {(words: string, was: number) => void} given.refuse what is wrong with what was typed, and the number that stays
 */
export function numberField({ attributes, limits = {}, take, refuse }) {
  let shown;
  const input = h("input", {
    type: "text",
    inputmode: limits.whole ? "numeric" : "decimal",
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
    onchange: typed,
    onkeydown: (event) => event.key === "Enter" && typed(),
  });
  function typed() {
    const { value, error } = parse(input.value, limits);
    if (!error && take(value)) return;
    input.setAttribute("aria-invalid", "true");
    if (error) refuse(error, shown);
  }
  return {
    input,
    /** Not over what is being typed: only where the number is another than it was. */
    show(value, text = fixed(value)) {
      const typing = input.getRootNode().activeElement === input;
      const keep = typing && (value === shown || parse(input.value).value === value);
      if (!keep && input.value !== text) input.value = text;
      shown = value;
      input.removeAttribute("aria-invalid");
    },
  };
}
