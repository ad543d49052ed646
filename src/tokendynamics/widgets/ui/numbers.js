// Numbers as a reader meets them: typed in, and printed.

/** Three figures, a real minus sign, powers of ten where they are needed. */
export function format(x, figures = 3) {
  if (Number.isNaN(x)) return "not a number";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, power] = x.toExponential(1).split("e");
    return minus(`${mantissa} × 10${superscript(Number(power))}`);
  }
  return minus(Number(x.toPrecision(figures)).toString());
}

/** Always so many decimals, for numbers that change under the hand. */
export const fixed = (x, decimals = 2) => (Math.abs(x) < 1e5 ? minus(x.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1")) : format(x));

const minus = (text) => text.replaceAll("-", "−");
const superscript = (n) => String(n).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

/**
 * A typed number, or words about what is wrong with it. Takes a decimal comma and a real minus sign.
 *
 * @param {string} text
 * @param {{ min?: number, max?: number, whole?: boolean }} [limits]
 * @returns {{ value?: number, error?: string }}
 */
export function parse(text, { min = -1e6, max = 1e6, whole = false } = {}) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  if (plain === "" || Number.isNaN(value)) return { error: `“${text.trim()}” is not a number. Type one such as 0.5 or −2.` };
  if (value < min || value > max) return { error: `${text.trim()} is out of range. Type a number from ${format(min)} to ${format(max)}.` };
  if (whole && !Number.isInteger(value)) return { error: `${text.trim()} is not a whole number.` };
  return { value };
}
