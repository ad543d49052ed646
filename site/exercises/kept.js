// What a reader answered to an exercise, kept on the reader's machine only and sent nowhere. Files may share one memory, so the page's whole
// path is part of its name.
export const nameOf = (number) => `tokens-in-motion/answer/v1/${location.pathname}#${number}`;

/** {answer, tries, right, at}: what stood in the fields at the last check, how often it was checked, whether it was right, and when. */
export function recall(number) {
  const nothing = { answer: [], tries: 0, right: false, at: 0 };
  try {
    const { answer, tries, right, at } = JSON.parse(localStorage.getItem(nameOf(number)) ?? "{}");
    if (!Array.isArray(answer) || !answer.every((text) => typeof text === "string") || !Number.isInteger(tries)) return nothing;
    return { answer, tries, right: right === true, at: Number(at) || 0 };
  } catch {
    return nothing; // storage is forbidden, or holds what somebody else wrote
  }
}

/** Whether it could be kept. */
export function keep(number, { answer, tries, right }) {
  try {
    localStorage.setItem(nameOf(number), JSON.stringify({ answer, tries, right, at: Date.now() }));
    dispatchEvent(new Event("td-kept"));
    return !localStorage.forgets; // site/storage.js
  } catch {
    return false;
  }
}
