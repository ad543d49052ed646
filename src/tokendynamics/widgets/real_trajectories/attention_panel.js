// Two sentences one above the other, and where one head of one layer looks in each (attention_table.js). The tables stand in the picture's place
// while their panel is open.

import { h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { selectField } from "../ui/select.js";
import { unpack, weights } from "./attention_maps.js";
import { weightTable } from "./attention_table.js";
import { named } from "./senses.js";

const NONE = "none";

/** `change(patch)` asks for another state; `number(id)` is what a sentence is called; `redraw` is called once the weights are there. */
export function sideBySide({ heads, change, number, redraw, get }) {
  const attention = unpacking(redraw);
  const head = selectField(
    "Head",
    Array.from({ length: heads }, (_, k) => [k + 1, String(k + 1)]),
    (value) => change({ head: Number(value) }),
  );
  const pair = pairFields({ change, number, get });
  const tables = [weightTable(), weightTable()];
  const both = h(
    "div",
    { class: "td-pair" },
    tables.map(({ element }) => element),
  );
  const between = betweenTwo();
  const title = h("p", { class: "td-heading" });

  function fill({ data, compared, head: which }, through) {
    const { packed } = attention;
    tables.forEach((each, place) => {
      const id = compared[place];
      each.element.hidden = packed?.starts[id] === undefined;
      if (each.element.hidden) return;
      const { tokens, target, sense } = data.sentences[id];
      const shares = weights(packed.bytes, packed.starts[id], heads, tokens.length, through - 1, which - 1);
      each.show(`${number(id)}, ${sense}`, tokens, target, shares);
    });
  }

  return {
    picture: both,
    body: [title, head.element, pair.elements, attention.element, between.element, h("p", { class: "td-quiet" }, READ)],
    show(state, nearest) {
      const { data, word, compared, head: which } = state;
      attention.read(data);
      const through = Math.max(1, nearest); // the layer that made the states on view
      head.control.value = which;
      reword(
        title,
        nearest
          ? `Where head ${which} of layer ${through} of ${data.attention.layers} looked`
          : `Where head ${which} of layer 1 will look: at layer 0 nothing has looked yet`,
      );
      pair.show(data, word, compared);
      both.style.setProperty("--tables", compared.length);
      fill(state, through);
      between.show(data.words[word], compared, nearest);
    },
  };
}

const READ = "A row is a token that looks, a column one that is looked at; numbers are per cent, kept to whole ones, and left out below 5.";

/** The weights of the sentences that were asked for last, `packed` once they are unpacked; then `redraw` is called. */
function unpacking(redraw) {
  const broken = notice();
  let asked = null, // the attention that they are of
    sizes = []; // and the lengths of its sentences
  const here = { element: broken.element, packed: null, read };
  return here;

  async function read({ attention, sentences }) {
    if (asked === attention) return;
    const lengths = sentences.map(({ tokens }) => tokens.length);
    if (String(sizes) !== String(lengths)) here.packed = null; // or else the weights of a moment ago stay until the new ones are there
    [asked, sizes] = [attention, lengths];
    try {
      const all = await unpack(attention, lengths);
      if (asked !== attention) return;
      here.packed = all;
      broken.clear();
      redraw();
    } catch (error) {
      here.packed = null;
      broken.say(`The weights cannot be shown: ${error.message}.`);
    }
  }
}

/** Which sentence is looked into, and which beside it. */
function pairFields({ change, number, get }) {
  const fields = [0, 1].map((place) =>
    selectField(place ? "Beside it" : "Sentence", [], (value) => {
      const next = [...get().compared];
      next[place] = Number(value);
      change({ compared: value === NONE ? next.slice(0, 1) : next });
    }),
  );
  let listed = "";

  function list(data, word) {
    const options = data.words[word].sentences.map((id) => h("option", { value: id }, `${number(id)} ${data.sentences[id].sentence}`));
    fields[0].control.replaceChildren(...options);
    fields[1].control.replaceChildren(h("option", { value: NONE }, "none"), ...options.map((option) => option.cloneNode(true)));
  }

  return {
    elements: fields.map(({ element }) => element),
    show(data, word, compared) {
      const now = named(data, word);
      if (listed !== now) list(data, word);
      listed = now;
      for (const [place, { control }] of fields.entries()) control.value = compared[place] ?? NONE;
    },
  };
}

/** How near the word is in the one sentence to itself in the other. */
function betweenTwo() {
  const cosine = output("pair-cosine", { label: "cosine of the word between the two sentences", print: (x) => fixed(x, 3) });
  const full = output("pair-full", { label: "distance of the word between the two sentences, all numbers", print: (x) => fixed(x) });
  const element = h(
    "div",
    { class: "td-between" },
    readout("cosine of the word between the two, at this layer", cosine),
    readout("its distance, in all 384 numbers", full),
  );
  return {
    element,
    show({ sentences: ids, cosines, distances }, compared, layer) {
      const [i, j] = compared.map((id) => ids.indexOf(id)).sort((a, b) => a - b);
      element.hidden = compared.length < 2 || i === j || !distances;
      if (element.hidden) return;
      const pair = i * ids.length - (i * (i + 1)) / 2 + j - i - 1; // as `combinations` orders them
      cosine.show(cosines.word[layer][pair]);
      full.show(distances[layer][pair]);
    },
  };
}
