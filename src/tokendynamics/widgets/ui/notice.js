import { h, reword, uid } from "./dom.js";

/** Words beside a control: what was wrong and what is needed, or what a state means. Read out politely. */
export function notice() {
  const element = h("p", { class: "td-notice", id: uid("notice"), role: "status", hidden: true });
  return {
    element,
    say(text, kind = "problem") {
      reword(element, text);
      element.dataset.kind = kind;
      element.hidden = false;
    },
    clear() {
      if (element.hidden) return;
      element.textContent = "";
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
