// A script that a widget needs late, or never: on the book's page it is a file beside the host, in a notebook Python sends it (_live.py).
import { h } from "./dom.js";

const PATIENCE = 30_000; // ms until a kernel that does not answer is given up

/** `fetch(given)` for the first who asks: a promise, the same for all; after a failure the next one asks again. */
export function once(fetch) {
  let arriving = null;
  return (given) => {
    arriving ??= fetch(given).catch((error) => {
      arriving = null;
      throw error;
    });
    return arriving;
  };
}

/** Run the script at an address: a classic one, as modules do not load from file://. */
export function run(address, lost) {
  return new Promise((done, fail) =>
    document.head.append(h("script", { src: address, onload: done, onerror: () => fail(new Error(lost)) })),
  );
}

/** The text of a script that Python has, packed on its way. */
export function sent(model, name, lost) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => end(() => fail(new Error(lost))), PATIENCE);
    const end = (next) => {
      clearTimeout(late);
      model.off("msg:custom", take);
      next();
    };
    const take = (content, [packed] = []) => content?.sent === name && packed && end(() => done(packed));
    model.on("msg:custom", take);
    model.send({ want: name });
  }).then((packed) => new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

/** What a text exports, as a module. */
export async function imported(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
