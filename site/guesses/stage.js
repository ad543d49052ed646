// A question of the vote and its bars, with the buttons that lead from one to the next and show its answer.
import { button, h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { count } from "./votes.js";

const MARKS = { right: "✓ what happens", tempts: "the answer that tempts" };
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

export class Stage {
  /** @param {import("./store.js").Votes} votes @param {boolean} projector the second window, which opens no third */
  constructor(votes, projector) {
    this.votes = votes;
    this.options = votes.questions.map((_, i) => h("option", { value: i }));
    this.choose = h("select", { autocomplete: "off", onchange: () => this.go(Number(this.choose.value)) }, this.options);
    this.previous = button("Previous", () => this.go(votes.state.at - 1));
    this.next = button("Next", () => this.go(votes.state.at + 1));
    this.answer = button("", () => votes.change({ shown: !votes.state.shown }));
    this.words = h("h2", { class: "td-vote-question" });
    this.total = h("p", { class: "td-vote-total", role: "status" });
    this.bars = h("ol", { class: "td-vote-bars" });
    this.why = h("div", { class: "td-vote-why", role: "status" });
    const open = button("Open for the projector", () => window.open("?projector", "td-projector", "popup,width=1280,height=800"));
    const which = h("label", {}, h("span", {}, "Question"), this.choose);
    const line = h("div", { class: "td-vote-line" }, which, this.previous, this.next, this.answer, projector ? null : open);
    this.root = h("div", { class: "td-vote-stage" }, line, this.words, this.total, this.bars, this.why);
  }

  go(at) {
    this.votes.change({ at, shown: false });
  }

  show() {
    const { questions, state } = this.votes;
    const voters = this.votes.readers();
    const given = ({ chapter, i }) => count(voters, chapter, i);
    for (const [k, option] of this.options.entries()) {
      const { chapter, i } = questions[k];
      option.textContent = `Chapter ${chapter.chapter}, question ${i + 1} (${sum(given(questions[k]))})`;
    }
    this.choose.value = String(state.at);
    this.previous.disabled = state.at === 0;
    this.next.disabled = state.at === questions.length - 1;
    this.answer.textContent = state.shown ? "Hide the answer" : "Show the answer";
    const { question } = questions[state.at];
    const votes = given(questions[state.at]);
    const all = sum(votes);
    this.words.textContent = question.question;
    this.total.textContent = all ? `${all} ${all === 1 ? "guess" : "guesses"}.` : "No guess is counted yet.";
    this.bars.replaceChildren(...question.choices.map((choice, k) => bar(choice, state.shown && kindOf(question, k), votes[k], all)));
    const tempts = question.because == null ? [] : [h("p", {}, `The answer that tempts: ${question.because}`)];
    this.why.replaceChildren(...(state.shown ? [h("p", {}, question.explanation), ...tempts] : []));
  }
}

function kindOf(question, k) {
  if (k === question.answer) return "right";
  return question.because != null && k === question.tempting ? "tempts" : "";
}

function bar(choice, kind, votes, all) {
  const share = all ? votes / all : 0;
  const fill = h("span", { class: "td-vote-fill" });
  fill.style.inlineSize = `${100 * share}%`;
  return h(
    "li",
    { "data-kind": kind || "" },
    h("span", { class: "td-vote-choice" }, choice, kind ? h("strong", {}, ` · ${MARKS[kind]}`) : null),
    h("span", { class: "td-vote-number" }, `${votes}${all ? ` · ${Math.round(100 * share)} %` : ""}`),
    h("span", { class: "td-vote-bar", "aria-hidden": "true" }, fill),
  );
}
