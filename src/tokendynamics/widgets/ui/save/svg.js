// What a widget's picture shows, as a drawing of its own: SVG with text that stays text. Shapes and words keep the colours and letters that
// they have on the page, written at each of them, as a drawing has no style sheet. A canvas that knows how it was drawn (`canvas.again`)
// becomes paths, another an image. So does a plot in three dimensions, of which WebGL keeps nothing: plotly draws it once more.
import { element, vector } from "./vector.js";

const SHAPE = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"];
const TEXT = ["font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "paint-order"];
const INITIAL = {
  "fill-opacity": "1",
  "stroke-width": "1px",
  "stroke-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  stroke: "none",
  "font-style": "normal",
  "text-anchor": "start",
  "dominant-baseline": "auto",
  "paint-order": "normal",
};
const DRAWN = "path, line, circle, ellipse, rect, polygon, polyline, text, tspan";
const NS = "http://www.w3.org/2000/svg";

/** The element as it is when this is called, as SVG text; `about` has its title, words and source, which stand in the file. */
export async function asSvg(picture, about) {
  const frame = picture.getBoundingClientRect();
  const inside = [...boxes(picture, frame)];
  const size = { width: frame.width, height: frame.height };
  const paper = element("rect", { ...size, fill: colour(paperOf(picture)) });
  const words = element("title", {}, about.title) + element("desc", {}, about.words) + metadata(about);
  const given = { xmlns: NS, "xmlns:xlink": "http://www.w3.org/1999/xlink", ...size, viewBox: `0 0 ${frame.width} ${frame.height}` };
  const parts = inside.some((part) => part instanceof Promise) ? await Promise.all(inside) : inside; // of an animation none is (film.js)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("svg", given, words + paper + parts.join(""), { markup: true })}\n`;
}

/** Whose it is and where it is from, as Inkscape and libraries read it (Dublin Core). */
function metadata({ title, source, licence, version }) {
  const dc = { title, source, rights: licence, identifier: version, publisher: "Tokens in motion" };
  const work = Object.entries(dc).map(([name, value]) => element(`dc:${name}`, {}, value));
  const spaces = { "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "xmlns:dc": "http://purl.org/dc/elements/1.1/" };
  const about = element("rdf:Description", { "rdf:about": "" }, work.join(""), { markup: true });
  return element("metadata", {}, element("rdf:RDF", spaces, about, { markup: true }), { markup: true });
}

/** What stands in an element, in the order in which it is painted: text, or a promise of it. */
function* boxes(at, frame) {
  const style = getComputedStyle(at);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0 || at.closest(".td-hidden")) return;
  if (at instanceof SVGSVGElement) return yield drawing(at, frame);
  if (at instanceof HTMLCanvasElement) return yield canvas(at, frame);
  const box = place(at, frame);
  if (at.again) return yield at.again().then((image) => element("image", { ...box, "xlink:href": image }));
  yield ground(box, style);
  for (const child of at.childNodes) {
    if (child instanceof Element) yield* boxes(child, frame);
    else if (child instanceof Text && child.data.trim()) yield* lines(child, style, frame);
  }
}

function place(at, frame) {
  const { left, top, width, height } = at.getBoundingClientRect();
  return { x: left - frame.left, y: top - frame.top, width, height };
}

/** The box of an element of HTML, where it is seen. */
function ground(box, style) {
  const fill = colour(style.backgroundColor);
  const border = Number.parseFloat(style.borderTopWidth);
  const stroke = border ? colour(style.borderTopColor) : null;
  if (fill === "none" && (!stroke || stroke === "none")) return "";
  const round = Number.parseFloat(style.borderTopLeftRadius) || null;
  return element("rect", { ...box, rx: round, fill, stroke, "stroke-width": stroke && border });
}

/** A text of HTML, a line of it after another; one that is written from bottom to top is one line. */
function* lines(node, style, frame) {
  const type = Object.fromEntries(["font-family", "font-size", "font-weight"].map((name) => [name, style.getPropertyValue(name)]));
  const how = { ...type, fill: colour(style.color) };
  const pen = brush();
  pen.font = style.font;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = pen.measureText("x");
  const foot = (room) => (room - above - below) / 2 + above; // from the edge of a line to where its letters stand
  const range = document.createRange();
  range.selectNodeContents(node);
  if (style.writingMode === "vertical-rl") {
    const { left, bottom, width } = range.getBoundingClientRect();
    const at = `translate(${left - frame.left + foot(width)} ${bottom - frame.top}) rotate(-90)`;
    yield element("text", { ...how, transform: at }, node.data.trim());
    return;
  }
  let line = null;
  const told = ({ box, words }) => element("text", { x: box.left - frame.left, y: box.top - frame.top + foot(box.height), ...how }, words);
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    if (line && Math.abs(box.top - line.box.top) < 2) line.words += ` ${word}`;
    else {
      if (line) yield told(line);
      line = { box, words: word };
    }
  }
  if (line) yield told(line);
}

