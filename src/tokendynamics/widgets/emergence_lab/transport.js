// The buttons that train: Train, which pauses and resumes; Step; and Train on, which stops what is training.

import { button } from "../ui/dom.js";

/** @param {import("./runs.js").Runs} runs */
export function transport(runs) {
  const start = button("Train", () => runs.trainOrPause(), { class: "td-button td-primary td-waits" });
  const step = button("Step", () => runs.step(), { class: "td-button td-waits" });
  const on = button("Train on", () => runs.stopOrTrainOn(), { class: "td-button td-waits" });
  return {
    elements: [start, step, on],
    show(state) {
      const { training } = runs;
      start.textContent = training === "going" ? "Pause" : training ? "Resume" : "Train";
      on.textContent = training ? "Stop" : "Train on";
      on.disabled = !training && !runs.further(state);
      step.disabled = training === "going";
    },
  };
}
