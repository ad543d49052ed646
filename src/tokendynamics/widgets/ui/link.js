// A state as a link: #force-lab=v2.turning;scale=2, the name of a preset and what differs from it. Python reads the same,
// Live.from_link. Links of the first kind, v1.<the whole state as JSON in URL-safe base64>, are still read.
//
// `starts` are a widget's presets as whole states, {name: state}; a widget that has none starts from {"": first state}.
import { button, h, reword, uid } from "./dom.js";

const CLEAN = /^(?:[\w.+,'()!~*-]|%[0-9a-f]{2})*$/i;
const BROKEN = "The link is broken: part of it is missing or changed. Copy it again, whole.";

export const slot = (view, key) => (key ? `${view}.${key}` : view);

/** A state as a start and what differs from it, {name, changes}: whichever start leaves the least to say. */
export function pieces(state, starts) {
  let best;
  for (const [name, start] of Object.entries(starts)) {
    const changes = Object.fromEntries(
      Object.entries(state).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(start[key])),
    );
    const length = JSON.stringify(changes).length;
    if (!best || length < best.length) best = { name, changes, length };
  }
  return best;
}

export function encode(state, starts) {
  const { name, changes } = pieces(state, starts);
  return `v2.${[name, ...Object.entries(changes).map(([key, value]) => `${key}=${written(value)}`)].join(";")}`;
}

// JSON in the letters that an address may hold: (1,2) for a list, 'text for a text
function written(value) {
  if (Array.isArray(value)) return `(${value.map(written).join(",")})`;
  if (typeof value !== "string") return JSON.stringify(value);
  const halves = /\p{Surrogate}/gu; // of a letter that was cut in two
  return `'${encodeURIComponent(value.replace(halves, "\ufffd")).replace(/['()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}

function read(text) {
  if (!CLEAN.test(text)) throw new Error(BROKEN);
  const brackets = { "(": "[", ")": "]" };
  return JSON.parse(text.replace(/'([^',()]*)|[()]/g, (found, word) => brackets[found] ?? JSON.stringify(decodeURIComponent(word))));
}

/** {state, name, changes} of the part of a link after the `=`; `name` and `changes` of a v2 link only. Throws with words. */
export function decode(text, starts) {
  const [version, body] = text.split(/\.(.*)/s);
  if (version !== "v1" && version !== "v2") throw new Error(`The link is of a kind (“${version}”) that this page does not know.`);
  if (body === undefined) throw new Error(BROKEN);
  if (version === "v1") return { state: decodeWhole(body) };
  const [name, ...parts] = body.split(";");
  if (!Object.hasOwn(starts, name)) throw new Error(`The link starts from “${name}”, which this widget does not have.`);
  try {
    const changes = Object.fromEntries(
      parts.map((part) => {
        const [key, value] = part.split(/=(.*)/s);
        return [key, read(value)];
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
  const prefix = `${slot(view, key)}=`;
  const part = fragment
    .slice(1)
    .split("&")
    .find((each) => each.startsWith(prefix));
  if (part === undefined) return null;
  try {
    return decode(part.slice(prefix.length), starts);
  } catch (error) {
    return { error: error.message };
  }
}

/** A button that copies text; where the browser forbids that, the text appears, selected, to be copied by hand. */
export function copyButton(text, makeText, announce) {
  const id = uid("copy");
  const fallback = h("input", { id, class: "td-copy-text", readonly: true, "aria-label": `${text}: the text to copy` });
  const holder = h("span", { class: "td-copy", hidden: true }, fallback);
  const control = button(text, async () => {
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
  });
  control.style.minWidth = `${text.length + 3}ch`;
  return h("span", { class: "td-copy-group" }, control, holder);
}

export function linkTo(view, key, state, starts) {
  return `${location.href.split("#")[0]}#${slot(view, key)}=${encode(state, starts)}`;
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
