// Sentences through the model, layer by layer, with a turn for others between two layers. What the learned heads gave is kept, so that a head that
// is slid is computed from its layer on.
import { changed, changes_a_head } from "./bent.js";
import { embed, step } from "./minilm.js";

export const LEARNED = { bent: [1, 1], beta: 1, gain: 1, value: "learned", without: "nothing" };
const KEPT = 12; // passes: three sentences and two anchors as learned, and the sentences without heads or MLPs

/**
 * `pass(sentences, change)` gives {layers, runs}: the heads of each layer that they went through, and for each of {sentence, ids} what it was, with
 * states (L + 1, n, d) and attentions (L, H, n, n).
 * @param {{ weights: any, layers: any[] }} model
 * @param {(id: number) => ArrayLike<number>} row of the word table
 * @param {Map<string, any>} kept what sentences became with every head as learned, by what writes nothing
 * @param {() => Promise<void>} breathe
 */
export function passes({ weights, layers }, row, kept, breathe) {
  async function through({ ids }, now, before, from) {
    const words = Object.fromEntries(ids.map((id) => [id, row(id)]));
    const states = before ? before.states.slice(0, from + 1) : [embed(weights, words, ids)],
      attentions = before ? before.attentions.slice(0, from) : [];
    for (let layer = from; layer < layers.length; layer++) {
      await breathe();
      const { tokens, attention } = step(weights, layer, states[layer], now.layers[layer], now.without);
      states.push(tokens);
      attentions.push(attention);
    }
    return { states, attentions };
  }

  async function unbent(sentence, without) {
    const name = `${without} ${sentence.sentence}`;
    const found = kept.get(name) ?? (await through(sentence, changed(layers, { without }), null, 0));
    kept.delete(name);
    kept.set(name, found); // the last asked for is the last to go
    for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
    return found;
  }

  return async (sentences, change) => {
    const now = changed(layers, change),
      runs = [];
    for (const sentence of sentences) {
      const before = await unbent(sentence, change.without);
      const after = changes_a_head(change) ? await through(sentence, now, before, change.bent[0] - 1) : before;
      runs.push({ ...sentence, ...after });
    }
    return { layers: now.layers, runs };
  };
}
