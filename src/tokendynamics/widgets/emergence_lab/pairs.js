// Pairs in context: a task that takes two steps, and its attention-only model. Mirrors pairs.py, for flat arrays: see there.

import { cross_entropy, judged, mean } from "../maths/learning.js";
import { add, draw, product, productFromT, productT } from "./flat.js";

/** `count` random sequences: tokens (b, 4p) and which pair each question repeats (b, p). */
export function sequences(rng, count, { pairs = 6, words = 24 } = {}) {
  const length = 4 * pairs,
    batch = { count, length, pairs, tokens: new Int32Array(count * length), asked: new Int32Array(count * pairs) };
  const order = Array.from({ length: words }, (_, i) => i);
  for (let b = 0; b < count; b++) {
    rng.shuffle(order);
    for (let i = 0; i < 2 * pairs; i++) batch.tokens[b * length + i] = order[i];
    for (let i = 0; i < pairs; i++) {
      const pair = rng.whole(pairs);
      batch.asked[b * pairs + i] = pair;
      batch.tokens[b * length + 2 * pairs + 2 * i] = order[2 * pair];
      batch.tokens[b * length + 2 * pairs + 2 * i + 1] = order[2 * pair + 1];
    }
  }
  return batch;
}

/** A batch from nested lists. */
export const packed = ({ tokens, asked }) => ({
  count: tokens.length,
  length: tokens[0].length,
  pairs: asked[0].length,
  tokens: Int32Array.from(tokens.flat()),
  asked: Int32Array.from(asked.flat()),
});

/** Random parameters to begin with, {name: {shape, data}}. */
export function parameters(rng, { layers = 2, pairs = 6, words = 24, d = 32 } = {}) {
  const square = () => draw(rng, d ** -0.5, layers, d, d);
  return {
    embedding: draw(rng, 0.5, words, d),
    position: draw(rng, 0.5, 4 * pairs, d),
    readout: draw(rng, d ** -0.5, words, d),
    Q: square(),
    K: square(),
    V: square(),
    O: square(),
  };
}

const layer = (data, l, d) => data.subarray(l * d * d, (l + 1) * d * d); // (d, d)

/** Logits (b, p, W), attention of each layer [(b, H, T, T)], and what the gradients need besides. */
export function forward(p, { tokens, count, length }, { heads = 1 } = {}) {
  const [words, d] = p.embedding.shape,
    sizes = { count, length, heads, d, d_head: d / heads, n: count * length };
  let x = new Float64Array(sizes.n * d); // (b, T, d)
  for (let i = 0; i < sizes.n; i++)
    for (let e = 0; e < d; e++) x[i * d + e] = p.embedding.data[tokens[i] * d + e] + p.position.data[(i % length) * d + e];
  const layers = [];
  for (let l = 0; l < p.Q.shape[0]; l++) {
    layers.push(attend(p, l, x, sizes));
    x = add(productT(layers[l].segments, layer(p.O.data, l, d), sizes.n, d, d), x); // (b, T, d)
  }
  const last = new Float64Array(count * (length / 4) * d); // (b, p, d)
  questions(sizes, (from, to) => last.set(x.subarray(from, from + d), to));
  const logits = productT(last, p.readout.data, count * (length / 4), d, words);
  return { logits, attention: layers.map(({ attention }) => attention), layers, last, sizes };
}

/** What a layer's heads write, before O, and what it was made of. */
function attend(p, l, x, sizes) {
  const { count, length, heads, d, d_head, n } = sizes;
  const [q, k, v] = ["Q", "K", "V"].map((name) => productT(x, layer(p[name].data, l, d), n, d, d)); // (b, T, H, d_head) each
  for (let i = 0; i < q.length; i++) q[i] /= Math.sqrt(d_head);
  const attention = new Float64Array(count * heads * length * length), // (b, H, T, T)
    segments = new Float64Array(n * d); // (b, T, H, d_head)
  rows(sizes, (row, at, first, seen) => {
    let peak = -Infinity,
      total = 0;
    for (let j = 0, from = first; j < seen; j++, from += d) {
      let score = 0;
      for (let e = 0; e < d_head; e++) score += q[at + e] * k[from + e];
      attention[row + j] = score;
      peak = Math.max(peak, score);
    }
    for (let j = row; j < row + seen; j++) {
      attention[j] = Math.exp(attention[j] - peak);
      total += attention[j];
    }
    for (let j = 0, from = first; j < seen; j++, from += d) {
      attention[row + j] /= total;
      const a = attention[row + j];
      for (let e = 0; e < d_head; e++) segments[at + e] += a * v[from + e];
    }
  });
  return { x, q, k, v, attention, segments };
}

