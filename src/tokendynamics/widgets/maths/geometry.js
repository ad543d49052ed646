// Clouds of states, n × d: how many directions they use, how many clusters they form. Mirrors geometry.py.

import { Matrix, SVD } from "ml-matrix";
import * as check from "./checks.js";

/** How many directions the rows use: exp of the entropy of σ / Σσ (Roy and Vetterli 2007); NaN where all are 0. */
export function effective_rank(states) {
  check.matrix("states", states, "(n, d)");
  const sigma = new SVD(new Matrix(states), { computeLeftSingularVectors: false, computeRightSingularVectors: false, autoTranspose: true })
    .diagonal;
  const sum = sigma.reduce((total, s) => total + s, 0);
  if (sum === 0) return NaN;
  return Math.exp(-sigma.reduce((total, s) => total + (s > 0 ? (s / sum) * Math.log(s / sum) : 0), 0));
}

/** How many clusters the rows form: single linkage, cut at `cosine` or at `distance`, one of the two; see geometry.py. */
export function clusters(states, options = {}) {
  check.options(options, ["cosine", "distance"]);
  const { cosine = null, distance = null } = options;
  const [n, d] = check.matrix("states", states, "(n, d)");
  if ((cosine === null) === (distance === null)) {
    throw new RangeError(
      `give cosine or distance, one of the two; got cosine ${check.describe(cosine)} and distance ${check.describe(distance)}`,
    );
  }
  const apart = distance !== null;
  const limit = apart ? check.number("distance", distance, 0) : check.number("cosine", cosine);
  const places = apart ? states : states.map(unit);
  const near = (a, b) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += apart ? (a[j] - b[j]) ** 2 : a[j] * b[j];
    return apart ? Math.sqrt(sum) <= limit : sum >= limit;
  };
  const left = Array.from({ length: n }, (_, i) => i); // not yet reached by any chain
  let count = 0;
  while (left.length) {
    count++;
    const chain = [left.pop()];
    while (chain.length) {
      const here = places[chain.pop()];
      for (let k = left.length - 1; k >= 0; k--) {
        if (!near(here, places[left[k]])) continue;
        chain.push(left[k]);
        left[k] = left.at(-1);
        left.pop();
      }
    }
  }
  return count;
}

function unit(row) {
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return row.map((x) => (length > 0 ? x / length : 0));
}
