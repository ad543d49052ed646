// What is drawn of sentences that went through the model. Mirrors `journeys` of real/senses.py: see there for what each name means.
//
// A run is one sentence, {word, sense, sentence, tokens, target, states: (L + 1, n, d)}.
import { effective_rank, pair_cosines, pair_distances, project, projection, seen_by_layer, share_seen } from "../../maths/geometry.js";

/** The two projections, {common, own}: fitted to all tokens of all sentences, and to the followed word alone. */
export const fitted = (runs) => ({ common: projection(together(runs)), own: projection(followed(runs)) });

/** Where the tokens of each sentence are in the two projections, [{common, own}, …], each (L + 1, n, 3). */
export const places = (runs, { common, own }) =>
  runs.map(({ states }) => {
    const seen = (fit) => states.map((tokens) => rounded(project(fit, tokens), 2));
    return { common: seen(common), own: seen(own) };
  });

/**
 * All that `journeys` gives for sentences of one word. The projections may have been fitted to other states, those of the learned model: by
 * layer, what they show is measured on these.
 */
export function journeys(runs, fits) {
  const where = places(runs, fits);
  return {
    sentences: runs.map(({ word, sense, sentence, tokens, target }, i) => ({ word, sense, sentence, tokens, target, ...where[i] })),
    words: { [runs[0].word]: journey_of(runs, fits) },
    common: shares(fits.common, together(runs)),
    crowd: crowd(runs),
  };
}

function journey_of(runs, fits) {
  const states = followed(runs),
    senses = runs.map(({ sense }) => sense);
  const cosines = { word: states.map(pair_cosines), "[CLS]": followed(runs, () => 0).map(pair_cosines) };
  if (runs.every(({ tokens }) => tokens.includes("."))) {
    cosines["."] = followed(runs, ({ tokens }) => tokens.indexOf(".")).map(pair_cosines);
  }
  const apart = apart_of(states, senses);
  const seen = (fit) => rounded(share_seen(fit, apart), 4);
  return {
    sentences: runs.map((_, i) => i),
    senses: [...new Set(senses)],
    cosines: rounded(cosines, 8), // [CLS] parts by 1e-6 at first
    distances: rounded(states.map(pair_distances), 4),
    own: shares(fits.own, states),
    ...(apart && { apart_seen: { common: seen(fits.common), own: seen(fits.own) } }),
  };
}

/** From the mean of the first sense to the mean of the second, (L + 1, d); null where there is one sense. */
function apart_of(states, senses) {
  const [first, second = null] = [...new Set(senses)];
  if (second === null) return null;
  const mean = (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  return states.map((rows) => {
    const [from, to] = [first, second].map((sense) => mean(rows.filter((_, i) => senses[i] === sense)));
    return to.map((x, j) => x - from[j]);
  });
}

function shares({ each, directions }, states) {
  const explained = each.reduce((sum, share) => sum + share, 0);
  return { explained: rounded(explained, 4), each: rounded(each, 4), by_layer: rounded(seen_by_layer(directions, states), 4) };
}

/** Means over all sentences, by layer. */
function crowd(runs) {
  const by_layer = (measured) => runs[0].states.map((_, layer) => mean(runs.flatMap(({ states }) => measured(states[layer]))));
  const found = {
    norm: by_layer((tokens) => tokens.map((token) => Math.hypot(...token))),
    cosine: by_layer((tokens) => mean(pair_cosines(tokens))),
    effective_rank: by_layer(rank_of),
  };
  return rounded(found, 4);
}

/** Layers before a head that is slid keep their tokens, the very same arrays: what was found for them is kept as long as they are. */
function kept(measured) {
  const found = new WeakMap();
  return (tokens) => {
    if (!found.has(tokens)) found.set(tokens, measured(tokens));
    return found.get(tokens);
  };
}
const rank_of = kept(effective_rank);

/** The tokens of all sentences, layer by layer, (L + 1, Σ n, d). */
const together = (runs) => runs[0].states.map((_, layer) => runs.flatMap(({ states }) => states[layer]));

/** One token of each sentence, layer by layer, (L + 1, sentences, d): the followed word's, or another's. */
const followed = (runs, target = (run) => run.target) =>
  runs[0].states.map((_, layer) => runs.map((run) => run.states[layer][target(run)]));

const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Numbers as they are shipped: plain lists, or one number, of so many digits behind the point. */
export function rounded(value, digits) {
  if (value === null) return null;
  if (typeof value === "number") return Math.round(value * 10 ** digits) / 10 ** digits;
  if (value[Symbol.iterator]) return Array.from(value, (each) => rounded(each, digits));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each, digits)]));
}
