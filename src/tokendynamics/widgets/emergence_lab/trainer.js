// The page's side of the worker. The worker's script is text in this bundle: a blob of it starts from file:// as well, and under a
// policy that allows no script from elsewhere.
import source from "worker:./worker.js";

/** `hear(message)` is called with each record; throws with words where workers cannot start. */
export function trainer(hear, fail) {
  let worker = null;
  function start(config) {
    stop();
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      worker = new Worker(address);
    } catch (error) {
      return fail(
        `This page may not start a worker, so nothing can be trained in it (${error.message}). In a notebook, lab.train() does the same in Python.`,
      );
    }
    worker.onmessage = ({ data }) => hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      fail(`The training stopped: ${event.message || "its worker could not start"}. Reload the page, or use lab.train() in a notebook.`);
      stop();
    };
    worker.postMessage({ start: config });
    URL.revokeObjectURL(address);
  }
  function stop() {
    worker?.terminate();
    worker = null;
  }
  return { start, stop, say: (word) => worker?.postMessage(word) };
}
