// The real model in JavaScript for the parity tests. In by standard input, JSON: [{ids, change}]. Out: for each, float64, all states and
// then all attention weights, as a pass gives them that begins where it may; one that begins at layer 1 must give the same.
import { text } from "node:stream/consumers";
import { forward } from "../../../src/tokendynamics/widgets/real_trajectories/live/minilm.js";
import { layers, weights, words } from "./weights.mjs";

const flat = ({ states, attentions }) => Float64Array.from([...states.flat().flatMap((row) => [...row]), ...attentions.flat(3)]);
for (const { ids, change } of JSON.parse(await text(process.stdin))) {
  const rows = words(ids);
  const learned = forward(weights, rows, ids, layers);
  const rest = flat(forward(weights, rows, ids, layers, { from: change ? null : 4, before: learned, change }));
  const whole = flat(change ? forward(weights, rows, ids, layers, { change }) : learned);
  if (!rest.every((x, i) => x === whole[i])) throw new Error("a pass that begins later gives something else");
  process.stdout.write(Buffer.from(rest.buffer));
}
