// What a widget of a page has for a model: the events of anywidget's models (change:name first, then change), and Python where it is behind it.

/**
 * `python`, if there is one, hears what the view has changed, and what it says besides: `changed(state)`, `said(content, buffers)`.
 * @param {Record<string, any>} state
 * @param {{ changed(state: object): void, said(content: any, buffers: any[]): void } | null} python
 */
export function makeModel(state, python = null) {
  const listeners = new Map();
  let unsaved = {};

  function emit(event, given, context = undefined) {
    for (const callback of [...(listeners.get(event) ?? [])]) {
      // one view's mistake is not another's
      try {
        callback.apply(context, given);
      } catch (error) {
        console.error(error);
      }
    }
  }

  /** Take what differs; the names that do. */
  function take(changes) {
    const changed = Object.keys(changes).filter((key) => JSON.stringify(state[key]) !== JSON.stringify(changes[key]));
    for (const key of changed) state[key] = changes[key];
    for (const key of changed) emit(`change:${key}`, [model, state[key]]);
    if (changed.length) emit("change", [model]);
    return changed;
  }

  const model = {
    get: (name) => state[name],
    set(name, value) {
      const changes = typeof name === "object" ? name : { [name]: value };
      for (const key of take(changes)) unsaved[key] = changes[key];
    },
    on(events, callback) {
      for (const event of events.split(/\s+/)) listeners.set(event, [...(listeners.get(event) ?? []), callback]);
    },
    off(events, callback) {
      if (events == null) return listeners.clear();
      for (const event of events.split(/\s+/)) {
        listeners.set(event, callback ? (listeners.get(event) ?? []).filter((each) => each !== callback) : []);
      }
    },
    save_changes() {
      const changes = unsaved;
      unsaved = {};
      if (Object.keys(changes).length) python?.changed(changes);
    },
    send: (content, _callbacks = null, buffers = []) => python?.said(content, buffers),
    widget_manager: null,
  };
  return {
    model,
    /** What Python has changed. What a view has changed since, and not yet saved, stays: it goes to Python. */
    hear: (changes) => void take(Object.fromEntries(Object.entries(changes).filter(([name]) => !(name in unsaved)))),
    heard: (content, buffers) => emit("msg:custom", [content, buffers]),
    /** Whether Python is there; Jupyter tells it so, with the view for `this`. */
    live(there) {
      if (!there) python = null;
      emit("comm_live_update", [], { model: { comm_live: there } });
    },
  };
}
