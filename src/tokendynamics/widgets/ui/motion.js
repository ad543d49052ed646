// From one state to another before the reader's eyes: numbers go there in a short motion, all else is there at once.
import { reducedMotion } from "./dom.js";

const LASTS = 600; // milliseconds
const quiet = { say() {}, clear() {} };

/** For a store: `move(to, after)` begins a motion of the traits `smooth`, after which `after` comes; `finish()` ends it. Each says whether the state was taken. */
export function motionOf(store, smooth) {
  let frame = 0,
    target = null,
    then = null; // what comes once the motion has ended

  /** The widget takes `to` first, so that what cannot be is refused in words before anything moves. */
  function move(to, after = null) {
    finish();
    const from = store.plain();
    if (!store.change(to)) return false;
    then = after;
    const end = store.state;
    if (reducedMotion() || !store.change(between(from, end, 0, smooth), quiet)) {
      target = end;
      return finish();
    }
    target = end;
    let begun = null;
    frame = requestAnimationFrame(function tick(now) {
      begun ??= now;
      const share = (now - begun) / LASTS;
      if (share >= 1 || !store.change(between(from, end, share, smooth), quiet)) return finish();
      frame = requestAnimationFrame(tick);
    });
    return true;
  }

  /** Be there at once: a reader who takes hold of something does not wait for a motion to end. */
  function finish() {
    cancelAnimationFrame(frame);
    if (!target) return false;
    const taken = store.change(target);
    target = null;
    then?.();
    then = null;
    return taken;
  }
  return { move, finish };
}

/** A state on the way: numbers of `names` in between where both ends have the same shape, all else as it will be. */
function between(from, to, share, names) {
  return { ...to, ...Object.fromEntries(names.map((name) => [name, mix(from[name], to[name], share)])) };
}

function mix(a, b, share) {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return b.map((each, i) => mix(a[i], each, share));
  return typeof a === "number" && typeof b === "number" ? a + (b - a) * share : b;
}
