// The page's tokenizer on many texts, for the parity test: a JSON list in by standard input, a list of {ids, tokens} out.
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { makeTokenizer } from "../../../src/tokendynamics/widgets/real_trajectories/live/tokenizer.js";

const vocabulary = readFileSync(new URL("../../../src/tokendynamics/data/minilm/vocabulary.txt", import.meta.url), "utf8");
const tokenizer = makeTokenizer(vocabulary);
console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map((each) => tokenizer.encode(each))));
