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
  const born = (speck = {}) =>
    Object.assign(speck, { x: Math.random(), y: Math.random(), left: LIVES[0] + Math.random() * (LIVES[1] - LIVES[0]) });

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

  /** The field at a place of the unit square, between the four points of the grid around it. */
  function at(x, y) {
    const u = Math.min(CELLS - 1.001, x * (CELLS - 1)),
      v = Math.min(CELLS - 1.001, y * (CELLS - 1));
    const [i, j] = [Math.floor(u), Math.floor(v)],
      [a, b] = [u - i, v - j];
    const corner = (di, dj) => field[(j + dj) * CELLS + i + di];
    return [0, 1].map(
      (k) => (1 - b) * ((1 - a) * corner(0, 0)[k] + a * corner(1, 0)[k]) + b * ((1 - a) * corner(0, 1)[k] + a * corner(1, 1)[k]),
    );
  }

  function paint(seconds) {
    const size = board.size;
    if (canvas.width !== board.canvas.width) canvas.width = canvas.height = board.canvas.width;
    const context = canvas.getContext("2d"),
      density = canvas.width / size;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.globalCompositeOperation = "destination-out"; // what was drawn before fades
    context.fillStyle = "rgb(0 0 0 / 6%)";
    context.fillRect(0, 0, size, size);
    context.globalCompositeOperation = "source-over";
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.lineCap = "round";
    context.beginPath();
    for (const speck of specks) {
      const [dx, dy] = at(speck.x, speck.y);
      const x = speck.x + (dx * SPEED * seconds) / size,
        y = speck.y + (dy * SPEED * seconds) / size;
      speck.left -= seconds;
      if (speck.left < 0 || x < 0 || x >= 1 || y < 0 || y >= 1) {
        born(speck);
        continue;
      }
      context.moveTo(speck.x * size, speck.y * size);
      context.lineTo(x * size, y * size);
      [speck.x, speck.y] = [x, y];
    }
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
      const places = [];
      for (let j = 0; j < CELLS; j++)
        for (let i = 0; i < CELLS; i++)
          places.push([board.x.invert((i / (CELLS - 1)) * board.size), board.y.invert((j / (CELLS - 1)) * board.size)]);
      const vectors = vectorsAt(places);
      const longest = Math.max(...vectors.map(([a, b]) => Math.hypot(a, b))) || 1;
      field = vectors.map(([a, b]) => {
        const squeezed = 1 / Math.sqrt(longest * (Math.hypot(a, b) || 1)); // the weak ones show too
        return [a * squeezed, -b * squeezed];
      });
      go();
    },
    stop() {
      watch.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
