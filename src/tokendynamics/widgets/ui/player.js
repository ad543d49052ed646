// Play, pause and scrub through layers 0 to `last`.
import { button, h, reducedMotion, uid } from "./dom.js";
import { EVERY, MOST } from "./film.js";

const LONGEST = 250; // milliseconds from one frame to the next; what is more was spent asleep, and nobody saw it

/**
 * `get()` is the layer now, `set(layer)` asks for another, `onRest()` hears when it has come to rest; `readout` is shown
 * beside. `first` is what layer 0 is called; `show` may be told of another last layer.
 */
export function player({ last, get, set, onRest, readout, secondsALayer = 1, first = "the embedding", label = "Layer " }) {
  let frame = 0;
  const control = button("Play", () => (frame ? pause() : start()), { class: "td-button td-primary" });
  const id = uid("layer");
  const range = h("input", {
    id,
    type: "range",
    min: 0,
    max: last,
    step: 1,
    oninput: () => {
      if (frame) pause();
      set(Number(range.value)) && onRest();
    },
  });

  function start() {
    let exact = get() >= last ? 0 : get(),
      before = null;
    set(exact);
    control.textContent = "Pause";
    frame = requestAnimationFrame(function tick(now) {
      exact += Math.min(now - (before ?? now), LONGEST) / 1000 / secondsALayer;
      before = now;
      const fine = Math.round(exact * 1000) / 1000; // short in a link, too fine to be seen
      const layer = Math.min(last, reducedMotion() ? Math.floor(exact) : fine); // whole layers where motion is unwelcome
      if (layer !== get()) set(layer);
      if (layer >= last) return pause();
      frame = requestAnimationFrame(tick);
    });
  }
  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    control.textContent = "Play";
  }
  function pause() {
    stop();
    onRest();
  }

  return {
    element: h("div", { class: "td-time" }, control, h("label", { for: id }, label, readout), range),
    stop,
    /** The layers in the frames of an animation, as fast as Play where that is not too many. */
    frames() {
      const steps = Math.min(MOST - 1, Math.ceil((1000 * secondsALayer * last) / EVERY));
      return Array.from({ length: steps + 1 }, (_, k) => (k < steps ? Math.round((1000 * last * k) / steps) / 1000 : last));
    },
    play() {
      if (!frame) start();
    },
    show(layer, end = last) {
      if (end !== last) range.max = last = end;
      range.value = Math.round(layer);
      range.setAttribute("aria-valuetext", Math.round(layer) === 0 ? `0, ${first}` : `${Math.round(layer)} of ${last}`);
    },
  };
}
