// A tour: a link in the text, such as [show me](#force-lab=v2.turning), sets the widget's state in a short motion, and the
// reader can go back.
import { button, h } from "./dom.js";
import { withOthers } from "./handles.js";
import { python } from "./link.js";
import { motionOf } from "./motion.js";

/** Follow the links that hold a state for `store`'s widget, and say so in `place`; what widget.js says of `smooth`, `titles` and `rest`. `onFound` hears what a link asks for besides a state. */
export function tour({ root, place, store, smooth, titles, rest, onFound }) {
  const past = []; // states to go back to
  const { move, finish } = motionOf(store, smooth);
  let asked = null; // the link
  const words = h("p", { role: "status" });
  const undo = button("Undo", back);
  const bar = h("div", { class: "td-tour", hidden: true }, words, undo, button("Back to the text", toText));
  place.prepend(bar);

  function follow(event) {
    if (event.defaultPrevented || event.button || event.shiftKey || withOthers(event)) return;
    const link = event.target.closest?.('a[href^="#"]');
    const found = link && store.linked(link.hash);
    if (!found) return;
    event.preventDefault();
    asked = link;
    finish();
    rest();
    const from = store.plain();
    bar.hidden = false;
    if (found.error) tell(found.error);
    else if (!move(found.state)) tell("This link asks for what cannot be, and nothing has changed.");
    else {
      onFound(found);
      past.push(from);
      tell(`Shown: ${said(found, titles)}.`);
    }
  }

  function back() {
    finish();
    rest();
    move(past.pop());
    tell("Back as it was.");
  }

  function toText() {
    asked.scrollIntoView({ block: "center" });
    asked.focus({ preventScroll: true });
  }

  /** With the picture and the bar in sight, and the bar's first button under the reader's finger. */
  function tell(text) {
    words.textContent = text;
    undo.hidden = !past.length;
    root.scrollIntoView({ block: "start" });
    bar.querySelector("button:not([hidden])").focus({ preventScroll: true });
  }

  for (const begins of ["pointerdown", "keydown", "input"]) root.addEventListener(begins, finish, true);
  document.addEventListener("click", follow);
  return {
    move,
    stop() {
      finish();
      document.removeEventListener("click", follow);
    },
  };
}

/** What a link sets, in words that are also Python's. */
function said({ name, changes = {} }, titles) {
  const parts = Object.entries(changes).map(([key, value]) => {
    const line = `${key} = ${python(value)}`;
    return line.length <= 60 ? line : `other ${key}`;
  });
  return [Object.hasOwn(titles, name) ? titles[name].title : null, ...parts].filter(Boolean).join(", ") || "a state of its own";
}
