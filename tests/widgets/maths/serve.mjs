// Calls the engine's JavaScript for the parity tests: a line of JSON in, {module, function, args}; a line out,
// {result} or {error, kind}. JSON has no NaN or infinity: both sides write them as the strings below.

import { createInterface } from "node:readline";

const WIDGETS = new URL("../../../src/tokendynamics/widgets/", import.meta.url);
const SPECIAL = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

const modules = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const call = JSON.parse(line, (_, value) => (SPECIAL.has(value) ? SPECIAL.get(value) : value));
    if (!modules.has(call.module))
      modules.set(call.module, await import(new URL(`${call.module.includes("/") ? call.module : `maths/${call.module}`}.js`, WIDGETS)));
    const given = JSON.stringify(call.args);
    const result = await modules.get(call.module)[call.function](...call.args);
    if (JSON.stringify(call.args) !== given) throw new Error(`${call.function} modified its arguments`);
    answer = { result: result ?? null };
  } catch (error) {
    answer = { error: error.message, kind: error.name };
  }
  const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : value);
  const special = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : plain(value));
  process.stdout.write(`${JSON.stringify(answer, special)}\n`);
}
