// Milliseconds that the page's model takes for a reader's own sentences, in node: the answer that a slider waits for, median of several, and
// in brackets those of the processor, which other work on the machine lengthens less.
//     node benchmarks/own.mjs
import { readFileSync } from "node:fs";
import os from "node:os";
import { ownModel } from "../src/tokendynamics/widgets/real_trajectories/live/own.js";

const folder = new URL("../src/tokendynamics/data/minilm/", import.meta.url);
const card = JSON.parse(readFileSync(new URL("card.json", folder), "utf8"));
const need = async (file) => {
  const bytes = readFileSync(new URL(file, folder));
  return file.endsWith(".txt") ? bytes.toString("utf8") : Uint8Array.from(bytes).buffer;
};
const { own } = ownModel({ card, need });

/** n tokens, [CLS], [SEP] and the full stop among them; `k` makes it new. */
const sentence = (n, k) =>
  `the light ${"and so on it goes "
    .repeat(n)
    .split(" ")
    .slice(0, n - 6)
    .join(" ")} ${"abcdefghijklmnopqrstuvwxyz"[k % 26]}.`;

async function timed(count, request) {
  const found = [];
  for (let k = 0; k < count; k++) {
    const { wanted, options } = request(k),
      began = performance.now(),
      used = process.cpuUsage();
    await own(wanted, options);
    found.push([performance.now() - began, process.cpuUsage(used).user / 1000]);
  }
  const median = (i) =>
    found
      .map((each) => each[i])
      .sort((a, b) => a - b)
      [count >> 1].toFixed(0);
  return `${median(0)} (${median(1)})`;
}

await own({ sentences: [sentence(12, 0)] }, { controls: true });
console.log(`load ${os.loadavg()[0].toFixed(2)}, node ${process.version}`);
for (const [sentences, n] of [
  [1, 12],
  [2, 12],
  [1, 32],
  [3, 64],
]) {
  const texts = (k) => Array.from({ length: sentences }, (_, i) => sentence(n, sentences * k + i));
  const runs = n > 32 ? 3 : 15;
  const fresh = await timed(runs, (k) => ({ wanted: { sentences: texts(k) } }));
  const slid = (bent) => timed(runs, (k) => ({ wanted: { sentences: texts(0), bent, gain: k / 20 + 0.01 } }));
  const rest = await timed(runs > 3 ? 5 : 1, (k) => ({
    wanted: { sentences: texts(0), bent: [1, 2], gain: k / 30 + 1.5 },
    options: { controls: true },
  }));
  console.log(
    `${sentences} × ${n} tokens: new ${fresh}, a head of layer 1 slid ${await slid([1, 2])}, of layer 4 ${await slid([4, 2])}, at rest with laws and controls ${rest}`,
  );
}
