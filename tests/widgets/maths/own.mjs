// A reader's own sentences in JavaScript, for the parity test: a list of requests as JSON by the first argument, for each its answer and the files
// that it asked for, as JSON.
import { readFileSync } from "node:fs";
import { ownModel } from "../../../src/tokendynamics/widgets/real_trajectories/live/own.js";

const folder = new URL("../../../src/tokendynamics/data/minilm/", import.meta.url);
let asked = [];
async function need(file) {
  asked.push(file);
  const bytes = readFileSync(new URL(file, folder));
  return file.endsWith(".txt") ? bytes.toString("utf8") : Uint8Array.from(bytes).buffer;
}
const card = JSON.parse(readFileSync(new URL("card.json", folder), "utf8"));
card.files["vocabulary.txt"] = { arrays: [] }; // as the page's card has it
const { own } = ownModel({ card, need });

const found = [];
for (const { wanted, overtaken = Infinity, ...options } of JSON.parse(process.argv[2])) {
  const parts = [];
  let breaths = 0;
  asked = [];
  const answer = await own(wanted, { ...options, onPart: (part) => parts.push(part), cancelled: () => ++breaths > overtaken });
  found.push({ answer, parts, asked });
}
console.log(JSON.stringify(found, (_, value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : value)));
