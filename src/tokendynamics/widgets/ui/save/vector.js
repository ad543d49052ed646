// A canvas's context that writes SVG: what it was told to draw, as elements. It knows what this book's pictures use of a context.
import { path } from "d3-path";

const ANCHOR = { left: "start", center: "middle", right: "end" };
const BASE = { middle: "central", top: "hanging", alphabetic: "auto" };

/** `draw(context)` on a context like a canvas's; the elements that it drew, as text. */
export function vector(draw) {
  const made = [];
  const stack = [];
  let now = path();
  /** @type {any} */
  const context = {
    fillStyle: "#000",
    strokeStyle: "#000",
    lineWidth: 1,
    lineJoin: "miter",
    globalAlpha: 1,
    font: "10px sans-serif",
    textAlign: "left",
    textBaseline: "alphabetic",
    at: [0, 0],
    save: () => stack.push({ ...context }),
    restore: () => Object.assign(context, stack.pop()),
    translate(x, y) {
      context.at = [context.at[0] + x, context.at[1] + y];
    },
    newPath: path,
    beginPath: () => {
      now = path();
    },
    moveTo: (x, y) => now.moveTo(x, y),
    // the first point of a canvas's path may be a line's: it moves there
    lineTo: (x, y) => (String(now) ? now.lineTo(x, y) : now.moveTo(x, y)),
    arc: (...given) => now.arc(...given),
    closePath: () => now.closePath(),
    fill: (shape = now) => shaped(shape, { fill: context.fillStyle }),
    stroke: (shape = now) => shaped(shape, { fill: "none", ...pen() }),
    fillRect(x, y, width, height) {
      made.push(element("rect", { x, y, width, height, fill: context.fillStyle, ...seen() }));
    },
    fillText: (text, x, y) => written(text, x, y, { fill: context.fillStyle }),
    strokeText: (text, x, y) => written(text, x, y, { fill: "none", ...pen(), "stroke-linejoin": "round" }),
  };
  const pen = () => ({ stroke: context.strokeStyle, "stroke-width": context.lineWidth, "stroke-linejoin": context.lineJoin });
  const seen = () => ({
    opacity: context.globalAlpha === 1 ? null : context.globalAlpha,
    transform: context.at.some(Boolean) ? `translate(${context.at})` : null,
  });
  function shaped(shape, how) {
    const d = String(shape);
    if (d) made.push(element("path", { d, ...how, ...seen() }));
  }
  function written(text, x, y, how) {
    const [, weight, size, family] = /^(?:(\d+) )?([\d.]+px) (.*)$/.exec(context.font);
    const type = { "font-family": family, "font-size": size, "font-weight": weight };
    const place = { "text-anchor": ANCHOR[context.textAlign], "dominant-baseline": BASE[context.textBaseline] };
    made.push(element("text", { x, y, ...how, ...type, ...place, ...seen() }, text));
  }
  draw(context);
  return made.join("");
}

/** An element of SVG as text. Attributes that are null are left out; numbers are rounded to a hundredth of a pixel. */
export function element(name, attributes, inside = "", { markup = false } = {}) {
  const given = Object.entries(attributes)
    .filter(([, value]) => value != null)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === "number" ? Math.round(value * 100) / 100 : value)}"`);
  return `<${name}${given.join("")}>${markup ? inside : escaped(inside)}</${name}>`;
}

export const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
