// A potential as filled contours with numbers, on a canvas.
import { contours } from "d3-contour";
import { scaleLinear } from "d3-scale";
import { fixed } from "../ui/numbers.js";

const BEYOND = 1.08; // the grid reaches past the frame, where contours are closed by force

/** The centres of a grid's cells, `side` × `side`, as points of the plane, top row first. */
export function gridPoints(extent, side) {
  const reach = extent * BEYOND;
  const at = (i) => -reach + ((i + 0.5) * 2 * reach) / side;
  const points = [];
  for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) points.push([at(column), -at(row)]);
  return points;
}

/** Draw `values` at `gridPoints`. `style` holds low, high, line and text colours; `pixel` is how many of the canvas's make one of the plane's. */
export function drawLandscape(canvas, values, style, pixel) {
  const side = canvas.width;
  canvas.again = { side, draw: (context) => draw(context, side, values, style, pixel) }; // for a drawing that is saved
  canvas.again.draw(canvas.getContext("2d"));
}

function draw(context, size, values, style, pixel) {
  const side = Math.sqrt(values.length);
  let low = Infinity,
    high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  context.fillStyle = style.low;
  context.fillRect(0, 0, size, size);
  if (!(high - low > 1e-9 * Math.max(1, Math.abs(high)))) return; // flat: nobody pulls

  const levels = scaleLinear().domain([low, high]).ticks(11);
  const colour = scaleLinear([levels[0], levels.at(-1)], [style.low, style.high]).clamp(true);
  const shapes = contours().size([side, side]).thresholds(levels)(values);
  const unit = (size * BEYOND) / side;
  const off = (-size * (BEYOND - 1)) / 2;
  context.save();
  context.translate(off, off);
  context.lineWidth = size / 600;
  context.strokeStyle = style.line;
  for (const shape of shapes) {
    context.beginPath();
    for (const polygon of shape.coordinates)
      for (const ring of polygon) {
        const [[x, y], ...rest] = ring;
        context.moveTo(x * unit, y * unit); // or a line would come from the start of the ring before
        for (const [a, b] of rest) context.lineTo(a * unit, b * unit);
        context.closePath();
      }
    context.fillStyle = colour(shape.value);
    context.fill();
    context.stroke();
  }
  number(context, shapes, { unit, side }, style, pixel);
  context.restore();
}

/** The level's number where its line crosses the falling diagonal, every second level, away from the frame. */
function number(context, shapes, { unit, side }, style, pixel) {
  context.font = `${11 * pixel}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3 * pixel;
  const taken = [];
  shapes.forEach((shape, i) => {
    if (i % 2) return;
    let best,
      off = Infinity;
    for (const polygon of shape.coordinates)
      for (const ring of polygon)
        for (const point of ring) {
          const [a, b] = point;
          if (Math.min(a, b, side - a, side - b) < side / 12) continue; // too near the frame
          const distance = Math.abs(a - b);
          if (distance < off) [best, off] = [point, distance];
        }
    if (!best || taken.some(([a, b]) => Math.hypot(a - best[0], b - best[1]) < side / 12)) return;
    taken.push(best);
    const text = fixed(shape.value, 1);
    context.strokeStyle = style.halo;
    context.strokeText(text, best[0] * unit, best[1] * unit);
    context.fillStyle = style.text;
    context.fillText(text, best[0] * unit, best[1] * unit);
  });
}
