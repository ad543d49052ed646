// Numbers as a reader meets them: typed in, and printed.

const PLAIN = "0123456789-+";
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";

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

/** A place, all its numbers. */
export const place = (at) => at.map((x) => fixed(x)).join(", ");

/** A layer or a step of time, and with one decimal what lies between two. */
export const moment = (x) => (Number.isInteger(x) ? String(x) : fixed(x, 1));

export const percent = (x) => `${fixed(100 * x, 1)} %`;

const minus = (text) => text.replaceAll("-", "−");
const superscript = (n) => String(n).replace(/./g, (c) => RAISED[PLAIN.indexOf(c)]);

// what keyboards and typography write in place of ASCII
const ALIKE = {
  "-": /[\u2010-\u2015\u2212\ufe63\uff0d]/g,
  "+": /\uff0b/g,
  ".": /[\uff0e\u066b]/g,
  ",": /\uff0c/g,
  "/": /[\u2044\u2215\uff0f]/g,
};
const DIGITS = { 65296: /[\uff10-\uff19]/g, 1632: /[\u0660-\u0669]/g, 1776: /[\u06f0-\u06f9]/g, 2406: /[\u0966-\u096f]/g };
const THIRDS = /^([-+]?\d{1,3})(?:([\s'\u2019_.,\u066c])\d{3}(?:\2\d{3})*)([.,]\d*)?$/u; // 1 000 000,5: groups of three, by one sign
const HALVES = { "\u00bd": 0.5, "\u00bc": 0.25, "\u00be": 0.75 };

/**
 * A typed number, or words about what is wrong with it. What has one meaning is read: a decimal comma, groups of three digits, a fraction,
 * digits and minus signs of other keyboards, powers of ten as `format` prints them. What has two is asked about.
 *
 * @param {string} text
 * @param {{ min?: number, max?: number, whole?: boolean }} [limits]
 * @returns {{ value?: number, error?: string }}
 */
export function parse(text, { min = -1e6, max = 1e6, whole = false } = {}) {
  const typed = text.trim();
  const shown = typed.length > 30 ? `${typed.slice(0, 30)}…` : typed;
  const plain = ascii(typed);
  if (/^[-+]?[1-9]\d{0,2},\d{3}$/.test(plain)) {
    const [thousands, decimal] = [plain.replace(",", ""), plain.replace(",", ".").replace(/0+$/, "").replace(/\.$/, ".0")];
    return { error: `“${shown}” can mean ${minus(thousands)} or ${minus(decimal)}. Type it as one of these.` };
  }
  const value = read(plain);
  if (!Number.isFinite(value)) return { error: `“${shown}” is not a number. Type one such as 0.5 or −2.` };
  if (value < min || value > max) return { error: `${shown} is out of range. Type a number from ${format(min)} to ${format(max)}.` };
  if (whole && !Number.isInteger(value)) return { error: `${shown} is not a whole number.` };
  return { value };
}

function ascii(text) {
  for (const [plain, alike] of Object.entries(ALIKE)) text = text.replace(alike, plain);
  for (const [zero, digits] of Object.entries(DIGITS)) text = text.replace(digits, (c) => String(c.charCodeAt(0) - Number(zero)));
  return text.replace(/^([-+])\s+/, "$1");
}

/** The number that a text in ASCII means; NaN for none. */
function read(text) {
  const [, sign, half] = /^([-+]?)([\u00bc-\u00be])$/.exec(text) ?? [];
  if (half) return sign === "-" ? -HALVES[half] : HALVES[half];
  const [, over, under] = /^([^/]+)\/(\s*\d[^/]*)$/.exec(text) ?? [];
  if (over) return decimal(over.trim()) / decimal(under.trim());
  const [, factor, power] = /^(.+?)\s*[×·*x]\s*10\s*\^?([-+]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/u.exec(text) ?? [];
  if (factor) return decimal(`${factor}e${power.replace(/./gu, (c) => PLAIN[RAISED.indexOf(c)] ?? c)}`);
  return decimal(text);
}

function decimal(text) {
  const [, , by, tail] = THIRDS.exec(text) ?? [];
  const grouped = by && (tail ? tail[0] !== by : !/[.,]/.test(by) || text.split(by).length > 2); // 1.000 is one, as a computer writes it
  const plain = (grouped ? text.slice(0, text.length - (tail?.length ?? 0)).replaceAll(by, "") + (tail ?? "") : text).replace(",", ".");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}
