// A switch for each head, a row a layer.
import { button, h, hidden, line, uid } from "../ui/dom.js";
import { selectField } from "../ui/select.js";
import { headsOf } from "./state.js";

/** Which heads are off, one by one or all or as a preset has it, and what such a head writes. `tell(patch)` asks for another state. */
export function switching({ model, store, tell, preset }) {
  const without = (layer, head) => store.state.off.filter(([l, j]) => l !== layer || j !== head);
  const switches = headSwitches({
    layers: model.means.length,
    heads: model.means[0].length,
    onSwitch: (layer, head, on) => tell({ off: on ? without(layer, head) : sorted([...store.state.off, [layer, head]]) }),
  });
  const allOn = button("All on", () => tell({ off: [] })),
    allOff = button("All off", () => tell({ off: headsOf(model) }));
  const instead = selectField(
    "A head that is off writes",
    [
      ["zero", "zeros"],
      ["mean", "its mean"],
    ],
    (value) => tell({ instead: value }),
  );
  return {
    element: h("div", { class: "td-waits" }, line(preset.element), switches.element, line(allOn, allOff), line(instead.element)),
    show(state, { keep }) {
      switches.show(keep);
      instead.control.value = state.instead;
    },
  };
}

const sorted = (heads) => heads.sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** onSwitch(layer, head, on). */
function headSwitches({ layers, heads, onSwitch }) {
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
