// all-MiniLM-L6-v2 in the page, from the packed weights. Mirrors real/minilm.py and real/_packed.py name for name: see there for what each
// function means. A matrix is {shape: [rows, columns], data}, its rows one after another; tokens are n rows of d numbers.
import { attention_weights } from "../maths/attention.js";

const EPSILON = 1e-12; // under the root of a LayerNorm

/**
 * The arrays of one file by their names.
 * @param {ArrayBuffer} buffer
 * @param {[string, number[], string][]} entries name, shape and kind, int8 with a scale a row or float32
 * @returns {Record<string, { shape: number[], data: Float32Array }>}
 */
export function unpacked(buffer, entries) {
  const found = {};
  let at = 0;
  for (const [name, shape, kind] of entries) {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = new Float32Array(size);
    if (kind === "float32") {
      data.set(new Float32Array(buffer, at, size));
      at += 4 * size;
    } else {
      const [rows, columns] = shape;
      const scales = new Float32Array(buffer, at, rows),
        numbers = new Int8Array(buffer, at + 4 * rows, size);
      for (let i = 0; i < size; i++) data[i] = scales[Math.floor(i / columns)] * numbers[i];
      at += 4 * rows + size;
    }
    found[name] = { shape, data };
  }
  if (at !== buffer.byteLength) throw new RangeError(`a file of the model must be ${at} bytes; got ${buffer.byteLength}`);
  return found;
}

/** Tokens before the first layer, (n, d). `words` holds the row of each id that the sentence has. */
export function embed(weights, words, ids) {
  const place = weights["embeddings.position_embeddings.weight"],
    kind = weights["embeddings.token_type_embeddings.weight"].data;
  const d = place.shape[1];
  const tokens = ids.map((id, i) => Float64Array.from({ length: d }, (_, j) => words[id][j] + place.data[i * d + j] + kind[j]));
  return tokens.map((token) => layer_norm(weights, "embeddings.LayerNorm", token));
}

/** What a layer's heads are made of: Q and K of each, the bias as last column, {Q, K: (H, d_head, d + 1)}. */
export function heads(weights, layer, n_heads) {
  const split = (which) => {
    const { shape, data } = weights[part(layer, `attention.self.${which}.weight`)],
      bias = weights[part(layer, `attention.self.${which}.bias`)].data;
    const [rows, d] = shape,
      d_head = rows / n_heads;
    return Array.from({ length: n_heads }, (_, head) =>
      Array.from({ length: d_head }, (_, i) => {
        const row = head * d_head + i;
        const made = new Float64Array(d + 1);
        made.set(data.subarray(row * d, (row + 1) * d));
        made[d] = bias[row];
        return made;
      }),
    );
  };
  return { Q: split("query"), K: split("key") };
}

/** One layer: the tokens after it, and how much each attends to each, {tokens: (n, d), attention: (H, n, n)}. */
export function step(weights, layer, tokens, { Q, K }) {
  const with_constant = tokens.map((token) => Float64Array.of(...token, 1));
  const scale = 1 / Math.sqrt(Q[0].length);
  const attention = Q.map((_, head) => attention_weights(with_constant, Q[head], K[head], { include_self: true, scale }));
  const values = linear(weights, part(layer, "attention.self.value"), tokens);
  const d_head = Q[0].length;
  // row k of head h's values, weighted: heads write side by side, and W_O brings them together
  const segments = tokens.map((_, i) =>
    Float64Array.from(values[0], (_, j) => {
      const row = attention[Math.floor(j / d_head)][i];
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k] * values[k][j];
      return sum;
    }),
  );
  const written = linear(weights, part(layer, "attention.output.dense"), segments);
  const seen = add_and_norm(weights, part(layer, "attention.output.LayerNorm"), tokens, written);
  return { tokens: mlp(weights, layer, seen), attention };
}

/** The MLP of a layer, which moves each token alone, (n, d). */
export function mlp(weights, layer, tokens) {
  const inner = linear(weights, part(layer, "intermediate.dense"), tokens);
  for (const row of inner) for (let j = 0; j < row.length; j++) row[j] = gelu(row[j]);
  return add_and_norm(weights, part(layer, "output.LayerNorm"), tokens, linear(weights, part(layer, "output.dense"), inner));
}

/**
 * All states and all attention weights of one sentence, {states: (L + 1, n, d), attentions: (L, H, n, n)}.
 * `layers` are the heads of each layer; `before` what an earlier pass gave, kept up to layer `from`.
 */
export function forward(weights, words, ids, layers, { from = 0, before = null } = {}) {
  const states = before ? before.states.slice(0, from + 1) : [embed(weights, words, ids)],
    attentions = before ? before.attentions.slice(0, from) : [];
  for (let layer = states.length - 1; layer < layers.length; layer++) {
    const { tokens, attention } = step(weights, layer, states[layer], layers[layer]);
    states.push(tokens);
    attentions.push(attention);
  }
  return { states, attentions };
}

/** x Wᵀ + b for each row x, (n, out). Four rows of W at a time: a sum waits for the one before, four sums do not wait for each other. */
function linear(weights, name, rows) {
  const { shape, data } = weights[`${name}.weight`],
    bias = weights[`${name}.bias`].data;
  const [out, columns] = shape;
  const made = rows.map(() => new Float64Array(out));
  for (let r = 0; r < out; r += 4) {
    const a = r * columns,
      b = a + columns,
      c = b + columns,
      d = c + columns;
    for (let i = 0; i < rows.length; i++) {
      const x = rows[i];
      let s = 0,
        t = 0,
        u = 0,
        v = 0;
      for (let j = 0; j < columns; j++) {
        const value = x[j];
        s += data[a + j] * value;
        t += data[b + j] * value;
        u += data[c + j] * value;
        v += data[d + j] * value;
      }
      made[i].set([s + bias[r], t + bias[r + 1], u + bias[r + 2], v + bias[r + 3]], r);
    }
  }
  return made;
}

const add_and_norm = (weights, name, tokens, moved) =>
  tokens.map((token, i) =>
    layer_norm(
      weights,
      name,
      token.map((x, j) => x + moved[i][j]),
    ),
  );

function layer_norm(weights, name, x) {
  const gain = weights[`${name}.weight`].data,
    bias = weights[`${name}.bias`].data;
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const by = 1 / Math.sqrt(variance + EPSILON);
  return x.map((value, j) => (value - mean) * by * gain[j] + bias[j]);
}

/** x Φ(x). The error function by formula 7.1.26 of Abramowitz and Stegun (1964), which is off by 1.5e-7 at most. */
export function gelu(x) {
  const z = Math.abs(x) / Math.SQRT2,
    t = 1 / (1 + 0.3275911 * z);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-z * z);
  return x * (x < 0 ? tail / 2 : 1 - tail / 2);
}

const part = (layer, name) => `encoder.layer.${layer}.${name}`;
