// How far a change of the model moved the states of its tokens.
import { drawn_tokens } from "../../maths/seeded.js";
import { rounded } from "./journeys.js";

/**
 * By layer, {word, all, cosine}, (L + 1) each: how far the followed token went for its length, mean over sentences; the same over all
 * tokens; and the mean cosine of a state after the change with the state before.
 * @param {{ target: number, states: number[][][] }[]} before the learned model's runs
 * @param {{ states: number[][][] }[]} after
 */
export function moved(before, after) {
  const by_layer = before[0].states.map((_, layer) => {
    const each = before.flatMap(({ states, target }, i) =>
      states[layer].map((from, k) => ({ ...compared(from, after[i].states[layer][k]), followed: k === target })),
    );
    return {
      word: mean(each.filter(({ followed }) => followed).map(({ far }) => far)),
      all: mean(each.map(({ far }) => far)),
      cosine: mean(each.map(({ cosine }) => cosine)),
    };
  });
  return rounded(Object.fromEntries(["word", "all", "cosine"].map((name) => [name, by_layer.map((layer) => layer[name])])), 6);
}

/** Of two states: ‖to − from‖ / ‖from‖, and their cosine. */
function compared(from, to) {
  let apart = 0,
    product = 0,
    before = 0,
    after = 0;
  for (let j = 0; j < from.length; j++) {
    apart += (to[j] - from[j]) ** 2;
    product += from[j] * to[j];
    before += from[j] ** 2;
    after += to[j] ** 2;
  }
  return { far: Math.sqrt(apart / before), cosine: product / Math.sqrt(before * after) };
}

const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const CONTROLS = 5;

/** Other heads of the layer, as controls of one that is changed: the first of a shuffle that is the same each time. */
export function others(layer, head, n_heads) {
  const heads = Array.from({ length: n_heads }, (_, i) => i + 1).filter((other) => other !== head);
  const draws = drawn_tokens(heads.length, 1, n_heads * (layer - 1) + head - 1).flat();
  return heads
    .map((other, i) => [draws[i], other])
    .sort((a, b) => a[0] - b[0])
    .slice(0, CONTROLS)
    .map(([, other]) => other);
}
