// How the states are drawn: along which directions, in two dimensions or three, of which tokens, with trails or without.
import { h, reword } from "../ui/dom.js";
import { checkField, selectField } from "../ui/select.js";
import { anchorFields } from "./anchors.js";
import { BASES, PAIRS, TOKENS } from "./state.js";

const NOTES = {
  own: "These directions were chosen to spread out the very states you look at, so they flatter any difference.",
  common: "These directions were chosen for all tokens alike, so they pass over what is special to one word.",
  anchors: "Across and up are cosines with the two words, each alone in the same model at the same layer.",
};
const DIMENSIONS = [
  [2, "a plane, 2-D"],
  [3, "a space, 3-D"],
];

/** `towards(words)` asks the model for two anchors, `say(words)` says what they lack; `turning` holds the controls of the space. */
export function projectionPanel({ get, change, tell, redraw, towards, say, turning }) {
  const basis = selectField("Projection", Object.entries(BASES), (basis) => {
    if (basis !== "anchors" || get().anchors.length) return tell({ basis });
    anchors.open();
    redraw();
  });
  const anchors = anchorFields({ ask: towards, say });
  const picture = selectField("Picture", DIMENSIONS, (value) => change({ dimensions: Number(value) }));
  const pair = selectField(
    "Directions",
    PAIRS.map((pair) => [pair.join(), pair.join(" and ")]),
    (pair) => change({ components: pair.split(",").map(Number) }),
  );
  const tokens = selectField("Show", Object.entries(TOKENS), (tokens) => change({ tokens }));
  const trails = checkField("Trails", (on) => change({ trails: on }));
  const note = h("p", { class: "td-quiet" });

  return {
    body: [tokens.element, basis.element, anchors.element, note, picture.element, pair.element, turning, trails.element],
    /** `wished` is the state that was asked for; `state` the one that is drawn, `deepens` in space. */
    show(wished, state, deepens) {
      anchors.show(wished);
      basis.control.querySelector("[value='anchors']").disabled = !state.answer;
      basis.control.value = state.basis;
      picture.control.value = state.dimensions;
      pair.control.value = state.components.join();
      tokens.control.value = state.tokens;
      trails.control.checked = state.trails;
      pair.element.hidden = deepens || state.basis === "anchors";
      reword(note, NOTES[state.basis]);
    },
  };
}
