// Judges answers with the page's judge: a JSON of {rules, given: [[number, answer]…], model} comes in, a JSON of verdicts goes out.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const ROOT = new URL("../../", import.meta.url).pathname;
const { outputFiles } = await build({ entryPoints: [`${ROOT}site/exercises/judge.js`], bundle: true, format: "esm", write: false });
const { verdict, unpack } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
const { rules, given, model } = JSON.parse(readFileSync(0, "utf8"));
const at_hand = { model, parameters: unpack(model.weights) };
const found = given.map(([number, answer]) => verdict(rules.exercises[number], rules.sayings, answer, at_hand));
process.stdout.write(JSON.stringify(found));
