// The sentences of a word, to check and uncheck, under the sense that each was written for.
import { h, uid } from "../ui/dom.js";
import { senseClass, senseMark } from "./sense_marks.js";
import { named } from "./senses.js";

/** `onChange(ids)` hears which sentences are checked. */
export function sentenceList(onChange) {
  const element = h("div", { class: "td-sentences" });
  let listed = "",
    boxes = new Map();

  function list(data, word) {
    const { senses, sentences } = data.words[word];
    boxes = new Map(sentences.map((id) => [id, h("input", { type: "checkbox", id: uid("sentence"), value: id, onchange: changed })]));
    const line = (id, i) =>
      data.sentences[id].sense === senses[i] &&
      h(
        "div",
        { class: "td-check" },
        boxes.get(id),
        h("label", { for: boxes.get(id).id }, `${sentences.indexOf(id) + 1} `, marked(data.sentences[id])),
      );
    element.replaceChildren(
      ...senses.map((sense, i) =>
        h("fieldset", { class: senseClass(i) }, h("legend", {}, senseMark(i), sense), sentences.map((id) => line(id, i)).filter(Boolean)),
      ),
    );
  }
  const changed = () => onChange([...boxes].filter(([, box]) => box.checked).map(([id]) => id));

  return {
    element,
    show(data, word, shown) {
      const now = named(data, word);
      if (listed !== now) list(data, word);
      listed = now;
      for (const [id, box] of boxes) box.checked = shown.includes(id);
    },
  };
}

/** Which mark is which sense. */
export function senseKey() {
  const element = h("p", { class: "td-senses" });
  let listed = null;
  return {
    element,
    show(data, word) {
      const { senses } = data.words[word],
        text = senses.join();
      if (listed !== text) element.replaceChildren(...senses.map((sense, i) => h("span", {}, senseMark(i), sense)));
      listed = text;
    },
  };
}

/** The sentence with the followed word in bold. */
function marked({ sentence, word }) {
  const plain = word.replace(/[^\p{L}\p{N}]/gu, "\\$&");
  const at = sentence.toLowerCase().search(new RegExp(`(?<!\\p{L})${plain}(?!\\p{L})`, "u"));
  if (at < 0) return sentence;
  const end = at + word.length;
  return h("span", {}, sentence.slice(0, at), h("b", {}, sentence.slice(at, end)), sentence.slice(end));
}
