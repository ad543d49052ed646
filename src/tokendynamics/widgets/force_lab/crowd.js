// Who is in the Force lab's plane: a token more, a token less, another name.

import { h, hidden, uid } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { place } from "../ui/numbers.js";
import { emptySpot, LIMITS } from "./state.js";

const { min: FEWEST, max: MOST } = LIMITS.tokens;

/** {add(at), remove(index)}; `said` is told why not, and a new token without a place gets one within `extent()`. */
export function crowd({ store, change, say }, said, extent) {
  return {
    add(at) {
      const { tokens, names } = store.state;
      if (tokens.length >= MOST) return said.say(`There is room for ${MOST} tokens. Remove one first.`);
      const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !names.includes(letter)) ?? "token";
      const spot = at ?? emptySpot(tokens, extent());
      if (change({ tokens: [...tokens, spot], names: [...names, free] }, said)) say(`${free} added at ${place(spot)}.`);
    },
    remove(index) {
      const { tokens, names, selected: was } = store.state;
      if (tokens.length <= FEWEST) return said.say(`${FEWEST} tokens are the fewest: one pulls, one moves.`);
      const without = (list) => list.filter((_, i) => i !== index);
      const selected = Math.min(was > index ? was - 1 : was, tokens.length - 2);
      if (change({ tokens: without(tokens), names: without(names), selected }, said))
        say(`${names[index]} removed. ${store.state.names[selected]} selected.`);
    },
  };
}

/** The name of the selected token, to type another: {element, notice, show(name)}. */
export function nameField({ store, change, say }) {
  const said = notice(),
    id = uid("name");
  const input = h("input", {
    id,
    type: "text",
    maxlength: 16,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": said.element.id,
    onchange() {
      const { names, selected } = store.state,
        next = input.value.trim();
      if (!next) {
        input.value = names[selected];
        said.say("A token needs a name of at least one letter.");
      } else if (change({ names: names.map((n, i) => (i === selected ? next : n)) }, said)) say(`Named ${next}.`);
    },
  });
  return {
    element: h("span", { class: "td-field" }, h("label", { for: id }, "Name", hidden(" of the selected token")), input),
    notice: said,
    /** Not over what is being typed. */
    show(name) {
      if (input.getRootNode().activeElement !== input) input.value = name;
    },
  };
}
