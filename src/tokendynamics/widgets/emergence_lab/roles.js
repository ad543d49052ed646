// Who did what in a sentence: the roles task and its one layer of H heads. Mirrors roles.py, for flat arrays: see there.
import { add, flatten, nest, product, productFromT, productT, unflatten } from "./flat.js";
import { cross_entropy, judged, mean } from "../maths/learning.js";
import { AdamW } from "../maths/optimise.js";

/** `count` random sentences: words and tags (count × length), answers (count × roles). */
export function sentences(rng, count, { roles = 4, words = 32, length = 8 } = {}) {
  const batch = {
    count,
    length,
    roles,
    words: new Int32Array(count * length),
    tags: new Int32Array(count * length),
    answers: new Int32Array(count * roles),
  };
  const order = Array.from({ length }, (_, t) => (t < roles ? t + 1 : 0));
  for (let b = 0; b < count; b++) {
    rng.shuffle(order).forEach((tag, t) => {
      const word = (batch.words[b * length + t] = rng.whole(words));
      batch.tags[b * length + t] = tag;
      if (tag) batch.answers[b * roles + tag - 1] = word;
    });
  }
  return batch;
}

/** `size` of the sentences of `pool`, drawn at random. */
export function drawFrom(rng, pool, size) {
  const { length, roles } = pool;
  const batch = {
    count: size,
    length,
    roles,
    words: new Int32Array(size * length),
    tags: new Int32Array(size * length),
    answers: new Int32Array(size * roles),
  };
  for (let b = 0; b < size; b++) {
    const row = rng.whole(pool.count);
    batch.words.set(pool.words.subarray(row * length, (row + 1) * length), b * length);
    batch.tags.set(pool.tags.subarray(row * length, (row + 1) * length), b * length);
    batch.answers.set(pool.answers.subarray(row * roles, (row + 1) * roles), b * roles);
  }
  return batch;
}

/** Random parameters to begin with, {name: {shape, data}}. */
export function parameters(rng, { roles = 4, words = 32, d = 48 } = {}) {
  const draw = (...shape) => ({
    shape,
    data: rng.normals(
      shape.reduce((a, b) => a * b),
      1 / Math.sqrt(d),
    ),
  });
  return {
    embedding: draw(words + roles + 1, d),
    query: draw(d),
    Q: draw(d, d),
    K: draw(d, d),
    V: draw(d, d),
    O: draw(d, d),
    readout: draw(roles, words, d),
    bias: { shape: [roles, words], data: new Float64Array(roles * words) },
  };
}

/** Logits (b, R W), attention (b, T, H), and what the gradients need besides. */
export function forward(p, batch, { heads, streams = 1 }) {
  const [roles, words, d] = p.readout.shape,
    rows = p.embedding.shape[0],
    size = d / heads;
  const { count, length } = batch;
  const heard = p.embedding.data.slice(),
    said = p.embedding.data.slice();
  if (streams === 2) heard.fill(0, 0, words * d), said.fill(0, words * d);
  const keys = productT(heard, p.K.data, rows, d, d),
    values = productT(said, p.V.data, rows, d, d);
  const asks = productT(p.Q.data, p.query.data, d, d, 1).map((x) => x / Math.sqrt(size));
  const scores = new Float64Array(rows * heads);
  for (let r = 0; r < rows; r++) for (let e = 0; e < d; e++) scores[r * heads + Math.floor(e / size)] += keys[r * d + e] * asks[e];

  const attention = new Float64Array(count * length * heads),
    found = new Float64Array(count * d);
  for (let b = 0; b < count; b++) {
    for (let h = 0; h < heads; h++) {
      let high = -Infinity,
        total = 0;
      for (let t = 0; t < length; t++) {
        const at = b * length + t;
        const score = scores[batch.words[at] * heads + h] + scores[(words + batch.tags[at]) * heads + h];
        attention[at * heads + h] = score;
        high = Math.max(high, score);
      }
      for (let t = 0; t < length; t++) {
        const at = (b * length + t) * heads + h;
        total += attention[at] = Math.exp(attention[at] - high);
      }
      for (let t = 0; t < length; t++) {
        const at = b * length + t,
          a = (attention[at * heads + h] /= total);
        const word = batch.words[at] * d,
          tag = (words + batch.tags[at]) * d;
        for (let e = h * size; e < (h + 1) * size; e++) found[b * d + e] += a * (values[word + e] + values[tag + e]);
      }
    }
  }
  const state = productT(found, p.O.data, count, d, d);
  for (let b = 0; b < count; b++) for (let e = 0; e < d; e++) state[b * d + e] += p.query.data[e];
  const logits = productT(state, p.readout.data, count, d, roles * words);
  for (let i = 0; i < logits.length; i++) logits[i] += p.bias.data[i % (roles * words)];
  return { logits, attention, heard, said, keys, values, asks, found, state };
}

