// The script that makes files (files.js) is fetched at the first Save.
import { imported, once, run, sent } from "../late.js";

const LOST = "The script that saves did not come. Look whether there is a connection, or reload the page, and try again.";

/** A promise of FILES of files.js, for a widget's { model, experimental }. */
export const filemakers = once(({ model, experimental }) =>
  experimental?.asset ? fromPage(experimental.asset("save.js")) : fromPython(model),
);

async function fromPage(address) {
  await run(address, LOST);
  return window.tdFiles.FILES;
}

async function fromPython(model) {
  const { default: files } = await imported(`${await sent(model, "save.js", LOST)}\nexport default tdFiles;`);
  return files.FILES;
}
