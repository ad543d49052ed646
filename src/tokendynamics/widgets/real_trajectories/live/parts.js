// The files of the packed model, asked for when a sentence needs them and kept; see real/_packed.py for what stands in them.
import { heads, unpacked } from "./minilm.js";
import { near_ids, near_table } from "./near.js";
import { makeTokenizer } from "./tokenizer.js";

const WORDS = "embeddings.word_embeddings.weight";

/**
 * @param {{ card: any, need: (file: string) => Promise<any> }} given `card` as card.json; `need` hands over a file of the folder by its name
 */
export function modelParts({ card, need }) {
  const known = new Map();
  let table = null;
  /** What was asked for once is there for good; what failed is asked for again. */
  function once(name, made) {
    if (!known.has(name)) {
      const coming = made();
      known.set(name, coming);
      coming.catch(() => known.delete(name));
    }
    return known.get(name);
  }
  const arrays = (file) => once(file, async () => unpacked(await need(file), card.files[file].arrays));
  const shard_of = (id) => `words-${String(Math.floor(id / card.shard)).padStart(3, "0")}.bin`;

  const vocabulary = () => once("vocabulary", () => need("vocabulary.txt"));
  const pieces = async () => (await vocabulary()).split("\n");

  /** The rows of the word table, as a function of the id, once the shards of these ids are there. */
  async function words(ids) {
    const files = [...new Set(ids.map(shard_of))];
    const tables = new Map(await Promise.all(files.map(async (file) => /** @type {const} */ ([file, (await arrays(file))[WORDS]]))));
    return (id) => {
      const { shape, data } = tables.get(shard_of(id)),
        row = id % card.shard;
      return data.subarray(row * shape[1], (row + 1) * shape[1]);
    };
  }

  return {
    heads: card.heads,
    words,
    tokenizer: () => once("tokenizer", async () => makeTokenizer(await vocabulary())),
    /** All weights but the word table, and the heads of each layer, {weights, layers}. */
    model: () =>
      once("model", async () => {
        const files = Object.keys(card.files).filter((file) => file.endsWith(".bin") && !file.startsWith("words-"));
        const weights = Object.assign({}, ...(await Promise.all(files.map(arrays))));
        const n_layers = files.filter((file) => file.startsWith("layer-")).length;
        return { weights, layers: Array.from({ length: n_layers }, (_, layer) => heads(weights, layer, card.heads)) };
      }),
    /** The words that `nearest` looks through, or null while their files are still to come. */
    near_words: () => table,
    load_near: () =>
      once("near", async () => {
        const names = await pieces(),
          ids = near_ids(names, card.shard);
        const row = await words(ids);
        table = near_table(
          ids.map((id) => names[id]),
          ids.map(row),
        );
      }),
  };
}
