import { h, uid } from "./dom.js";

/** A labelled select; options are [value, title] pairs. */
export function selectField(text, options, onChange) {
  const id = uid("select");
  const control = h(
    "select",
    { id, onchange: () => onChange(control.value) },
    options.map(([value, title]) => h("option", { value }, title)),
  );
  return { control, element: h("span", { class: "td-field" }, h("label", { for: id }, text), control) };
}

/** A labelled checkbox. */
export function checkField(text, onChange) {
  const id = uid("check");
  const control = h("input", { type: "checkbox", id, onchange: () => onChange(control.checked) });
  return { control, element: h("div", { class: "td-check" }, control, h("label", { for: id }, text)) };
}

/** A select of things by number, 1 to `count`: {element, show(count, selected)}; an index counts from 0. */
export function listField(text, onChange) {
  const { control, element } = selectField(text, [], (value) => onChange(Number(value)));
  let listed = 0;
  return {
    element,
    show(count, selected) {
      if (listed !== count) control.replaceChildren(...Array.from({ length: count }, (_, i) => h("option", { value: i }, i + 1)));
      listed = count;
      control.value = selected;
    },
  };
}

/** What holds tokens, as maths/stack.js names it: `onChange(norm)`, null for none. */
export function normField(onChange) {
  const options = [
    ["none", "none"],
    ["sphere", "sphere, length 1"],
    ["layernorm", "LayerNorm"],
  ];
  const { control, element } = selectField("Norm", options, (value) => onChange(value === "none" ? null : value));
  return {
    element,
    show(norm) {
      control.value = norm ?? "none";
    },
  };
}
