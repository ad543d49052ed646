// all-MiniLM-L6-v2 in the page, from the packed weights. Mirrors real/minilm.py and real/_packed.py name for name: see there for what each
// function means. A matrix is {shape: [rows, columns], data}, its rows one after another; an affine map is {weight: matrix, bias};
// tokens are n rows of d numbers.
import { attention_weights } from "../../maths/attention.js";
import { changed } from "./bent.js";

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
      for (let r = 0, i = 0; r < rows; r++) for (const end = i + columns; i < end; i++) data[i] = scales[r] * numbers[i];
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

/** The heads of a layer side by side: W_Q, W_K and W_V as affine maps of which head h has d_head rows, and W_O, {n_heads, d_head, query, key, value, output}. */
export function heads(weights, layer, n_heads) {
  const [query, key, value] = ["query", "key", "value"].map((which) => affine(weights, part(layer, `attention.self.${which}`)));
  return {
    n_heads,
    d_head: query.weight.shape[0] / n_heads,
    query,
    key,
    value,
    output: affine(weights, part(layer, "attention.output.dense")),
  };
}

/** How much each token attends to each, (H, n, n). Queries and keys are made for all heads at once: the head itself then acts on 2 d_head numbers. */
export function attentions(tokens, { n_heads, d_head, query, key }) {
  const queries = linear(query, tokens),
    keys = linear(key, tokens); // (n, H d_head)
  const [Q, K] = [0, d_head].map((first) => unit_rows(d_head, 2 * d_head, first)); // (d_head, 2 d_head)
  const scale = 1 / Math.sqrt(d_head);
  return Array.from({ length: n_heads }, (_, head) => {
    const of_head = tokens.map((_, i) => {
      const both = new Float64Array(2 * d_head);
      both.set(queries[i].subarray(head * d_head, (head + 1) * d_head));
      both.set(keys[i].subarray(head * d_head, (head + 1) * d_head), d_head);
      return both;
    });
    return attention_weights(of_head, Q, K, { include_self: true, scale });
  });
}

const unit_rows = (rows, columns, first) =>
  Array.from({ length: rows }, (_, i) => {
    const row = new Float64Array(columns);
    row[first + i] = 1;
    return row;
  });

/** What each head writes for each token before W_O, side by side: (n, H d_head). */
export function segments(tokens, { d_head, value }, attention) {
  const values = linear(value, tokens);
  return tokens.map((_, i) => {
    const made = new Float64Array(values[0].length);
    attention.forEach((weights, head) => {
      const row = weights[i];
      for (let k = 0; k < row.length; k++) {
        for (let j = head * d_head; j < (head + 1) * d_head; j++) made[j] += row[k] * values[k][j];
      }
    });
    return made;
  });
}

/**
 * One layer: the tokens after it, and how much each attends to each, {tokens: (n, d), attention: (H, n, n)}.
 * @param {string} without "nothing", "heads", "mlp" or "both": what writes nothing; the LayerNorms stay
 */
export function step(weights, layer, tokens, of_layer, without = "nothing") {
  const attention = attentions(tokens, of_layer);
  const heads_off = without === "heads" || without === "both",
    mlp_off = without === "mlp" || without === "both";
  const written = heads_off ? null : linear(of_layer.output, segments(tokens, of_layer, attention));
  const seen = add_and_norm(weights, part(layer, "attention.output.LayerNorm"), tokens, written);
  return { tokens: add_and_norm(weights, part(layer, "output.LayerNorm"), seen, mlp_off ? null : mlp(weights, layer, seen)), attention };
}

/** What the MLP of a layer writes for each token alone, (n, d). */
export function mlp(weights, layer, tokens) {
  const inner = linear(affine(weights, part(layer, "intermediate.dense")), tokens);
  for (const row of inner) for (let j = 0; j < row.length; j++) row[j] = gelu(row[j]);
  return linear(affine(weights, part(layer, "output.dense")), inner);
}

/**
 * All states and all attention weights of one sentence, {states: (L + 1, n, d), attentions: (L, H, n, n)}.
 * `layers` are the learned heads of each layer, `change` what `bent.changed` takes. `before` is what a pass of the learned model gave: it is kept
 * up to layer `from`, or where none is named up to the first layer that the change changes.
 */
export function forward(weights, words, ids, layers, { from = null, before = null, change = {} } = {}) {
  const now = changed(layers, change);
  const kept = before ? (from ?? now.from) : 0;
  const states = before ? before.states.slice(0, kept + 1) : [embed(weights, words, ids)],
    attentions = before ? before.attentions.slice(0, kept) : [];
  for (let layer = kept; layer < layers.length; layer++) {
    const { tokens, attention } = step(weights, layer, states[layer], now.layers[layer], now.without);
    states.push(tokens);
    attentions.push(attention);
  }
  return { states, attentions };
}

/**
 * W x + b for each row x, (n, out). Four rows of W and two tokens at a time: a sum waits for the one before, eight sums do not wait for
 * each other, and what is read once serves several. The last token of an odd number is its own partner. `out` is a multiple of 4.
 */
export function linear({ weight, bias }, rows) {
  const { shape, data } = weight;
  const [out, columns] = shape;
  const made = rows.map(() => new Float64Array(out));
  for (let r = 0; r < out; r += 4) {
    for (let i = 0; i < rows.length; i += 2) {
      const other = Math.min(i + 1, rows.length - 1);
      four_by_two(data, bias, r, columns, rows[i], rows[other], made[i], made[other]);
    }
  }
  return made;
}

function four_by_two(data, bias, r, columns, x, y, made, other) {
  const a = r * columns,
    b = a + columns,
    c = b + columns,
    d = c + columns;
  let ax = bias[r],
    bx = bias[r + 1],
    cx = bias[r + 2],
    dx = bias[r + 3];
  let ay = ax,
    by = bx,
    cy = cx,
    dy = dx;
  for (let j = 0; j < columns; j++) {
    const u = x[j],
      v = y[j];
    const p = data[a + j],
      q = data[b + j],
      s = data[c + j],
      t = data[d + j];
    ax += p * u;
    bx += q * u;
    cx += s * u;
    dx += t * u;
    ay += p * v;
    by += q * v;
    cy += s * v;
    dy += t * v;
  }
  made[r] = ax;
  made[r + 1] = bx;
  made[r + 2] = cx;
  made[r + 3] = dx;
  other[r] = ay;
  other[r + 1] = by;
  other[r + 2] = cy;
  other[r + 3] = dy;
}

/** LayerNorm of tokens + moved, (n, d); null moves nothing. */
const add_and_norm = (weights, name, tokens, moved) =>
  tokens.map((token, i) => layer_norm(weights, name, moved ? token.map((x, j) => x + moved[i][j]) : token));

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

const affine = (weights, name) => ({ weight: weights[`${name}.weight`], bias: weights[`${name}.bias`].data });
const part = (layer, name) => `encoder.layer.${layer}.${name}`;
