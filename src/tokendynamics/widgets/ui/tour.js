// A tour: a link in the text, such as [show me](#force-lab=v2.turning), sets the widget's state in a short motion, and the
// reader can go back.
import { button, h, reducedMotion } from "./dom.js";
import { python } from "./link.js";

const LASTS = 600; // milliseconds
const quiet = { say() {}, clear() {} };

/** Follow the links that hold a state for `store`'s widget, and say so in `place`; what widget.js says of `smooth`, `titles` and `rest`. `onFound` hears what a link asks for besides a state. */
export function tour({ root, place, store, smooth, titles, rest, onFound }) {
  const past = []; // states to go back to
  let frame = 0,
    target = null,
    then = null, // what comes once the motion has ended
    asked = null;
  const words = h("p", { role: "status" });
  const undo = button("Undo", back);
  const bar = h(
    "div",
    { class: "td-tour", hidden: true },
    words,
    undo,
    button("Back to the text", () => {
      asked.scrollIntoView({ block: "center" });
      asked.focus({ preventScroll: true });
    }),
  );
  place.prepend(bar);

  /** From one state to another. The widget takes `to` first, so that what cannot be is refused in words before anything moves. */
  function move(from, to, after = null) {
    if (!store.change(to)) return false;
    then = after;
    const end = store.state;
    if (reducedMotion() || !store.change(between(from, end, 0, smooth), quiet)) {
      target = end;
      return finish();
    }
    target = end;
    let begun = null;
    frame = requestAnimationFrame(function tick(now) {
      begun ??= now;
      const share = (now - begun) / LASTS;
      if (share >= 1 || !store.change(between(from, end, share, smooth), quiet)) return finish();
      frame = requestAnimationFrame(tick);
    });
    return true;
  }

  /** Be there at once: a reader who takes hold of something does not wait for a motion to end. */
  function finish() {
    cancelAnimationFrame(frame);
    if (!target) return false;
    const taken = store.change(target);
    target = null;
    then?.();
    then = null;
    return taken;
  }

  function follow(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.('a[href^="#"]');
    const found = link && store.linked(link.hash);
    if (!found) return;
    event.preventDefault();
    asked = link;
    finish();
    rest();
    const from = store.plain();
    bar.hidden = false;
    if (found.error) words.textContent = found.error;
    else if (!move(from, found.state)) words.textContent = "This link asks for what cannot be, and nothing has changed.";
    else {
      onFound(found);
      past.push(from);
      words.textContent = `Shown: ${said(found, titles)}.`;
    }
    undo.hidden = !past.length;
    meet();
  }

  function back() {
    finish();
    rest();
    move(store.plain(), past.pop());
    words.textContent = "Back as it was.";
    undo.hidden = !past.length;
    meet();
  }

  /** The picture and the bar in sight, and the bar's first button under the reader's finger. */
  function meet() {
    root.scrollIntoView({ block: "start" });
    bar.querySelector("button:not([hidden])").focus({ preventScroll: true });
  }

  const begins = ["pointerdown", "keydown", "input"];
  for (const name of begins) root.addEventListener(name, finish, true);
  document.addEventListener("click", follow);
  return {
    /** To a state, in a short motion; `after` comes then. */
    move(to, after) {
      finish();
      return move(store.plain(), to, after);
    },
    stop() {
      finish();
      document.removeEventListener("click", follow);
    },
  };
}

/** A state on the way: numbers of `names` in between where both ends have the same shape, all else as it will be. */
function between(from, to, share, names) {
  return { ...to, ...Object.fromEntries(names.map((name) => [name, mix(from[name], to[name], share)])) };
}

function mix(a, b, share) {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return b.map((each, i) => mix(a[i], each, share));
  return typeof a === "number" && typeof b === "number" ? a + (b - a) * share : b;
}

/** What a link sets, in words that are also Python's. */
function said({ name, changes = {} }, titles) {
  const parts = Object.entries(changes).map(([key, value]) => {
    const line = `${key} = ${python(value)}`;
    return line.length <= 60 ? line : `other ${key}`;
  });
  return [Object.hasOwn(titles, name) ? titles[name].title : null, ...parts].filter(Boolean).join(", ") || "a state of its own";
}
