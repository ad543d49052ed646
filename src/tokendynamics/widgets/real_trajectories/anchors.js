// Two words of the reader's, towards which the picture is drawn: across and up are the cosines with them.
import { button, h } from "../ui/dom.js";

/** `ask([one, other])` asks the model for these two; `say(words)` what is missing. */
export function anchorFields({ ask, say }) {
  const fields = ["Across", "Up"].map((label) =>
    h("input", {
      type: "text",
      "aria-label": `${label}: towards the word`,
      placeholder: label === "Across" ? "lamp" : "heavy",
      maxlength: 60,
      autocomplete: "off",
      onkeydown: (event) => event.key === "Enter" && submit(),
    }),
  );
  let wanted = false;
  function submit() {
    const words = fields.map((field) => field.value.trim());
    if (words.every(Boolean)) ask(words);
    else say("Two words are needed, one for each direction of the picture.");
  }
  return {
    element: h("div", { class: "td-line td-anchors" }, fields, button("Draw", submit)),
    open() {
      wanted = true;
    },
    show({ sentences, anchors, basis }) {
      this.element.hidden = !sentences.length || !(wanted || basis === "anchors");
      for (const [i, word] of anchors.entries()) if (fields[i].getRootNode().activeElement !== fields[i]) fields[i].value = word;
    },
  };
}
