// The words of a sentence as buttons that a finger can hit and an eye can read: the one that is pressed is asked about.
import { h } from "../ui/dom.js";
import { listStep } from "../ui/handles.js";

/** onToken(i) hears which word is chosen. */
export function wordButtons(onToken) {
  const element = h("div", { class: "td-words", role: "group", "aria-label": "Words of the sentence: choose the one that is asked about" });
  let buttons = [],
    text = null,
    pressed = null;

  function key(event) {
    const by = listStep(event);
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
    // from the word that has the focus: the next key may come before the next frame
    const next = Math.min(Math.max(Number(event.currentTarget.dataset.token) + by, 0), buttons.length - 1);
    onToken(next);
    buttons[next]?.focus();
  }

  function show(names, token) {
    if (text !== names.join(" ")) {
      text = names.join(" ");
      buttons = names.map((name, i) =>
        h("button", { type: "button", class: "td-word", onclick: () => onToken(i), onkeydown: key, "data-token": i }, name),
      );
      element.replaceChildren(...buttons);
    } else if (token === pressed) return;
    pressed = token;
    buttons.forEach((each, i) => {
      each.setAttribute("aria-pressed", String(i === token));
      each.tabIndex = i === token ? 0 : -1;
    });
  }
  return { element, show };
}
