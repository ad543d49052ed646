// What both windows of the vote know: the codes, the number of the question among all, whether its answer is shown. It is kept in this
// browser and told to the other window.
import { decode } from "./code.js";
import { readers } from "./votes.js";

const KEPT = "tokens-in-motion/votes/v1";

/** The state of a vote on the questions of a book; `show` is called after every change, here or in the other window. */
export class Votes {
  /** @param {any[]} book as book_guesses.py writes it @param {() => void} show */
  constructor(book, show) {
    this.book = book;
    this.show = show;
    this.questions = book.flatMap((chapter) => chapter.questions.map((question, i) => ({ chapter, question, i })));
    this.state = { codes: [], at: 0, shown: false };
    this.channel = new BroadcastChannel(KEPT);
    this.channel.addEventListener("message", ({ data }) => (data === "hello" ? this.channel.postMessage(this.state) : this.adopt(data)));
    addEventListener("storage", ({ key }) => (key === KEPT || key === null) && this.adopt(kept())); // from a folder the channel may be closed
  }

  begin() {
    this.adopt(kept());
    this.channel.postMessage("hello");
  }

  /** A state that somebody kept or sent, as far as it is one. */
  adopt(given) {
    const codes = Array.isArray(given?.codes) ? given.codes.filter((code) => typeof code === "string" && decode(code, this.book).code) : [];
    const at = Number.isInteger(given?.at) && this.questions[given.at] ? given.at : 0;
    this.state = { codes: [...new Set(codes)], at, shown: given?.shown === true };
    this.show();
  }

  change(more) {
    this.state = { ...this.state, ...more };
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.state));
    } catch {
      // it lasts as long as the page
    }
    this.channel.postMessage(this.state);
    this.show();
  }

  readers() {
    return readers(this.state.codes.map((code) => decode(code, this.book)));
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}
