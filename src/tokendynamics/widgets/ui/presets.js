import { notice } from "./notice.js";
import { selectField } from "./select.js";

/** The select of a widget's presets, {name: {title, note}}, and what is to be said of the chosen one. `use(name)` says whether it was taken. */
export function presetField(presets, use, said = notice()) {
  const titles = Object.entries(presets).map(([name, { title }]) => [name, title]);
  const field = selectField("Preset", [["", "Choose…"], ...titles], (name) => use(name) && said.say(presets[name].note, "note"));
  field.control.firstChild.disabled = true;
  return {
    ...field,
    notice: said,
    clear() {
      said.clear();
      field.control.value = "";
    },
  };
}

/** What a preset sets, without its words. */
export function values({ title, note, ...own }) {
  return own;
}

/** The presets as whole states, each over `start`: what links begin from. */
export const wholeStates = (presets, start) =>
  Object.fromEntries(Object.entries(presets).map(([name, preset]) => [name, { ...start, ...values(preset) }]));
