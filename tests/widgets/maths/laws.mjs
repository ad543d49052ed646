// The laws of the real model in JavaScript for the parity test: [{sentences: [ids], change}] in by standard input, `measured_laws` of each out,
// with the laws of each head in the first sentence under "heads".
import { text } from "node:stream/consumers";
import { changed } from "../../../src/tokendynamics/widgets/real_trajectories/live/bent.js";
import { laws_of, measured_laws } from "../../../src/tokendynamics/widgets/real_trajectories/live/laws.js";
import { forward } from "../../../src/tokendynamics/widgets/real_trajectories/live/minilm.js";
import { layers, weights, words } from "./weights.mjs";

const found = JSON.parse(await text(process.stdin)).map(({ sentences, change }) => {
  const now = changed(layers, change);
  const runs = sentences.map((ids) => forward(weights, words(ids), ids, layers, { change }).states);
  const heads = now.layers.map((heads, layer) => laws_of(runs[0][layer], heads, layer));
  return { ...measured_laws(now.layers, runs, now.without), heads };
});
console.log(JSON.stringify(found));
