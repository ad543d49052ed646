// Predict, then release: a question with choices. What would give it away waits (base.css) until the reader has chosen or
// skipped; then comes what happens, why, and why another answer tempts. The guess is remembered on the reader's machine.
import { button, h, uid } from "./dom.js";
import { FORGOTTEN, forget, GUESSED, recall, remember } from "./guesses.js";

/** The question as an element; null where none is asked. `stopAsking()` on it lets go of the page. */
export function prediction(asked, view) {
  if (!asked) return null;
  const name = uid("predict");
  const inputs = asked.choices.map((_, index) => h("input", { type: "radio", name, value: index }));
  const marks = asked.choices.map(() => h("span", { class: "td-guess" }));
  const verdict = h("p", {}),
    tempting = h("p", {}),
    first = h("p", {});
  const said = h("div", { class: "td-verdict", role: "status", tabindex: -1 }, first, verdict, tempting);
  const kept = h("span", {});
  const again = h(
    "div",
    { class: "td-line td-kept" },
    kept,
    button("Forget my guesses", () => {
      forget();
      inputs[0].focus();
    }),
  );
  const commit = button("Commit to it", () => {
    const chosen = inputs.findIndex((input) => input.checked);
    if (chosen < 0) first.textContent = "Choose one first. A wrong guess teaches more than none.";
    else answer(chosen);
  });
  const skip = button("Show me without a guess", () => answer(null));
  const asking = h(
    "div",
    {},
    h("div", { class: "td-line" }, commit, skip),
    h("p", { class: "td-waiting" }, "What would give it away waits until then."),
  );
  const element = h(
    "fieldset",
    { class: "td-predict", "data-predict": view },
    h("legend", {}, "Predict, then try"),
    h("p", {}, asked.question),
    h(
      "div",
      { class: "td-choices" },
      inputs.map((input, i) => h("label", {}, input, h("span", {}, asked.choices[i], marks[i]))),
    ),
    asking,
    said,
    again,
  );

  function answer(chosen) {
    tell(chosen, remember(view, asked, chosen));
    said.focus({ preventScroll: true });
  }

  function tell(chosen, remembered) {
    const right = chosen === asked.answer,
      guessed = chosen !== null;
    const happens = quoted(asked.choices[asked.answer]);
    first.textContent = right
      ? "As you said."
      : guessed
        ? `You said ${quoted(asked.choices[chosen])} It is ${happens}`
        : `What happens: ${happens}`;
    verdict.textContent = asked.explanation;
    tempting.textContent =
      asked.because == null
        ? ""
        : chosen === asked.tempting
          ? `You took the answer that tempts. ${asked.because}`
          : `The answer that tempts is ${quoted(asked.choices[asked.tempting])} ${asked.because}`;
    inputs.forEach((input, i) => {
      input.checked = i === chosen;
      input.disabled = true;
      input.closest("label").hidden = i !== chosen && i !== asked.answer; // what was neither guessed nor happens takes no room any more
      marks[i].textContent = [i === chosen && "your guess", i === asked.answer && "what happens"]
        .filter(Boolean)
        .map((words) => ` · ${words}`)
        .join("");
    });
    kept.textContent = !remembered
      ? "This browser keeps nothing, so the page will ask again."
      : guessed
        ? "Your guess is kept on this machine and goes nowhere else."
        : "That you skipped is kept on this machine and goes nowhere else.";
    show(right ? "right" : guessed ? "wrong" : "skipped", chosen);
  }

  function ask() {
    for (const each of [first, verdict, tempting, kept, ...marks]) each.textContent = "";
    for (const input of inputs) {
      input.checked = false;
      input.disabled = false;
      input.closest("label").hidden = false;
    }
    show(null);
  }

  function show(how, chosen = null) {
    if (how) element.dataset.answered = how;
    else delete element.dataset.answered;
    asking.hidden = Boolean(how);
    again.hidden = !how;
    element.guess = { asked, chosen }; // for the page, which makes a code of it (site/guesses)
    dispatchEvent(new CustomEvent(GUESSED));
  }

  const forgotten = () => element.dataset.answered && ask(); // what is being chosen stays
  addEventListener(FORGOTTEN, forgotten);
  element.stopAsking = () => removeEventListener(FORGOTTEN, forgotten);
  const before = recall(view, asked);
  if (before === undefined) ask();
  else tell(before, true);
  return element;
}

const quoted = (choice) => `“${choice.replace(/\.$/, "")}”.`;
