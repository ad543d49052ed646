// Distances as drawn beside distances in all of the model's numbers, as `tokendynamics.real.distances` has them.

/**
 * How far apart the word's states stand in each pair of `shown` sentences (null for all): {pairs, screen, full}, the
 * last two [layer][pair]. `components` are those drawn, counted from 1.
 */
export function distances(data, word, shown, basis, components) {
  const entry = data.words[word],
    ids = entry.sentences,
    pairs = [],
    kept = [];
  let pair = 0;
  for (let i = 0; i < ids.length; i++)
    for (let j = i + 1; j < ids.length; j++, pair++) {
      if (shown !== null && !(shown.includes(ids[i]) && shown.includes(ids[j]))) continue;
      pairs.push([ids[i], ids[j]]);
      kept.push(pair);
    }
  const at = (id, layer) => data.sentences[id][basis][layer][data.sentences[id].target];
  const apart = (a, b) => Math.hypot(...components.map((c) => a[c - 1] - b[c - 1]));
  return {
    pairs,
    screen: entry.distances.map((_, layer) => pairs.map(([i, j]) => apart(at(i, layer), at(j, layer)))),
    full: entry.distances.map((row) => kept.map((k) => row[k])),
  };
}

/** Spearman's rank correlation of two lists; NaN for fewer than three, or where all are equal. */
export function rank_agreement(screen, full) {
  const n = screen.length;
  if (n < 3) return NaN;
  const [a, b] = [screen, full].map((list) => ranks(list).map((r) => r - (n + 1) / 2));
  const dot = (x, y) => x.reduce((sum, v, k) => sum + v * y[k], 0);
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  return size > 0 ? dot(a, b) / size : NaN;
}

/** The pair that looks nearest in one layer, and its place by the full distance; null without a pair. */
export function nearest(pairs, screen, full) {
  if (!pairs.length) return null;
  const least = (list) => list.indexOf(Math.min(...list));
  const k = least(screen);
  return {
    pair: pairs[k],
    screen: screen[k],
    full: full[k],
    place: 1 + full.filter((v) => v < full[k]).length,
    count: pairs.length,
    nearest: pairs[least(full)],
  };
}

const ranks = (list) => list.map((v) => list.filter((w) => w < v).length + (list.filter((w) => w === v).length + 1) / 2);
