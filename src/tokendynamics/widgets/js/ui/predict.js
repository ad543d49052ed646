import { button, h, uid } from "./dom.js";

/** Predict first: a question with choices; once one is chosen, what happens and why. Null where none is asked. */
export function prediction(asked, view) {
  if (!asked) return null;
  const name = uid("predict");
  const verdict = h("p", { class: "td-verdict", role: "status" });
  const options = asked.choices.map((choice, index) =>
    h("label", {}, h("input", { type: "radio", name, value: index }), " ", choice));
  const commit = button("Commit to it", () => {
    const chosen = element.querySelector("input:checked");
    if (!chosen) return (verdict.textContent = "Choose one first. A wrong guess teaches more than none.");
    const right = Number(chosen.value) === asked.answer;
    tell(right ? "As you said." : `It is: ${answer}`, right ? "right" : "wrong");
  });
  const skip = button("Show me without a guess", () => tell(`What happens: ${answer}`, "skipped"));
  const answer = asked.choices[asked.answer].replace(/[^.]$/, "$&.");
  function tell(opening, how) {
    verdict.textContent = `${opening} ${asked.explanation}`;
    element.dataset.answered = how;
    element.querySelectorAll("input").forEach((input) => (input.disabled = true));
    commit.hidden = skip.hidden = true;
  }
  const element = h("fieldset", { class: "td-predict", "data-predict": view },
    h("legend", {}, "Predict, then try"), h("p", {}, asked.question), h("div", { class: "td-choices" }, options),
    h("div", { class: "td-line" }, commit, skip), verdict);
  return element;
}
