// What a file to hand in is made of. It knows nothing of the page; tests/exercises/test_hand_in.py runs it.
// `fileName` and `isWritten` mirror tokendynamics/exercises/_hand_in.py.

const NOT_IN_NAMES = /[/\\:*?"<>|~\p{Cc}\p{Cf}\p{Cs}\p{Z}]+/gu;
const LONGEST = 120; // bytes of a name in UTF-8: with the rest, half of what file systems take

/** The name of the file, for any file system: the reader's name without what one of them forbids, and the chapter. */
export function fileName(name, chapter) {
  const plain = name
    .normalize("NFC")
    .replace(NOT_IN_NAMES, " ")
    .replace(/^[ .-]+|[ .]+$/g, "");
  let short = "";
  for (const letter of plain) {
    if (new TextEncoder().encode(short + letter).length > LONGEST) break;
    short += letter;
  }
  return `${short.trimEnd() || "no name"} - ${chapter}.ipynb`;
}

/** Whether a reader's version of an exercise's cell has something where the book's has dots. */
export function isWritten(mine, number) {
  return typeof mine === "string" && !mine.includes(`check("${number}", ...)`) && !/^\s+\.\.\.\s*$/m.test(mine);
}

/** Whether the last check of a field found an answer in it. */
export const isAnswered = ({ tries, answer }) => tries > 0 && answer.length > 0 && answer.every((text) => text.trim());

/**
 * The notebook with each answer of a field as the call of `check` that says the same, where its exercise stands. Who answered in the field
 * and in the cell too gets both, and last, so that it counts, what was written last.
 * @param {any} notebook with the reader's versions of its cells
 * @param {any[]} found {number, field: {answer, tries, at}, cell: {mine, at} or null} for each exercise
 * @param {Record<string, {cell: string, as?: string | string[]}>} exercises the cell of each, and how what stands in its field is written
 */
export function handedIn(notebook, found, exercises) {
  for (const { number, field, cell } of found) {
    if (!isAnswered(field)) continue;
    const { cell: id, as } = exercises[number];
    const metadata = { tokens_in_motion: { tries: field.tries } };
    const at = notebook.cells.findIndex((each) => each.id === id);
    const call = `check("${number}", ${typed(field.answer, as)})`;
    if (typeof cell?.mine !== "string") {
      const own = notebook.cells[at];
      const source = [own.source].flat().join("");
      Object.assign(own, { source: source.replace(`check("${number}", ...)`, () => call), metadata: { ...own.metadata, ...metadata } });
      continue;
    }
    const made = { cell_type: "code", id: `${id}-field`, metadata, source: call, outputs: [], execution_count: null };
    const first = isWritten(cell.mine, number) && (cell.at ?? 0) > (field.at ?? 0);
    notebook.cells.splice(first ? at : at + 1, 0, made);
  }
  return notebook;
}

/** An answer as Python: one value, a list, or a dictionary with the names `as`. JSON's texts are Python's. */
export function typed(answer, as) {
  const value = (text) => (/^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text) ? text : JSON.stringify(text));
  if (Array.isArray(as)) return `{${answer.map((text, i) => `${JSON.stringify(as[i])}: ${value(text)}`).join(", ")}}`;
  return as === "words"
    ? `[${answer.map((text) => JSON.stringify(text)).join(", ")}]`
    : answer.length === 1
      ? value(answer[0])
      : `[${answer.map(value).join(", ")}]`;
}
