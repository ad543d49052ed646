// The two sides, and the moment that both show: one clock, the same start.

export const SIDES = ["gravity", "attention"];
export const TITLES = { gravity: "Gravity", attention: "Attention" };

/** {gravity, attention} of what `make(side)` gives. */
export const bySide = (make) => ({ gravity: make("gravity"), attention: make("attention") });

/** The last step. A side that ran away stands still. */
export const last = ({ state, found }) => (found.brief ? state.steps : Math.max(...SIDES.map((side) => found[side].states.length - 1)));
export const now = (store) => Math.min(store.state.time, last(store));
/** The whole step of a side's history that is nearest to now. */
export const near = (store, side) => Math.min(Math.round(now(store)), store.found[side].states.length - 1);
