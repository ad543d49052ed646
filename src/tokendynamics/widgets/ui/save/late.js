// The script that makes files (files.js) is fetched at the first Save.
import { imported, run, sent } from "../late.js";

const LOST = "The script that saves did not come. Look whether there is a connection, or reload the page, and try again.";

let arriving = null;

/** A promise of FILES of files.js, the same for all who ask; after a failure the next one asks again. */
export function filemakers({ model, experimental }) {
  arriving ??= (experimental?.asset ? fromPage(experimental.asset("save.js")) : fromPython(model)).catch((error) => {
    arriving = null;
    throw error;
  });
  return arriving;
}

async function fromPage(address) {
  await run(address, LOST);
  return window.tdFiles.FILES;
}

async function fromPython(model) {
  const { default: files } = await imported(`${await sent(model, "save.js", LOST)}\nexport default tdFiles;`);
  return files.FILES;
}
