// The sentence: one that the model never saw, or the reader's own words.
import { h, line, uid } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { selectField } from "../ui/select.js";
import { numbers } from "./engine.js";

/** `tell(patch, notice)` asks for another sentence. */
export function sentenceField({ model, store, tell }) {
  const { tasks, places, examples } = model;
  const said = notice();
  const offered = selectField("Sentence", [["", "Choose one that it never saw…"], ...examples.map((text) => [text, text])], take);
  offered.control.firstChild.disabled = true;
  const typed = typedField(said, take);
  function take(text) {
    let n;
    try {
      n = numbers(text, tasks.next, places).length;
    } catch (error) {
      typed.input.setAttribute("aria-invalid", "true");
      return said.say(refusal(error, model));
    }
    typed.input.removeAttribute("aria-invalid");
    if (text !== store.state.sentence) tell({ sentence: text, token: Math.min(store.state.token, n - 1) }, said);
    else said.clear();
  }
  return {
    body: [line(offered.element), line(typed.element), said.element, known(model)],
    show({ sentence }) {
      if (typed.input.getRootNode().activeElement !== typed.input) typed.input.value = sentence;
      offered.control.value = examples.includes(sentence) ? sentence : "";
    },
    /** What is missing in words that are not refused. */
    remark(words) {
      if (words.at(-1) !== ".")
        said.say("Class and sentiment were learned at a full stop. This sentence has none: they are read at its last word.", "note");
      else if (said.element.dataset.kind === "note") said.clear();
    },
    clear() {
      offered.control.value = "";
      said.clear();
    },
  };
}

function typedField(said, take) {
  const id = uid("text");
  const input = h("input", {
    id,
    type: "text",
    class: "td-sentence",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": said.element.id,
    onchange: () => take(input.value),
    onkeydown: (event) => event.key === "Enter" && take(input.value),
  });
  return { input, element: h("label", { class: "td-field td-wide", for: id }, "or your own", input) };
}

const wordsOf = ({ tasks }) => tasks.next.filter(Boolean);

const refusal = ({ word }, model) =>
  word !== undefined
    ? `“${word}” is not a word of this model's ${wordsOf(model).length}. Choose another; the list is below.`
    : `A sentence is 1 to ${model.places} words. The last good one is kept.`;

const known = (model) =>
  h(
    "details",
    { class: "td-vocabulary" },
    h("summary", {}, `The ${wordsOf(model).length} words it knows`),
    h("p", {}, wordsOf(model).join(", ")),
  );
