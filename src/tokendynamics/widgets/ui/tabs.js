import { button, h, uid } from "./dom.js";
import { withOthers } from "./handles.js";

/** Sections of which one is open: {name: {title, panel}}. Arrow keys go from tab to tab. `onChoose(name)` asks for one. */
export function tabs(label, sections, onChoose) {
  const names = Object.keys(sections);
  const heads = names.map((name, i) => {
    const panel = sections[name].panel;
    panel.id ||= uid("panel");
    const head = button(sections[name].title, () => onChoose(name), {
      role: "tab",
      id: uid("tab"),
      "aria-controls": panel.id,
      "data-panel": name,
      class: "td-tab",
    });
    head.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by || withOthers(event)) return;
      const next = (i + by + names.length) % names.length;
      event.preventDefault();
      event.stopPropagation();
      onChoose(names[next]);
      heads[next].focus();
    });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", head.id);
    return head;
  });
  return {
    element: h("div", { class: "td-tabs", role: "tablist", "aria-label": label }, heads),
    show(open) {
      names.forEach((name, i) => {
        heads[i].setAttribute("aria-selected", String(name === open));
        heads[i].tabIndex = name === open ? 0 : -1;
        sections[name].panel.hidden = name !== open;
      });
    },
  };
}
