// A model of which one head is changed, or parts are switched off. Mirrors real/bent.py: see there for what each change means.
import { Matrix, QrDecomposition } from "ml-matrix";
import { drawn_tokens } from "../../maths/seeded.js";

const NEUTRAL = { bent: [1, 1], beta: 1, gain: 1, value: "learned", without: "nothing" };

/**
 * The heads of every layer under a change, the first layer that it changes (L where it changes none), and what writes nothing,
 * {layers, from, without}. `layers` are the learned heads as `minilm.heads` gives them, and stay as they are.
 * @param {{ bent?: number[], beta?: number, gain?: number, value?: string, without?: string }} change
 */
export function changed(layers, change) {
  const { bent, beta, gain, value, without } = { ...NEUTRAL, ...change };
  const [layer, head] = bent.map((number) => number - 1);
  const is_bent = changes_a_head({ beta, gain, value });
  const from = without !== "nothing" ? 0 : is_bent ? layer : layers.length;
  if (!is_bent) return { layers, from, without };
  const now = bent_head(layers[layer], head, { beta, gain, value, seed: 12 * layer + head });
  return { layers: layers.with(layer, now), from, without };
}

/** Whether a change changes a head, and not only what is switched off. */
export const changes_a_head = ({ beta = 1, gain = 1, value = "learned" }) => beta !== 1 || gain !== 1 || value !== "learned";

/** The heads of one layer with one of them changed; only the numbers of that head are made anew. */
function bent_head(heads, head, { beta, gain, value, seed }) {
  const query = own_rows(heads, "query", head).mul(beta);
  const made = value === "law" ? lawful(heads, head) : value === "random" ? random(heads, head, seed) : own_rows(heads, "value", head);
  return { ...heads, query: replaced(heads, "query", head, query), value: replaced(heads, "value", head, made.mul(gain)) };
}

/** The rows of one head in W_Q, W_K or W_V with the bias as last column, (d_head, d + 1). */
export function own_rows({ d_head, ...heads }, which, head) {
  const { weight, bias } = heads[which];
  const d = weight.shape[1];
  const rows = Array.from({ length: d_head }, (_, i) => {
    const row = head * d_head + i;
    return [...weight.data.subarray(row * d, (row + 1) * d), bias[row]];
  });
  return new Matrix(rows);
}

/** The affine map with other rows for one head. */
function replaced({ d_head, ...heads }, which, head, rows) {
  const { weight, bias } = heads[which];
  const d = weight.shape[1];
  const made = { weight: { shape: weight.shape, data: weight.data.slice() }, bias: bias.slice() };
  for (let i = 0; i < d_head; i++) {
    const row = rows.getRow(i);
    made.bias[head * d_head + i] = row.pop();
    made.weight.data.set(row, (head * d_head + i) * d);
  }
  return made;
}

/** V P, (d_head, d + 1): P projects onto the row space of QᵀK, which is that of K, as the rows of a learned Q are independent. */
function lawful(heads, head) {
  const along = new QrDecomposition(own_rows(heads, "key", head).transpose()).orthogonalMatrix; // (d + 1, d_head)
  return own_rows(heads, "value", head).mmul(along).mmul(along.transpose());
}

/** A random (d_head, d + 1) in place of (W_V | b_V), by which the head writes as much: ‖W_O W‖ is that of the learned one. */
function random(heads, head, seed) {
  const learned = own_rows(heads, "value", head);
  const drawn = new Matrix(drawn_tokens(learned.rows, learned.columns, seed));
  const output = columns_of(heads.output.weight, head, heads.d_head);
  return drawn.mul(output.mmul(learned).norm("frobenius") / output.mmul(drawn).norm("frobenius"));
}

/** The columns of W_O that write what one head gives, (d, d_head). */
const columns_of = ({ shape, data }, head, d_head) =>
  new Matrix(
    Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1] + head * d_head, i * shape[1] + (head + 1) * d_head)]),
  );
