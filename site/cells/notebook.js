// The page's notebook with the reader's versions of its cells, as a file.

export async function saveNotebook(page) {
  const answer = await fetch(page.notebook);
  if (!answer.ok) throw new Error(String(answer.status));
  save(withVersions(await answer.json(), page.cells), page.file);
}

/** Hand a notebook to the reader as a file. */
export function save(notebook, name) {
  const file = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], { type: "application/x-ipynb+json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Each cell that the reader changed has the reader's code, and no output that another code made. */
export function withVersions(notebook, cells) {
  const mine = new Map(cells.filter((cell) => cell.mine !== null).map((cell) => [cell.id, cell.mine]));
  for (const cell of notebook.cells) {
    if (!mine.has(cell.id)) continue;
    cell.source = mine.get(cell.id).split(/(?<=\n)/);
    cell.outputs = [];
    cell.execution_count = null;
  }
  return notebook;
}
