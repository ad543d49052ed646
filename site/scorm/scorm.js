// A page as a lesson of an LMS, by SCORM 1.2 (site/book_scorm.py makes the package): the answers and the score of its exercises go into the
// LMS's record, and the answers come back from it. It runs before fields.js, which then finds them where it always does. Where there is no
// API the page is as any other.
import { keep, nameOf } from "../exercises/kept.js";
import { packed, unpacked } from "./record.js";

const FARTHEST = 20; // frames, one in the other
const NOTHING = { answer: [], tries: 0, right: false };

/** The LMS's API in a window or in one around it; null where there is none. */
function found(from) {
  for (let at = from, n = 0; at && n < FARTHEST; at = at.parent === at ? null : at.parent, n += 1) {
    try {
      if (at.API) return at.API;
    } catch {
      // a frame of another site, which hides what it has
    }
  }
  return null;
}

/** A session of the LMS: every call is of strings, and no fault of it is the page's. */
function session(api) {
  const call = (name, ...args) => {
    try {
      return String(api[name](...args) ?? "");
    } catch {
      return "";
    }
  };
  return {
    open: () => call("LMSInitialize", "") === "true",
    get: (name) => call("LMSGetValue", name),
    set: (name, value) => call("LMSSetValue", name, String(value)),
    commit: () => call("LMSCommit", ""),
    close: () => call("LMSFinish", ""),
  };
}

/** Seconds as HHHH:MM:SS. */
function timespan(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const whole = Math.floor(seconds);
  return `${String(Math.min(9999, Math.floor(whole / 3600))).padStart(4, "0")}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function start(lms) {
  const begun = performance.now();
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll(".td-exercise, [data-exercise]");
  const answers = new Map([...places].map(({ dataset }) => [dataset.answers ?? dataset.exercise, NOTHING]));
  // the record is the learner's, and what the browser keeps may be another's
  const before = unpacked(lms.get("cmi.suspend_data"));
  for (const number of answers.keys()) {
    localStorage.removeItem(nameOf(number));
    if (!before.has(number)) continue;
    answers.set(number, before.get(number));
    keep(number, before.get(number));
  }

  function tell() {
    const all = [...answers.values()];
    const right = all.filter((each) => each.right).length;
    if (all.length) {
      lms.set("cmi.core.score.raw", Math.round((1e4 * right) / all.length) / 100);
      lms.set("cmi.core.lesson_status", right === all.length ? "passed" : all.every(({ tries }) => tries) ? "completed" : "incomplete");
    } else lms.set("cmi.core.lesson_status", "completed");
    lms.set("cmi.suspend_data", packed(answers));
    time();
    lms.commit();
  }
  const time = () => lms.set("cmi.core.session_time", timespan((performance.now() - begun) / 1000));

  lms.set("cmi.core.score.min", 0);
  lms.set("cmi.core.score.max", 100);
  lms.set("cmi.core.exit", "suspend"); // or the record would not be there the next time
  tell();
  document.addEventListener("td-answered", (/** @type {CustomEvent} */ { detail: { number, answer, right } }) => {
    if (!answers.has(number)) return;
    const { answer: last, tries } = answers.get(number);
    answers.set(number, { answer: answer ?? last, tries: tries + 1, right });
    tell();
  });
  addEventListener(
    "pagehide",
    () => {
      time();
      lms.commit();
      lms.close();
    },
    { once: true },
  );
}

const api = found(window) ?? found(window.opener) ?? found(window.top.opener);
const lms = api && session(api);
if (lms?.open()) start(lms);
