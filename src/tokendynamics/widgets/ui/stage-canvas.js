// What the stage draws at every frame: the sphere's wires, trails, bodies. Paths are lists of [x, y, depth] in pixels.
import { turned } from "./turn.js";

const CIRCLE = Array.from({ length: 73 }, (_, i) => [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)]);
const NAMED = 12; // with more bodies only the selected one is named

/** The outline, the equator and two meridians; what is behind is fainter. Without a radius, the three axes. */
export function drawSphere(context, { starts, radius, turn, reach }, scale, size, colours) {
  const solid = starts[0].length === 3;
  const middle = size / 2;
  const at = (p) => {
    const [a, b, depth] = turned(p, turn);
    return [middle + scale * a, middle - scale * b, depth];
  };
  context.lineWidth = 1;
  context.strokeStyle = colours.text;
  if (radius) {
    context.globalAlpha = 0.7;
    context.beginPath();
    context.arc(middle, middle, radius * scale, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 1;
    if (!solid) return;
    const rounds = [CIRCLE.map(([a, b]) => [a, b, 0]), CIRCLE.map(([a, b]) => [a, 0, b]), CIRCLE.map(([a, b]) => [0, a, b])];
    for (const round of rounds)
      split(
        context,
        round.map((p) => at(p.map((v) => v * radius))),
        [0.4, 0.14],
      );
  }
  const long = radius ? 1.12 * radius : reach;
  context.fillStyle = colours.text;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  for (const k of [0, 1, 2]) {
    const end = at([0, 1, 2].map((j) => (j === k ? long : 0))),
      foot = at([0, 1, 2].map((j) => (j === k ? (radius ?? 0) : 0)));
    context.globalAlpha = end[2] < 0 ? 0.35 : 0.8;
    line(context, [foot, end]);
    context.fillText(String(k + 1), end[0] + (end[0] < middle ? -7 : 7), end[1] + (end[1] < middle ? -3 : 11));
  }
  context.globalAlpha = 1;
}

export function drawTrails(context, paths, selected, colours) {
  context.lineJoin = "round";
  context.lineWidth = 1.3;
  context.strokeStyle = colours.key;
  const near = newPath(context),
    far = newPath(context);
  for (const [i, path] of paths.entries()) if (i !== selected) trail(path, near, far);
  stroke(context, near, 0.7);
  stroke(context, far, 0.25);
  context.strokeStyle = context.fillStyle = colours.query;
  context.lineWidth = 2.4;
  split(context, paths[selected], [1, 0.45]);
  for (const [x, y] of paths[selected].slice(1, -1)) dot(context, x, y, 2.4);
}

/** A path of a canvas, or of a drawing (save/vector.js). */
const newPath = (context) => context.newPath?.() ?? new Path2D();

function trail(path, near, far) {
  for (let k = 1; k < path.length; k++) {
    const to = path[k][2] >= -1e-9 ? near : far;
    to.moveTo(path[k - 1][0], path[k - 1][1]);
    to.lineTo(path[k][0], path[k][1]);
  }
}

/** A path whose parts behind the sphere are fainter. */
function split(context, path, [front, back]) {
  const near = newPath(context),
    far = newPath(context);
  trail(path, near, far);
  stroke(context, near, front);
  stroke(context, far, back);
}

function stroke(context, path, alpha) {
  const was = context.globalAlpha;
  context.globalAlpha = alpha;
  context.stroke(path);
  context.globalAlpha = was;
}

/** Bodies where they are now, from back to front; the selected one has a ring. `sizes` make one larger or smaller. */
export function drawBodies(context, places, { selected, names, sizes, size, colours }) {
  const order = places.map((_, i) => i).sort((i, j) => places[i][2] - places[j][2] || Number(i === selected) - Number(j === selected));
  context.lineWidth = 1.5;
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "left";
  for (const i of order) {
    const [x, y, depth] = places[i];
    if (x < -20 || y < -20 || x > size + 20 || y > size + 20) continue;
    context.globalAlpha = depth < -1e-9 ? 0.45 : 1;
    context.fillStyle = i === selected ? colours.query : colours.key;
    context.strokeStyle = colours.paper;
    dot(context, x, y, (i === selected ? 6.5 : 5) * (sizes?.[i] ?? 1));
    context.stroke();
    if (i === selected) {
      context.strokeStyle = colours.query;
      context.beginPath();
      context.arc(x, y, 11, 0, 2 * Math.PI);
      context.stroke();
    }
    if (i !== selected && places.length > NAMED) continue;
    context.strokeStyle = colours.paper;
    context.lineWidth = 3.5;
    const left = x + 13 + (i === selected ? 2 : 0) > size - 14 ? x - 24 : x + (i === selected ? 14 : 9),
      top = Math.max(14, y - 7);
    context.strokeText(names[i], left, top);
    context.fillStyle = colours.ink;
    context.fillText(names[i], left, top);
    context.lineWidth = 1.5;
  }
  context.globalAlpha = 1;
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function line(context, path) {
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x, y); // the first one moves there
  context.stroke();
}
