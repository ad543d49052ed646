// The worker: what the page asks goes to Python, and what Python says goes to the page, in the words of the contract (README.md).

import { openRuntime } from "./runtime.js";
import { Fault, load } from "./store.js";

const say = (event, buffers = []) => postMessage(event, { transfer: buffers.map(({ buffer }) => buffer) });
let runtime = null,
  running = null; // the id of the cell that runs

const SHOWN = ["stream", "display", "update", "result", "clear", "error"];

/** What Python says. A cell can write there too: of what the worker alone may say nothing goes through. */
function message(head, buffers) {
  const [kind] = Object.keys(head);
  const body = head[kind];
  if (kind === "comm") say({ comm: { ...body, buffers: buffers.map(({ buffer }) => new DataView(buffer)) } }, buffers);
  else if (kind === "answer") say({ answer: body });
  else if (SHOWN.includes(kind)) say({ [kind]: { ...body, id: running } });
}

const does = {
  async start({ card, base, module }) {
    const began = performance.now();
    const loaded = await load({ card, base, module, say });
    runtime = await openRuntime({
      ...loaded,
      later: Object.entries(card.later),
      base,
      stream: (name, text) => say({ stream: { id: running, name, text } }),
      progress: (body) => say({ progress: body }),
      message,
    });
    say({ module: loaded.module }); // the page keeps it: the next start need not compile again
    say({ ready: { seconds: (performance.now() - began) / 1000, bytes: runtime.bytes() } });
  },
  run({ id, code, name }) {
    running = id;
    say({ began: { id } });
    runtime.request({ run: { code, name } });
    running = null;
    say({ finished: { id } });
  },
  ask({ number, what, code, cursor }) {
    runtime.request({ ask: { number, what, before: code.slice(0, cursor), after: code.slice(cursor) } });
  },
  comm({ comm_id, data, buffers }) {
    runtime.request({ comm: { comm_id, data } }, buffers);
  },
  file: ({ name, bytes }) => runtime.file(name, bytes),
};

/** Why it came to nothing, as the contract says it. */
function fault(error) {
  if (error instanceof Fault) return { kind: error.kind, words: error.message };
  if (error instanceof RangeError)
    return { kind: "memory", words: "There is not enough memory for Python in this page. Close other pages, or run the notebook." };
  const why = /unreachable/i.test(error?.message)
    ? " in something that it cannot do in a page"
    : ", as it is after a very deep recursion or when memory ends";
  const words = `Python was lost${why}. The next run starts it anew, without its variables.`;
  return { kind: "lost", words };
}

let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  const [[what, given]] = Object.entries(data);
  last = last
    .then(() => does[what](given))
    .catch((error) => {
      console.debug(error); // for whoever mends this; a reader gets words
      say({ fault: fault(error) });
    });
});
