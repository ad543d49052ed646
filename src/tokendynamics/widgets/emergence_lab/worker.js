// Trains beside the page, in slices short enough that a pause is heard at once. Messages in: {start: config}, "pause", "resume",
// "step" (as far as the next record), {on: {steps, every}} for a run that has ended. Messages out: what engine.js yields, and {ended: true}.
import { training } from "./engine.js";

const SLICE = 40; // milliseconds
let run = null,
  going = false,
  stepping = false,
  more,
  timer;

function slice() {
  const until = performance.now() + SLICE;
  while (going && run && performance.now() < until) {
    const { value, done } = run.next(more);
    more = undefined;
    if (value) postMessage(value);
    if (value?.diverged) postMessage({ ended: true });
    if (done || value?.diverged) run = null;
    else if (value?.ended || (value && stepping && !("back" in value))) going = stepping = false;
  }
  if (going && run) timer = setTimeout(slice);
}

self.onmessage = ({ data }) => {
  clearTimeout(timer);
  if (data.start) run = training(data.start);
  more = data.on;
  stepping = data === "step";
  going = data !== "pause";
  if (going) slice();
};
