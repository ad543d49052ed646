// What makes files of a widget. It is fetched when somebody saves, and not before (late.js): save.js beside the page's host.
import { asCsv, readings, settings } from "./csv.js";
import { asGif } from "./gif.js";
import { asPng } from "./png.js";
import { asSvg } from "./svg.js";

const HEAD = ["what", "name", "row", "column", "value"];

/** The widget's picture as SVG text; `light` draws what it is given in the page's light colours. */
const drawn = ({ root, about, light }) => light(() => asSvg(root.querySelector("[data-picture]"), about));

/** For a kind of file, what makes it: a Blob, of the widget's section and of what stands in the file about it. */
export const FILES = {
  async SVG(given) {
    return new Blob([await drawn(given)], { type: "image/svg+xml" });
  },
  async PNG(given) {
    const { title: Title, words: Description, licence: Copyright, source: Source, version } = given.about;
    return asPng(await drawn(given), { Title, Description, Copyright, Source, Software: `Tokens in motion ${version}` });
  },
  async CSV({ root, about, state, numbers }) {
    const first = [HEAD, ["about", "source", "", "", about.words], ["about", "licence", "", "", about.licence]];
    return new Blob([asCsv([...first, ...settings(state), ...readings(root), ...numbers()])], { type: "text/csv" });
  },
  async GIF(given) {
    const { title, words, licence, source, version } = given.about,
      { count, every, shot } = given.film;
    const said = [title, words, licence, source, `Tokens in motion ${version}`].join("\n");
    return asGif({ count, every, frame: (k) => shot(k, () => drawn(given)), words: said, onFrame: given.onFrame });
  },
};
