// What the page makes of answers and names: a JSON of {answers, names, notebook, found, exercises} comes in, a JSON of the same goes out.
import { readFileSync } from "node:fs";
import { fileName, handedIn, typed } from "../../site/exercises/handed_in.js";

const { answers, names, notebook, found, exercises } = JSON.parse(readFileSync(0, "utf8"));
const made = {
  answers: answers.map(([number, answer]) => typed(answer, exercises[number].as)),
  names: names.map((name) => fileName(name, "01")),
  notebook: handedIn(notebook, found, exercises),
};
process.stdout.write(JSON.stringify(made));
