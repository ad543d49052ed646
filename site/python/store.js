// The runtime's files in the worker: from the browser's store, else fetched, checked and kept for next time.

import { browserStore } from "../../src/tokendynamics/widgets/ui/browser_store.js";
import { sound } from "./sound.js";

/** What a reader is told: kind is one of the contract's (README.md). */
export class Fault extends Error {
  constructor(kind, words) {
    super(words);
    this.kind = kind;
  }
}

/**
 * The files of a card, unpacked but for the module, which is compiled.
 * @param {{ card: any, base: string, module?: WebAssembly.Module, say: (event: object) => void }} given
 */
export async function load({ card, base, module, say }) {
  const far = { loaded: 0, kept: 0, total: 0 };
  const wanted = Object.entries(card.files).filter(([name]) => !(module && name === "module"));
  for (const [, { bytes }] of wanted) far.total += bytes;
  const came = (bytes, kept = 0) => {
    far.loaded += bytes;
    far.kept += kept;
    say({ progress: { ...far } });
  };
  const store = browserStore("tokendynamics-python", () =>
    say({ fault: { kind: "store", words: "This browser could not keep Python for next time: it will be fetched again then." } }),
  );
  store.forgetAllBut(new Set(Object.values(card.files).map(({ file }) => file)));
  const found = wanted.map(async ([name, about]) => {
    const packed = (await kept(store, about, came)) ?? (await fetched(base, about, came, store));
    return [name, await (name === "module" ? compiled(packed, about) : unpacked(packed, about))];
  });
  const files = Object.fromEntries(await Promise.all(found));
  return { files, module: module ?? files.module };
}

/** The bytes that the browser kept, or null. */
async function kept(store, { file, bytes, sha256 }, came) {
  const found = await store.kept(file);
  if (!found || !(await sound(found, { bytes, sha256 }))) return null;
  came(bytes, bytes);
  return found;
}

async function fetched(base, about, came, store) {
  const packed = await asked(base + about.file, about.file, came);
  if (!(await sound(packed, about))) throw damaged(about.file);
  store.keep(about.file, packed);
  return packed;
}

/** A file's bytes, counted as they come. */
async function asked(address, name, came) {
  const parts = [];
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      came(part.value.length);
    }
  } catch {
    throw new Fault("missing", `A part of Python did not come: ${name}. Reload the page, and try again when the connection is back.`);
  }
  return new Blob(parts).arrayBuffer();
}

const damaged = (name) => new Fault("damaged", `A part of Python came damaged: ${name}. Reload the page to fetch it again.`);

const stream = (packed) => new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));

async function unpacked(packed, { file }) {
  try {
    return new Uint8Array(await new Response(stream(packed)).arrayBuffer());
  } catch (error) {
    throw error instanceof RangeError ? error : damaged(file);
  }
}

async function compiled(packed, { file }) {
  try {
    return await WebAssembly.compileStreaming(new Response(stream(packed), { headers: { "content-type": "application/wasm" } }));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw damaged(file);
  }
}
