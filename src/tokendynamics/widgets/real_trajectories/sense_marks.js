// Marks of the senses of a word: a shape, a line and a colour each, so that colour is never alone.
const R = 7;

/** Outlines around the origin, by sense. */
export const SHAPES = [
  `M${R},0A${R},${R},0,1,1,${-R},0A${R},${R},0,1,1,${R},0Z`,
  `M${-R},${-R}H${R}V${R}H${-R}Z`,
  `M0,${-R - 2}L${R + 2},${R - 1}H${-R - 2}Z`,
  `M0,${-R - 3}L${R + 3},0L0,${R + 3}L${-R - 3},0Z`,
];
export const senseClass = (sense) => `td-sense-${sense % SHAPES.length}`;

/** The mark beside a sense's name. */
export function senseMark(sense) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({
    viewBox: "-20 -11 40 22",
    width: 40,
    height: 22,
    "aria-hidden": "true",
    class: `td-mark ${senseClass(sense)}`,
  })) {
    svg.setAttribute(key, String(value));
  }
  svg.innerHTML = `<path class="td-trail" d="M-20,0H20"/><path class="td-shape" d="${SHAPES[sense % SHAPES.length]}"/>`;
  return svg;
}
