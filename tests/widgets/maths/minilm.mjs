// The real model in JavaScript on the ids of some sentences, for the parity test: JSON in by the first argument, JSON out.
import { readFileSync } from "node:fs";
import { forward, heads, unpacked } from "../../../src/tokendynamics/widgets/real_trajectories/minilm.js";

const folder = new URL("../../../src/tokendynamics/data/minilm/", import.meta.url);
const card = JSON.parse(readFileSync(new URL("card.json", folder), "utf8"));
const read = (file) => unpacked(Uint8Array.from(readFileSync(new URL(file, folder))).buffer, card.files[file].arrays);

const weights = {},
  shards = {};
for (const file of Object.keys(card.files)) if (!file.startsWith("words-")) Object.assign(weights, read(file));
function word(id) {
  const shard = Math.floor(id / card.shard),
    file = `words-${String(shard).padStart(3, "0")}.bin`;
  shards[file] ??= read(file);
  const { shape, data } = Object.values(shards[file])[0];
  const row = id % card.shard;
  return data.subarray(row * shape[1], (row + 1) * shape[1]);
}

const layers = Array.from({ length: 6 }, (_, layer) => heads(weights, layer, card.heads));
const found = JSON.parse(process.argv[2]).map((ids) => {
  const words = Object.fromEntries(ids.map((id) => [id, word(id)]));
  const whole = forward(weights, words, ids, layers);
  const rest = forward(weights, words, ids, layers, { from: 4, before: whole });
  return { ...whole, again: rest.states.flat(2).every((row, i) => String(row) === String(whole.states.flat(2)[i])) };
});
console.log(JSON.stringify(found, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
