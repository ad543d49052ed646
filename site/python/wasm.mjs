// Reads a WebAssembly module as far as trim.mjs asks: its functions, their names, what each calls, and the addresses that stand in it.
// https://webassembly.github.io/spec/core/binary/

/** Reads numbers one after the other. */
function reader(bytes, at = 0) {
  const it = {
    at,
    byte: () => bytes[it.at++],
    skip() {
      while (bytes[it.at++] & 128);
    },
    unsigned() {
      let value = 0,
        scale = 1,
        byte;
      do {
        byte = bytes[it.at++];
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte & 128);
      return value;
    },
    signed() {
      const from = it.at,
        value = it.unsigned(),
        width = 7 * (it.at - from);
      return bytes[it.at - 1] & 64 ? value - 2 ** width : value;
    },
    text() {
      const length = it.unsigned();
      it.at += length;
      return bytes.toString("utf8", it.at - length, it.at);
    },
    times(work) {
      for (let left = it.unsigned(); left > 0; left--) work();
    },
  };
  return it;
}

/**
 * The parts of a module: `bodies` are [start, end) in its bytes, `names` are of those functions, `table` gives a function by its address, `exported`
 * are functions, whose numbers count the `imported` ones first.
 */
export function moduleOf(bytes) {
  const module = { bytes, imported: 0, bodies: [], names: [], table: [], exported: [], segments: [] };
  const it = reader(bytes, 8);
  while (it.at < bytes.length) {
    const kind = it.byte(),
      length = it.unsigned(),
      end = it.at + length;
    SECTIONS[kind]?.(it, module, end);
    it.at = end;
  }
  const segment = (at) => module.segments.find(({ from, size }) => at >= from && at + 4 <= from + size);
  const place = (at) => at - segment(at).from + segment(at).start;
  return Object.assign(module, {
    isData: (at) => segment(at) !== undefined,
    wordAt: (at) => (segment(at) ? bytes.readUInt32LE(place(at)) : 0),
    textAt: (at) => bytes.toString("latin1", place(at), bytes.indexOf(0, place(at))),
  });
}

const SECTIONS = {
  0(it, module, end) {
    if (it.text() !== "name") return;
    while (it.at < end) {
      const kind = it.byte(),
        length = it.unsigned(),
        next = it.at + length;
      if (kind === 1)
        it.times(() => {
          const index = it.unsigned();
          module.names[index - module.imported] = it.text();
        });
      it.at = next;
    }
  },
  2(it, module) {
    it.times(() => {
      it.text();
      it.text();
      if (it.byte() !== 0) throw new Error("something is imported that is no function");
      it.unsigned();
      module.imported++;
    });
  },
  7(it, module) {
    it.times(() => {
      it.text();
      const kind = it.byte(),
        index = it.unsigned();
      if (kind === 0) module.exported.push(index);
    });
  },
  9(it, module) {
    it.times(() => {
      if (it.unsigned() !== 0) throw new Error("a table that is not filled plainly");
      it.byte();
      let at = it.signed();
      it.byte();
      it.times(() => {
        module.table[at++] = it.unsigned();
      });
    });
  },
  10(it, module) {
    it.times(() => {
      const length = it.unsigned();
      module.bodies.push([it.at, it.at + length]);
      it.at += length;
    });
  },
  11(it, module) {
    it.times(() => {
      if (it.unsigned() !== 0) throw new Error("data that is not placed plainly");
      it.byte();
      const from = it.signed();
      it.byte();
      const size = it.unsigned();
      module.segments.push({ from, size, start: it.at });
      it.at += size;
    });
  },
};

/** Of each function what it calls, and the addresses in it: the linker writes those in five bytes, whatever they are. */
export const functionsOf = (module) => module.bodies.map((body) => readBody(module.bytes, body));

function readBody(bytes, [start, end]) {
  const it = reader(bytes, start);
  const found = { calls: [], addresses: [] };
  const address = (read) => {
    const from = it.at,
      value = read();
    if (it.at - from === 5) found.addresses.push(value);
  };
  it.times(() => {
    it.unsigned();
    it.skip();
  });
  while (it.at < end) step(it, found, address);
  if (it.at !== end) throw new Error(`an instruction before ${end} is not known`);
  return found;
}

const PLAIN = (code) => code <= 1 || [5, 10, 11, 15, 25, 26, 27, 0xd1].includes(code) || (code >= 0x45 && code <= 0xc4);
const ONE = (code) => [7, 8, 9, 12, 13, 0x14, 0x15, 0x18, 0x3f, 0x40, 0xd0].includes(code) || (code >= 0x20 && code <= 0x26);

/** One instruction. */
function step(it, found, address) {
  const code = it.byte();
  if (PLAIN(code)) return;
  if (ONE(code) || (code >= 2 && code <= 6)) return it.skip();
  if (code === 0x10 || code === 0x12 || code === 0xd2) found.calls.push(it.unsigned());
  else if (code === 0x41) address(it.signed);
  else if (code === 0x42) it.skip();
  else if (code === 0x43) it.at += 4;
  else if (code === 0x44) it.at += 8;
  else if (code >= 0x28 && code <= 0x3e) memory(it, address);
  else if (code === 0x11 || code === 0x13) {
    it.skip();
    it.skip();
  } else if (code === 0x0e) {
    it.times(it.skip);
    it.skip();
  } else if (code === 0x1c) it.times(it.byte);
  else if (code === 0x1f) handlers(it);
  else if (code === 0xfc) more(it);
  else if (code === 0xfd) vectors(it, address);
  else if (code === 0xfe) atomic(it, address);
  else throw new Error(`instruction ${code.toString(16)} at ${it.at} is not known`);
}

function memory(it, address) {
  if (it.unsigned() & 64) it.skip();
  address(it.unsigned);
}

function handlers(it) {
  it.skip();
  it.times(() => {
    if (it.byte() < 2) it.skip();
    it.skip();
  });
}

function more(it) {
  const code = it.unsigned();
  if (code >= 8) it.skip();
  if ([8, 10, 12, 14].includes(code)) it.skip();
}

function vectors(it, address) {
  const code = it.unsigned();
  if (code <= 11 || (code >= 84 && code <= 93)) memory(it, address);
  if (code === 12 || code === 13) it.at += 16;
  if ((code >= 21 && code <= 34) || (code >= 84 && code <= 91)) it.at += 1;
}

function atomic(it, address) {
  if (it.unsigned() === 3) it.at += 1;
  else memory(it, address);
}
