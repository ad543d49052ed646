// A state as a link: #force-lab=v3!turning;scale=2, the name of a preset and what differs from it. It is made of what mail and chat leave
// alone: letters, digits and - _ ~ ! = ; with a letter or a digit at its end. Python writes and reads the same (_links.py).
//
//   2, -0_5            numbers, _ for the point          _a_20b    a text, _ before it and before each byte that is no letter or digit
//   true, false, null                                    !1~2      a list; in !!1~2~~3~4, a list of lists, ~~ stands between the outer ones
//   empty, blank       a list and a text of nothing      #force-lab~turning=…   for the widget that has this key
//
// Links of the first kind, v1.<the whole state as JSON in URL-safe base64>, and of the second, v2.turning;scale=2.5;names=('a,'b), are read too.
// `starts` are a widget's presets as whole states, {name: state}; a widget that has none starts from {"": first state}.
import { button, h, reword, uid } from "./dom.js";

const CLEAN = /^(?:[\w.+,'()!~*-]|%[0-9a-f]{2})*$/i;
const BROKEN = "The link is broken: part of it is missing or changed. Copy it again, whole.";
const NUMBER = /^-?(?:0|[1-9]\d*)(?:_\d+)?(?:e-?\d+)?$/;
const TEXT = /^_(?:[a-z\d]|_[\da-f]{2})+$/i;
const WORDS = { true: "true", false: "false", null: "null", empty: "[]", blank: '""' }; // as JSON
const DEEPEST = 9;
// what came behind a link on its way: the full stop of a sentence, a quotation mark, a space, plain or escaped
const TAIL = /(?:[.,:?!*"'`>]|%(?:2[0127ace]|3[acef]|60|c2%a0|c2%bb|e2%80%[89][\da-f]|26(?:amp(?:;|%3b)?)?))+$/i;
const MEANT = /(?:%20\.|=')$/; // of the second kind: a sentence may end so, and an empty text
const BRACKET = /(?:[)\]}_~]|%(?:29|5d|7d|5f|7e))$/i;
const ESCAPED = /%(?:2[15789b-e]|3[bd]|5f|7e)/gi; // the letters that a link itself is made of

export const slot = (view, key) => (key ? `${view}~${key}` : view);

/** A state as a start and what differs from it, {name, changes}: whichever start leaves the least to say. */
export function pieces(state, starts) {
  let best;
  for (const [name, start] of Object.entries(starts)) {
    const changes = Object.fromEntries(
      Object.entries(state).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(start[key])),
    );
    const { length } = assigned(changes);
    if (!best || length < best.length) best = { name, changes, length };
  }
  return best;
}

export function encode(state, starts) {
  const { name, changes } = pieces(state, starts);
  return `v3${name && "!"}${name}${assigned(changes)}`;
}

const assigned = (changes) =>
  Object.entries(changes)
    .map(([key, value]) => `;${key}=${written(value, depth(value), "!")}`)
    .join("");

const depth = (value) => (Array.isArray(value) && value.length ? 1 + Math.max(...value.map(depth)) : 0);

function written(value, deep, mark = "") {
  if (Array.isArray(value) && value.length) return mark.repeat(deep) + value.map((each) => written(each, deep - 1)).join("~".repeat(deep));
  if (Array.isArray(value)) return "empty";
  if (typeof value !== "string") return JSON.stringify(value).replace(".", "_").replace("+", "");
  const halves = /\p{Surrogate}/gu; // of a letter that was cut in two
  const marked = (c) => `_${c.codePointAt(0).toString(16)}`; // those that encodeURIComponent leaves
  return value
    ? `_${encodeURIComponent(value.replace(halves, "\ufffd"))
        .replace(/[-_.!~*'()]/g, marked)
        .replace(/%(..)/g, (_, byte) => `_${byte.toLowerCase()}`)}`
    : "blank";
}

function read(text) {
  const [marks] = /^!*/.exec(text);
  if (marks.length > DEEPEST) throw new Error(BROKEN);
  return listed(text.slice(marks.length), marks.length);
}

function listed(text, deep) {
  if (deep) return text.split("~".repeat(deep)).map((each) => listed(each, deep - 1));
  if (NUMBER.test(text)) return Number(text.replace("_", "."));
  if (TEXT.test(text)) return decodeURIComponent(text.slice(1).replaceAll("_", "%"));
  if (Object.hasOwn(WORDS, text)) return JSON.parse(WORDS[text]);
  throw new Error(BROKEN);
}

// of the second kind: JSON in the letters that an address may hold, (1,2) for a list, 'text for a text
function readSecond(text) {
  if (!CLEAN.test(text)) throw new Error(BROKEN);
  const brackets = { "(": "[", ")": "]" };
  return JSON.parse(text.replace(/'([^',()]*)|[()]/g, (found, word) => brackets[found] ?? JSON.stringify(decodeURIComponent(word))));
}

