// A state as a link: #force-lab=v1.<JSON in URL-safe base64>. Python reads the same, Live.from_link.
import { button, h, uid } from "./dom.js";

const VERSION = "v1";

export const slot = (view, key) => (key ? `${view}.${key}` : view);

export function encode(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return `${VERSION}.${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

function decode(text) {
  const [version, body] = text.split(/\.(.*)/s);
  if (version !== VERSION) throw new Error(`The link is of a kind (“${version}”) that this page does not know.`);
  let state;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    state = null;
  }
  if (typeof state === "object" && state && !Array.isArray(state)) return state;
  throw new Error("The link is broken: part of it is missing or changed. Copy it again, whole.");
}

/** The state that the page's address holds for this widget: {state}, {error}, or {} where it holds none. */
export function stateInAddress(view, key) {
  const prefix = `${slot(view, key)}=`;
  const part = location.hash.slice(1).split("&").find((each) => each.startsWith(prefix));
  if (!part) return {};
  try {
    return { state: decode(part.slice(prefix.length)) };
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
      setTimeout(() => (control.textContent = text), 1500);
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

export function linkTo(view, key, state) {
  return `${location.href.split("#")[0]}#${slot(view, key)}=${encode(state)}`;
}

/** The line of Python that makes the same widget. */
export function pythonLine(className, state) {
  return `${className}(${Object.entries(state).map(([name, value]) => `${name}=${python(value)}`).join(", ")})`;
}

function python(value) {
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
}
