// The packed weights as the page has them, for the parity tests and the benchmark: {card, weights, layers, words(ids)}.
import { readFileSync } from "node:fs";
import { heads, unpacked } from "../../../src/tokendynamics/widgets/real_trajectories/live/minilm.js";

const folder = new URL("../../../src/tokendynamics/data/minilm/", import.meta.url);
export const card = JSON.parse(readFileSync(new URL("card.json", folder), "utf8"));
const read = (file) => unpacked(Uint8Array.from(readFileSync(new URL(file, folder))).buffer, card.files[file].arrays);

export const weights = {};
for (const file of Object.keys(card.files)) if (!file.startsWith("words-")) Object.assign(weights, read(file));
export const layers = Array.from({ length: 6 }, (_, layer) => heads(weights, layer, card.heads));

const shards = {};
function word(id) {
  const shard = Math.floor(id / card.shard),
    file = `words-${String(shard).padStart(3, "0")}.bin`;
  shards[file] ??= read(file);
  const { shape, data } = Object.values(shards[file])[0];
  const row = id % card.shard;
  return data.subarray(row * shape[1], (row + 1) * shape[1]);
}
export const words = (ids) => Object.fromEntries(ids.map((id) => [id, word(id)]));
