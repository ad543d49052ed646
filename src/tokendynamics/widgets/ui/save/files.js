// What makes files of a widget. It is fetched when somebody saves, and not before (late.js): save.js beside the page's host.
import { BOOK } from "./book.js";
import { asCsv, readings, settings } from "./csv.js";
import { asPng } from "./png.js";
import { asSvg } from "./svg.js";

const HEAD = ["what", "name", "row", "column", "value"];

/** For a kind of file, what makes it: a Blob, of the widget's section and what is said of it. `light` draws what it is given in the page's light colours. */
export const FILES = {
  async SVG({ root, about, light }) {
    return new Blob([await light(() => asSvg(root.querySelector("[data-picture]"), said(about)))], { type: "image/svg+xml" });
  },
  async PNG({ root, about, light }) {
    const { title: Title, words: Description, licence: Copyright, source: Source } = said(about);
    const words = { Title, Description, Copyright, Source, Software: `${BOOK.title} ${BOOK.version}` };
    return asPng(await light(() => asSvg(root.querySelector("[data-picture]"), said(about))), words);
  },
  async CSV({ root, about, state, numbers }) {
    const { words, licence } = said(about);
    const first = [HEAD, ["about", "source", "", "", words], ["about", "licence", "", "", licence]];
    return new Blob([asCsv([...first, ...settings(state), ...readings(root), ...numbers])], { type: "text/csv" });
  },
};

const said = (about) => ({ ...about, licence: BOOK.licence, version: BOOK.version });
