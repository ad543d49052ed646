// What a reader guessed, remembered on the reader's machine only and sent nowhere. Where a browser keeps nothing, a guess lasts
// as long as the page. Files may share one memory, so the page's whole path is part of a guess's name; so is what was asked,
// because another question is asked anew.
const STEM = "tokens-in-motion/guess/v1/";
export const FORGOTTEN = "td-guesses-forgotten"; // the event that tells every question of the page

const place = (view, { question, choices }) => `${STEM}${location.pathname}#${view}/${digest(JSON.stringify([question, choices]))}`;

/** The number of the choice, or null for a question that was skipped; undefined where nothing is remembered. */
export function recall(view, asked) {
  try {
    const found = JSON.parse(localStorage.getItem(place(view, asked)) ?? "{}").chose;
    return found === null || (Number.isInteger(found) && asked.choices[found] !== undefined) ? found : undefined;
  } catch {
    return undefined; // storage is forbidden, or holds what somebody else wrote
  }
}

/** Whether it could be kept. */
export function remember(view, asked, chose) {
  try {
    localStorage.setItem(place(view, asked), JSON.stringify({ chose }));
    return !localStorage.forgets; // site/storage.js
  } catch {
    return false;
  }
}

/** Forget the guesses of the whole book. */
export function forget() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(STEM)) localStorage.removeItem(name);
  } catch {
    // nothing was kept
  }
  dispatchEvent(new CustomEvent(FORGOTTEN));
}

// another tab forgot: one guess at a time, or all at once
addEventListener("storage", ({ key, newValue }) => {
  if (newValue === null && (key === null || key.startsWith(STEM))) dispatchEvent(new CustomEvent(FORGOTTEN));
});

/** FNV-1a, 32 bits: enough to tell a page's questions apart. */
function digest(text) {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ unit.codePointAt(0), 0x01000193);
  return (hash >>> 0).toString(36);
}
