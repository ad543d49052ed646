// Where the real model's heads look, as `tokendynamics.real.attention_maps` packs it.

/**
 * The per cents of all sentences, {bytes, starts}: where each sentence starts; `sizes` are their numbers of tokens. They come packed, as
 * `percent`, or as they are, as `bytes`. Rejects with words where they are damaged.
 * @param {{ layers: number, heads: number, percent?: string, bytes?: Uint8Array }} packed
 * @param {number[]} sizes
 */
export async function unpack({ layers, heads, percent, bytes }, sizes) {
  const raw = bytes ?? (await inflated(percent));
  const counts = sizes.map((n) => layers * heads * n * n),
    needed = counts.reduce((sum, n) => sum + n, 0);
  if (raw.length !== needed) throw new RangeError(`attention is damaged: ${raw.length} weights came, ${needed} are needed`);
  let start = 0;
  const starts = counts.map((count) => {
    start += count;
    return start - count;
  });
  return { bytes: raw, starts };
}

async function inflated(percent) {
  try {
    const packed = Uint8Array.from(atob(percent), (c) => c.charCodeAt(0));
    return new Uint8Array(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  } catch {
    throw new RangeError("attention is damaged: its text does not unpack");
  }
}

/** The weights (n, n), in hundredths, of one head of one layer (both counted from 0) in the sentence of n tokens that starts at `start`. */
export function weights(bytes, start, heads, n, layer, head) {
  const from = start + (layer * heads + head) * n * n;
  return Array.from({ length: n }, (_, i) => Array.from(bytes.slice(from + i * n, from + (i + 1) * n), (v) => v / 100));
}

/** The weights of sentences, [(L, H, n, n), …], as whole per cents, {layers, heads, bytes}. */
export function per_cents(attentions) {
  return {
    layers: attentions[0].length,
    heads: attentions[0][0].length,
    bytes: Uint8Array.from(
      attentions.flatMap((sentence) => sentence.flat(3)),
      (weight) => Math.round(100 * weight),
    ),
  };
}
