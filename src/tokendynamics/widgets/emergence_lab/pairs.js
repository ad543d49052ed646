// Pairs in context: the task that asks for two layers, and its attention-only model. Mirrors pairs.py, for flat arrays: see there.
import { add, flatten, nest, product, productFromT, productT, unflatten } from "./flat.js";
import { cross_entropy, judged, mean } from "../maths/learning.js";
import { AdamW } from "../maths/optimise.js";

/** `count` random sequences: tokens (count × 4 pairs) and which pair each question repeats (count × pairs). */
export function sequences(rng, count, { pairs = 6, words = 24 } = {}) {
  const length = 4 * pairs,
    batch = { count, length, pairs, tokens: new Int32Array(count * length), asked: new Int32Array(count * pairs) };
  const order = Array.from({ length: words }, (_, i) => i);
  for (let b = 0; b < count; b++) {
    rng.shuffle(order);
    for (let i = 0; i < 2 * pairs; i++) batch.tokens[b * length + i] = order[i];
    for (let i = 0; i < pairs; i++) {
      const pair = (batch.asked[b * pairs + i] = rng.whole(pairs));
      batch.tokens[b * length + 2 * pairs + 2 * i] = order[2 * pair];
      batch.tokens[b * length + 2 * pairs + 2 * i + 1] = order[2 * pair + 1];
    }
  }
  return batch;
}

/** `size` of the sequences of `pool`, drawn at random. */
export function drawFrom(rng, pool, size) {
  const { length, pairs } = pool,
    batch = { count: size, length, pairs, tokens: new Int32Array(size * length), asked: new Int32Array(size * pairs) };
  for (let b = 0; b < size; b++) {
    const row = rng.whole(pool.count);
    batch.tokens.set(pool.tokens.subarray(row * length, (row + 1) * length), b * length);
    batch.asked.set(pool.asked.subarray(row * pairs, (row + 1) * pairs), b * pairs);
  }
  return batch;
}

/** Random parameters to begin with, {name: {shape, data}}. */
export function parameters(rng, { layers = 2, pairs = 6, words = 24, d = 32 } = {}) {
  const draw = (size, ...shape) => ({
    shape,
    data: rng.normals(
      shape.reduce((a, b) => a * b),
      size,
    ),
  });
  const square = () => draw(d ** -0.5, layers, d, d);
  return {
    embedding: draw(0.5, words, d),
    position: draw(0.5, 4 * pairs, d),
    readout: draw(d ** -0.5, words, d),
    Q: square(),
    K: square(),
    V: square(),
    O: square(),
  };
}

const layer = (matrix, l, d) => matrix.data.subarray(l * d * d, (l + 1) * d * d);

/** Logits (b, p, W), attention of each layer [(b, H, T, T)], and what the gradients need besides. */
export function forward(p, { tokens, count, length }, { heads = 1 } = {}) {
  const [words, d] = p.embedding.shape,
    layers = p.Q.shape[0],
    size = d / heads,
    n = count * length;
  let x = new Float64Array(n * d);
  for (let i = 0; i < n; i++)
    for (let e = 0; e < d; e++) x[i * d + e] = p.embedding.data[tokens[i] * d + e] + p.position.data[(i % length) * d + e];
  const kept = [],
    attention = [];
  for (let l = 0; l < layers; l++) {
    const [asks, keys, values] = ["Q", "K", "V"].map((name) => productT(x, layer(p[name], l, d), n, d, d));
    for (let i = 0; i < asks.length; i++) asks[i] /= Math.sqrt(size);
    const shares = new Float64Array(count * heads * length * length),
      found = new Float64Array(n * d);
    each(count, heads, length, (b, h, i) => {
      const row = ((b * heads + h) * length + i) * length,
        ask = (b * length + i) * d + h * size;
      let high = -Infinity,
        total = 0;
      for (let j = 0; j <= i; j++) {
        const key = (b * length + j) * d + h * size;
        let score = 0;
        for (let e = 0; e < size; e++) score += asks[ask + e] * keys[key + e];
        shares[row + j] = score;
        high = Math.max(high, score);
      }
      for (let j = 0; j <= i; j++) total += shares[row + j] = Math.exp(shares[row + j] - high);
      for (let j = 0; j <= i; j++) {
        const a = (shares[row + j] /= total),
          value = (b * length + j) * d + h * size;
        for (let e = 0; e < size; e++) found[ask + e] += a * values[value + e];
      }
    });
    kept.push({ x, asks, keys, values, found });
    attention.push(shares);
    x = add(productT(found, layer(p.O, l, d), n, d, d), x);
  }
  const asked = length / 4,
    last = new Float64Array(count * asked * d);
  for (let b = 0; b < count; b++) {
    for (let q = 0; q < asked; q++) {
      const from = (b * length + length / 2 + 2 * q) * d;
      last.set(x.subarray(from, from + d), (b * asked + q) * d);
    }
  }
  return { logits: productT(last, p.readout.data, count * asked, d, words), attention, kept, last };
}

