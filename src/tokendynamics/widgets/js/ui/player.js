// Play, pause and scrub through layers 0 to `last`.
import { button, h, reducedMotion, uid } from "./dom.js";

const SECONDS_A_LAYER = 1;

/** `get()` is the layer now, `set(layer)` asks for another, `onRest()` hears when it has come to rest; `readout` is shown beside. */
export function player({ last, get, set, onRest, readout }) {
  let frame = 0;
  const control = button("Play", () => (frame ? pause() : start()), { class: "td-button td-primary" });
  const id = uid("layer");
  const range = h("input", { id, type: "range", min: 0, max: last, step: 1, oninput: () => {
    if (frame) pause();
    set(Number(range.value)) && onRest();
  } });

  function start() {
    const from = get() >= last ? 0 : get();
    let begun = null;
    set(from);
    control.textContent = "Pause";
    frame = requestAnimationFrame(function tick(now) {
      begun ??= now;
      const exact = from + (now - begun) / 1000 / SECONDS_A_LAYER;
      const layer = Math.min(last, reducedMotion() ? Math.floor(exact) : exact); // whole layers where motion is unwelcome
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
    elements: [control, h("label", { for: id }, "Layer ", readout), range],
    stop,
    show(layer) {
      range.value = Math.round(layer);
      range.setAttribute("aria-valuetext", Math.round(layer) === 0 ? "0, the embedding" : `${Math.round(layer)} of ${last}`);
    },
  };
}
