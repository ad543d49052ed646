// How near tokens are to two words of the reader's choice, layer by layer.

/** Where a word is that went through the model alone, (L + 1, d): the mean of its tokens, [CLS] and [SEP] left out. */
export const anchor_of = (states) =>
  states.map((tokens) => {
    const own = tokens.slice(1, -1);
    return own[0].map((_, j) => own.reduce((sum, token) => sum + token[j], 0) / own.length);
  });

/** The cosine of each token with each anchor at the same layer, (L + 1, n, anchors). */
export const towards = (states, anchors) =>
  states.map((tokens, layer) => tokens.map((token) => anchors.map((anchor) => cosine(token, anchor[layer]))));

function cosine(a, b) {
  let product = 0,
    first = 0,
    second = 0;
  for (let j = 0; j < a.length; j++) {
    product += a[j] * b[j];
    first += a[j] ** 2;
    second += b[j] ** 2;
  }
  return product / Math.sqrt(first * second);
}
