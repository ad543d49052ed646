// What a reader made of a cell, kept on the reader's machine only and sent nowhere. Files may share one memory, so the page's whole path is
// part of its name.
export const nameOf = (id) => `tokens-in-motion/cell/v1/${location.pathname}#${id}`;

const text = (value) => (typeof value === "string" ? value : null);

/** {mine, before, of, at} of a cell: the reader's version, the one that Undo brings, the book's when it was made; null for each that there is not; and when. */
export function recall(id) {
  try {
    const { mine, before, of, at } = JSON.parse(localStorage.getItem(nameOf(id)) ?? "{}");
    return { mine: text(mine), before: text(before), of: text(of), at: Number(at) || 0 };
  } catch {
    return { mine: null, before: null, of: null, at: 0 }; // storage is forbidden, or holds what somebody else wrote
  }
}

/** Whether it could be kept. */
export function keep(id, { mine, before, of }) {
  try {
    if (mine === null && before === null) localStorage.removeItem(nameOf(id));
    else localStorage.setItem(nameOf(id), JSON.stringify({ mine, before, of, at: Date.now() }));
    dispatchEvent(new Event("td-kept"));
    return !localStorage.forgets; // site/storage.js
  } catch {
    return false;
  }
}
