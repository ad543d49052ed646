// The laws of Chapters 1 to 4 on the heads of the real model. Mirrors `measured_laws` of real/own.py: see there, and real/head_laws.py, for what
// each law means. Tokens are n rows of d numbers, heads are side by side as `minilm.heads` gives them.
import { effective_rank } from "../../maths/geometry.js";
import { drawn_tokens } from "../../maths/seeded.js";
import { attentions, is_off, linear, segments } from "./minilm.js";

export const LAWS = ["cosine", "uphill", "rises", "third_law", "step"]; // of heads

/**
 * The laws in sentences, by layer, {law: {yours, random}}; null where no head writes or feels a force. "crowd" and "rank", (L + 1), have null for
 * "random".
 * @param layers heads of each layer of the model that the states went through
 * @param {Float64Array[][][]} runs each sentence's states, (L + 1, n, d)
 * @param {string} without what wrote nothing
 */
export function measured_laws(layers, runs, without = "nothing") {
  const by_layer = is_off("heads", without) ? null : layers.map((heads, layer) => runs.map((run) => laws_of(run[layer], heads, layer)));
  const kinds = (law) => {
    const of_kind = (kind) => layers.map((_, layer) => (by_layer ? mean(by_layer[layer].flatMap((each) => each[kind][law])) : null));
    return { yours: of_kind("yours"), random: of_kind("random") };
  };
  const of_states = (measure) => ({ yours: runs[0].map((_, layer) => mean(runs.map((run) => measure(run[layer])))), random: null });
  return { ...Object.fromEntries(LAWS.map((law) => [law, kinds(law)])), crowd: of_states(crowd), rank: of_states(effective_rank) };
}

/** Each law of each head of a layer in one sentence, {yours, random}: {law: (H)}; NaN for a head that writes nothing or feels no force. */
export function laws_of(tokens, heads, layer) {
  const { n_heads, d_head, query } = heads;
  const [queries, keys, values] = [query, heads.key, heads.value].map((map) => linear(map, tokens)); // (n, H d_head)
  const attention = attentions(queries, keys, heads);
  const taken = segments(values, attention),
    felt = segments(keys, attention);
  const wild = drawn_tokens(tokens.length, tokens[0].length, layer).map((row) => unit(Float64Array.from(row)));
  const wild_turned = linear(without_bias(query.weight), wild);
  const writes = without_bias(heads.output.weight),
    pulls_by = without_bias(transposed(query.weight));
  const found = { yours: empty(), random: empty() };
  const sizes = tokens.map(norm);
  for (let head = 0; head < n_heads; head++) {
    const first = head * d_head,
      last = first + d_head;
    const own = (rows) => rows.map((row) => row.subarray(first, last));
    const motions = linear(writes, taken, first, last); // (n, d)
    const lengths = motions.map(norm);
    const arrows = {
      yours: { units: motions.map(unit), turned: linear(without_bias(rows_of(query.weight, first, last)), motions) },
      random: { units: wild, turned: own(wild_turned).map((row, i) => row.map((x) => lengths[i] * x)) },
    };
    const own_queries = own(queries),
      own_keys = own(keys);
    const of_head = {
      lengths,
      sizes,
      pulls: linear(pulls_by, felt, first, last),
      queries: own_queries,
      keys: own_keys,
      heights: own_queries.map((row) => potential(row, own_keys)),
    };
    for (const [kind, arrow] of Object.entries(arrows)) {
      const each = laws_of_arrows(arrow, of_head);
      for (const law of LAWS) found[kind][law].push(each[law]);
    }
  }
  return found;
}

const empty = () => Object.fromEntries(LAWS.map((law) => [law, []]));

/**
 * The laws of the arrows of a head, n directions `units` (n, d) of n `lengths`, means over tokens of `sizes`. `pulls` (n, d) are along the force. φ is
 * seen in what a query becomes by an arrow: `turned` is W_Q of the arrows, (n, d_head).
 */
function laws_of_arrows({ units, turned }, { lengths, sizes, pulls, queries, keys, heights }) {
  const strengths = pulls.map(norm);
  if ([...lengths, ...strengths].includes(0)) return Object.fromEntries(LAWS.map((law) => [law, NaN]));
  const along = units.map((arrow, i) => dot(arrow, pulls[i]) / strengths[i]);
  const rises = queries.map(
    (query, i) =>
      potential(
        query.map((x, j) => x + turned[i][j]),
        keys,
      ) - heights[i],
  );
  const total = units[0].map((_, j) => units.reduce((sum, arrow, i) => sum + lengths[i] * arrow[j], 0));
  return {
    cosine: mean(along),
    uphill: mean(along.map((cosine) => (cosine > 0 ? 1 : 0))),
    rises: mean(rises),
    third_law: norm(total) / lengths.reduce((sum, length) => sum + length, 0),
    step: mean(lengths.map((length, i) => length / sizes[i])),
  };
}

/** φ, equation (4), where a query and the keys are made already. */
function potential(query, keys) {
  const scores = keys.map((key) => dot(query, key) / Math.sqrt(query.length));
  const peak = Math.max(...scores);
  return peak + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - peak), 0));
}

/** The mean cosine of two tokens of a sentence. */
export function crowd(tokens) {
  const units = tokens.map(unit);
  return mean(units.flatMap((one, i) => units.slice(i + 1).map((other) => dot(one, other))));
}

/** Without NaN; null where nothing is left. */
function mean(values) {
  const kept = values.filter((value) => !Number.isNaN(value));
  return kept.length ? kept.reduce((sum, value) => sum + value, 0) / kept.length : null;
}

function transposed({ shape: [rows, columns], data }) {
  const made = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) made[c * rows + r] = data[r * columns + c];
  return { shape: [columns, rows], data: made };
}

const rows_of = ({ shape, data }, first, last) => ({
  shape: [last - first, shape[1]],
  data: data.subarray(first * shape[1], last * shape[1]),
});
const without_bias = (weight) => ({ weight, bias: new Float32Array(weight.shape[0]) });

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
const norm = (row) => Math.sqrt(dot(row, row));
function unit(row) {
  const length = norm(row);
  return row.map((x) => (length > 0 ? x / length : 0));
}
