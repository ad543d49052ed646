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
export function story(given) {
  const told = new Story(given);
  return {
    element: told.element,
    /** The step that is told, counted from 1; null outside the story. */
    told: () => (told.at < 0 ? null : told.at + 1),
    go(number) {
      told.go(number - 1);
      bringToSight(told.element.closest(".td"), { block: "start" });
    },
    stop: () => told.pause(),
  };
}

class Story {
  at = -1;
  timer = 0;
  past = []; // states to go back to
  words = h("p", { role: "status" });
  back = button("Back", () => this.go(this.at - 1));
  next = button("Next", () => this.go(this.at + 1));
  itself = button("By itself", () => (this.timer ? this.pause() : this.go(Math.max(0, this.at), true)));
  undo = button("Undo", () => this.takeBack());

  /** @param {Parameters<typeof story>[0]} given */
  constructor(given) {
    this.given = given;
    const buttons = [this.back, this.next, this.itself, this.undo, button("End", () => this.leave())];
    this.element = h("div", { class: "td-story", hidden: true }, this.words, buttons);
    this.element.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by || !given.steps[this.at + by] || withOthers(event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.go(this.at + by);
    });
  }

  /** To a step, where there is one. */
  go(to, onwards = this.timer !== 0) {
    const { steps, keep, store, move, rest, open, play } = this.given;
    if (!steps[to]) return;
    this.pause();
    this.past.push(store.plain());
    this.at = to;
    const { say, link, panel, play: plays } = steps[to];
    rest();
    open(panel);
    const kept = Object.fromEntries(keep.map((name) => [name, store.state[name]]));
    move({ ...decode(link, store.starts).state, ...kept }, plays ? play : undefined);
    this.words.textContent = `${to + 1} of ${steps.length}. ${say}`;
    this.show();
    if (!onwards || to === steps.length - 1) return;
    this.wait(1000 * (LOOKING + READING * say.split(" ").length));
    this.itself.textContent = "Pause";
  }

  /** And then go on; where nobody looks, wait as long again. */
  wait(time) {
    this.timer = setTimeout(() => (document.hidden ? this.wait(time) : this.go(this.at + 1, true)), time);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.itself.textContent = "By itself";
  }

  takeBack() {
    this.pause();
    this.given.rest();
    this.given.move(this.past.pop());
    this.show();
  }

  leave() {
    this.pause();
    this.given.rest();
    this.at = -1;
    this.show();
  }

  show() {
    const held = /** @type {HTMLButtonElement} */ (document.activeElement);
    const { element, at } = this;
    element.hidden = at < 0;
    this.back.disabled = at <= 0;
    this.next.disabled = at === this.given.steps.length - 1;
    this.undo.disabled = !this.past.length;
    if (!element.contains(held) || !(element.hidden || held.disabled)) return;
    // who goes by keys stays where they are, and does not begin at the top of the page again
    const near = element.hidden
      ? element.closest(".td").querySelector('[role="tab"][aria-selected="true"]')
      : element.querySelector("button:enabled");
    /** @type {HTMLElement} */ (near).focus({ preventScroll: true });
  }
}
