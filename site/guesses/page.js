// The page on which a class's guesses are counted (back/guesses.md): codes that are typed or pasted, and files that were handed in, become bars.
// What was counted is kept in this browser. A second window, for the projector, shows the same without the codes; each follows the other.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { run } from "../../src/tokendynamics/widgets/ui/late.js";
import { Entry } from "./entry.js";
import style from "./page.css";
import { Stage } from "./stage.js";
import { Votes } from "./store.js";

const LOST = "A file of this page did not come. Look whether there is a connection, and reload the page.";
const PROJECTOR = new URLSearchParams(location.search).has("projector");
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;

function start(place, book) {
  const votes = new Votes(book, () => {
    entry.show();
    stage.show();
  });
  const entry = new Entry(votes);
  const stage = new Stage(votes, PROJECTOR);
  place.replaceChildren(...(PROJECTOR ? [stage.root] : [entry.form, stage.root]));
  document.documentElement.toggleAttribute("data-projector", PROJECTOR);
  votes.begin();
}

const place = /** @type {HTMLElement | null} */ (document.querySelector(".td-vote"));
if (place) {
  document.head.append(h("style", {}, style));
  run(new URL(place.dataset.guesses, here).href, LOST)
    .then(() => start(place, window.tdGuesses))
    .catch((error) => (place.textContent = error.message));
}
