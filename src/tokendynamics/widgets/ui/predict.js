// Predict, then release: a question with choices. What would give it away waits (base.css) until the reader has chosen or
// skipped; then comes what happens, why, and why another answer tempts. The guess is remembered on the reader's machine.
import { button, h, line, uid } from "./dom.js";
import { FORGOTTEN, forget, GUESSED, recall, remember } from "./guesses.js";

/** The question as an element; null where none is asked. `stopAsking()` on it lets go of the page. */
export function prediction(asked, view) {
  if (!asked) return null;
  const question = new Question(asked, view),
    { element } = question;
  const forgotten = () => element.dataset.answered && question.ask(); // what is being chosen stays
  addEventListener(FORGOTTEN, forgotten);
  element.stopAsking = () => removeEventListener(FORGOTTEN, forgotten);
  const before = recall(view, asked);
  if (before === undefined) question.ask();
  else question.tell(before, true);
  return element;
}

class Question {
  constructor(asked, view) {
    this.asked = asked;
    this.view = view;
    const name = uid("predict");
    this.inputs = asked.choices.map((_, index) => h("input", { type: "radio", name, value: index }));
    this.marks = asked.choices.map(() => h("span", { class: "td-guess" }));
    this.first = h("p", {});
    this.verdict = h("p", {});
    this.tempting = h("p", {});
    this.said = h("div", { class: "td-verdict", role: "status", tabindex: -1 }, this.first, this.verdict, this.tempting);
    this.kept = h("span", {});
    const again = button("Forget my guesses", () => {
      forget();
      this.inputs[0].focus();
    });
    this.again = h("div", { class: "td-line td-kept" }, this.kept, again);
    const commit = button("Commit to it", () => this.commit()),
      skip = button("Show me without a guess", () => this.answer(null));
    const waiting = h("p", { class: "td-waiting" }, "What would give it away waits until then.");
    this.asking = h("div", {}, line(commit, skip), waiting);
    const choices = this.inputs.map((input, i) => h("label", {}, input, h("span", {}, asked.choices[i], this.marks[i])));
    this.element = h(
      "fieldset",
      { class: "td-predict", "data-predict": view },
      h("legend", {}, "Predict, then try"),
      h("p", {}, asked.question),
      h("div", { class: "td-choices" }, choices),
      this.asking,
      this.said,
      this.again,
    );
  }

  commit() {
    const chosen = this.inputs.findIndex((input) => input.checked);
    if (chosen < 0) this.first.textContent = "Choose one first. A wrong guess teaches more than none.";
    else this.answer(chosen);
  }

  answer(chosen) {
    this.tell(chosen, remember(this.view, this.asked, chosen));
    this.said.focus({ preventScroll: true });
  }

  tell(chosen, remembered) {
    const { answer, explanation } = this.asked;
    this.first.textContent = verdictOn(chosen, this.asked);
    this.verdict.textContent = explanation;
    this.tempting.textContent = whyItTempts(chosen, this.asked);
    this.inputs.forEach((input, i) => {
      input.checked = i === chosen;
      input.disabled = true;
      input.closest("label").hidden = i !== chosen && i !== answer; // what was neither guessed nor happens takes no room any more
      this.marks[i].textContent = [i === chosen && "your guess", i === answer && "what happens"]
        .filter(Boolean)
        .map((words) => ` · ${words}`)
        .join("");
    });
    this.kept.textContent = whereItIsKept(chosen, remembered);
    this.show(chosen === answer ? "right" : chosen === null ? "skipped" : "wrong", chosen);
  }

  ask() {
    for (const each of [this.first, this.verdict, this.tempting, this.kept, ...this.marks]) each.textContent = "";
    for (const input of this.inputs) {
      input.checked = false;
      input.disabled = false;
      input.closest("label").hidden = false;
    }
    this.show(null);
  }

  show(how, chosen = null) {
    const { asked, element } = this;
    if (how) element.dataset.answered = how;
    else delete element.dataset.answered;
    this.asking.hidden = Boolean(how);
    this.again.hidden = !how;
    element.guess = { asked, chosen }; // for the page, which makes a code of it (site/guesses)
    dispatchEvent(new CustomEvent(GUESSED));
  }
}

function verdictOn(chosen, { choices, answer }) {
  if (chosen === answer) return "As you said.";
  const happens = quoted(choices[answer]);
  return chosen === null ? `What happens: ${happens}` : `You said ${quoted(choices[chosen])} It is ${happens}`;
}

function whyItTempts(chosen, { choices, tempting, because }) {
  if (because == null) return "";
  if (chosen === tempting) return `You took the answer that tempts. ${because}`;
  return `The answer that tempts is ${quoted(choices[tempting])} ${because}`;
}

function whereItIsKept(chosen, remembered) {
  if (!remembered) return "This browser keeps nothing, so the page will ask again.";
  return `${chosen === null ? "That you skipped" : "Your guess"} is kept on this machine and goes nowhere else.`;
}

const quoted = (choice) => `“${choice.replace(/\.$/, "")}”.`;
