// What moves under a hand or by keys: `node` groups of an SVG, whose data hold their `index`.
import { drag } from "d3-drag";

/** A key pressed with one of these is the browser's: Alt and an arrow go to the page before. */
export const withOthers = (event) => event.altKey || event.ctrlKey || event.metaKey;

const TOWARDS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** For `selection.call`: drag within `view`, which says so in `view.dragging`. `at(d)` is its pixel, `to(event, d)` the place under a pixel. */
export const draggable = (view, { at, to, onMove }) =>
  drag()
    .container(view.svg.node())
    .subject((_, d) => ({ x: at(d)[0], y: at(d)[1] }))
    .clickDistance(4)
    .on("start", () => {
      view.dragging = true;
    })
    .on("drag", (event, d) => onMove(d.index, to(event, d)))
    .on("end", (_, d) => {
      view.dragging = false;
      onMove(d.index, null);
    });

/** For `selection.on("keydown")`: `step(d, towards, fast)` is the place one step on; `others` are other keys, {Enter: (d) => …}. */
export const movedByKeys =
  ({ step, onMove, others }) =>
  (event, d) => {
    if (withOthers(event)) return;
    const towards = TOWARDS[event.key];
    if (towards) {
      d.at = step(d, towards, event.shiftKey); // a second key may come before the next frame
      onMove(d.index, d.at);
    } else if (others[event.key]) others[event.key](d);
    else return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
  };

/** By how much an arrow key goes on in a list, 0 for another key. */
export const listStep = (event) => (withOthers(event) ? 0 : ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] ?? 0));
