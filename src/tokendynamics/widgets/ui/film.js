// What plays, frame by frame, for an animation that is saved (save/gif.js). A frame is drawn, taken and put back before the page is painted:
// a reader sees the state of now all along, and may change it meanwhile.

export const EVERY = 80; // milliseconds from one frame to the next
export const MOST = 120; // frames

/** `make()` while a view that fits itself to what it shows is held at what `fit` made of it; then it is as it was. */
export async function held(view, fit, make) {
  const was = view.extent;
  fit();
  view.held = true;
  try {
    return await make();
  } finally {
    view.held = false;
    view.extent = was;
  }
}

/**
 * @param {object} given
 * @param {any} given.store
 * @param {(state: any) => any} given.measure
 * @param {(state: any, found: any) => void} given.draw
 * @param {{ states: object[], every?: number, framed?: (make: () => any) => any }} given.film what the View gives (widget.js)
 */
export function reel({ store, measure, draw, film }) {
  const { states, every = EVERY, framed = (make) => make() } = film;
  const start = store.state;

  /** What `make` gives of frame `k`. It may wait for microtasks alone. */
  async function shot(k, make) {
    const { state, found } = store;
    store.state = { ...start, ...states[k] };
    try {
      store.found = measure(store.state);
      return await framed(() => {
        draw(store.state, store.found);
        return make();
      });
    } finally {
      Object.assign(store, { state, found });
      draw(state, found);
    }
  }
  return { count: states.length, every, shot };
}
