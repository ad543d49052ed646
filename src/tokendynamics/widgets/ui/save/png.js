// A drawing as pixels, twice as fine as on the page, with its words in the file.

const FINER = 2;

/** A PNG of SVG text, as a Blob; `words`, {Title: "…"}, stand in it as text. */
export async function asPng(svg, words) {
  const canvas = await painted(svg, ({ width, height }) => [FINER * width, FINER * height]);
  const made = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!made) throw new Error("The browser made no picture of it.");
  return new Blob(withWords(new Uint8Array(await made.arrayBuffer()), words), { type: "image/png" });
}

/** SVG text on a canvas; `sized(image)` is how large it is to be, [width, height] in pixels. */
export async function painted(svg, sized) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const [width, height] = sized(image);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0, width, height);
    return canvas;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The parts of a PNG with text before its pixels: a signature of 8 bytes and the head, 25 bytes, come first. */
function withWords(bytes, words) {
  return [bytes.slice(0, 33), ...Object.entries(words).map(([name, text]) => chunk("iTXt", `${name}\0\0\0\0\0${text}`)), bytes.slice(33)];
}

function chunk(kind, text) {
  const body = new TextEncoder().encode(kind + text);
  const made = new Uint8Array(body.length + 8),
    numbers = new DataView(made.buffer);
  numbers.setUint32(0, body.length - 4);
  made.set(body, 4);
  numbers.setUint32(body.length + 4, crc(body));
  return made;
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 && 0xedb88320);
  }
  return ~sum >>> 0;
}
