// What went wrong with the model's files or its worker, in words.

const AGAIN = "Try again goes on from there.";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const here = ({ loaded, total }) => (total ? ` ${megabytes(loaded)} of ${megabytes(total)} MB are here.` : "");

const name = (script) => script?.split("/").at(-1).split("?")[0];

const WORDS = {
  missing: (fault) => `A file of the model did not come (${name(fault.script)}). Is there a connection?${here(fault)} ${AGAIN}`,
  damaged: (fault) => `A file of the model came damaged (${name(fault.script)}), and was thrown away.${here(fault)} ${AGAIN}`,
  memory: () =>
    "There is not enough memory for the model: it needs about 150 MB. Close other pages, then try again. What was loaded is not loaded anew.",
  worker: ({ message }) =>
    `This page could not start the worker that the model runs in${message ? ` (${message})` : ""}. Another browser may; in a notebook Python computes the same.`,
  error: ({ message }) => `The model stopped (${message}). Try again, or reload the page.`,
  unkept: () => "This browser could not keep the model for next time: its store is full. The model works all the same.",
};

/** @param {{ kind: string, script?: string, message?: string, loaded?: number, total?: number }} fault */
export const wordsOf = (fault) => WORDS[fault.kind](fault);
