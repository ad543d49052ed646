// Who did what in a sentence: the roles task and its one layer of H heads. Mirrors roles.py, for flat arrays: see there.

import { cross_entropy, judged, mean } from "../maths/learning.js";
import { add, draw, product, productFromT, productT } from "./flat.js";

/** `count` random sentences: words and tags (b, T), answers (b, R). */
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
      const word = rng.whole(words);
      batch.words[b * length + t] = word;
      batch.tags[b * length + t] = tag;
      if (tag) batch.answers[b * roles + tag - 1] = word;
    });
  }
  return batch;
}

/** A batch from nested lists. */
export const packed = ({ words, tags, answers }) => ({
  count: words.length,
  length: words[0].length,
  roles: answers[0].length,
  words: Int32Array.from(words.flat()),
  tags: Int32Array.from(tags.flat()),
  answers: Int32Array.from(answers.flat()),
});

/** Random parameters to begin with, {name: {shape, data}}. */
export function parameters(rng, { roles = 4, words = 32, d = 48 } = {}) {
  const size = 1 / Math.sqrt(d);
  return {
    embedding: draw(rng, size, words + roles + 1, d),
    query: draw(rng, size, d),
    Q: draw(rng, size, d, d),
    K: draw(rng, size, d, d),
    V: draw(rng, size, d, d),
    O: draw(rng, size, d, d),
    readout: draw(rng, size, roles, words, d),
    bias: { shape: [roles, words], data: new Float64Array(roles * words) },
  };
}

/** Logits (b, R W), attention (b, T, H), and what the gradients need besides; v = W + R + 1 rows of `embedding`. */
export function forward(p, batch, { heads, streams = 1 }) {
  const [roles, words, d] = p.readout.shape,
    rows = p.embedding.shape[0],
    d_head = d / heads;
  const { count } = batch;
  const key_input = p.embedding.data.slice(), // (v, d)
    value_input = p.embedding.data.slice(); // (v, d)
  if (streams === 2) part_streams(key_input, value_input, words * d);
  const k = productT(key_input, p.K.data, rows, d, d), // (v, H, d_head)
    v = productT(value_input, p.V.data, rows, d, d); // (v, H, d_head)
  const q = productT(p.Q.data, p.query.data, d, d, 1).map((x) => x / Math.sqrt(d_head)); // (H, d_head)
  const scores = new Float64Array(rows * heads); // (v, H)
  for (let r = 0; r < rows; r++) for (let e = 0; e < d; e++) scores[r * heads + Math.floor(e / d_head)] += k[r * d + e] * q[e];
  const { attention, segments } = attend(batch, scores, v, { words, heads, d, d_head }); // (b, T, H), (b, d)
  const state = productT(segments, p.O.data, count, d, d); // (b, d)
  for (let b = 0; b < count; b++) for (let e = 0; e < d; e++) state[b * d + e] += p.query.data[e];
  const logits = productT(state, p.readout.data, count, d, roles * words); // (b, R W)
  for (let i = 0; i < logits.length; i++) logits[i] += p.bias.data[i % (roles * words)];
  return { logits, attention, key_input, value_input, k, v, q, segments, state };
}

/** With two streams keys are made of the rows of tags alone, values of those of words: elsewhere there is 0. */
function part_streams(of_keys, of_values, first_tag) {
  of_keys.fill(0, 0, first_tag);
  of_values.fill(0, first_tag);
}

/** Attention (b, T, H) and segments (b, H, d_head) from a score and a value of each row of `embedding`. */
function attend(batch, scores, v, { words, heads, d, d_head }) {
  const { count, length } = batch;
  const attention = new Float64Array(count * length * heads),
    segments = new Float64Array(count * d);
  for (let b = 0; b < count; b++) {
    for (let h = 0; h < heads; h++) {
      let peak = -Infinity,
        total = 0;
      for (let t = 0; t < length; t++) {
        const at = b * length + t;
        const score = scores[batch.words[at] * heads + h] + scores[(words + batch.tags[at]) * heads + h];
        attention[at * heads + h] = score;
        peak = Math.max(peak, score);
      }
      for (let t = 0; t < length; t++) {
        const at = (b * length + t) * heads + h;
        attention[at] = Math.exp(attention[at] - peak);
        total += attention[at];
      }
      for (let t = 0; t < length; t++) {
        const at = b * length + t,
          word = batch.words[at] * d,
          tag = (words + batch.tags[at]) * d;
        attention[at * heads + h] /= total;
        const a = attention[at * heads + h];
        for (let e = h * d_head; e < (h + 1) * d_head; e++) segments[b * d + e] += a * (v[word + e] + v[tag + e]);
      }
    }
  }
  return { attention, segments };
}

