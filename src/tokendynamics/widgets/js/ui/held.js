// A widget's state: held by the model, changed only to what `measure` can take, read from links.
import { stateInAddress } from "./link.js";

/**
 * `measure(state)` checks a state and gives what the picture needs, or throws with words; `about` is the notice
 * that says them where no other is given. `redraw(names)` is told which traits moved, null for all. `settle(state)`
 * puts right what follows from a change: another word has other sentences.
 */
export function heldState({ model, view, names, measure, fallback, about, redraw, onPage, settle = (state) => state }) {
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const held = { state: settle(read()) };
  let saving = 0;

  /** Take `patch` if the engine can; otherwise say why beside the control, and keep the last good state. */
  held.change = (patch, where = about) => {
    const next = settle({ ...held.state, ...patch });
    try {
      held.found = measure(next);
    } catch (error) {
      where.say(`${sentence(error.message)} The last good state is kept.`);
      redraw(null);
      return false;
    }
    where.clear();
    const moved = names.filter((name) => name in patch || next[name] !== held.state[name]);
    held.state = next;
    model.set(Object.fromEntries(moved.map((name) => [name, next[name]])));
    saving ||= setTimeout(save, 60); // many changes a second while dragging: Python hears of a few
    redraw(moved);
    return true;
  };

  function save() {
    saving = 0;
    model.save_changes();
  }

  function fromModel() {
    let next = read();
    if (names.every((name) => next[name] === held.state[name])) return;
    try {
      next = settle(next);
      held.found = measure(next);
    } catch (error) {
      return about.say(`${sentence(error.message)} The picture shows the last good state.`);
    }
    about.clear();
    held.state = next;
    redraw(null);
  }

  held.plain = () => structuredClone(held.state);

  held.fromAddress = () => {
    if (!onPage) return false;
    const { state: linked, error } = stateInAddress(view, model.get("key"));
    if (error) about.say(error);
    if (!linked) return false;
    return held.change({ ...held.state, ...Object.fromEntries(Object.entries(linked).filter(([name]) => names.includes(name))) });
  };

  held.stop = () => {
    if (saving) clearTimeout(saving), save();
    model.off("change", fromModel);
  };

  try {
    held.found = measure(held.state);
  } catch (error) {
    about.say(`${sentence(error.message)} The widget starts from its own first state instead.`);
    held.state = fallback;
    held.found = measure(fallback);
  }
  model.on("change", fromModel);
  return held;
}

const sentence = (text) => (text.endsWith(".") ? text : `${text}.`);
