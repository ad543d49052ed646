// Trains beside the page, in slices short enough that a pause is heard at once. Messages in: {start: config}, "pause", "resume",
// "step" (as far as the next record). Messages out: records of engine.js, and {ended: true}.
import { training } from "./engine.js";

const SLICE = 40; // milliseconds
let run = null,
  going = false,
  stepping = false,
  timer;

function slice() {
  const until = performance.now() + SLICE;
  while (going && run && performance.now() < until) {
    const { value, done } = run.next();
    if (value) postMessage(value);
    if (done || value?.diverged) {
      run = null;
      postMessage({ ended: true });
    } else if (value && stepping) going = stepping = false;
  }
  if (going && run) timer = setTimeout(slice);
}

self.onmessage = ({ data }) => {
  clearTimeout(timer);
  if (data.start) run = training(data.start);
  stepping = data === "step";
  going = data !== "pause";
  if (going) slice();
};