/** A drawing that is one already: its shapes with the style that they have. */
function drawing(svg, frame) {
  const copy = svg.cloneNode(true);
  const from = svg.querySelectorAll("*"),
    to = copy.querySelectorAll("*");
  const gone = [];
  for (const [i, shape] of from.entries()) {
    const style = getComputedStyle(shape);
    if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) gone.push(to[i]);
    else if (shape.matches(DRAWN) && !styled(shape, to[i], style)) gone.push(to[i]);
    for (const { name } of [...to[i].attributes])
      if (/^(aria-|data-|class$|style$|role$|tabindex$|on)/.test(name)) to[i].removeAttribute(name);
    if (style.opacity !== "1") to[i].setAttribute("opacity", style.opacity);
  }
  for (const each of gone) each.remove();
  for (const { name } of [...copy.attributes]) if (!/^(viewBox|preserveAspectRatio)$/.test(name)) copy.removeAttribute(name);
  for (const [name, value] of Object.entries(place(svg, frame))) copy.setAttribute(name, String(value));
  return new XMLSerializer().serializeToString(copy);
}

/** Writes a shape's style at it; false for one that is not seen, such as what a finger hits. */
function styled(shape, copy, style) {
  const words = shape.matches("text, tspan");
  const given = Object.fromEntries([...SHAPE, ...(words ? TEXT : [])].map((name) => [name, style.getPropertyValue(name)]));
  given.fill = colour(given.fill);
  given.stroke = colour(given.stroke);
  if (given.fill === "none" && given.stroke === "none") return false;
  for (const [name, value] of Object.entries(given)) if (value && value !== INITIAL[name]) copy.setAttribute(name, value);
  if (shape.matches("circle")) copy.setAttribute("r", style.getPropertyValue("r")); // a small picture has smaller ones
  return true;
}

function canvas(at, frame) {
  const where = place(at, frame);
  if (at.again) {
    const box = { ...where, viewBox: `0 0 ${at.again.side} ${at.again.side}`, preserveAspectRatio: "none" };
    return element("svg", box, vector(at.again.draw), { markup: true });
  }
  return at.width && at.height ? element("image", { ...where, "xlink:href": at.toDataURL() }) : "";
}

const known = new Map();

/** A colour as every program reads it, #rrggbb or with its opacity; "none" for one that is not seen. Marks of other shapes, url(…), stay. */
function colour(css) {
  if (!css || css === "none" || css.startsWith("url(")) return css || "none";
  if (!known.has(css)) {
    const pen = brush();
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    const hex = `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
    known.set(css, a === 0 ? "none" : a === 255 ? hex : `rgba(${r}, ${g}, ${b}, ${Math.round((100 * a) / 255) / 100})`);
  }
  return known.get(css);
}

let page = null;
/** A canvas of one pixel, to ask it things. */
function brush() {
  page ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  return page;
}

/** The nearest colour that lies behind an element. */
function paperOf(at) {
  for (let each = at; each; each = each.parentElement) {
    const { backgroundColor } = getComputedStyle(each);
    if (colour(backgroundColor) !== "none") return backgroundColor;
  }
  return "#fff";
}
