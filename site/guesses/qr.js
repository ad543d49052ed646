// A text as a QR picture. Fetched when a reader first asks for one (site/guesses/reader.js).
import { generate } from "lean-qr/nano";

const QUIET = 4; // modules left white around it

/** An SVG, black on white in either theme. */
export function picture(text, label) {
  const code = generate(text);
  const side = code.size + 2 * QUIET;
  const dark = [];
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) dark.push(`M${x + QUIET} ${y + QUIET}h1v1h-1z`);
  const ground = element("path", { fill: "#fff", d: `M0 0h${side}v${side}h${-side}z` });
  const signs = element("path", { fill: "#000", d: dark.join("") });
  const whole = { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" };
  return element("svg", whole, ground, signs);
}

function element(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
