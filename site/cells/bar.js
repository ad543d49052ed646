// The buttons of a cell, and what is said at it.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";

const control = (name, words, cell, more = {}) =>
  h("button", { type: "button", class: "tc-do", "data-do": name, "aria-label": `${words}, cell ${cell.number}`, ...more }, words);

/** Put a cell's buttons into the place that the build kept for them; `act` has a function of the cell for each. */
export function addBar(cell, act, { size }) {
  const bar = new Bar(cell, size);
  const place = cell.root.querySelector(".tc-run");
  place.append(...bar.parts());
  place.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-do]")?.dataset.do;
    if (!name) return;
    act[name](cell);
    if (bar.more.contains(target)) bar.more.removeAttribute("open");
  });
  cell.said = bar.said;
  cell.bar = bar;
}

const buttonsOf = (cell, size) => ({
  run: control("run", "Run", cell, { "data-size": `${size} MB` }),
  stop: control("stop", "Stop", cell, { hidden: true }),
  edit: control("edit", "", cell),
  through: control("run-through", "Run all above, then this", cell, { hidden: true }),
  reset: control("reset", "Reset", cell, { hidden: true }),
  undo: control("undo", "Undo", cell, { hidden: true }),
  stored: control("stored", "Stored output", cell, { hidden: true, "aria-pressed": "false" }),
});

/** What is needed seldom, behind a word; Escape closes it. */
function moreOf(cell) {
  const above = control("run-above", "Run all above", cell);
  const link = control("link", "Copy a link to this cell", cell);
  const word = h("summary", { "aria-label": `More, cell ${cell.number}` }, "More");
  const more = h("details", { class: "tc-run-more" }, word, h("div", {}, above, link));
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.hasAttribute("open")) return;
    more.removeAttribute("open");
    word.focus();
  });
  return more;
}

class Bar {
  constructor(cell, size) {
    this.cell = cell;
    this.buttons = buttonsOf(cell, size);
    this.more = moreOf(cell);
    this.said = h("span", { class: "tc-run-said", role: "status" });
    this.whose = h("p", { class: "tc-whose", hidden: true });
    this.edited = false;
    this.open = false; // the editor
    this.nameEdit();
  }

  parts() {
    const { run, stop, edit, reset, undo, stored, through } = this.buttons;
    return [h("div", { class: "tc-run-buttons" }, run, stop, edit, reset, undo, stored, this.more, this.said, through), this.whose];
  }

  /** What is said on the button that opens the editor. */
  nameEdit() {
    const { edit } = this.buttons;
    const unwritten = this.cell.root.dataset.exercise && !this.edited;
    edit.textContent = this.open ? "Done" : unwritten ? "Write your answer" : "Edit";
    edit.setAttribute("aria-label", `${edit.textContent}, cell ${this.cell.number}`);
  }

  /** Which buttons there are, and whose code it is. */
  show({ edited, undo: back, words }) {
    const { edit, reset, undo } = this.buttons;
    this.edited = edited;
    this.nameEdit();
    keepFocus(edit, () => {
      reset.hidden = !edited;
      undo.hidden = !back;
    });
    this.whose.textContent = words;
    this.whose.hidden = !words;
  }

  editing(open) {
    this.open = open;
    this.nameEdit();
    if (!open) this.buttons.edit.focus();
  }

  running(on) {
    const { run, stop, through } = this.buttons;
    keepFocus(run, () => {
      stop.hidden = !on;
      if (on) through.hidden = true;
    });
  }

  /** A cell that knows too little is offered what stands above it. */
  offerAbove() {
    this.buttons.through.hidden = false;
  }

  stored(there, shown) {
    const { stored } = this.buttons;
    stored.hidden = !there;
    stored.setAttribute("aria-pressed", String(shown));
  }

  focus() {
    this.buttons.run.focus();
  }

  /** A text to copy by hand, where the browser copies nothing by itself. */
  offer(text) {
    const field = h("input", { class: "tc-copy-text", readonly: true, value: text, "aria-label": "The link to copy" });
    this.said.replaceChildren("Copy the link: ", field);
    field.select();
  }
}

/** A button that goes away does not take the reader's place with it. */
function keepFocus(next, work) {
  const had = document.activeElement;
  work();
  if (had instanceof HTMLElement && had.hidden && next.parentElement.contains(had)) next.focus();
}

export function say(cell, words) {
  if (cell?.said) cell.said.textContent = words;
}

export function tellPage(words) {
  document.querySelector(".tc-run-page .tc-run-said").textContent = words;
}
