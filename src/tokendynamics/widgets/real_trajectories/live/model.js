// The page's side of the real model: a worker computes, and this file brings it what the build put into _static/minilm (site/book_real_model.py).
// Everything there is a script that hands over its text: a page opened from a folder may load nothing else. Nothing is asked for before the first `run`.
import { h } from "../../ui/dom.js";
import { wordsOf } from "./faults.js";

const FOLDER = "minilm";

/**
 * @typedef {object} Page
 * @property {(name: string) => string} asset the address of a file that stands in _static
 * @property {(own: any) => void} hear answers, in the form of own.js
 * @property {(far: { loaded: number, total: number, kept: number }) => void} progress bytes of the model's files: come, asked for, and, of those
 *   that have come, found in the browser's store
 * @property {(fault: { words: string, again: (() => void) | null }) => void} fail what went wrong, in words; `again` goes on from where it stopped,
 *   and is null where it goes on by itself
 */

/**
 * `run(wanted)` may be called at any rate: the latest request counts. `stop()` stops loading and computing; what has come stays, and the next `run`
 * goes on from there. `close()` ends the worker.
 * @param {Page} page
 */
export const openModel = (page) => new PageModel(page);

class PageModel {
  worker = null;
  card = ""; // its text, which the worker was started with
  wanted = null; // the latest request; null after a stop
  starting = null;
  past = ""; // makes addresses new to the browser's cache, after something damaged came out of it

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
  }

  run(request) {
    this.go(request);
  }

  go(request, anew = false) {
    this.wanted = request;
    if (this.worker && !anew && !this.starting) return this.worker.postMessage({ wanted: request });
    this.starting ??= this.start()
      .catch((error) => this.wanted && this.say({ kind: error.kind ?? "worker", message: error.message, script: error.script }))
      .finally(() => {
        this.starting = null;
      });
  }

  async start() {
    const listed = await handed(this.address("card.js", this.past));
    if (!this.wanted) return;
    if (!this.worker || listed !== this.card) {
      const { files, worker: program } = JSON.parse(listed);
      const first = Object.entries(files).filter(([file]) => !file.startsWith("words-"));
      this.page.progress({ loaded: 0, total: first.reduce((sum, [, { bytes }]) => sum + bytes, 0), kept: 0 });
      const source = await handed(this.address(program.script, `?v=${program.crc}${this.past.replace("?", "&")}`));
      if (!this.wanted) return;
      this.begin(source, listed);
    }
    this.worker.postMessage({ wanted: this.wanted });
  }

  begin(source, listed) {
    this.worker?.terminate();
    // a blob starts from file:// as well, and under a policy that allows no script from elsewhere
    const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.worker = new Worker(blob);
    URL.revokeObjectURL(blob);
    this.card = listed;
    this.worker.onmessage = ({ data }) => this.take(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.end();
      this.say({ kind: "worker", message: event.message });
    };
    this.worker.postMessage({ card: JSON.parse(listed) });
  }

  async take({ ask, own, progress: far, fault, unkept }) {
    if (ask) return this.bring(ask);
    if (!this.wanted) return;
    if (own) this.page.hear(own);
    else if (far) this.page.progress(far);
    else if (unkept) this.page.fail({ words: wordsOf({ kind: "unkept" }), again: null });
    else this.say(fault);
  }

  /** A piece for the worker; null where it does not come. */
  async bring({ script, crc, again }) {
    const to = this.worker;
    const text = await handed(this.address(script, `?v=${crc}${again ? `&again=${again}` : ""}`)).catch(() => null);
    to.postMessage({ script, text });
  }

  address(script, version) {
    return this.page.asset(`${FOLDER}/${script}`) + version;
  }

  say(fault) {
    const request = this.wanted;
    if (fault.kind === "damaged") this.past = `?again=${Date.now()}`; // the list too may be an old one
    this.page.fail({ words: wordsOf(fault), again: () => this.go(request, fault.kind === "damaged") });
  }

  stop() {
    this.wanted = null;
    this.worker?.postMessage("stop");
  }

  close() {
    this.wanted = null;
    this.end();
  }

  end() {
    this.worker?.terminate();
    this.worker = null;
  }
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
