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
