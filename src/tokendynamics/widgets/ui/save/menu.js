// Save what a widget shows: its picture as SVG or PNG, its numbers as CSV. Each file says what it is, whose, and which link brings it back.
import { button, h } from "../dom.js";
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
 * @param {() => void} given.draw draws at once
 * @param {(words: string) => void} given.say
 * @param {(() => string) | null} given.embed gives the HTML that shows it in another page, where there is a page to show
 */
export function saveMenu({ page, root, title, view, source, state, draw, say, embed }) {
  const paper = h("input", { type: "checkbox" });
  const told = h("span", { class: "td-quiet", role: "status" });
  const save = async (kind) => {
    told.textContent = "";
    try {
      const files = await filemakers(page);
      const { licence, version } = BOOK,
        link = source();
      const about = { title: `${title}, ${BOOK.title}`, words: cited(title, link, new Date()), source: link, licence, version };
      const light = (make) => inLight(paper.checked, draw, make);
      give(await files[kind]({ root, about, light, state: state() }), `${view}.${kind.toLowerCase()}`);
      say(`Saved as ${kind}.`);
    } catch (error) {
      told.textContent = `Nothing was saved: ${error.message}`;
    }
  };
  const kinds = ["SVG", "PNG", "CSV"].map((kind) => button(kind, () => save(kind), { "data-save": kind, "aria-label": `Save as ${kind}` }));
  const light = h("label", { class: "td-check" }, paper, "light, for paper");
  const cite = copyButton("Copy citation", () => bibtex(title, source(), new Date()), say);
  const frame = embed && copyButton("Copy embed code", embed, say, { "data-do": "copy-embed" });
  return h("details", { class: "td-save" }, h("summary", {}, "Save"), h("div", { class: "td-line" }, kinds, light, cite, frame, told));
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