/** Mean cross-entropy in nats, and its gradient in each parameter, {name: flat array}. */
export function loss_and_gradients(p, batch, { heads, streams = 1 }) {
  const run = forward(p, batch, { heads, streams });
  const [roles, words, d] = p.readout.shape,
    rows = p.embedding.shape[0],
    d_head = d / heads;
  const { count } = batch;
  const { losses, gradient: d_logits } = cross_entropy(run.logits, batch.answers, words); // (b R,), (b R, W)
  const d_state = product(d_logits, p.readout.data, count, roles * words, d), // (b, d)
    d_segments = product(d_state, p.O.data, count, d, d); // (b, H, d_head)
  const { d_v, d_scores } = attention_gradient(batch, run, d_segments, { rows, words, heads, d, d_head }); // (v, d), (v, H)
  const { d_q, d_k } = scores_gradient(run, d_scores, { rows, heads, d, d_head }); // (H, d_head), (v, H, d_head)
  const by_key = product(d_k, p.K.data, rows, d, d), // (v, d)
    by_value = product(d_v, p.V.data, rows, d, d); // (v, d)
  if (streams === 2) part_streams(by_key, by_value, words * d);
  const d_query = productFromT(p.Q.data, d_q, d, d, 1), // (d,)
    d_bias = new Float64Array(roles * words); // (R, W)
  for (let b = 0; b < count; b++) for (let e = 0; e < d; e++) d_query[e] += d_state[b * d + e];
  for (let i = 0; i < d_logits.length; i++) d_bias[i % d_bias.length] += d_logits[i];
  return {
    loss: mean(losses),
    gradients: {
      embedding: add(by_key, by_value),
      query: d_query,
      Q: product(d_q, p.query.data, d, 1, d),
      K: productFromT(d_k, run.key_input, d, rows, d),
      V: productFromT(d_v, run.value_input, d, rows, d),
      O: productFromT(d_state, run.segments, d, count, d),
      readout: productFromT(d_logits, run.state, roles * words, count, d),
      bias: d_bias,
    },
  };
}

/** The gradients in the values, (v, H, d_head), and in the scores, (v, H), of each row of `embedding`. */
function attention_gradient(batch, { attention, v }, d_segments, { rows, words, heads, d, d_head }) {
  const { count, length } = batch;
  const d_v = new Float64Array(rows * d),
    d_scores = new Float64Array(rows * heads),
    d_a = new Float64Array(length);
  for (let b = 0; b < count; b++) {
    for (let h = 0; h < heads; h++) {
      let spread = 0;
      for (let t = 0; t < length; t++) {
        const at = b * length + t,
          a = attention[at * heads + h],
          word = batch.words[at] * d,
          tag = (words + batch.tags[at]) * d;
        let sum = 0;
        for (let e = h * d_head; e < (h + 1) * d_head; e++) {
          const g = d_segments[b * d + e];
          sum += g * (v[word + e] + v[tag + e]);
          d_v[word + e] += a * g;
          d_v[tag + e] += a * g;
        }
        d_a[t] = sum;
        spread += a * sum;
      }
      for (let t = 0; t < length; t++) {
        const at = b * length + t,
          d_score = attention[at * heads + h] * (d_a[t] - spread); // the gradient of the softmax
        d_scores[batch.words[at] * heads + h] += d_score;
        d_scores[(words + batch.tags[at]) * heads + h] += d_score;
      }
    }
  }
  return { d_v, d_scores };
}

/** The gradients in the query before it was divided by √d_head, (H, d_head), and in the keys, (v, H, d_head). */
function scores_gradient({ q, k }, d_scores, { rows, heads, d, d_head }) {
  const d_q = new Float64Array(d),
    d_k = new Float64Array(rows * d);
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < d; e++) {
      const change = d_scores[r * heads + Math.floor(e / d_head)];
      d_q[e] += (change * k[r * d + e]) / Math.sqrt(d_head);
      d_k[r * d + e] = change * q[e];
    }
  }
  return { d_q, d_k };
}

/** Accuracy, mean log-probability, all-right and heads × roles on `batch`. */
export function measure(p, batch, { heads, streams = 1 }) {
  const { logits, attention } = forward(p, batch, { heads, streams });
  const { count, roles } = batch,
    matrix = Array.from({ length: heads }, () => new Array(roles).fill(0));
  batch.tags.forEach((tag, at) => {
    if (tag) for (let h = 0; h < heads; h++) matrix[h][tag - 1] += attention[at * heads + h] / count;
  });
  return { ...judged(logits, batch.answers, p.readout.shape[1], roles), matrix };
}
