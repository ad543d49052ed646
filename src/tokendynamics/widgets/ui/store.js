// A widget's state: held by the model, changed only to what `measure` can take, read from links.
import { stateIn } from "./link.js";

/**
 * `measure(state)` checks a state and gives what the picture needs, or throws with words; `about` is the notice that says them where no
 * other is given. `settle(state)` puts right what follows from a change: another word has other sentences. `starts` are the presets as
 * whole states, which links begin from; `fallback` does where there are none.
 *
 * @param {object} given
 * @param {any} given.model
 * @param {string} given.view
 * @param {string[]} given.names
 * @param {(state: any) => any} given.measure
 * @param {any} given.fallback
 * @param {ReturnType<typeof import("./notice.js").notice>} given.about
 * @param {() => void} given.redraw
 * @param {boolean} given.onPage
 * @param {(state: any) => any} [given.settle]
 * @param {Record<string, any>} [given.starts]
 */
export function openStore({ model, view, names, measure, fallback, about, redraw, onPage, settle = (state) => state, starts }) {
  starts ??= { "": fallback };
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const store = { state: settle(read()), found: null, starts, change, plain, stop };
  const saving = savedSoon(model);

  /** Take `patch` if the engine can; otherwise say why beside the control, and keep the last good state. */
  function change(patch, where = about) {
    const next = settle({ ...store.state, ...patch });
    try {
      store.found = measure(next);
    } catch (error) {
      where.say(`${sentence(error.message)} The last good state is kept.`);
      redraw();
      return false;
    }
    where.clear();
    const moved = names.filter((name) => name in patch || next[name] !== store.state[name]);
    store.state = next;
    for (const name of moved) model.set(name, next[name]); // one by one: not every notebook's model takes them together
    saving.soon();
    redraw();
    return true;
  }

  function fromModel() {
    let next = read();
    if (names.every((name) => next[name] === store.state[name])) return;
    try {
      next = settle(next);
      store.found = measure(next);
    } catch (error) {
      about.say(`${sentence(error.message)} The picture shows the last good state.`);
      return;
    }
    about.clear();
    store.state = next;
    redraw();
  }

  function plain() {
    return structuredClone(store.state);
  }

  function stop() {
    saving.stop();
    hearing.stop();
  }

  try {
    store.found = measure(store.state);
  } catch (error) {
    about.say(`${sentence(error.message)} The widget starts from its own first state instead.`);
    store.state = fallback;
    store.found = measure(fallback);
  }
  const hearing = heardWhole(model, fromModel);
  return Object.assign(store, linksTo(store, { model, view, names, about, onPage }));
}

/** @param {{ state: any, starts: any, change: (patch: object) => boolean }} store */
function linksTo(store, { model, view, names, about, onPage }) {
  /** What a link's fragment, "#…", holds for this widget, with what it does not know left out; null for nothing. */
  function linked(fragment) {
    const found = stateIn(fragment, view, model.get("key"), store.starts);
    if (!found?.state) return found;
    const known = Object.fromEntries(Object.entries(found.state).filter(([name]) => names.includes(name)));
    return { ...found, panel: found.state.panel, step: found.state.story, state: { ...store.state, ...known } };
  }

  /** Take the state that the page's address holds: {taken, panel, step}, not taken where it is refused in words; null where it holds none. */
  function fromAddress() {
    const found = onPage ? linked(location.hash) : null;
    if (found?.error) about.say(found.error);
    return found && { taken: Boolean(found.state) && store.change(found.state), panel: found.panel, step: found.step };
  }
  return { linked, fromAddress };
}

/** `soon()` saves what the model holds, `stop()` at once what waits for that. Many changes a second while dragging: Python hears of a few. */
function savedSoon(model) {
  let timer = 0;
  function save() {
    timer = 0;
    model.save_changes();
  }
  return {
    soon() {
      timer ||= setTimeout(save, 60);
    },
    stop() {
      if (!timer) return;
      clearTimeout(timer);
      save();
    },
  };
}

/** `take()` hears that the model has changed: what is set one by one is read once, whole. */
function heardWhole(model, take) {
  let hearing = false,
    stopped = false;
  function hear() {
    if (hearing) return;
    hearing = true;
    queueMicrotask(() => {
      hearing = false;
      if (!stopped) take();
    });
  }
  model.on("change", hear);
  return {
    stop() {
      stopped = true;
      model.off("change", hear);
    },
  };
}

/** With its full stop, and what is quoted at great length cut. */
export const sentence = (text) => `${text.replace(/\S{80,}/g, (word) => `${word.slice(0, 40)}…`).replace(/\.$/, "")}.`;
