// The page's side of the real model: a worker computes, and this file brings it what the build put into _static/minilm (site/book_real_model.py).
// Everything there is a script that hands over its text: a page opened from a folder may load nothing else. Nothing is asked for before the first `run`.
import { h } from "../../ui/dom.js";
import { wordsOf } from "./faults.js";

const FOLDER = "minilm";

/**
 * `run(wanted)` may be called at any rate: the latest request counts. `stop()` stops loading and computing; what has come stays, and the next `run`
 * goes on from there. `close()` ends the worker.
 * @param {object} page
 * @param {(name: string) => string} page.asset the address of a file that stands in _static
 * @param {(own: any) => void} page.hear answers, in the form of own.js
 * @param {(far: { loaded: number, total: number, kept: number }) => void} page.progress bytes of the model's files: come, asked for, and, of those
 *   that have come, found in the browser's store
 * @param {(fault: { words: string, again: (() => void) | null }) => void} page.fail what went wrong, in words; `again` goes on from where it stopped,
 *   and is null where it goes on by itself
 */
export function openModel({ asset, hear, progress, fail }) {
  let worker = null,
    card = "", // its text, which the worker was started with
    wanted = null, // the latest request; null after a stop
    starting = null,
    past = ""; // makes addresses new to the browser's cache, after something damaged came out of it

  async function start() {
    const listed = await handed(address("card.js", past));
    if (!wanted) return;
    if (worker && listed === card) return worker.postMessage({ wanted });
    const { files, worker: program } = JSON.parse(listed);
    const first = Object.entries(files).filter(([file]) => !file.startsWith("words-"));
    progress({ loaded: 0, total: first.reduce((sum, [, { bytes }]) => sum + bytes, 0), kept: 0 });
    const source = await handed(address(program.script, `?v=${program.crc}${past.replace("?", "&")}`));
    if (!wanted) return;
    begin(source, listed);
    worker.postMessage({ wanted });
  }

  function begin(source, listed) {
    worker?.terminate();
    // a blob starts from file:// as well, and under a policy that allows no script from elsewhere
    const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    worker = new Worker(blob);
    URL.revokeObjectURL(blob);
    card = listed;
    worker.onmessage = ({ data }) => take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      end();
      say({ kind: "worker", message: event.message });
    };
    worker.postMessage({ card: JSON.parse(listed) });
  }

  async function take({ ask, own, progress: far, fault, unkept }) {
    if (ask) return bring(ask);
    if (!wanted) return;
    if (own) hear(own);
    else if (far) progress(far);
    else if (unkept) fail({ words: wordsOf({ kind: "unkept" }), again: null });
    else say(fault);
  }

  /** A piece for the worker; null where it does not come. */
  async function bring({ script, crc, again }) {
    const to = worker;
    const text = await handed(address(script, `?v=${crc}${again ? `&again=${again}` : ""}`)).catch(() => null);
    to.postMessage({ script, text });
  }

  const address = (script, version) => asset(`${FOLDER}/${script}`) + version;

  function say(fault) {
    const request = wanted;
    if (fault.kind === "damaged") past = `?again=${Date.now()}`; // the list too may be an old one
    fail({ words: wordsOf(fault), again: () => go(request, fault.kind === "damaged") });
  }

  function go(request, anew = false) {
    wanted = request;
    if (worker && !anew && !starting) return worker.postMessage({ wanted });
    starting ??= start()
      .catch((error) => wanted && say({ kind: error.kind ?? "worker", message: error.message, script: error.script }))
      .finally(() => (starting = null));
  }

  function end() {
    worker?.terminate();
    worker = null;
  }

  return {
    run: (request) => go(request),
    stop() {
      wanted = null;
      worker?.postMessage("stop");
    },
    close() {
      wanted = null;
      end();
    },
  };
}

/** The text that a script hands over to its tag. */
function handed(src) {
  return new Promise((done, fail) => {
    const end = () => {
      tag.remove();
      fail(Object.assign(new Error(), { kind: "missing", script: src })); // no text was handed over, or this is not heard any more
    };
    const tag = h("script", { src, ontext: ({ detail }) => done(detail), onload: end, onerror: end });
    document.head.append(tag);
  });
}
