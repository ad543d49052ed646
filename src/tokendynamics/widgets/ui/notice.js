import { button, h, reword, uid } from "./dom.js";

/**
 * Words beside a control: what was wrong and what is needed ("problem"), what a state means ("note", which waits for a guess), or what the reader may do
 * now ("ask"); with `remedies`, [words, what to do], as buttons. Read out politely.
 */
export function notice() {
  const words = h("span"),
    ways = h("span", { class: "td-remedies" });
  const element = h("p", { class: "td-notice", id: uid("notice"), role: "status", hidden: true }, words, ways);
  return {
    element,
    say(text, kind = "problem", remedies = []) {
      reword(words, text);
      ways.replaceChildren(...remedies.map(([name, act]) => button(name, act)));
      element.dataset.kind = kind;
      element.hidden = false;
    },
    clear() {
      if (element.hidden) return;
      reword(words, "");
      ways.replaceChildren();
      element.hidden = true;
    },
  };
}

/** A region that says what changed, for those who cannot see it: once things rest, not at every frame. */
export function announcer(wait = 500) {
  const element = h("p", { class: "td-hidden", role: "status", "aria-live": "polite" });
  let timer;
  return {
    element,
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        element.textContent = text;
      }, wait);
    },
  };
}
