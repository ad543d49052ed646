// The word that is followed and its sentences.
import { h } from "../ui/dom.js";
import { selectField } from "../ui/select.js";
import { sentenceList } from "./sentences.js";
import { LEARNED, opening } from "./state.js";

const BOOKS = { sentences: [], senses: [], anchors: [], ...LEARNED };

/** `tell(patch)` asks for another state; `begin(patch)` too, where the reader comes back from sentences of their own. */
export function wordsPanel({ book, get, tell, begin }) {
  const words = Object.keys(book.words).map((word) => [word, `${word}: ${book.words[word].senses.join(" or ")}`]);
  const select = selectField("Word", words, (word) => {
    const { basis, sentences } = get();
    const home = {
      ...BOOKS,
      word,
      shown: book.words[word].sentences,
      compared: opening(book, word),
      basis: basis === "anchors" ? "own" : basis,
    };
    (sentences.length ? begin : tell)(home);
  });
  const own = h("option", { value: "" }, "in your sentences");
  const list = sentenceList((shown) => tell({ shown }));
  return {
    body: [select.element, list.element],
    show({ data, word, shown, answer }) {
      list.show(data, word, shown);
      if (!answer) own.remove();
      else if (!own.isConnected) select.control.prepend(own);
      select.control.value = answer ? "" : word;
    },
  };
}
