// A switch for each head, a row a layer.
import { h, hidden, uid } from "../ui/dom.js";

/** onSwitch(layer, head, on). */
export function headSwitches({ layers, heads, onSwitch }) {
  const made = [];
  const one = (layer, head) => {
    const id = uid("head");
    const box = h("input", { type: "checkbox", id, onchange: () => onSwitch(layer, head, box.checked) });
    const element = h("label", { class: "td-check", for: id }, box, h("span", {}, hidden(`Layer ${layer + 1} `), `Head ${head + 1}`));
    made.push({ layer, head, box, element });
    return element;
  };
  const rows = Array.from({ length: layers }, (_, layer) => [
    h("h3", {}, `Layer ${layer + 1}`),
    h(
      "div",
      { class: "td-switch-row" },
      Array.from({ length: heads }, (_, head) => one(layer, head)),
    ),
  ]);
  return {
    element: h("div", { class: "td-switches" }, rows),
    /** keep: (L, H). */
    show(keep) {
      for (const { layer, head, box, element } of made) {
        box.checked = Boolean(keep[layer][head]);
        element.classList.toggle("td-off", !box.checked);
      }
    },
  };
}
