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

/**
 * How much each token attends to each, (H, n, n), from the queries and keys of all heads side by side, (n, H d_head). A head so made acts on
 * 2 d_head numbers a token: its query and its key.
 */
export function attentions(queries, keys, { n_heads, d_head }) {
  const [Q, K] = [0, d_head].map((first) => unit_rows(d_head, 2 * d_head, first)); // (d_head, 2 d_head)
  const scale = 1 / Math.sqrt(d_head);
  return Array.from({ length: n_heads }, (_, head) => {
    const of_head = queries.map((query, i) => {
      const both = new Float64Array(2 * d_head);
      both.set(query.subarray(head * d_head, (head + 1) * d_head));
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

/** What each head takes together for each token, side by side: its values, weighted by its attention, (n, H d_head). */
export function segments(values, attention) {
  const d_head = values[0].length / attention.length;
  return values.map((value, i) => {
    const made = new Float64Array(value.length);
    for (let head = 0; head < attention.length; head++) {
      const weights = attention[head][i];
      for (let k = 0; k < weights.length; k++) {
        const a = weights[k],
          of_k = values[k];
        for (let j = head * d_head; j < (head + 1) * d_head; j++) made[j] += a * of_k[j];
      }
    }
    return made;
  });
}

/**
 * One layer: the tokens after it, and how much each attends to each, {tokens: (n, d), attention: (H, n, n)}.
 * @param {string} without "nothing", "heads", "mlp" or "both": what writes nothing; the LayerNorms stay
 */
export function step(weights, layer, tokens, heads, without = "nothing") {
  const attention = attentions(linear(heads.query, tokens), linear(heads.key, tokens), heads);
  const written = is_off("heads", without) ? null : linear(heads.output, segments(linear(heads.value, tokens), attention));
  const seen = add_and_norm(weights, part(layer, "attention.output.LayerNorm"), tokens, written);
  const moved = is_off("mlp", without) ? null : mlp(weights, layer, seen);
  return { tokens: add_and_norm(weights, part(layer, "output.LayerNorm"), seen, moved), attention };
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
 * W x + b for each row x, (n, out); of W and x the columns from `first` to `last`. Four rows of W and two tokens at a time: a sum waits for the one
 * before, eight sums do not wait for each other, and what is read once serves several. The last token of an odd number is its own partner. `out`
 * is a multiple of 4.
 */
export function linear({ weight, bias }, rows, first = 0, last = weight.shape[1]) {
  const made = rows.map(() => new Float64Array(weight.shape[0]));
  for (let r = 0; r < weight.shape[0]; r += 4) {
    for (let i = 0; i < rows.length; i += 2) {
      const other = Math.min(i + 1, rows.length - 1);
      four_by_two(weight, bias, r, first, last, rows[i], rows[other], made[i], made[other]);
    }
  }
  return made;
}

function four_by_two({ shape, data }, bias, r, first, last, x, y, made, other) {
  const columns = shape[1];
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
  for (let j = first; j < last; j++) {
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

/** Whether "heads" or "mlp" writes nothing. */
export const is_off = (what, without) => without === what || without === "both";

const affine = (weights, name) => ({ weight: weights[`${name}.weight`], bias: weights[`${name}.bias`].data });
const part = (layer, name) => `encoder.layer.${layer}.${name}`;
