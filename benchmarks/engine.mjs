// Seconds of one JavaScript update, median of several: {tokens, Q, K, V} in, {seconds} out.
import { text } from "node:stream/consumers";
import { update } from "../src/tokendynamics/widgets/maths/attention.js";

const { tokens, Q, K, V } = JSON.parse(await text(process.stdin));
const found = [];
const start = performance.now();
while (found.length < 20 || performance.now() - start < 400) {
  const begin = performance.now();
  update(tokens, Q, K, V);
  found.push(performance.now() - begin);
}
found.sort((a, b) => a - b);
console.log(JSON.stringify({ seconds: found[found.length >> 1] / 1000 }));
