// Below each question that was answered: the code of the reader's guesses in the chapter, for a vote in class (back/guesses.md), and a QR
// picture of it on demand. It is made here and shown here; whoever wants it counted passes it on.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { FORGOTTEN, GUESSED, guessOf, STEM } from "../../src/tokendynamics/widgets/ui/guesses.js";
import { once, run } from "../../src/tokendynamics/widgets/ui/late.js";
import { encode, randomTag, TAGS } from "./code.js";

const LOST = "A file of this page did not come. Look whether there is a connection, and try again.";

let lasting = null; // where nothing can be kept

/** The random number that this reader's codes have in common: drawn at the first guess, and forgotten with the guesses. */
function tagNow() {
  try {
    const kept = Number(localStorage.getItem(`${STEM}tag`) ?? Number.NaN);
    if (Number.isInteger(kept) && kept >= 0 && kept < TAGS) return kept;
    lasting ??= randomTag();
    localStorage.setItem(`${STEM}tag`, String(lasting));
  } catch {
    lasting ??= randomTag();
  }
  return lasting;
}

/** The questions of this page that have been asked. */
const asked = () => /** @type {any[]} */ ([...document.querySelectorAll(".td-predict")]).filter((element) => element.guess);

/** What the page shows, also where it may keep nothing; else what is kept, of a widget that is not there yet. */
function chosenNow(question) {
  const shown = asked().filter(({ guess }) => guess.asked.question === question.question);
  return shown.length ? shown.map(({ guess }) => guess.chosen).find((choice) => choice !== null) : guessOf(question);
}

/** Watch the questions of this page; gives `guessCode()`, a promise of the code, or of null where nothing was guessed. */
export function watchGuesses(guesses, qr, here) {
  const book = once(async () => {
    await run(new URL(guesses, here).href, LOST);
    return window.tdGuesses;
  });
  const pictures = once(async () => {
    await run(new URL(qr, here).href, LOST);
    return window.tdQr;
  });

  async function guessCode() {
    const page = location.pathname
      .split("/")
      .pop()
      .replace(/\.html$/, "");
    const chapter = (await book()).find((each) => each.page === page);
    if (!chapter) return null;
    const chosen = chapter.questions.map((question) => chosenNow(question) ?? null);
    return chosen.some((choice) => choice !== null) ? encode(chapter, chosen, tagNow()) : null;
  }

  async function tell() {
    const answered = asked().filter(({ guess }) => guess.chosen !== null);
    const code = answered.length ? await guessCode() : null;
    for (const element of asked()) {
      const old = element.querySelector(".td-code");
      if (code && element.guess.chosen !== null) {
        if (old?.dataset.code === code) continue;
        old?.remove();
        element.append(codeLine(code, pictures));
      } else old?.remove();
    }
  }

  const telling = () => tell().catch(() => {}); // no code without its file; the guess itself stands
  addEventListener(GUESSED, telling);
  addEventListener(FORGOTTEN, () => {
    lasting = null;
  });
  telling();
  return guessCode;
}

/** The code below a question; `pictures` fetches what draws it as a QR picture. */
function codeLine(code, pictures) {
  const place = h("span", { class: "td-code-picture" });
  const show = h("button", { type: "button", class: "td-button", "aria-expanded": "false" }, "QR picture");
  show.addEventListener("click", async () => {
    const open = show.getAttribute("aria-expanded") === "false";
    try {
      place.replaceChildren(...(open ? [(await pictures()).picture(code, `QR picture of ${code}`)] : []));
      show.setAttribute("aria-expanded", String(open));
    } catch (error) {
      place.textContent = error.message;
    }
  });
  return h(
    "div",
    { class: "td-line td-kept td-code", "data-code": code },
    h("span", {}, "Your guesses in this chapter as a code, for a vote in class: ", h("output", {}, code)),
    show,
    place,
  );
}
