// A number as a reader types it: "0,71", "12 %", "5/32", "−1". Mirrors tokendynamics/exercises/_reading.py.

const NUMBER = /^([+-]?)([0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(e[+-]?[0-9]{1,3})?(?:\/([0-9]+(?:[.,][0-9]*)?))?(%?)$/i;
const NONE = ["none", "-", "–", "—"];

/** The answer is not of the kind that was asked for; the message says what it is instead. */
export class Unreadable extends Error {}

/** The number that a text says; Unreadable where it says none. */
export function number(text) {
  const found = NUMBER.exec(text.replace(/\s/g, "").replaceAll("−", "-").replaceAll("percent", "%"));
  const said = `“${[...text.trim()].slice(0, 30).join("")}”`;
  if (!found) throw new Unreadable(`${said} is not a number`);
  const [, sign, digits, power = "", under, share] = found;
  const point = (part) => part.replace(",", ".");
  let value = Number(point(digits) + power);
  if (under) value = Number(point(under)) ? value / Number(point(under)) : Number.POSITIVE_INFINITY;
  if (sign === "-") value = -value;
  if (share) value /= 100;
  if (!Number.isFinite(value)) throw new Unreadable(`${said} is not a finite number`);
  return value;
}

/** The same, or −1 where the reader says that there is none. */
export function layer(text) {
  if (NONE.includes(text.trim().toLowerCase())) return -1;
  const value = number(text);
  if (!Number.isInteger(value)) throw new Unreadable("a layer is a whole number, or None where there is none");
  return value;
}
