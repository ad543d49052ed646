// A widget's state: held by the model, changed only to what `measure` can take, read from links.
import { stateIn } from "./link.js";

/**
 * `measure(state)` checks a state and gives what the picture needs, or throws with words; `about` is the notice
 * that says them where no other is given. `redraw(names)` is told which traits moved, null for all. `settle(state)`
 * puts right what follows from a change: another word has other sentences. `starts` are the presets as whole states, which
 * links begin from; `fallback` does where there are none.
 */
export function heldState({
  model,
  view,
  names,
  measure,
  fallback,
  about,
  redraw,
  onPage,
  settle = (state) => state,
  starts = { "": fallback },
}) {
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const held = { state: settle(read()), starts };
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

  /** What a link's fragment, "#…", holds for this widget, with what it does not know left out; null for nothing. */
  held.linked = (fragment) => {
    const found = stateIn(fragment, view, model.get("key"), starts);
    if (!found?.state) return found;
    const known = Object.fromEntries(Object.entries(found.state).filter(([name]) => names.includes(name)));
    return { ...found, state: { ...held.state, ...known } };
  };

  /** Take the state that the page's address holds; false where it holds none, or one that is refused in words. */
  held.fromAddress = () => {
    const found = onPage ? held.linked(location.hash) : null;
    if (found?.error) about.say(found.error);
    return found?.state ? held.change(found.state) : false;
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
