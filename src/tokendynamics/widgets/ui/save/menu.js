// Save what a widget shows: its picture as SVG or PNG, its numbers as CSV, what plays as a GIF. Each file says what it is, whose, and which link
// brings it back.
import { button, h, line } from "../dom.js";
import { copyButton } from "../link.js";
import { BOOK, bibtex, cited } from "./book.js";
import { filemakers } from "./late.js";

/**
 * @param {object} given
 * @param {any} given.page { model, experimental }, as a widget gets them
 * @param {any} given.root the widget's section
 * @param {string} given.title
 * @param {string} given.view its name in links
 * @param {() => string} given.source what brings this state back: a link, or a line of Python
 * @param {() => object} given.state
 * @param {() => Iterable<any[]>} given.numbers
 * @param {(() => ReturnType<typeof import("../film.js").reel>) | null} given.film of a widget that plays
 * @param {() => void} given.draw draws at once
 * @param {(words: string) => void} given.say
 * @param {(() => string) | null} given.embed gives the HTML that shows it in another page, where there is a page to show
 */
export function saveMenu({ page, root, title, view, source, state, numbers, film, draw, say, embed }) {
  const paper = h("input", { type: "checkbox" });
  const told = h("span", { class: "td-quiet", role: "status" });
  const save = async (kind, more = () => ({})) => {
    told.textContent = "";
    try {
      const files = await filemakers(page);
      const { licence, version } = BOOK,
        link = source();
      const about = { title: `${title}, ${BOOK.title}`, words: cited(title, link, new Date()), source: link, licence, version };
      const asked = paper.checked;
      const light = (make) => inLight(asked, draw, make);
      give(await files[kind]({ root, about, light, state: state(), numbers, ...more() }), `${view}.${kind.toLowerCase()}`);
      say(`Saved as ${kind}.`);
    } catch (error) {
      told.textContent = `Nothing was saved: ${error.message}`;
    }
  };
  const kinds = ["SVG", "PNG", "CSV"].map((kind) => asFile(kind, () => save(kind)));
  const light = h("label", { class: "td-check" }, paper, "light, for paper");
  const cite = copyButton("Copy citation", () => bibtex(title, source(), new Date()), say, { "data-do": "cite" });
  const frame = embed && copyButton("Copy embed code", embed, say, { "data-do": "copy-embed" });
  const animation = film ? animating(film, save, root) : [];
  return h("details", { class: "td-save" }, h("summary", {}, "Save"), line(kinds, animation, light, cite, frame, told));
}

const asFile = (kind, onclick, more = {}) =>
  button(kind, onclick, { "data-do": `save-${kind.toLowerCase()}`, "aria-label": `Save as ${kind}`, ...more });

/** The button that makes an animation, and while it is being made stops that; beside it, how far it is. */
function animating(film, save, root) {
  const bar = h("progress", { "aria-label": "Frames of the animation", hidden: true });
  const control = asFile("GIF", () => (going ? going.abort() : start()), { "data-do": "save-animation", class: "td-button td-waits" });
  let going = null;
  async function start() {
    going = new AbortController();
    const { signal } = going;
    const onFrame = (k) => {
      if (signal.aborted) throw new Error("it was stopped.");
      if (!root.isConnected) throw new Error("the widget has gone.");
      bar.value = k;
    };
    named("Stop", "Stop the animation");
    bar.hidden = false;
    await save("GIF", () => {
      const made = film();
      bar.max = made.count;
      return { film: made, onFrame };
    });
    going = null;
    bar.hidden = true;
    named("GIF", "Save as GIF");
  }
  function named(text, words) {
    control.textContent = text;
    control.setAttribute("aria-label", words);
  }
  return [control, bar];
}

function give(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What `make` gives while the page is light, if that is asked for. No frame is painted in between. */
async function inLight(asked, draw, make) {
  const { documentElement: html, body } = document;
  const was = [html.dataset.theme, body.dataset.jpThemeLight];
  if (!asked || !(was[0] === "dark" || was[1] === "false")) return make();
  const set = async (theme, jupyter) => {
    if (was[0] !== undefined) html.dataset.theme = theme;
    if (was[1] !== undefined) body.dataset.jpThemeLight = jupyter;
    await null; // views hear of a theme in a microtask
    await null;
    draw();
  };
  await set("light", "true");
  try {
    return make();
  } finally {
    await set(...was);
  }
}
