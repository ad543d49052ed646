// A story: some steps, each a sentence and a state of the widget, gone through forwards and back, by hand or by itself.
import { bringToSight, button, h } from "./dom.js";
import { withOthers } from "./handles.js";
import { decode } from "./link.js";

const READING = 0.42, // seconds a word
  LOOKING = 5; // and to see what it says

/**
 * @param {object} given
 * @param {{ say: string, link: string, panel: string, play?: boolean }[]} given.steps
 * @param {string[]} given.keep traits that stay as the reader has them
 * @param {any} given.store
 * @param {(state: any, then?: () => void) => void} given.move from the state there is, in a short motion
 * @param {() => void} given.rest
 * @param {(panel: string) => void} given.open
 * @param {() => void} given.play
 */
export function story({ steps, keep, store, move, rest, open, play }) {
  let at = -1,
    timer = 0;
  const past = []; // states to go back to
  const words = h("p", { role: "status" });
  const back = button("Back", () => go(at - 1)),
    next = button("Next", () => go(at + 1)),
    itself = button("By itself", () => (timer ? pause() : go(Math.max(0, at), true))),
    undo = button("Undo", takeBack),
    close = button("End", leave);
  const element = h("div", { class: "td-story", hidden: true }, words, back, next, itself, undo, close);
  element.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !steps[at + by] || withOthers(event)) return;
    event.preventDefault();
    event.stopPropagation();
    go(at + by);
  });

  /** To a step, where there is one. */
  function go(to, onwards = timer !== 0) {
    if (!steps[to]) return;
    pause();
    past.push(store.plain());
    at = to;
    const { say, link, panel, play: plays } = steps[at];
    rest();
    open(panel);
    const kept = Object.fromEntries(keep.map((name) => [name, store.state[name]]));
    move({ ...decode(link, store.starts).state, ...kept }, plays ? play : undefined);
    words.textContent = `${at + 1} of ${steps.length}. ${say}`;
    show();
    if (!onwards || at === steps.length - 1) return;
    wait(1000 * (LOOKING + READING * say.split(" ").length));
    itself.textContent = "Pause";
  }
  /** And then go on; where nobody looks, wait as long again. */
  function wait(time) {
    timer = setTimeout(() => (document.hidden ? wait(time) : go(at + 1, true)), time);
  }
  function pause() {
    clearTimeout(timer);
    timer = 0;
    itself.textContent = "By itself";
  }
  function takeBack() {
    pause();
    rest();
    move(past.pop());
    show();
  }
  function leave() {
    pause();
    rest();
    at = -1;
    show();
  }
  function show() {
    const held = /** @type {HTMLButtonElement} */ (document.activeElement);
    element.hidden = at < 0;
    back.disabled = at <= 0;
    next.disabled = at === steps.length - 1;
    undo.disabled = !past.length;
    if (!element.contains(held) || !(element.hidden || held.disabled)) return;
    // who goes by keys stays where they are, and does not begin at the top of the page again
    const near = element.hidden
      ? element.closest(".td").querySelector('[role="tab"][aria-selected="true"]')
      : element.querySelector("button:enabled");
    /** @type {HTMLElement} */ (near).focus({ preventScroll: true });
  }

  return {
    element,
    /** The step that is told, counted from 1; null outside the story. */
    told: () => (at < 0 ? null : at + 1),
    go(number) {
      go(number - 1);
      bringToSight(element.closest(".td"), { block: "start" });
    },
    stop: pause,
  };
}
