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
 * not asked again by itself. `hear` gets `done` with the first answer: a reader who pressed something waits for it, and `busy` says so.
 */
export class Asking {
  about = notice();
  busy = false;
  opened = null; // the page's model
  asked = ""; // what was asked for last, as text
  request = { wanted: null, done: null }; // and as it is
  asks = 0;
  resting; // the timer

  constructor({ model, experimental, hear }) {
    this.model = model;
    this.experimental = experimental;
    this.hear = hear;
    this.onPage = Boolean(experimental?.staticPage);
    this.python = this.onPage && Boolean(experimental.python); // in the page: it takes this page's answers, and fetches no model for them
    this.loading = loadingLine(() => this.halt());
    this.element = h("div", {}, this.loading.element, this.about.element);
    if (!this.onPage) model.on("change:own", this.fromPython);
    if (this.python) {
      model.set("answers", true);
      model.save_changes();
    }
  }

  fromPython = () => this.model.get("own") && this.heard(this.model.get("own"));

  heard(answer) {
    const { model, python, request } = this,
      { wanted, done } = request;
    if (done && !isOf(wanted, answer.made_of)) return; // the rest of what was asked for a moment ago
    this.rest();
    this.about.clear();
    request.done = null;
    if (python) model.set("own", answer);
    this.hear(answer, done);
    if (python) model.save_changes();
    if (!this.onPage && answer.moved && !answer.control) this.resting = setTimeout(() => model.send({ want: "control" }), REST);
  }

  ask(wanted, done = null) {
    const text = JSON.stringify(wanted);
    if (text === this.asked && !done) return;
    clearTimeout(this.resting);
    this.asked = text;
    this.request = { wanted, done };
    this.busy = Boolean(done);
    this.about.clear();
    if (this.onPage) {
      this.opened ??= this.open();
      this.opened.run(wanted);
    } else {
      this.model.set("asked", { ...wanted, nth: ++this.asks }); // asked once more, it is answered once more
      this.model.save_changes();
    }
  }

  open() {
    return openModel({
      asset: this.experimental.asset,
      hear: (answer) => this.heard(answer),
      progress: this.loading.show,
      fail: (fault) => this.fail(fault),
    });
  }

  fail({ words, again }) {
    if (!again) return this.about.say(words, "ask");
    this.rest();
    this.about.say(words, "problem", [["Try again", this.onward]]);
  }

  halt() {
    this.opened?.stop();
    this.rest();
    this.about.say("Stopped. What has come stays.", "ask", [["Go on", this.onward]]);
  }

  onward = () => this.ask(this.request.wanted, this.request.done ?? (() => {}));

  /** Nobody waits any more. */
  rest() {
    this.loading.element.hidden = true;
    this.busy = false;
  }

  /** Whether to ask needs no word of the reader's. */
  get ready() {
    return !this.onPage || Boolean(this.opened);
  }

  stop() {
    clearTimeout(this.resting);
    this.model.off("change:own", this.fromPython);
    this.opened?.close();
  }
}

/** How much of the model's files has come, with a way to stop them. */
function loadingLine(halt) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "How much of the model has come" }),
    far = h("span", { role: "status" });
  const element = h("div", { class: "td-loading", hidden: true }, bar, far, button("Stop", halt));
  return {
    element,
    show({ loaded, total, kept }) {
      element.hidden = loaded >= total;
      bar.max = total;
      bar.value = loaded;
      reword(far, `${MB(loaded)} of ${MB(total)} MB${kept ? ", from this browser" : ""}`);
    },
  };
}
