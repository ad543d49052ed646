// What the tokens of a stack might climb: two energies of all tokens together. Mirrors energy.py.

import { potential } from "./attention.js";

/** Σᵢ φᵢ, every token's potential where it stands; a token with nobody to attend to adds nothing. */
export function summed_potential(tokens, Q, K, options = {}) {
  return summed(potential(tokens, Q, K, options));
}

/** The same, of potentials that are known. */
export const summed = (potentials) => potentials.reduce((sum, phi) => sum + (phi === -Infinity ? 0 : phi), 0);

/** ln E, with E = ½ Σᵢ Zᵢ and Zᵢ = Σₖ exp(scale Qtᵢ·Ktₖ); −∞ where nobody attends to anybody. */
export function log_energy(tokens, Q, K, options = {}) {
  const phi = potential(tokens, Q, K, options);
  const peak = Math.max(...phi);
  if (peak === -Infinity) return -Infinity;
  return peak + Math.log(phi.reduce((sum, each) => sum + Math.exp(each - peak), 0)) - Math.LN2;
}