/** Mean cross-entropy in nats, and its gradient in each parameter, {name: flat array}. */
export function loss_and_gradients(p, batch, { heads = 1 } = {}) {
  const { tokens, count, length } = batch,
    [words, d] = p.embedding.shape,
    layers = p.Q.shape[0],
    size = d / heads,
    n = count * length,
    asked = length / 4;
  const { logits, attention, kept, last } = forward(p, batch, { heads });
  const { losses, gradient: d_logits } = cross_entropy(logits, wanted(batch), words);
  const gradients = Object.fromEntries(Object.entries(p).map(([name, { data }]) => [name, new Float64Array(data.length)]));
  gradients.readout = productFromT(d_logits, last, words, count * asked, d);
  const d_last = product(d_logits, p.readout.data, count * asked, words, d);
  let d_x = new Float64Array(n * d);
  for (let b = 0; b < count; b++) {
    for (let q = 0; q < asked; q++)
      d_x.set(d_last.subarray((b * asked + q) * d, (b * asked + q + 1) * d), (b * length + length / 2 + 2 * q) * d);
  }
  for (let l = layers - 1; l >= 0; l--) {
    const { x, asks, keys, values, found } = kept[l],
      shares = attention[l];
    productFromT(d_x, found, d, n, d, layer({ data: gradients.O }, l, d));
    const d_found = product(d_x, layer(p.O, l, d), n, d, d);
    const change = { Q: new Float64Array(n * d), K: new Float64Array(n * d), V: new Float64Array(n * d) },
      d_share = new Float64Array(length);
    each(count, heads, length, (b, h, i) => {
      const row = ((b * heads + h) * length + i) * length,
        at = (b * length + i) * d + h * size;
      let spread = 0;
      for (let j = 0; j <= i; j++) {
        const value = (b * length + j) * d + h * size,
          a = shares[row + j];
        let sum = 0;
        for (let e = 0; e < size; e++) {
          sum += d_found[at + e] * values[value + e];
          change.V[value + e] += a * d_found[at + e];
        }
        d_share[j] = sum;
        spread += a * sum;
      }
      for (let j = 0; j <= i; j++) {
        // softmax
        const d_score = shares[row + j] * (d_share[j] - spread),
          key = (b * length + j) * d + h * size;
        for (let e = 0; e < size; e++) {
          change.Q[at + e] += (d_score * keys[key + e]) / Math.sqrt(size);
          change.K[key + e] += d_score * asks[at + e];
        }
      }
    });
    const before = d_x.slice();
    for (const name of ["Q", "K", "V"]) {
      productFromT(change[name], x, d, n, d, layer({ data: gradients[name] }, l, d));
      add(before, product(change[name], layer(p[name], l, d), n, d, d));
    }
    d_x = before;
  }
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < d; e++) {
      gradients.embedding[tokens[i] * d + e] += d_x[i * d + e];
      gradients.position[(i % length) * d + e] += d_x[i * d + e];
    }
  }
  return { loss: mean(losses), gradients };
}

/** Accuracy, mean log-probability, all-right, and the previous-token and induction scores (L × H) on `batch`. */
export function measure(p, batch, { heads = 1 } = {}) {
  const { logits, attention } = forward(p, batch, { heads });
  const { count, length, pairs, asked } = batch,
    T = length,
    p2 = 2 * pairs;
  const score = (shares, h, at) => {
    let sum = 0;
    for (let b = 0; b < count; b++) for (let q = 0; q < pairs; q++) sum += shares[(b * heads + h) * T * T + at(b, q)];
    return sum / (count * pairs);
  };
  const table = (at) => attention.map((shares) => Array.from({ length: heads }, (_, h) => score(shares, h, at)));
  return {
    ...judged(logits, wanted(batch), p.readout.shape[0], pairs),
    previous: table((b, q) => (2 * q + 1) * T + 2 * q),
    induction: table((b, q) => (p2 + 2 * q) * T + 2 * asked[b * pairs + q] + 1),
  };
}

/** The b's that are to be said. */
function wanted({ tokens, count, length }) {
  const asked = length / 4;
  return Int32Array.from({ length: count * asked }, (_, i) => tokens[Math.floor(i / asked) * length + length / 2 + 2 * (i % asked) + 1]);
}

function each(count, heads, length, visit) {
  for (let b = 0; b < count; b++) for (let h = 0; h < heads; h++) for (let i = 0; i < length; i++) visit(b, h, i);
}

/** Lessons one after another on given sequences, as a parity test gives them: nested lists in and out. */
export function lessons(nested, batches, { rate, heads = 1, decay = 0 }) {
  const p = flatten(nested),
    optimiser = AdamW(p, { betas: [0.9, 0.99], decay }),
    losses = [];
  for (const given of batches) {
    const { loss, gradients } = loss_and_gradients(p, packed(given), { heads });
    losses.push(loss);
    optimiser.step(gradients, rate);
  }
  return { losses, parameters: unflatten(p) };
}

/** `loss_and_gradients` and `measure` for nested lists. */
export function lesson(nested, given, { heads = 1 }) {
  const p = flatten(nested),
    batch = packed(given);
  const { loss, gradients } = loss_and_gradients(p, batch, { heads });
  const named = Object.entries(gradients).map(([name, data]) => [name, nest(Array.from(data), p[name].shape)]);
  return { loss, gradients: Object.fromEntries(named), measured: measure(p, batch, { heads }) };
}

const packed = ({ tokens, asked }) => ({
  count: tokens.length,
  length: tokens[0].length,
  pairs: asked[0].length,
  tokens: Int32Array.from(tokens.flat()),
  asked: Int32Array.from(asked.flat()),
});
