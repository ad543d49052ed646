// Arrows as SVG paths: solid for what moves, hollow for what pulls, a whole field as one path.

/** A solid or hollow arrow from (x, y) by (dx, dy) pixels, as the outline of its shape. */
export function arrowOutline(x, y, dx, dy, { shaft = 3, head = 12 } = {}) {
  const length = Math.hypot(dx, dy);
  if (length < 0.5) return "";
  const ux = dx / length,
    uy = dy / length;
  const tip = Math.min(head, length * 0.6),
    neck = length - tip,
    half = shaft / 2,
    wing = tip * 0.48;
  const corners = [
    [0, half],
    [neck, half],
    [neck, wing],
    [length, 0],
    [neck, -wing],
    [neck, -half],
    [0, -half],
  ];
  return `M${corners.map(([a, b]) => `${round(x + a * ux - b * uy)},${round(y + a * uy + b * ux)}`).join("L")}Z`;
}

/** One path for many small arrows, {x, y, dx, dy} in pixels, each centred on its point. */
export function fieldPath(arrows) {
  let path = "";
  for (const { x, y, dx, dy } of arrows) {
    const length = Math.hypot(dx, dy);
    if (length < 1) continue;
    const ax = x - dx / 2,
      ay = y - dy / 2,
      bx = x + dx / 2,
      by = y + dy / 2;
    const k = Math.min(4, length / 2) / length;
    path +=
      `M${round(ax)},${round(ay)}L${round(bx)},${round(by)}` +
      `M${round(bx - k * (dx + 0.6 * dy))},${round(by - k * (dy - 0.6 * dx))}L${round(bx)},${round(by)}` +
      `L${round(bx - k * (dx - 0.6 * dy))},${round(by - k * (dy + 0.6 * dx))}`;
  }
  return path;
}

const round = (x) => Math.round(x * 10) / 10;
