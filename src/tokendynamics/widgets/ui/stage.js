// Where many bodies move: a plane, or a sphere that can be turned. Trails and bodies are drawn on a canvas at every
// frame (stage-canvas.js); on top of it stand their starts (stage-starts.js).
import { h } from "./dom.js";
import { drawAxes, square } from "./drawing.js";
import { held } from "./film.js";
import { fixed } from "./numbers.js";
import { drawBodies, drawSphere, drawTrails } from "./stage-canvas.js";
import { placeBeside, seen } from "./stage-places.js";
import { startsOn } from "./stage-starts.js";

/**
 * @param {object} given
 * @param {string} given.label
 * @param {number} [given.smallest] half the side of the smallest piece of plane that is shown
 * @param {(index: number, at: number[] | null) => void} given.onMove a start is dragged, null when it is let go
 * @param {(index: number) => void} given.onSelect
 * @param {(turn: [number, number]) => void} [given.onTurn] of a sphere, [yaw, pitch]
 * @param {() => void} given.onResize
 */
export function stage({ label, smallest = 1.2, onMove, onSelect, onTurn = () => {}, onResize }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const board = square({
    label,
    layers: ["axes", "felt", "tokens", "hands"],
    canvas,
    className: "td-stage",
    onSize(size) {
      view.x.range([0, size]);
      view.y.range([size, 0]);
      onResize();
    },
  });
  const view = Object.assign(board, {
    scene: null, // what was drawn last
    extent: smallest,
    dragging: false,
    held: false,
    draw,
    reset() {
      view.extent = smallest;
    },
    /** `make()` while the stage shows what is within `reach`, and neither more nor less. */
    framed: (reach, make) => held(view, () => fit(view, reach, smallest), make),
    pixel: (at) => seen(view, at),
    place: (px, py, was) => placeBeside(view, px, py, was),
  });
  const drawStarts = startsOn(view, { onMove, onSelect });
  let drawn = ""; // of the starts and the axes

  /**
   * scene: {starts, states, layer, selected, turn, radius, trails, reach, names, sizes, about(index)}. `states` are arrays of
   * places, a layer each; `layer` may lie between two; `reach` is how far out anything is that is drawn.
   */
  function draw(scene, colours) {
    view.scene = scene;
    if (!view.size) return;
    fit(view, scene.reach, smallest);
    paint(view, canvas, colours);
    const key = JSON.stringify([scene.starts, scene.selected, solid(scene) ? scene.turn : 0, view.size, view.extent]);
    if (key === drawn) return;
    drawn = key;
    axes(view);
    drawStarts();
  }

  turnedByHand(view, onTurn);
  return view;
}

const solid = ({ starts }) => starts[0].length === 3;

/** Zoom out at once when something leaves; zoom in only when all has come well inside. */
function fit(view, reach, smallest) {
  if (view.dragging || view.held) return;
  let extent = view.extent;
  while (extent < 1.1 * reach && extent < 1e9) extent *= 1.25;
  while (extent > smallest && extent / 1.7 > 1.1 * reach) extent /= 1.25;
  view.extent = Math.max(smallest, extent);
  view.x.domain([-view.extent, view.extent]);
  view.y.domain([-view.extent, view.extent]);
}

/** What moves, on the canvas, which can draw it again for a drawing that is saved. */
function paint(view, canvas, colours) {
  const { size, extent, scene } = view,
    { trails, selected, names, sizes } = scene;
  const context = canvas.getContext("2d");
  const density = canvas.width / size;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, size, size);
  const paths = pathsOf(view);
  const bodies = paths.map((path) => path.at(-1));
  const draw = (pen) => {
    if (solid(scene) || scene.radius) drawSphere(pen, scene, size / (2 * extent), size, colours);
    if (trails) drawTrails(pen, paths, selected, colours);
    drawBodies(pen, bodies, { selected, names, sizes, size, colours });
  };
  draw(context);
  canvas.again = { draw, side: size };
}

/** Each body's way to where it is now, in pixels; without trails only its last step. */
function pathsOf(view) {
  const { starts, states, layer, trails } = view.scene;
  const before = Math.floor(layer),
    part = layer - before;
  return starts.map((_, i) => {
    const path = [];
    for (let l = trails ? 0 : before; l <= before; l++) path.push(seen(view, states[l][i]));
    if (part > 0) {
      const a = states[before][i],
        b = states[before + 1][i];
      path.push(
        seen(
          view,
          a.map((v, j) => v + part * (b[j] - v)),
        ),
      );
    }
    return path;
  });
}

function axes(view) {
  const { x, layer, scene, size, extent } = view;
  if (solid(scene)) {
    layer.axes.selectAll("*").remove();
    return;
  }
  const ticks = x.ticks(size < 260 ? 2 : 6).filter((t) => t !== 0 && Math.abs(t) < extent * 0.88);
  drawAxes(view, { across: ticks, up: ticks, print: (t) => (Math.abs(t) < 1e4 ? fixed(t, t % 1 ? 1 : 0) : fixed(t)) });
}

/** The ground of a sphere turns it; a finger that goes up or down still scrolls the page. */
function turnedByHand(view, onTurn) {
  const ground = view.svg.node();
  let grip = null;
  ground.addEventListener("pointerdown", (event) => {
    const { scene } = view;
    if (!scene || !solid(scene) || event.target.closest(".td-token, .td-hand-of") || event.button) return;
    grip = { x: event.clientX, y: event.clientY, turn: scene.turn, id: event.pointerId };
    ground.setPointerCapture(event.pointerId);
  });
  ground.addEventListener("pointermove", (event) => {
    if (grip?.id !== event.pointerId) return;
    const degrees = 180 / (0.8 * view.size);
    const yaw = grip.turn[0] - (event.clientX - grip.x) * degrees,
      pitch = grip.turn[1] + (event.clientY - grip.y) * degrees;
    onTurn([Math.round(((((yaw + 180) % 360) + 360) % 360) - 180), Math.round(Math.max(-90, Math.min(90, pitch)))]);
  });
  ground.addEventListener("pointerup", () => {
    grip = null;
  });
  ground.addEventListener("pointercancel", () => {
    if (grip) onTurn(grip.turn); // it was a scroll, which began as a turn
    grip = null;
  });
}
