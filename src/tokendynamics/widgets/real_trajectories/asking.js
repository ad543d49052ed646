// Asking the real model about sentences of the reader's own. In a notebook Python runs it; on a page a worker does, once its files have come:
// that is the reader's to say, as they are some 13 MB.
import { button, h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { openModel } from "./live/model.js";

const REST = 300; // ms: the same change in other heads takes as long as five changes, and waits until the hand rests
const MB = (bytes) => (bytes / 1e6).toFixed(1);

const OPEN = ["word", "senses"];
/** Whether an answer is to this question, which may leave word and senses open. */
const isOf = (wanted, made) =>
  Object.entries(wanted).every(
    ([name, value]) => (OPEN.includes(name) && !value.length) || JSON.stringify(value) === JSON.stringify(made[name]),
  );

/**
 * `hear(answer)` gets what `real.own.own` and live/own.js give. `ask(wanted)` may come at any rate: the last one counts, and what failed is
 * not asked again by itself. `hear` gets `done` with the first answer: a reader who pressed something waits for it, and `busy()` says so.
 * `ready()` says whether to ask needs no word of the reader's.
 */
export function asking({ model, experimental, hear }) {
  const onPage = Boolean(experimental?.staticPage),
    python = onPage && Boolean(experimental.python); // in the page: it takes this page's answers, and fetches no model for them
  const bar = h("progress", { max: 1, value: 0, "aria-label": "How much of the model has come" }),
    far = h("span", { role: "status" });
  const line = h("div", { class: "td-loading", hidden: true }, bar, far, button("Stop", halt));
  const about = notice();
  let opened = null, // the page's model
    asked = "", // what was asked for last, as text
    request = { wanted: null, done: null }, // and as it is
    busy = false,
    asks = 0,
    resting; // the timer

  function heard(answer) {
    const { wanted, done } = request;
    if (done && !isOf(wanted, answer.made_of)) return; // the rest of what was asked for a moment ago
    line.hidden = true;
    busy = false;
    about.clear();
    request.done = null;
    if (python) model.set("own", answer);
    hear(answer, done);
    if (python) model.save_changes();
    if (!onPage && answer.moved && !answer.control) resting = setTimeout(() => model.send({ want: "control" }), REST);
  }
  const fromPython = () => model.get("own") && heard(model.get("own"));
  if (!onPage) model.on("change:own", fromPython);
  if (python) {
    model.set("answers", true);
    model.save_changes();
  }

  function ask(wanted, done = null) {
    const text = JSON.stringify(wanted);
    if (text === asked && !done) return;
    clearTimeout(resting);
    [asked, request, busy] = [text, { wanted, done }, Boolean(done)];
    about.clear();
    if (onPage) {
      opened ??= openModel({ asset: experimental.asset, hear: heard, progress, fail });
      opened.run(wanted);
    } else {
      model.set("asked", { ...wanted, nth: ++asks }); // asked once more, it is answered once more
      model.save_changes();
    }
  }

  function progress({ loaded, total, kept }) {
    line.hidden = loaded >= total;
    bar.max = total;
    bar.value = loaded;
    reword(far, `${MB(loaded)} of ${MB(total)} MB${kept ? ", from this browser" : ""}`);
  }

  function fail({ words, again }) {
    if (!again) return about.say(words, "ask");
    line.hidden = true;
    busy = false;
    about.say(words, "problem", [["Try again", onward]]);
  }

  function halt() {
    opened?.stop();
    line.hidden = true;
    busy = false;
    about.say("Stopped. What has come stays.", "ask", [["Go on", onward]]);
  }

  const onward = () => ask(request.wanted, request.done ?? (() => {}));

  return {
    element: h("div", {}, line, about.element),
    about,
    ask,
    onPage,
    busy: () => busy,
    ready: () => !onPage || Boolean(opened),
    stop() {
      clearTimeout(resting);
      model.off("change:own", fromPython);
      opened?.close();
    },
  };
}
