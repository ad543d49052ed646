// A head's matrices in the picture: what one does is felt while it is slid (ui/felt.js), and the one whose panel is open can be taken by
// hand (ui/hands.js).
import { felt } from "./felt.js";
import { hands } from "./hands.js";

const MATRICES = ["Q", "K", "V"];

/** For a plane or a stage with layers "felt" and "hands". `change({Q: matrix})` asks for another; `done()` hears that a hand let go. */
export function taken(board, change, done) {
  const shown = felt(board);
  const byHand = hands(board, (name, matrix) => change({ [name]: matrix }), done);
  let before = null;
  return {
    /** Show a state with `tokens`, `selected`, Q, K and V; `open` names the matrix whose panel is open, if one is. */
    draw(state, open) {
      const name = MATRICES.includes(open) ? open : null;
      byHand.draw(name, name && state[name]);
      const comparable = before?.V.length === state.V.length;
      for (const each of MATRICES) if (comparable && String(before[each]) !== String(state[each])) shown.show(each, state);
      before = state;
    },
    /** Nothing of the kind: no matrix is the one that moves the tokens. */
    none() {
      byHand.draw(null, null);
      before = null;
    },
    /** A slider of a panel is in a hand; null: none is. */
    hold(name, state) {
      if (MATRICES.includes(name)) shown.show(name, state);
      shown.hold(Boolean(name));
    },
    stop: shown.stop,
  };
}
