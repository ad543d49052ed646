// Hand in: one notebook of what a reader answered in a chapter's fields and wrote in its cells, with the reader's name. It is made here and
// saved here; the reader passes it on. The build puts the place and the chapter's notebook there (site/book_hand_in.py).
import { once, run } from "../../src/tokendynamics/widgets/ui/late.js";
import { recall as written } from "../cells/kept.js";
import { save, withVersions } from "../cells/notebook.js";
import { fileName, handedIn, isAnswered, isWritten } from "./handed_in.js";
import { recall as answered } from "./kept.js";

const NAME = "tokens-in-motion/name/v1";
const LOST = "A file of this page did not come, so nothing was made. Look whether there is a connection, and try again.";

/** {version, chapter, exercises, notebook} as the build wrote it. */
const given = once(async (address) => {
  await run(address, LOST);
  return window.tdHandIn;
});

/** @param {string} here the address of the page's script @param {() => Promise<string | null>} guessCode */
export function handIn(here, guessCode) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector(".td-hand-in"));
  if (!place) return;
  const field = place.querySelector("input"),
    what = place.querySelector(".td-hand-in-what"),
    said = place.querySelector("[role=status]");
  const numbers = place.dataset.exercises.split(" ");

  /** What the browser keeps of an exercise: {answer, tries, at} of its field, and {id, mine, at} of its cell. */
  function found(number) {
    const id = /** @type {HTMLElement | null} */ (document.querySelector(`[data-exercise="${number}"]`))?.dataset.cell;
    return { number, field: answered(number), cell: id ? { id, ...written(id) } : null };
  }
  function count() {
    const all = numbers.map(found);
    const done = all.filter(({ number, field, cell }) => isAnswered(field) || isWritten(cell?.mine, number)).length;
    const tries = all.reduce((sum, each) => sum + each.field.tries, 0);
    const checks = tries ? `, ${tries === 1 ? "one check" : `${tries} checks`} in the fields` : "";
    what.textContent = `${done} of ${numbers.length} exercises answered${checks}.`;
  }

  async function make() {
    const name = field.value.replace(/\s+/g, " ").trim();
    if (!name) {
      said.textContent = "Type your name first.";
      return field.focus();
    }
    keepName(name);
    dispatchEvent(new Event("td-save")); // what stands in an open editor
    const { notebook, exercises, ...known } = await given(new URL(place.dataset.file, here).href);
    const mine = [...document.querySelectorAll("[data-cell]")].map((each) => {
      const { cell: id } = /** @type {HTMLElement} */ (each).dataset;
      return { id, mine: written(id).mine };
    });
    const whole = handedIn(withVersions(structuredClone(notebook), mine), numbers.map(found), exercises);
    const guesses = await guessCode();
    whole.metadata.tokens_in_motion = { name, ...known, made: new Date().toISOString(), ...(guesses ? { guesses } : {}) };
    const file = fileName(name, known.chapter);
    save(whole, file);
    said.textContent = `“${file}” is with your downloads. Nothing was sent: pass the file on as you were told.`;
  }

  place.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    make().catch((error) => (said.textContent = error.message));
  });
  field.value = keptName();
  addEventListener("td-kept", count);
  addEventListener("storage", count);
  count();
}

function keptName() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function keepName(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // it is asked for again
  }
}
