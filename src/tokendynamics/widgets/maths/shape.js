// A 2 × 2 matrix as a reader slides it: where its first column points (angle), how long that column is
// (stretch), and how far the second leans along it (shear). The fourth number, the second column's own
// size, stays what it is in proportion.

export function shape_of([[a, b], [c, d]]) {
  const stretch = Math.hypot(a, c);
  return {
    angle: (Math.atan2(c, a) * 180) / Math.PI,
    stretch,
    shear: stretch > 0 ? (a * b + c * d) / (stretch * stretch) : 0,
  };
}

/** `matrix` with one of its angle (degrees), stretch or shear changed and the other two kept. */
export function reshape(matrix, part, value) {
  const was = shape_of(matrix);
  if (part === "angle") return rotate(matrix, ((value - was.angle) * Math.PI) / 180);
  const [[a, b], [c, d]] = was.stretch > 0 ? matrix : upright(matrix);
  if (part === "stretch") {
    const ratio = was.stretch > 0 ? value / was.stretch : value;
    return [
      [a * ratio, b * ratio],
      [c * ratio, d * ratio],
    ];
  }
  const more = value - was.shear;
  return [
    [a, b + more * a],
    [c, d + more * c],
  ];
}

function rotate([[a, b], [c, d]], angle) {
  const cos = Math.cos(angle),
    sin = Math.sin(angle);
  return [
    [cos * a - sin * c, cos * b - sin * d],
    [sin * a + cos * c, sin * b + cos * d],
  ];
}

/** A first column for a matrix that has lost it, at a right angle to the second, or along x. */
function upright([[, b], [, d]]) {
  const size = Math.hypot(b, d);
  return size > 0
    ? [
        [d / size, b / size],
        [-b / size, d / size],
      ]
    : [
        [1, 0],
        [0, 1],
      ];
}

/** A 3 × 3 matrix: where its first column points, seen along axis 3, and its size, 1 for a rotation. */
export function shape_of_3(matrix) {
  return { angle: (Math.atan2(matrix[1][0], matrix[0][0]) * 180) / Math.PI, stretch: Math.hypot(...matrix.flat()) / Math.sqrt(3) };
}

/** `matrix` turned about axis 3 to another angle (degrees), or stretched to another size. */
export function reshape_3(matrix, part, value) {
  const was = shape_of_3(matrix);
  if (part === "stretch") {
    if (was.stretch === 0)
      return [
        [value, 0, 0],
        [0, value, 0],
        [0, 0, value],
      ];
    return matrix.map((row) => row.map((x) => (x * value) / was.stretch));
  }
  const by = ((value - was.angle) * Math.PI) / 180,
    cos = Math.cos(by),
    sin = Math.sin(by);
  const [first, second, third] = matrix;
  return [first.map((x, j) => cos * x - sin * second[j]), first.map((x, j) => sin * x + cos * second[j]), [...third]];
}
