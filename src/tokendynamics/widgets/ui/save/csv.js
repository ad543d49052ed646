// The numbers of a widget as a table: its settings, and what is read in sight.

/** Rows as CSV (RFC 4180). */
export function asCsv(rows) {
  const field = (value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return rows.map((row) => `${row.map((value) => field(value ?? "")).join(",")}\r\n`).join("");
}

/** Every number of a state with its place in it, [what, index, index, value]. */
export function* settings(state) {
  for (const [name, value] of Object.entries(state)) yield* entries(name, value, []);
}

function* entries(name, value, at) {
  if (!Array.isArray(value)) yield ["setting", name, ...at, ...Array(2 - Math.min(2, at.length)).fill(""), value];
  else for (const [i, each] of value.entries()) yield* entries(name, each, [...at, i + 1]);
}

/** What a reader reads now: the outputs of a widget that can be seen. */
export function readings(root) {
  const seen = [...root.querySelectorAll("output[data-readout]")].filter((each) => each.checkVisibility());
  return seen.map((each) => ["reading", named(each), "", "", each.dataset.value ?? each.textContent]);
}

const named = (each) => each.getAttribute("aria-label") ?? each.dataset.readout;
