// A model's parameters as they come to the page: base64 and a checksum. Mirrors packed.py.

/** {name: nested lists} from what Python's `pack` gives. A RangeError where the numbers are not the ones that were packed. */
export function unpack(packed) {
  const wrong = () => new RangeError("weights must hold arrays, dtype, data and crc32 as pack gives them; these do not");
  const size = { float16: 2, float32: 4 }[packed?.dtype];
  if (!size || !Array.isArray(packed.arrays) || typeof packed.data !== "string") throw wrong();
  let raw;
  try {
    raw = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  } catch {
    throw wrong();
  }
  const count = (shape) => shape.reduce((product, s) => product * s, 1);
  const wanted = packed.arrays.reduce((sum, [, shape]) => sum + count(shape), 0) * size;
  if (raw.length !== wanted) throw new RangeError(`weights are damaged: ${raw.length} bytes came, ${wanted} are needed`);
  const sum = crc32(raw);
  if (sum !== packed.crc32) throw new RangeError(`weights are damaged: their checksum is ${sum}, and ${packed.crc32} was sent with them`);
  const view = new DataView(raw.buffer);
  let at = 0;
  const next = () => {
    const value = size === 4 ? view.getFloat32(at, true) : float16(view.getUint16(at, true));
    at += size;
    return value;
  };
  /** @param {number[]} shape */
  const nested = ([length, ...rest]) => Array.from({ length }, () => (rest.length ? nested(rest) : next()));
  return Object.fromEntries(packed.arrays.map(([name, shape]) => [name, nested(shape)]));
}

/** A half-precision number from its 16 bits: sign, 5 of exponent, 10 of fraction. */
function float16(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 0x3ff;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** The checksum of zip files. */
function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
