// Two sentences one above the other, and where one head of one layer looks in each: a row for each token that looks. The tables stand in
// the picture's place while their panel is open.

import { h, hidden, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { selectField } from "../ui/select.js";
import { unpack, weights } from "./attention_maps.js";
import { named } from "./senses.js";

const NONE = "none";

/** `change(patch)` asks for another state; `number(id)` is what a sentence is called; `redraw` is called once the weights are there. */
export function sideBySide({ heads, change, number, redraw, get }) {
  const broken = notice();
  let packed = null, // the weights on view, once they are unpacked
    of = null, // the attention that they are of
    sizes = []; // and the lengths of its sentences

  async function read({ attention, sentences }) {
    const lengths = sentences.map(({ tokens }) => tokens.length);
    if (String(sizes) !== String(lengths)) packed = null; // or else the weights of a moment ago stay until the new ones are there
    [of, sizes] = [attention, lengths];
    try {
      const all = await unpack(attention, lengths);
      if (of !== attention) return;
      packed = all;
      broken.clear();
      redraw();
    } catch (error) {
      packed = null;
      broken.say(`The weights cannot be shown: ${error.message}.`);
    }
  }

  const head = selectField(
    "Head",
    Array.from({ length: heads }, (_, k) => [k + 1, String(k + 1)]),
    (value) => change({ head: Number(value) }),
  );
  const chosen = [0, 1].map((place) =>
    selectField(place ? "Beside it" : "Sentence", [], (value) => {
      const next = [...get().compared];
      next[place] = Number(value);
      change({ compared: value === NONE ? next.slice(0, 1) : next });
    }),
  );
  const tables = [table(), table()];
  const both = h(
    "div",
    { class: "td-pair" },
    tables.map(({ element }) => element),
  );
  const between = {
    cosine: output("pair-cosine", { label: "cosine of the word between the two sentences", print: (x) => fixed(x, 3) }),
    full: output("pair-full", { label: "distance of the word between the two sentences, all numbers", print: (x) => fixed(x) }),
  };
  const rows = h(
    "div",
    { class: "td-between" },
    readout("cosine of the word between the two, at this layer", between.cosine),
    readout("its distance, in all 384 numbers", between.full),
  );
  const title = h("p", { class: "td-heading" });
  let listed = "";

  function list(data, word) {
    const options = data.words[word].sentences.map((id) => h("option", { value: id }, `${number(id)} ${data.sentences[id].sentence}`));
    chosen[0].control.replaceChildren(...options);
    chosen[1].control.replaceChildren(h("option", { value: NONE }, "none"), ...options.map((option) => option.cloneNode(true)));
  }

  return {
    picture: both,
    body: [
      title,
      head.element,
      chosen.map(({ element }) => element),
      broken.element,
      rows,
      h(
        "p",
        { class: "td-quiet" },
        "A row is a token that looks, a column one that is looked at; numbers are per cent, kept to whole ones, and left out below 5.",
      ),
    ],
    show({ data, word, compared, head: which }, nearest) {
      const { layers } = data.attention;
      if (of !== data.attention) read(data);
      const now = named(data, word);
      if (listed !== now) list(data, word);
      listed = now;
      const through = Math.max(1, nearest); // the layer that made the states on view
      head.control.value = which;
      reword(
        title,
        nearest
          ? `Where head ${which} of layer ${through} of ${layers} looked`
          : `Where head ${which} of layer 1 will look: at layer 0 nothing has looked yet`,
      );
      for (const [place, { control }] of chosen.entries()) control.value = compared[place] ?? NONE;
      both.style.setProperty("--tables", compared.length);
      tables.forEach((each, place) => {
        const id = compared[place];
        each.element.hidden = packed?.starts[id] === undefined;
        if (each.element.hidden) return;
        const { tokens, target, sense } = data.sentences[id];
        each.show(
          `${number(id)}, ${sense}`,
          tokens,
          target,
          weights(packed.bytes, packed.starts[id], heads, tokens.length, through - 1, which - 1),
        );
      });
      const ids = data.words[word].sentences,
        [i, j] = compared.map((id) => ids.indexOf(id)).sort((a, b) => a - b);
      rows.hidden = compared.length < 2 || i === j || !data.words[word].distances;
      if (rows.hidden) return;
      const pair = i * ids.length - (i * (i + 1)) / 2 + j - i - 1; // as `combinations` orders them
      between.cosine.show(data.words[word].cosines.word[nearest][pair]);
      between.full.show(data.words[word].distances[nearest][pair]);
    },
  };
}

function table() {
  const caption = h("caption"),
    head = h("thead"),
    body = h("tbody");
  const element = h("table", { class: "td-weights" }, caption, head, body);
  let drawn = "",
    cells = [],
    wanted = null;
  return {
    element,
    /** In the next frame: hundreds of cells can wait for the picture, which the hand is on. */
    show(...what) {
      if (!wanted) requestAnimationFrame(fill);
      wanted = what;
    },
  };

  function fill() {
    const [name, tokens, target, shares] = wanted;
    wanted = null;
    lay(name, tokens, target);
    for (const [i, row] of cells.entries())
      for (const [k, cell] of row.entries()) {
        const share = shares[i][k];
        if (cell.dataset.share === String(share)) continue; // while playing, most frames bring nothing new
        cell.dataset.share = share;
        cell.style.setProperty("--share", share);
        reword(cell, share < 0.05 ? "" : Math.round(100 * share));
      }
  }

  function lay(name, tokens, target) {
    const next = JSON.stringify([name, tokens, target]);
    if (next === drawn) return;
    drawn = next;
    caption.replaceChildren(hidden("Attention in sentence "), name);
    element.style.setProperty("--n", tokens.length);
    const main = (i) => (i === target ? "td-main" : null);
    head.replaceChildren(
      h(
        "tr",
        {},
        h("td"),
        tokens.map((token, i) => h("th", { scope: "col", class: main(i) }, h("span", {}, token))),
      ),
    );
    cells = tokens.map(() => tokens.map(() => h("td", {}, "")));
    body.replaceChildren(...tokens.map((token, i) => h("tr", { class: main(i) }, h("th", { scope: "row" }, token), cells[i])));
  }
}
