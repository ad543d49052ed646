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
export const openKernel = ({ asset, hear }) => new Kernel(asset, hear);

class Kernel {
  constructor(asset, hear) {
    this.asset = asset;
    this.hear = hear;
    this.cells = []; // the first one runs, or waits for Python
    this.begun = null; // when it began
    this.asked = new Map(); // number → what waits for an answer
    this.numbers = 0;
    this.worker = null;
    this.ready = null; // promise of Python, from the first start on
    this.halt = () => {}; // what is loading is not waited for any more
    this.module = null;
  }

  // ---------------------------------------------------------------- the contract

  start() {
    if (!this.ready) {
      this.ready = this.begin();
      this.ready.catch(() => {}); // it is told as a fault
    }
    return this.ready;
  }

  run(cell) {
    this.cells.push({ cell, status: "ok", sent: false });
    this.start().then(
      () => this.worker && this.next(),
      () => {},
    );
  }

  stop() {
    this.end("stopped");
  }

  restart() {
    this.end("stopped");
    return this.start();
  }

  async complete({ code, cursor }) {
    const found = await this.ask("complete", { code, cursor });
    return { from: cursor - (found?.typed ?? 0), to: cursor, matches: found?.matches ?? [] };
  }

  inspect(where) {
    return this.ask("inspect", where);
  }

  comm(message) {
    this.worker?.postMessage({ comm: { buffers: [], ...message } });
  }

  file(given) {
    this.start().then(
      () => this.worker?.postMessage({ file: given }),
      () => {},
    );
  }

  close() {
    this.cells.length = 0;
    this.end("stopped");
  }

  // ---------------------------------------------------------------- the worker's life

  async begin() {
    let mine = true;
    const stopped = new Promise((_, fail) => {
      this.halt = () => {
        mine = false;
        fail(new Error("stopped"));
      };
    });
    try {
      const { card, program } = await Promise.race([fetched(this.asset), stopped]);
      const started = new Promise((/** @type {(value?: any) => void} */ done, fail) => {
        this.worker = opened(program, (event) => {
          if (!mine) return;
          if (event.fault && event.fault.kind !== "store") fail(new Fault(event.fault.kind, event.fault.words));
          this.take(event);
          if (event.ready) done();
        });
      });
      this.worker.postMessage({ start: { card, base: folderOf(this.asset("python/card.json")), module: this.module } });
      await Promise.race([started, stopped]);
    } catch (error) {
      if (mine) this.end("error", error instanceof Fault ? error : new Fault("lost"));
      throw error;
    }
  }

  /** What the worker says. */
  take(event) {
    if (event.module) this.module = event.module;
    else if (event.answer) this.answer(event.answer.number, event.answer.value);
    else if (event.finished) this.done(event.finished.id);
    else if (event.fault && event.fault.kind !== "store") this.end("error", new Fault(event.fault.kind, event.fault.words));
    else {
      if (event.began) this.begun = performance.now();
      if (event.error && this.cells[0]) this.cells[0].status = "error";
      this.hear(event);
    }
  }

  /** The worker is gone, and what waited for it hears so. */
  end(status, fault = null) {
    this.halt();
    this.worker?.terminate();
    this.worker = this.ready = null;
    if (fault) this.hear({ fault: { kind: fault.kind, words: fault.message } });
    for (const number of [...this.asked.keys()]) this.answer(number, null);
    const seconds = this.begun === null ? 0 : (performance.now() - this.begun) / 1000;
    this.begun = null;
    for (const [i, { cell }] of this.cells.splice(0).entries())
      this.hear({ done: { id: cell.id, status: i ? "stopped" : status, seconds: i ? 0 : seconds } });
  }

  // ---------------------------------------------------------------- its cells, and what it is asked

  next() {
    if (!this.cells.length || this.cells[0].sent) return;
    this.cells[0].sent = true;
    this.worker.postMessage({ run: this.cells[0].cell });
  }

  done(id) {
    const { status } = this.cells.shift();
    this.hear({ done: { id, status, seconds: (performance.now() - this.begun) / 1000 } });
    this.begun = null;
    this.next();
  }

  /** @returns {Promise<any>} null where Python does not run */
  ask(what, { code, cursor }) {
    if (!this.worker) return Promise.resolve(null);
    const number = ++this.numbers;
    return new Promise((take) => {
      this.asked.set(number, take);
      this.worker.postMessage({ ask: { number, what, code, cursor } });
    });
  }

  answer(number, value) {
    this.asked.get(number)?.(value);
    this.asked.delete(number);
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
