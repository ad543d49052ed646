// The packed model's files (site/book_real_model.py), which are large and seldom wanted: they come when Python first reads them, out of the scripts that
// the page itself takes them from. Python waits meanwhile, as a worker may.

import { laterFile, Unreadable } from "./folders.js";

const HEAD = "detail: ",
  TAIL = " }));";

const known = new Set(), // addresses of all scripts that may be read
  had = new Map(); // address → its text, out of the browser's cache, where it could not be asked whether that is still new

/**
 * @param {{ bytes: number, scripts: string[] }} about
 * @param {string} base the address of _static/minilm/
 * @param {boolean} isText
 * @param {(words: string) => void} complain of a script that did not come; Python raises an OSError
 * @param {(bytes: number) => void} came so many more are here
 */
export function late({ bytes, scripts }, base, isText, complain, came) {
  for (const script of scripts) known.add(base + script);
  return laterFile(bytes, () => {
    const whole = new Uint8Array(bytes);
    let at = 0;
    for (const script of scripts) {
      const part = read(base + script, isText);
      if (!part || at + part.length > bytes) {
        complain(`A part of the model did not come, or came damaged: ${script}. Run the cell again when the connection is back.\n`);
        came(-at); // they are asked for again
        if (!part) fromCache();
        throw new Unreadable(script);
      }
      whole.set(part, at);
      at += part.length;
      came(part.length);
    }
    return whole;
  });
}

/** The bytes of what a script hands to its page, or null. */
function read(address, isText) {
  try {
    const script = had.get(address) ?? asked(address);
    const text = JSON.parse(script.slice(script.indexOf(HEAD) + HEAD.length, script.lastIndexOf(TAIL)));
    return isText ? new TextEncoder().encode(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

function asked(address) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.send();
  return request.responseText;
}

/** Without a network the browser may still have what it loaded an hour ago, but says so only to those who wait: the next run finds it. */
function fromCache() {
  for (const address of known) {
    fetch(address, { cache: "force-cache" })
      .then((response) => (response.ok ? response.text() : Promise.reject()))
      .then((text) => had.set(address, text))
      .catch(() => {});
  }
}
