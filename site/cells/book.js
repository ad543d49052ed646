// The page's code cells, in the order in which they run.

/** What the build left (site/book_cells.py), each cell with its places in the page; null on a page without. */
export function readPage() {
  const data = document.querySelector("script.tc-data");
  if (!data) return null;
  const page = JSON.parse(data.textContent);
  let number = 0;
  page.cells = page.cells.map(({ id, source }) => {
    const root = document.querySelector(`[data-cell="${CSS.escape(id)}"]`);
    const pre = root?.querySelector(".cell_input pre") ?? null;
    if (pre) number += 1;
    return {
      id,
      number,
      name: pre ? `cell ${number}` : "a cell that is not shown", // what a traceback calls it
      root,
      pre,
      stored: root?.querySelector(":scope > .cell_output") ?? null,
      original: null, // how the book colours its code, once something else stood in its place
      book: source ?? pre.textContent.replace(/\n$/, ""),
      mine: null, // the reader's version
      before: null, // the version that Undo brings
      given: null, // a version that came with a link
    };
  });
  return page;
}
