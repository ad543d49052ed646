// The buttons of a cell, and what is said at it.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";

const control = (name, words, cell, more = {}) =>
  h("button", { type: "button", class: "tc-do", "data-do": name, "aria-label": `${words}, cell ${cell.number}`, ...more }, words);

/** Put a cell's buttons into the place that the build kept for them; `act` has a function of the cell for each. */
export function addBar(cell, act, { size }) {
  const run = control("run", "Run", cell, { "data-size": `${size} MB` });
  const stop = control("stop", "Stop", cell, { hidden: true });
  const edit = control("edit", "", cell);
  const through = control("run-through", "Run all above, then this", cell, { hidden: true });
  const reset = control("reset", "Reset", cell, { hidden: true });
  const undo = control("undo", "Undo", cell, { hidden: true });
  const stored = control("stored", "Stored output", cell, { hidden: true, "aria-pressed": "false" });
  const above = control("run-above", "Run all above", cell);
  const link = control("link", "Copy a link to this cell", cell);
  const more = h(
    "details",
    { class: "tc-run-more" },
    h("summary", { "aria-label": `More, cell ${cell.number}` }, "More"),
    h("div", {}, above, link),
  );
  const said = h("span", { class: "tc-run-said", role: "status" });
  const whose = h("p", { class: "tc-whose", hidden: true });
  const place = cell.root.querySelector(".tc-run");
  place.append(h("div", { class: "tc-run-buttons" }, run, stop, edit, reset, undo, stored, more, said, through), whose);
  const now = { edited: false, open: false };
  /** What is said on the button that opens the editor. */
  function nameEdit() {
    const unwritten = cell.root.dataset.exercise && !now.edited;
    edit.textContent = now.open ? "Done" : unwritten ? "Write your answer" : "Edit";
    edit.setAttribute("aria-label", `${edit.textContent}, cell ${cell.number}`);
  }
  nameEdit();
  place.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-do]")?.dataset.do;
    if (!name) return;
    act[name](cell);
    if (more.contains(target)) more.removeAttribute("open");
  });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.hasAttribute("open")) return;
    more.removeAttribute("open");
    more.querySelector("summary").focus();
  });
  cell.said = said;
  cell.bar = {
    /** Which buttons there are, and whose code it is. */
    show({ edited, undo: back, words }) {
      now.edited = edited;
      nameEdit();
      keepFocus(edit, () => {
        reset.hidden = !edited;
        undo.hidden = !back;
      });
      whose.textContent = words;
      whose.hidden = !words;
    },
    editing(open) {
      now.open = open;
      nameEdit();
      if (!open) edit.focus();
    },
    running(on) {
      keepFocus(run, () => {
        stop.hidden = !on;
        if (on) through.hidden = true;
      });
    },
    /** A cell that knows too little is offered what stands above it. */
    offerAbove: () => (through.hidden = false),
    stored(there, shown) {
      stored.hidden = !there;
      stored.setAttribute("aria-pressed", String(shown));
    },
    focus: () => run.focus(),
    /** A text to copy by hand, where the browser copies nothing by itself. */
    offer(text) {
      const field = h("input", { class: "tc-copy-text", readonly: true, value: text, "aria-label": "The link to copy" });
      said.replaceChildren("Copy the link: ", field);
      field.select();
    },
  };
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
