// The model's files in the worker: from the browser's store, else piece by piece from the page, which alone can load them when it was opened from
// a folder. Base64 and checksums are worked out here, where they hold nobody up.
import { browserStore } from "../../ui/browser_store.js";

const AT_ONCE = 3; // pieces on their way

/** Why a file is not there: kind is "missing", "damaged" or "stopped". */
export class Fault extends Error {
  constructor(kind, detail = {}) {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }
}

/**
 * @param {any} card what card.js says (site/book_real_model.py)
 * @param {(message: object) => void} say to the page: {ask: {script, crc, again}}, {progress: {loaded, total, kept}} in bytes, {unkept: true}
 */
export function openShelf(card, say) {
  const shelf = new Shelf(card, say);
  return { need: (file) => shelf.need(file), take: (piece) => shelf.take(piece), halt: () => shelf.halt() };
}

class Shelf {
  coming = new Map(); // file → promise of it
  parts = new Map(); // file → { bytes, missing: Set of pieces, done, fail }
  faults = new Map(); // script → how often it came to nothing: the next time it is asked past the browser's cache
  flying = new Set(); // scripts on their way
  there = new Map(); // file → bytes of it that have come
  kept = new Set(); // files that the browser had
  waiting = []; // { file, i }
  halts = 0;

  /**
   * @param {any} card
   * @param {(message: object) => void} say
   */
  constructor({ files }, say) {
    this.files = files;
    this.say = say;
    this.whereIs = new Map(Object.entries(files).flatMap(([file, { pieces }]) => pieces.map(({ script }, i) => [script, { file, i }])));
    this.counted = new Set(Object.keys(files).filter((file) => !file.startsWith("words-"))); // of the words each sentence needs a few
    this.store = browserStore("tokendynamics-minilm", () => say({ unkept: true }));
    this.store.forgetAllBut(new Set(Object.entries(files).map(([file, about]) => key(file, about))));
  }

  far() {
    const sum = (files, size) => [...files].reduce((all, file) => all + size(file), 0);
    const whole = (file) => this.files[file].bytes;
    return { loaded: sum(this.there.keys(), (file) => this.there.get(file)), total: sum(this.counted, whole), kept: sum(this.kept, whole) };
  }

  /** A file of the model, its bytes or its text. Whoever asks keeps it: asked for again, it is fetched again. */
  need(file) {
    if (!this.coming.has(file)) {
      const found = this.find(file).finally(() => this.coming.delete(file));
      found.catch(() => {}); // who asks hears of it; that is enough
      this.coming.set(file, found);
    }
    return this.coming.get(file);
  }

  async find(file) {
    const about = this.files[file];
    const began = this.halts;
    this.counted.add(file);
    let bytes = this.parts.has(file) ? null : await stored(this.store, file, about);
    if (this.halts > began) throw new Fault("stopped");
    if (bytes) {
      this.there.set(file, about.bytes);
      this.kept.add(file);
      this.say({ progress: this.far() });
    } else {
      bytes = await this.fetched(file, about);
      this.store.keep(key(file, about), bytes.buffer);
    }
    return file.endsWith(".txt") ? new TextDecoder().decode(bytes) : bytes.buffer;
  }

  fetched(file, about) {
    if (!this.parts.has(file)) {
      this.parts.set(file, { bytes: new Uint8Array(about.bytes), missing: new Set(about.pieces.keys()) });
      this.there.set(file, 0);
    }
    const part = this.parts.get(file);
    return new Promise((done, fail) => {
      Object.assign(part, { done, fail });
      this.waiting.push(...[...part.missing].map((i) => ({ file, i })));
      this.finish(file);
      this.next();
    });
  }

  next() {
    while (this.flying.size < AT_ONCE && this.waiting.length) {
      const { file, i } = this.waiting.shift();
      const { script, crc } = this.files[file].pieces[i];
      this.flying.add(script);
      this.say({ ask: { script, crc, again: this.faults.get(script) ?? 0 } });
    }
  }

  /** The page has a piece, its text, or null where it did not come. */
  take({ script, text }) {
    this.flying.delete(script);
    const { file, i } = this.whereIs.get(script),
      part = this.parts.get(file);
    if (part?.missing.has(i)) {
      const { pieces } = this.files[file];
      const bytes = text === null ? null : decoded(file, text);
      if (bytes && sound(bytes, pieces[i])) {
        part.bytes.set(bytes, start(pieces, i));
        part.missing.delete(i);
        this.there.set(file, (this.there.get(file) ?? 0) + bytes.length);
        if (part.done) this.say({ progress: this.far() });
        this.finish(file);
      } else {
        this.faults.set(script, (this.faults.get(script) ?? 0) + 1);
        this.halt(new Fault(bytes ? "damaged" : "missing", { script, ...this.far() }));
      }
    }
    this.next();
  }

  finish(file) {
    const part = this.parts.get(file);
    if (part.missing.size || !part.done) return;
    this.parts.delete(file);
    part.done(part.bytes);
  }

  /** Nothing more is asked for. Pieces on their way are still taken, and what has come stays. */
  halt(fault = new Fault("stopped")) {
    this.halts++;
    this.waiting = [];
    this.flying.clear();
    for (const part of this.parts.values()) {
      part.fail?.(fault);
      part.done = part.fail = null;
    }
  }
}

const key = (file, { pieces }) => [file, ...pieces.map(({ crc }) => crc)].join(" ");

/** The bytes that the browser kept, or null. */
async function stored(store, file, about) {
  const found = await store.kept(key(file, about));
  if (found?.byteLength !== about.bytes) return null;
  const bytes = new Uint8Array(found);
  const whole = about.pieces.every((piece, i) => sound(bytes.subarray(start(about.pieces, i), start(about.pieces, i + 1)), piece));
  return whole ? bytes : null;
}

const start = (pieces, i) => pieces.slice(0, i).reduce((sum, { bytes }) => sum + bytes, 0);

function decoded(file, text) {
  if (file.endsWith(".txt")) return new TextEncoder().encode(text);
  let letters = "";
  try {
    letters = atob(text);
  } catch {} // cut or changed: too short, and so damaged
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

const sound = (bytes, piece) => bytes.length === piece.bytes && crc32(bytes) === Number.parseInt(piece.crc, 16);

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** The CRC-32 of zip and PNG. */
export function crc32(bytes) {
  let sum = -1;
  for (let i = 0; i < bytes.length; i++) sum = TABLE[(sum ^ bytes[i]) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}
