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
  const coming = new Map(), // file → promise of it
    parts = new Map(), // file → { bytes, missing: Set of pieces, done, fail }
    faults = new Map(), // script → how often it came to nothing: the next time it is asked past the browser's cache
    flying = new Set(), // scripts on their way
    there = new Map(), // file → bytes of it that have come
    kept = new Set(); // files that the browser had
  const whereIs = new Map(Object.entries(card.files).flatMap(([file, { pieces }]) => pieces.map(({ script }, i) => [script, { file, i }])));
  const counted = new Set(Object.keys(card.files).filter((file) => !file.startsWith("words-"))); // of the words each sentence needs a few
  let waiting = [], // { file, i }
    halts = 0;
  const store = browserStore("tokendynamics-minilm", () => say({ unkept: true }));

  function far() {
    const sum = (files, size) => [...files].reduce((all, file) => all + size(file), 0);
    const whole = (file) => card.files[file].bytes;
    return { loaded: sum(there.keys(), (file) => there.get(file)), total: sum(counted, whole), kept: sum(kept, whole) };
  }

  /** A file of the model, its bytes or its text. Whoever asks keeps it: asked for again, it is fetched again. */
  function need(file) {
    if (!coming.has(file)) {
      const found = find(file).finally(() => coming.delete(file));
      found.catch(() => {}); // who asks hears of it; that is enough
      coming.set(file, found);
    }
    return coming.get(file);
  }

  async function find(file) {
    const about = card.files[file];
    const began = halts;
    counted.add(file);
    let bytes = parts.has(file) ? null : await stored(store, file, about);
    if (halts > began) throw new Fault("stopped");
    if (bytes) {
      there.set(file, about.bytes);
      kept.add(file);
      say({ progress: far() });
    } else {
      bytes = await fetched(file, about);
      store.keep(key(file, about), bytes.buffer);
    }
    return file.endsWith(".txt") ? new TextDecoder().decode(bytes) : bytes.buffer;
  }

  function fetched(file, about) {
    if (!parts.has(file)) {
      parts.set(file, { bytes: new Uint8Array(about.bytes), missing: new Set(about.pieces.keys()) });
      there.set(file, 0);
    }
    const part = parts.get(file);
    return new Promise((done, fail) => {
      Object.assign(part, { done, fail });
      waiting.push(...[...part.missing].map((i) => ({ file, i })));
      finish(file);
      next();
    });
  }

  function next() {
    while (flying.size < AT_ONCE && waiting.length) {
      const { file, i } = waiting.shift();
      const { script, crc } = card.files[file].pieces[i];
      flying.add(script);
      say({ ask: { script, crc, again: faults.get(script) ?? 0 } });
    }
  }

  /** The page has a piece, its text, or null where it did not come. */
  function take({ script, text }) {
    flying.delete(script);
    const { file, i } = whereIs.get(script),
      part = parts.get(file);
    if (part?.missing.has(i)) {
      const { pieces } = card.files[file];
      const bytes = text === null ? null : decoded(file, text);
      if (bytes && sound(bytes, pieces[i])) {
        part.bytes.set(bytes, start(pieces, i));
        part.missing.delete(i);
        there.set(file, (there.get(file) ?? 0) + bytes.length);
        if (part.done) say({ progress: far() });
        finish(file);
      } else {
        faults.set(script, (faults.get(script) ?? 0) + 1);
        halt(new Fault(bytes ? "damaged" : "missing", { script, ...far() }));
      }
    }
    next();
  }

  function finish(file) {
    const part = parts.get(file);
    if (part.missing.size || !part.done) return;
    parts.delete(file);
    part.done(part.bytes);
  }

  /** Nothing more is asked for. Pieces on their way are still taken, and what has come stays. */
  function halt(fault = new Fault("stopped")) {
    halts++;
    waiting = [];
    flying.clear();
    for (const part of parts.values()) {
      part.fail?.(fault);
      part.done = part.fail = null;
    }
  }

  store.forgetAllBut(new Set(Object.entries(card.files).map(([file, about]) => key(file, about))));
  return { need, take, halt };
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
