// What the Encyclopedia says: of a token, and of an index that cannot be read whole.
import { fixed, place } from "../ui/numbers.js";

/** The entry that the question is, or −1 for a place of its own. */
export const named = ({ tokens, question }) => tokens.findIndex((t) => t[0] === question[0] && t[1] === question[1]);

/** A token in words; the last of `found` is the question. */
export function describe(state, found, i) {
  const asked = i === state.tokens.length;
  const which = named(state);
  const of = asked ? which : i; // both words, as each plane shows one of them
  const words = of < 0 ? [] : [state.names[of], state.answers[of]];
  const name = (asked ? ["your question", ...words] : words).join(", ");
  return `${name}: index at ${place(found.index[i])}, content at ${place(found.contents[i])}, M answers ${place(found.answers[i])}, gap ${fixed(found.gaps[i])}`;
}

/** What to say about an index that M cannot fully read; nothing where it can. */
export function inWords({ sigma, rank }, { condition, residual, tie }) {
  const missed = `${fixed(100 * residual, 0)} % of V`;
  if (sigma[0] === 0 && sigma[1] === 0) return "Both bars are 0: the index is empty, so M is 0 and every answer is the origin.";
  if (condition === Infinity) {
    const small = sigma[0] < sigma[1] ? 0 : 1;
    const u = `u${"₁₂"[small]}`,
      v = `v${"₁₂"[small]}`;
    return `QᵀK cannot be inverted, so M is the pseudo-inverse. It has no entry along ${u}: what a token holds along ${v} is lost, ${missed}.`;
  }
  if (tie) return "Rank 1 keeps the larger bar, and the two are equal: which direction is kept is rounding, and means nothing.";
  if (rank === 1) return `Rank 1: M keeps the larger bar and drops the other. Equation (13) misses ${missed}.`;
  return null;
}
