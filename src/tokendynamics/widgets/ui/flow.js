// A field as a flow: specks that drift along it, slowly, for as long as the picture is in sight. Where motion is unwelcome there are none.
import { h, reducedMotion } from "./dom.js";

const SPECKS = 150,
  CELLS = 20, // along a side of the grid on which the field is known; in between it is interpolated
  SPEED = 46, // pixels a second where the field is strongest
  LIVES = [1.5, 4.5], // seconds
  SHORTEST = 10; // milliseconds from one picture to the next: each fades the one before, and fast screens would show no trails

/** For a plane: `draw(vectors at(points), colour)` gives the field of now, null for none. Its canvas lies between the landscape and the marks. */
export function flow(board) {
  const canvas = h("canvas", { class: "td-flow", "aria-hidden": "true" });
  board.canvas.after(canvas);
  let field = null,
    colour = "",
    specks = [],
    frame = 0,
    last = 0,
    inSight = false;
  const watch = new IntersectionObserver(([entry]) => {
    inSight = entry.isIntersecting;
    go();
  });
  watch.observe(canvas);

  function go() {
    if (frame || !field || !inSight || reducedMotion()) return;
    last = performance.now();
    frame = requestAnimationFrame(tick);
  }
  function tick(now) {
    frame = 0;
    if (!field || !inSight || reducedMotion()) return;
    if (now - last >= SHORTEST) {
      paint(Math.min(0.05, (now - last) / 1000));
      last = now;
    }
    frame = requestAnimationFrame(tick);
  }

  function paint(seconds) {
    const context = faded(canvas, board);
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.lineCap = "round";
    context.beginPath();
    for (const speck of specks) drift(speck, field, seconds, board.size, context);
    context.stroke();
  }

  return {
    draw(vectorsAt, ink) {
      colour = ink;
      if (!vectorsAt || reducedMotion()) {
        if (field) canvas.width = 1; // wiped
        field = null;
        return;
      }
      if (!specks.length) specks = Array.from({ length: SPECKS }, () => born());
      field = squeezed(vectorsAt(gridOn(board)));
      go();
    },
    stop() {
      watch.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}

/** Give a speck a new place and a new life. */
const born = (speck = {}) =>
  Object.assign(speck, { x: Math.random(), y: Math.random(), left: LIVES[0] + Math.random() * (LIVES[1] - LIVES[0]) });

/** Move a speck along the field and draw its way; one that is too old or leaves the square is born again. */
function drift(speck, field, seconds, size, context) {
  const [dx, dy] = fieldAt(field, speck.x, speck.y);
  const x = speck.x + (dx * SPEED * seconds) / size,
    y = speck.y + (dy * SPEED * seconds) / size;
  speck.left -= seconds;
  if (speck.left < 0 || x < 0 || x >= 1 || y < 0 || y >= 1) {
    born(speck);
    return;
  }
  context.moveTo(speck.x * size, speck.y * size);
  context.lineTo(x * size, y * size);
  [speck.x, speck.y] = [x, y];
}

/** The field at a place of the unit square, between the four points of the grid around it. */
function fieldAt(field, x, y) {
  const u = Math.min(CELLS - 1.001, x * (CELLS - 1)),
    v = Math.min(CELLS - 1.001, y * (CELLS - 1));
  const [i, j] = [Math.floor(u), Math.floor(v)],
    [a, b] = [u - i, v - j];
  const corner = (di, dj) => field[(j + dj) * CELLS + i + di];
  return [0, 1].map(
    (k) => (1 - b) * ((1 - a) * corner(0, 0)[k] + a * corner(1, 0)[k]) + b * ((1 - a) * corner(0, 1)[k] + a * corner(1, 1)[k]),
  );
}

/** The canvas, as large as the board's, to draw on: what was drawn before is fainter. */
function faded(canvas, board) {
  if (canvas.width !== board.canvas.width) canvas.width = canvas.height = board.canvas.width;
  const { size } = board,
    density = canvas.width / size;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.globalCompositeOperation = "destination-out";
  context.fillStyle = "rgb(0 0 0 / 6%)";
  context.fillRect(0, 0, size, size);
  context.globalCompositeOperation = "source-over";
  return context;
}

/** The places of the plane at which the field is asked for, row by row. */
function gridOn({ x, y, size }) {
  const stops = Array.from({ length: CELLS }, (_, i) => (i / (CELLS - 1)) * size);
  return stops.flatMap((down) => stops.map((across) => [x.invert(across), y.invert(down)]));
}

/** Vectors as a speck takes them, down the screen and at most 1 long: the weak ones show too. */
function squeezed(vectors) {
  const longest = Math.max(...vectors.map(([a, b]) => Math.hypot(a, b))) || 1;
  return vectors.map(([a, b]) => {
    const shrink = 1 / Math.sqrt(longest * (Math.hypot(a, b) || 1));
    return [a * shrink, -b * shrink];
  });
}
