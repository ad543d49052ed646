// From a place to the pixel of a stage that shows it, and back: on its plane, or in the sphere as it is turned now.
import { turned, unturned } from "./turn.js";

/** To thousandths, and no -0. */
export const round = (value) => Math.round(value * 1000) / 1000 + 0;

/** [pixel across, pixel down, depth towards the reader]. */
export function seen({ x, y, scene }, place) {
  const [a, b, depth] = place.length === 3 ? turned(place, scene.turn) : [place[0], place[1], 0];
  return [x(a), y(b), depth];
}

/** The place under a pixel: on the plane; on a side of the sphere, 1 the near one; else as deep as the body `was`. */
export function placeOn(view, px, py, was, side = 1) {
  const { turn, radius } = view.scene;
  if (was.length === 2) return within(view, px, py).map(round);
  let [a, b] = [view.x.invert(px), view.y.invert(py)],
    [, , depth] = turned(was, turn);
  if (radius) {
    const far = Math.hypot(a, b) / radius;
    if (far > 1) [a, b] = [a / far, b / far];
    depth = side * Math.sqrt(Math.max(0, radius ** 2 - a * a - b * b));
  }
  return unturned([a, b, depth], turn).map(round);
}

/** The place under a pixel that is as deep as `was`, on no sphere: for what is no body. */
export function placeBeside(view, px, py, was) {
  const [a, b] = within(view, px, py);
  return was.length === 2 ? [a, b] : unturned([a, b, turned(was, view.scene.turn)[2]], view.scene.turn);
}

/** The place under a pixel of the plane, no further out than is shown. */
const within = ({ x, y, extent }, px, py) => [x.invert(px), y.invert(py)].map((v) => Math.max(-extent, Math.min(extent, v)));
