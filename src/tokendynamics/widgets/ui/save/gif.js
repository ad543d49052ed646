// What plays, as a GIF that plays again and again: frames as PNGs are drawn, in colours that they share.
import { GIFEncoder, nearestColorIndex, quantize } from "gifenc";
import { painted } from "./png.js";

const WIDE = 640; // pixels
const REST = 1200; // milliseconds for which the last frame stands
const COLOURS = 256;
const SAME = COLOURS - 1; // in place of a colour: the pixel is as before
const WORDS_AT = 13 + 3 * COLOURS + 19; // behind the head, the colours and the word that it plays again

/**
 * @param {object} given
 * @param {number} given.count of frames
 * @param {number} given.every milliseconds
 * @param {(k: number) => Promise<string>} given.frame as SVG text
 * @param {string} given.words a comment in the file
 * @param {(k: number) => void} given.onFrame hears how many are made; it may throw to end the work
 */
export async function asGif({ count, every, frame, words, onFrame }) {
  /** @type {[number, number] | null} */
  let size = null;
  const pixels = async (k) => {
    const canvas = await painted(await frame(k), ({ width, height }) => (size ??= [WIDE, Math.round((WIDE * height) / width)]));
    return canvas.getContext("2d").getImageData(0, 0, ...size).data;
  };
  const some = [];
  for (const k of new Set([0, count >> 1, count - 1])) some.push(await pixels(k));
  const colours = quantize(joined(some), SAME);
  const inColours = painter(colours);
  const palette = [...colours, ...new Array(COLOURS - colours.length).fill([0, 0, 0])];
  const gif = GIFEncoder();
  let before = null;
  for (let k = 0; k < count; k++) {
    onFrame(k);
    const now = inColours(await pixels(k));
    const changed = before ? now.map((colour, i) => (colour === before[i] ? SAME : colour)) : now;
    const delay = k === count - 1 ? REST : every;
    gif.writeFrame(changed, ...size, {
      palette: before ? null : palette,
      delay,
      dispose: 1,
      transparent: Boolean(before),
      transparentIndex: SAME,
    });
    before = now;
  }
  gif.finish();
  const bytes = gif.bytes();
  return new Blob([bytes.slice(0, WORDS_AT), comment(words), bytes.slice(WORDS_AT)], { type: "image/gif" });
}

/**
 * A function that finds for each pixel the nearest of the colours. What it found it keeps, for every colour apart: gifenc's own `applyPalette` takes
 * those that are alike for one, and pale bands of a landscape came out beige.
 */
function painter(colours) {
  const known = new Uint16Array(1 << 24); // by red, green and blue: the place among the colours, from 1
  return (pixels) => {
    const places = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < places.length; i++) {
      const [r, g, b] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]],
        colour = (r << 16) | (g << 8) | b;
      known[colour] ||= 1 + nearestColorIndex(colours, [r, g, b]);
      places[i] = known[colour] - 1;
    }
    return places;
  };
}

function joined(parts) {
  const whole = new Uint8Array(parts.length * parts[0].length);
  for (const [i, part] of parts.entries()) whole.set(part, i * part.length);
  return whole;
}

/** A comment of a GIF: blocks of up to 255 bytes, each behind its length, and one of none. */
function comment(words) {
  const text = [...new TextEncoder().encode(words)];
  const blocks = Array.from({ length: Math.ceil(text.length / 255) }, (_, i) => text.slice(255 * i, 255 * (i + 1)));
  return Uint8Array.from([0x21, 0xfe, ...blocks.flatMap((block) => [block.length, ...block]), 0]);
}
