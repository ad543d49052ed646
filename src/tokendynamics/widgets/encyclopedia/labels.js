// Where the names of things in a picture go, so that none hides another.

const SIDES = [
  [1, -0.75],
  [-1, -0.75],
  [1, 0.75],
  [-1, 0.75],
  [0, -1.15],
  [0, 1.15],
  [1.2, 0],
  [-1.2, 0],
];
const PLACES = [1, 1.9, 2.8].flatMap((far) => SIDES.map(([a, b]) => [far * a, far * b]));
const LINE = 15,
  LETTER = 9; // px

/**
 * For each label {x, y, text, away} the place of its text, {x, y, anchor}: the side of (x, y), `away` px off, where it
 * covers least of `marks` [{x, y, r}], of the labels before it and of what lies outside of the square of side `size`.
 * `scale` is that of its letters.
 */
export function spread(labels, marks, size, scale = 1) {
  const line = LINE * scale;
  const taken = marks.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
  return labels.map(({ x, y, text, away }) => {
    const width = LETTER * scale * text.length;
    let best,
      least = Infinity;
    PLACES.forEach(([a, b], rank) => {
      const left = x + a * away - (a > 0 ? 0 : a < 0 ? width : width / 2);
      const top = y + b * away - line / 2;
      const box = [left, top, left + width, top + line];
      const outside = width * line - overlap(box, [0, 0, size, size]);
      const cost = taken.reduce((sum, other) => sum + overlap(box, other), 4 * outside) + rank / 10; // the nearest of those that cover nothing
      if (cost < least) [best, least] = [{ box, anchor: a > 0 ? "start" : a < 0 ? "end" : "middle" }, cost];
    });
    if (text) taken.push(best.box);
    const [left, top, right] = best.box;
    return {
      x: { start: left, end: right, middle: (left + right) / 2 }[best.anchor],
      y: top + 0.78 * line,
      anchor: best.anchor,
      box: best.box,
    };
  });
}

const overlap = (one, other) =>
  Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0])) *
  Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));
