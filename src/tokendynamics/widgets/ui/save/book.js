// How the book is cited: as CITATION.cff has it (a test compares the two).
import BOOK from "./book.json";

export { BOOK };

const day = (date) => date.toISOString().slice(0, 10);

/** A line for a list of sources: the book, what is shown of it, and when it was looked at. */
export function cited(shown, link, now) {
  const year = BOOK.date.slice(0, 4);
  return `${BOOK.authors} (${year}). ${BOOK.title} (version ${BOOK.version}). ${shown}, ${link} (seen ${day(now)}).`;
}

/** The same as BibTeX. */
export function bibtex(shown, link, now) {
  const year = BOOK.date.slice(0, 4);
  const fields = {
    author: `{${BOOK.authors}}`,
    title: `{${BOOK.title}}`,
    year,
    version: BOOK.version,
    note: shown,
    url: link,
    urldate: day(now),
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},\n`);
  return `@misc{tokensinmotion${year},\n${lines.join("")}}\n`;
}
