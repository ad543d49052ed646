// The answers of a page as one text, for the place that SCORM 1.2 gives them: `cmi.suspend_data`, at most 4096 characters.
export const LONGEST = 4096;
const VERSION = 1;

/** The text of `answers`, a Map of {answer, tries, right}. Where it would be too long, the longest answers are left out and their counts stay. */
export function packed(answers) {
  const kept = new Map([...answers].filter(([, { tries }]) => tries));
  for (;;) {
    const rows = [...kept].map(([number, { answer, tries, right }]) => [number, [answer, tries, right ? 1 : 0]]);
    const text = ascii(JSON.stringify({ v: VERSION, answers: Object.fromEntries(rows) }));
    if (text.length <= LONGEST) return text;
    const [number, longest] = [...kept].reduce((one, other) => (size(one[1]) < size(other[1]) ? other : one));
    kept.set(number, { ...longest, answer: [] });
  }
}

/** What a text holds, as a Map; empty where it holds nothing of ours. */
export function unpacked(text) {
  try {
    const { v, answers } = JSON.parse(text);
    if (v !== VERSION) return new Map();
    return new Map(Object.entries(answers).map(([number, [answer, tries, right]]) => [number, { answer, tries, right: right === 1 }]));
  } catch {
    return new Map();
  }
}

const size = ({ answer }) => JSON.stringify(answer).length;
/** JSON that any LMS can keep, whatever letters it knows. */
const ascii = (json) => json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
