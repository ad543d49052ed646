// Sentences of the reader's own: typed or taken from a list, with the sense of each; and the word to follow.
import { button, h, line, reword } from "../ui/dom.js";
import { selectField } from "../ui/select.js";
import given from "./given.js";
import { MOST } from "./state.js";

const SENSES = ["A", "B", "C"];

/** `show({sentences, senses})` asks the model about them; `follow(word)` about another word of the same. */
export function yours({ onPage, show, follow }) {
  const rows = Array.from({ length: MOST }, (_, i) => row(i, submit));
  const list = selectField("Examples", [["", "…"], ...given.map(({ title }, i) => [i, title])], (value) => {
    if (value === "") return;
    fill(given[value]);
    submit();
  });
  const followed = selectField("Follow", [], follow);
  const near = nearest();
  let shown = null;

  function submit() {
    const kept = rows.map(({ text, sense }) => ({ text: text.value.trim(), sense: sense.value })).filter(({ text }) => text);
    show({ sentences: kept.map(({ text }) => text), senses: kept.map(({ sense }) => sense) });
  }
  function fill({ sentences, senses = SENSES }) {
    for (const [i, { text, sense }] of rows.entries()) {
      text.value = sentences[i] ?? "";
      sense.value = senses[i] ?? SENSES[i];
    }
  }

  return {
    body: [
      rows.map(({ element }) => element),
      line(button("Show", submit, { class: "td-button td-primary" }), list.element),
      followed.element,
      near.element,
      h(
        "p",
        { class: "td-quiet" },
        "Give the same letter to sentences that use the word in the same sense. ",
        onPage
          ? "The first time, the model comes into this page: 13 MB, which your browser keeps. Your sentences stay here; Copy link puts them into the link, to be read by whoever opens it."
          : "Python runs the model. Copy Python puts the sentences into the line.",
      ),
    ],
    show({ sentences, senses, word, layer }, answer) {
      const now = JSON.stringify([sentences, senses]);
      if (sentences.length && now !== shown) fill({ sentences, senses: senses.length ? senses : SENSES });
      shown = now;
      const shared = answer?.shared ?? [];
      followed.element.hidden = shared.length < 2;
      if (followed.control.childElementCount !== shared.length || followed.control.value !== word)
        followed.control.replaceChildren(...shared.map((each) => h("option", { value: each }, each)));
      followed.control.value = word;
      near.show(answer, word, layer);
    },
  };
}

/** The words of the model's table that are nearest to the one that is followed, a line a sentence. */
function nearest() {
  const heading = h("p", { class: "td-heading" }),
    words = h("div", { class: "td-near" });
  const element = h("div", {}, heading, words);
  return {
    element,
    show(answer, word, layer) {
      const found = answer?.data.sentences ?? [];
      element.hidden = !found.some((sentence) => sentence.near);
      if (element.hidden) return;
      reword(heading, `Nearest to “${word}” in the model’s table of words, at layer ${layer}`);
      const text = found.map(
        (sentence, i) => `${i + 1}: ${sentence.near[layer].map(([name, cosine]) => `${name} ${cosine.toFixed(2)}`).join(", ")}`,
      );
      if (words.childElementCount !== text.length) words.replaceChildren(...text.map(() => h("p", {}, "")));
      for (const [i, each] of [...words.children].entries()) reword(each, text[i]);
    },
  };
}

function row(i, submit) {
  const name = `Sentence ${i + 1}`;
  const text = h("input", {
    type: "text",
    "aria-label": name,
    placeholder: i < 2 ? name : `${name}, if you like`,
    maxlength: 2000,
    autocomplete: "off",
    onkeydown: (event) => event.key === "Enter" && submit(),
  });
  const sense = h(
    "select",
    { "aria-label": `Sense of the word in sentence ${i + 1}` },
    SENSES.map((letter) => h("option", { value: letter }, letter)),
  );
  sense.value = SENSES[i];
  return { text, sense, element: h("div", { class: "td-own-line" }, text, sense) };
}
