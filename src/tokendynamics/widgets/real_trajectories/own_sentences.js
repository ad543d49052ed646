// The reader's own sentences: what is asked of the model about them (asking.js), and the state that an answer brings.
import { notice } from "../ui/notice.js";
import { Asking } from "./asking.js";
import { LEARNED, opening, wanted } from "./state.js";

export class OwnSentences {
  waiting = notice();
  guess = notice();

  /** `source.answer` is the model's last answer; `begin(patch)` sets the state where Reset goes; `play()` sets the sentences in motion. */
  constructor({ model, experimental, root, source, store, change, begin, openPanel, play }) {
    this.root = root;
    this.source = source;
    this.store = store;
    this.change = change;
    this.begin = begin;
    this.openPanel = openPanel;
    this.play = play;
    this.live = new Asking({ model, experimental, hear: (answer, done) => this.hear(answer, done) });
  }

  /** The model's answer: of a head that is slid, or of new sentences, whose state `done` sets. */
  hear(answer, done) {
    if (answer.refused) return this.live.about.say(answer.refused, "problem", this.remedies(answer));
    this.source.answer = answer;
    if (done) done(answer);
    else this.change({});
  }

  /** Words that all sentences share, where the one that was asked for is not among them. */
  remedies({ shared = [], made_of }) {
    return shared.slice(0, 4).map((word) => [`Follow “${word}”`, () => this.ask({ ...made_of, word })]);
  }

  /** Ask about other sentences, another word or other anchors. The state is that of now until the answer is there. */
  ask({ basis = this.store.state.basis, ...patch }, then = () => {}) {
    const asked = { ...LEARNED, anchors: [], word: "", ...patch };
    this.live.ask(asked, ({ made_of, data }) => {
      const { sentences, word, anchors } = made_of;
      const ids = sentences.map((_, i) => i);
      this.begin({
        ...made_of,
        senses: String(made_of.senses) === "A,B,C".slice(0, 2 * ids.length - 1) ? [] : made_of.senses, // of themselves
        shown: ids,
        compared: opening(data, word),
        basis: basis === "anchors" && !anchors.length ? "own" : basis,
      });
      then();
    });
  }

  /** Ask about the same sentences with something else. */
  askAnew(patch) {
    this.ask({ ...wanted(this.store.state), ...patch });
  }

  /** Sentences that were typed: once they are there, they move; of one alone all tokens, as it has no other to be compared with. */
  follow(given) {
    const one = given.sentences.length === 1,
      look =
        one === (this.store.state.sentences.length === 1)
          ? {}
          : one
            ? { tokens: "all", basis: "common" }
            : { tokens: "word", basis: "own" };
    this.ask(given, () => {
      this.change({ layer: 0, ...look });
      if (this.root.querySelector(".td-predict:not([data-answered])"))
        this.guess.say("Your sentences are here. Say first what you expect; then they move.", "ask", [
          ["Guess", () => this.openPanel("question")],
        ]);
      else this.play();
    });
  }

  /** The sentences of the book that stand side by side, put in the reader's own. */
  take({ sentences }) {
    const { compared, word } = this.store.state;
    this.ask({ sentences: compared.map((id) => sentences[id].sentence), senses: compared.length > 1 ? ["A", "B"] : ["A"], word });
  }

  /** What the state asks of the model: of itself where it may, else by a button, as for sentences that came with a link. */
  keepUp(state, { answer, current }) {
    if (current || this.live.busy) return this.waiting.clear();
    if (this.live.ready) {
      this.waiting.clear();
      return this.live.ask(wanted(state));
    }
    const first = answer
      ? "What you see was computed beforehand."
      : `These sentences came with a link: ${state.sentences.map((text) => `“${text}”`).join(" ")}`;
    this.waiting.say(`${first} To run them the model has to come into this page: 13 MB, which your browser keeps.`, "ask", [
      ["Run them", () => this.live.ask(wanted(state), () => this.change({}))],
    ]);
  }
}
