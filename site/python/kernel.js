// The page's side of Python: one worker, a queue of cells, and what is told of them. README.md holds the contract.

import { sound } from "./sound.js";

const CONTRACT = 1;
const VERSIONS = "Chrome and Edge from 137, Firefox from 131 and Safari from 18.4";
const WORDS = {
  unsupported: `This browser is too old to run Python in a page. It works in ${VERSIONS}.`,
  folder: "A page that was opened from a folder cannot run Python. Serve the book with “make serve”, or read it on its site.",
  missing: "Python for this page did not come. Reload the page, and try again when the connection is back.",
  damaged: "The program that runs Python came damaged. Reload the page to fetch it again.",
  version: "The book has been built anew since this page was opened. Reload the page, and Python will run again.",
  lost: "Python was lost. The next run starts it anew, without its variables.",
};

// (try_table (catch_all 0)): the exceptions that the runtime's module is built with, in the smallest module that has them
const EXCEPTIONS = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 2, 64, 31, 64, 1, 2, 0, 11, 11, 11],
);

class Fault extends Error {
  constructor(kind, words = WORDS[kind]) {
    super(words);
    this.kind = kind;
  }
}

/**
 * @param {{ asset: (name: string) => string, hear: (event: any) => void }} given asset gives the address of a file in _static
 */
export function openKernel({ asset, hear }) {
  const cells = []; // the first one runs, or waits for Python
  const asked = new Map(); // number → what waits for an answer
  let worker = null,
    ready = null, // promise of Python, from the first start on
    halt = () => {}, // what is loading is not waited for any more
    begun = null, // when the first cell began
    module = null,
    numbers = 0;

  function start() {
    if (!ready) {
      ready = begin();
      ready.catch(() => {}); // it is told as a fault
    }
    return ready;
  }

  async function begin() {
    let mine = true;
    const stopped = new Promise((_, fail) => {
      halt = () => {
        mine = false;
        fail(new Error("stopped"));
      };
    });
    try {
      const { card, program } = await Promise.race([fetched(asset), stopped]);
      const started = new Promise((/** @type {(value?: any) => void} */ done, fail) => {
        worker = opened(program, (event) => {
          if (!mine) return;
          if (event.fault && event.fault.kind !== "store") fail(new Fault(event.fault.kind, event.fault.words));
          take(event);
          if (event.ready) done();
        });
      });
      worker.postMessage({ start: { card, base: folderOf(asset("python/card.json")), module } });
      await Promise.race([started, stopped]);
    } catch (error) {
      if (mine) end("error", error instanceof Fault ? error : new Fault("lost"));
      throw error;
    }
  }

  function opened(program, take) {
    const address = URL.createObjectURL(program);
    const made = new Worker(address); // a worker out of the page's hands has the page's policy
    URL.revokeObjectURL(address);
    made.onmessage = ({ data }) => take(data);
    made.onerror = (event) => {
      event.preventDefault();
      take({ fault: { kind: "lost", words: WORDS.lost } });
    };
    return made;
  }

  /** What the worker says. */
  function take(event) {
    if (event.module) module = event.module;
    else if (event.answer) answer(event.answer.number, event.answer.value);
    else if (event.finished) done(event.finished.id);
    else if (event.fault && event.fault.kind !== "store") end("error", new Fault(event.fault.kind, event.fault.words));
    else {
      if (event.began) begun = performance.now();
      if (event.error && cells[0]) cells[0].status = "error";
      hear(event);
    }
  }

  function done(id) {
    const { status } = cells.shift();
    hear({ done: { id, status, seconds: (performance.now() - begun) / 1000 } });
    begun = null;
    next();
  }

  function next() {
    if (!cells.length || cells[0].sent) return;
    cells[0].sent = true;
    worker.postMessage({ run: cells[0].cell });
  }

  function answer(number, value) {
    asked.get(number)?.(value);
    asked.delete(number);
  }

  /** The worker is gone, and what waited for it hears so. */
  function end(status, fault = null) {
    halt();
    worker?.terminate();
    worker = ready = null;
    if (fault) hear({ fault: { kind: fault.kind, words: fault.message } });
    for (const number of [...asked.keys()]) answer(number, null);
    const seconds = begun === null ? 0 : (performance.now() - begun) / 1000;
    begun = null;
    for (const [i, { cell }] of cells.splice(0).entries())
      hear({ done: { id: cell.id, status: i ? "stopped" : status, seconds: i ? 0 : seconds } });
  }

  /** @returns {Promise<any>} null where Python does not run */
  function ask(what, { code, cursor }) {
    if (!worker) return Promise.resolve(null);
    const number = ++numbers;
    return new Promise((take) => {
      asked.set(number, take);
      worker.postMessage({ ask: { number, what, code, cursor } });
    });
  }

  return {
    start,
    run(cell) {
      cells.push({ cell, status: "ok", sent: false });
      start().then(
        () => worker && next(),
        () => {},
      );
    },
    stop: () => end("stopped"),
    restart() {
      end("stopped");
      return start();
    },
    async complete({ code, cursor }) {
      const found = await ask("complete", { code, cursor });
      return { from: cursor - (found?.typed ?? 0), to: cursor, matches: found?.matches ?? [] };
    },
    inspect: (where) => ask("inspect", where),
    comm(message) {
      worker?.postMessage({ comm: { buffers: [], ...message } });
    },
    file(given) {
      start().then(
        () => worker?.postMessage({ file: given }),
        () => {},
      );
    },
    close() {
      cells.length = 0;
      end("stopped");
    },
  };
}

const folderOf = (address) => new URL(".", new URL(address, document.baseURI)).href;

/** The card, which says what there is, and the worker's program. */
async function fetched(asset) {
  if (location.protocol === "file:") throw new Fault("unsupported", WORDS.folder);
  if (!globalThis.WebAssembly?.validate(EXCEPTIONS) || !globalThis.DecompressionStream) throw new Fault("unsupported");
  const card = await got(asset("python/card.json")).then((it) => it.json().catch(() => Promise.reject(new Fault("damaged"))));
  if (card.contract !== CONTRACT) throw new Fault("version");
  const program = await got(asset(`python/${card.worker.file}`)).then((it) => it.arrayBuffer());
  if (!(await sound(program, card.worker))) throw new Fault("damaged");
  return { card, program: new Blob([program], { type: "text/javascript" }) };
}

/** A file as it is now; without a network, as the browser has it. */
async function got(address) {
  const now = fetch(address, { cache: "no-cache" });
  const response = await now.catch(() => fetch(address, { cache: "force-cache" })).catch(() => null);
  if (!response?.ok) throw new Fault("missing");
  return response;
}