/**
 * {state, name, changes} of the part of a link after the `=`; `name` and `changes` not of the first kind. What came behind it on its way is
 * left out, and what was escaped once too often is taken as it was meant. Throws with words.
 */
export function decode(text, starts) {
  let wrong;
  for (const each of readings(text)) {
    try {
      return decodeOne(each, starts);
    } catch (error) {
      wrong ??= error;
    }
  }
  throw wrong;
}

function* readings(text) {
  if (MEANT.test(text)) yield text;
  for (let rest = text.replace(TAIL, ""), n = 0; n <= DEEPEST; n += 1) {
    yield rest;
    if (rest.search(ESCAPED) >= 0) yield unescaped(rest);
    if (!BRACKET.test(rest)) return;
    rest = rest.replace(BRACKET, "").replace(TAIL, "");
  }
}

const unescaped = (text) => text.replace(ESCAPED, decodeURIComponent);

function decodeOne(text, starts) {
  const [, version, body] = /^(v[123])(?![^.!;])(.*)$/s.exec(text) ?? [];
  if (!version) throw new Error(`The link is of a kind (“${text.split(/[.!;]/)[0].slice(0, 20)}”) that this page does not know.`);
  if (version === "v1") return { state: decodeWhole(body.slice(1)) };
  const [begin, ...parts] = body.split(";");
  const mark = version === "v2" ? "." : "!"; // the point of v2. may have been taken for the end of a sentence
  if (begin && begin[0] !== mark) throw new Error(BROKEN);
  const name = begin.slice(1);
  if (!Object.hasOwn(starts, name)) throw new Error(`The link starts from “${name.slice(0, 40)}”, which this widget does not have.`);
  try {
    const reader = version === "v2" ? readSecond : read;
    const changes = Object.fromEntries(
      parts.map((part) => {
        const [key, value] = part.split(/=(.*)/s);
        return [key, reader(value)];
      }),
    );
    return { state: { ...starts[name], ...changes }, name, changes };
  } catch {
    throw new Error(BROKEN);
  }
}

function decodeWhole(body) {
  let state = null;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // said below
  }
  if (typeof state === "object" && state && !Array.isArray(state)) return state;
  throw new Error(BROKEN);
}

/** What a link's fragment, "#…", holds for this widget: what `decode` gives, {error}, or null where it holds nothing. */
export function stateIn(fragment, view, key, starts) {
  const places = [slot(view, key), key && `${view}.${key}`];
  for (const part of fragment.slice(1).replaceAll("&amp;", "&").split("&")) {
    const [, place, text] = /^(.+?)(?:=|%3d)(.*)$/is.exec(part) ?? [];
    if (!place || !places.includes(unescaped(place))) continue;
    try {
      return decode(text, starts);
    } catch (error) {
      return { error: error.message };
    }
  }
  return null;
}

/** A button that copies text; where the browser forbids that, the text appears, selected, to be copied by hand. */
export function copyButton(text, makeText, announce, attributes = {}) {
  const id = uid("copy");
  const fallback = h("input", { id, class: "td-copy-text", readonly: true, "aria-label": `${text}: the text to copy` });
  const holder = h("span", { class: "td-copy", hidden: true }, fallback);
  const copy = async () => {
    const made = makeText();
    try {
      await navigator.clipboard.writeText(made);
      holder.hidden = true;
      announce(`${text}: copied.`);
      control.textContent = "Copied";
      setTimeout(() => reword(control, text), 1500);
    } catch {
      fallback.value = made;
      holder.hidden = false;
      fallback.focus();
      fallback.select();
      announce(`${text}: select all and copy from the field.`);
    }
  };
  const control = button(text, copy, attributes);
  control.style.minWidth = `${text.length + 3}ch`;
  return h("span", { class: "td-copy-group" }, control, holder);
}

export function linkTo(view, key, state, starts, page = location.href.split("#")[0]) {
  return `${page}#${slot(view, key)}=${encode(state, starts)}`;
}

/**
 * The line of Python that makes the same widget; `starts` as above where its class has these presets, or else all is said.
 * @param {string} className
 * @param {object} state
 * @param {Record<string, object>} [starts]
 */
export function pythonLine(className, state, starts = { "": {} }) {
  const { name, changes } = pieces(state, starts);
  const given = Object.entries(changes).map(([key, value]) => `${key}=${python(value)}`);
  return name ? `${className}.preset(${[JSON.stringify(name), ...given].join(", ")})` : `${className}(${given.join(", ")})`;
}

export function python(value) {
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
}