/** Mean cross-entropy in nats, and its gradient in each parameter, {name: flat array}. */
export function loss_and_gradients(p, batch, { heads, streams = 1 }) {
  const { logits, attention, heard, said, keys, values, asks, found, state } = forward(p, batch, { heads, streams });
  const [roles, words, d] = p.readout.shape,
    rows = p.embedding.shape[0],
    size = d / heads;
  const { count, length } = batch;
  const { losses, gradient: d_logits } = cross_entropy(logits, batch.answers, words);
  const d_state = product(d_logits, p.readout.data, count, roles * words, d),
    d_found = product(d_state, p.O.data, count, d, d);

  const d_values = new Float64Array(rows * d),
    d_table = new Float64Array(rows * heads),
    d_a = new Float64Array(length);
  for (let b = 0; b < count; b++) {
    for (let h = 0; h < heads; h++) {
      let spread = 0;
      for (let t = 0; t < length; t++) {
        const at = b * length + t,
          a = attention[at * heads + h];
        const word = batch.words[at] * d,
          tag = (words + batch.tags[at]) * d;
        let sum = 0;
        for (let e = h * size; e < (h + 1) * size; e++) {
          const g = d_found[b * d + e];
          sum += g * (values[word + e] + values[tag + e]);
          d_values[word + e] += a * g;
          d_values[tag + e] += a * g;
        }
        d_a[t] = sum;
        spread += a * sum;
      }
      for (let t = 0; t < length; t++) {
        // softmax
        const at = b * length + t,
          change = attention[at * heads + h] * (d_a[t] - spread);
        d_table[batch.words[at] * heads + h] += change;
        d_table[(words + batch.tags[at]) * heads + h] += change;
      }
    }
  }
  const d_asks = new Float64Array(d),
    d_keys = new Float64Array(rows * d);
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < d; e++) {
      const change = d_table[r * heads + Math.floor(e / size)];
      d_asks[e] += (change * keys[r * d + e]) / Math.sqrt(size);
      d_keys[r * d + e] = change * asks[e];
    }
  }
  const by_key = product(d_keys, p.K.data, rows, d, d),
    by_value = product(d_values, p.V.data, rows, d, d);
  if (streams === 2) by_key.fill(0, 0, words * d), by_value.fill(0, words * d);
  const d_query = productFromT(p.Q.data, d_asks, d, d, 1),
    d_bias = new Float64Array(roles * words);
  for (let b = 0; b < count; b++) for (let e = 0; e < d; e++) d_query[e] += d_state[b * d + e];
  for (let i = 0; i < d_logits.length; i++) d_bias[i % d_bias.length] += d_logits[i];
  return {
    loss: mean(losses),
    gradients: {
      embedding: add(by_key, by_value),
      query: d_query,
      Q: product(d_asks, p.query.data, d, 1, d),
      K: productFromT(d_keys, heard, d, rows, d),
      V: productFromT(d_values, said, d, rows, d),
      O: productFromT(d_state, found, d, count, d),
      readout: productFromT(d_logits, state, roles * words, count, d),
      bias: d_bias,
    },
  };
}

/** Accuracy, mean log-probability, all-right and heads × roles on `batch`. */
export function measure(p, batch, { heads, streams = 1 }) {
  const { logits, attention } = forward(p, batch, { heads, streams });
  const { count, length, roles } = batch,
    matrix = Array.from({ length: heads }, () => new Array(roles).fill(0));
  batch.tags.forEach((tag, at) => {
    if (tag) for (let h = 0; h < heads; h++) matrix[h][tag - 1] += attention[at * heads + h] / count;
  });
  return { ...judged(logits, batch.answers, p.readout.shape[1], roles), matrix };
}

/** Lessons one after another on given sentences, as a parity test gives them: nested lists in and out. */
export function lessons(nested, batches, { rate, heads, streams = 1 }) {
  const p = flatten(nested),
    optimiser = AdamW(p),
    losses = [];
  for (const given of batches) {
    const { loss, gradients } = loss_and_gradients(p, packed(given), { heads, streams });
    losses.push(loss);
    optimiser.step(gradients, rate);
  }
  return { losses, parameters: unflatten(p) };
}

/** `loss_and_gradients` and `measure` for nested lists. */
export function lesson(nested, given, { heads, streams = 1 }) {
  const p = flatten(nested),
    batch = packed(given);
  const { loss, gradients } = loss_and_gradients(p, batch, { heads, streams });
  const named = Object.entries(gradients).map(([name, data]) => [name, nest(Array.from(data), p[name].shape)]);
  return { loss, gradients: Object.fromEntries(named), measured: measure(p, batch, { heads, streams }) };
}

const packed = ({ words, tags, answers }) => ({
  count: words.length,
  length: words[0].length,
  roles: answers[0].length,
  words: Int32Array.from(words.flat()),
  tags: Int32Array.from(tags.flat()),
  answers: Int32Array.from(answers.flat()),
});