/** Mean cross-entropy in nats, and its gradient in each parameter, {name: flat array}. */
export function loss_and_gradients(p, batch, { heads = 1 } = {}) {
  const { tokens, length } = batch,
    { logits, layers, last, sizes } = forward(p, batch, { heads });
  const [words, d] = p.embedding.shape,
    asked = last.length / d; // b p
  const { losses, gradient: d_logits } = cross_entropy(logits, wanted(batch), words); // (b p,), (b p, W)
  const gradients = Object.fromEntries(Object.entries(p).map(([name, { data }]) => [name, new Float64Array(data.length)]));
  gradients.readout = productFromT(d_logits, last, words, asked, d);
  const d_last = product(d_logits, p.readout.data, asked, words, d); // (b p, d)
  let d_x = new Float64Array(sizes.n * d); // (b, T, d)
  questions(sizes, (to, from) => d_x.set(d_last.subarray(from, from + d), to));
  for (let l = layers.length - 1; l >= 0; l--) d_x = layer_gradient(p, gradients, l, layers[l], d_x, sizes);
  for (let i = 0; i < sizes.n; i++) {
    for (let e = 0; e < d; e++) {
      gradients.embedding[tokens[i] * d + e] += d_x[i * d + e];
      gradients.position[(i % length) * d + e] += d_x[i * d + e];
    }
  }
  return { loss: mean(losses), gradients };
}

/** Notes the gradients of a layer, returns that of the stream before it, (b, T, d). */
function layer_gradient(p, gradients, l, { x, q, k, v, attention, segments }, d_x, sizes) {
  const { length, d, d_head, n } = sizes;
  layer(gradients.O, l, d).set(productFromT(d_x, segments, d, n, d));
  const d_segments = product(d_x, layer(p.O.data, l, d), n, d, d); // (b, T, H, d_head)
  const change = { Q: new Float64Array(n * d), K: new Float64Array(n * d), V: new Float64Array(n * d) }, // (b, T, H, d_head) each
    d_a = new Float64Array(length);
  rows(sizes, (row, at, first, seen) => {
    let spread = 0;
    for (let j = 0, from = first; j < seen; j++, from += d) {
      const a = attention[row + j];
      let sum = 0;
      for (let e = 0; e < d_head; e++) {
        sum += d_segments[at + e] * v[from + e];
        change.V[from + e] += a * d_segments[at + e];
      }
      d_a[j] = sum;
      spread += a * sum;
    }
    for (let j = 0, from = first; j < seen; j++, from += d) {
      const d_score = attention[row + j] * (d_a[j] - spread), // the gradient of the softmax
        d_query = d_score / Math.sqrt(d_head);
      for (let e = 0; e < d_head; e++) {
        change.Q[at + e] += d_query * k[from + e];
        change.K[from + e] += d_score * q[at + e];
      }
    }
  });
  const d_before = d_x.slice(); // (b, T, d)
  for (const name of ["Q", "K", "V"]) {
    layer(gradients[name], l, d).set(productFromT(change[name], x, d, n, d));
    add(d_before, product(change[name], layer(p[name].data, l, d), n, d, d));
  }
  return d_before;
}

/** Accuracy, mean log-probability, all-right, and the previous-token and induction scores (L × H) on `batch`. */
export function measure(p, batch, { heads = 1 } = {}) {
  const { logits, attention } = forward(p, batch, { heads });
  const { count, length: T, pairs, asked } = batch;
  const score = (weights, h, at) => {
    let sum = 0;
    for (let b = 0; b < count; b++) for (let i = 0; i < pairs; i++) sum += weights[(b * heads + h) * T * T + at(b, i)];
    return sum / (count * pairs);
  };
  const table = (at) => attention.map((weights) => Array.from({ length: heads }, (_, h) => score(weights, h, at)));
  return {
    ...judged(logits, wanted(batch), p.readout.shape[0], pairs),
    previous: table((_, i) => (2 * i + 1) * T + 2 * i),
    induction: table((b, i) => (2 * pairs + 2 * i) * T + 2 * asked[b * pairs + i] + 1),
  };
}

/** The b's that are to be said, (b, p). */
function wanted({ tokens, count, length }) {
  const asked = length / 4;
  return Int32Array.from({ length: count * asked }, (_, i) => tokens[Math.floor(i / asked) * length + length / 2 + 2 * (i % asked) + 1]);
}

/** visit(place in (b, T, d), place in (b, p, d)) for each question. */
function questions({ count, length, d }, visit) {
  const asked = length / 4;
  for (let b = 0; b < count; b++) for (let i = 0; i < asked; i++) visit((b * length + length / 2 + 2 * i) * d, (b * asked + i) * d);
}

/**
 * visit(row, at, first, seen) for each head of each token: its row of (b, H, T, T), its place in (b, T, H, d_head), that of the first
 * token it sees, and how many it sees; their places lie d apart.
 */
function rows({ count, length, heads, d, d_head }, visit) {
  for (let b = 0; b < count; b++) {
    for (let h = 0; h < heads; h++) {
      const first = b * length * d + h * d_head;
      for (let i = 0; i < length; i++) visit(((b * heads + h) * length + i) * length, first + i * d, first, i + 1);
    }
  }
}
