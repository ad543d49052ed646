// What the real model's data says, as `tokendynamics.real.senses` reads it; `data` is the dict that `journeys` returns.

/**
 * Mean cosine of pairs of sentences with the same sense of `word` and with different ones: {within, across}, a number
 * a layer each; NaN where there is no such pair. `token` is "word", "[CLS]" or "."; `shown` null keeps all sentences.
 */
export function within_across(data, word, token = "word", shown = null) {
  const entry = data.words[word];
  const senses = entry.sentences.map((id) => data.sentences[id].sense);
  const kept = entry.sentences.map((id) => shown === null || shown.includes(id));
  const same = [],
    across = [];
  let pair = 0;
  for (let i = 0; i < senses.length; i++)
    for (let j = i + 1; j < senses.length; j++, pair++) {
      if (kept[i] && kept[j]) (senses[i] === senses[j] ? same : across).push(pair);
    }
  const mean = (pairs) => entry.cosines[token].map((row) => pairs.reduce((sum, p) => sum + row[p], 0) / pairs.length);
  return { within: mean(same), across: mean(across) };
}

/** Where a path, a list of states by layer, stands at `layer`: between two layers, on the straight line. */
export function state_at(path, layer) {
  const before = Math.min(Math.floor(layer), path.length - 1);
  const after = Math.min(before + 1, path.length - 1),
    part = layer - before;
  return path[before].map((x, k) => x + part * (path[after][k] - x));
}

/** What a list of a word's sentences says, as one text: while a head is slid their states are others, and they are the same. */
export const named = (data, word) =>
  JSON.stringify([word, data.words[word].sentences.map((id) => [data.sentences[id].sense, data.sentences[id].sentence])]);
