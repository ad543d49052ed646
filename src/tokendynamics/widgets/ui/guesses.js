// What a reader guessed, remembered on the reader's machine only and sent nowhere. Where a browser keeps nothing, a guess lasts
// as long as the page. Files may share one memory, so the page's whole path is part of a guess's name; so is what was asked,
// because another question is asked anew.
export const STEM = "tokens-in-motion/guess/v1/";
export const FORGOTTEN = "td-guesses-forgotten"; // the event that tells every question of the page
export const GUESSED = "td-guessed"; // the event that tells the page that a question was answered, or is open again

const page = () => `${STEM}${location.pathname}#`;
const digest = ({ question, choices }) => hash(JSON.stringify([question, choices])).toString(36);
const place = (view, asked) => `${page()}${view}/${digest(asked)}`;

/** The number of the choice, or null for a question that was skipped; undefined where nothing is remembered. */
export const recall = (view, asked) => read(place(view, asked), asked);

/** The same for a question of this page, whichever widget asks it. */
export function guessOf(asked) {
  try {
    const name = Object.keys(localStorage).find((each) => each.startsWith(page()) && each.endsWith(`/${digest(asked)}`));
    return name && read(name, asked);
  } catch {
    return undefined;
  }
}

function read(name, asked) {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "{}").chose;
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
export function hash(text) {
  let sum = 0x811c9dc5;
  for (const unit of text) sum = Math.imul(sum ^ unit.codePointAt(0), 0x01000193);
  return sum >>> 0;
}
