// What the engine says to bad input: the argument, what it got, what it needs. The words are those of _checks.py.

/** Each argument is what it must be, but no number holds the answer. A journey stops here; whoever asked for all of it is told. */
export class OutOfRange extends RangeError {}

/** The shape [rows, columns] of a nested array of finite numbers; `shape` is the wording of what is needed. */
export function matrix(name, value, shape) {
  if (!isList(value)) throw new RangeError(`${name} must be real numbers in an array of shape ${shape}; got ${describe(value)}`);
  const rows = value.length;
  if (rows === 0 || !isList(value[0])) throw new RangeError(`${name} must have shape ${shape}; got shape (${rows},)`);
  const columns = value[0].length;
  if (columns === 0) throw new RangeError(`${name} must have shape ${shape} with nothing of length 0; got shape (${rows}, 0)`);
  let nan = 0,
    infinite = 0;
  for (let i = 0; i < rows; i++) {
    const row = value[i];
    if (!isList(row) || row.length !== columns) {
      throw new RangeError(`${name} must be real numbers in an array of shape ${shape}; got rows of different lengths`);
    }
    for (let j = 0; j < columns; j++) {
      if (Number.isFinite(row[j])) continue;
      if (typeof row[j] !== "number") {
        throw new RangeError(`${name} must be real numbers in an array of shape ${shape}; got ${describe(row[j])} in row ${i}`);
      }
      if (Number.isNaN(row[j])) nan++;
      else infinite++;
    }
  }
  if (nan || infinite) {
    const counts = [nan && `${nan} NaN`, infinite && `${infinite} infinite`].filter(Boolean).join(" and ");
    throw new RangeError(`${name} must be finite; got ${counts} in ${rows * columns} entries of shape (${rows}, ${columns})`);
  }
  return [rows, columns];
}

/** Q and K of one shape (d_head, d), where the tokens fix d (null: K is held to Q). Gives [d_head, d]. */
export function query_key(Q, K, d) {
  const q = matrix("Q", Q, "(d_head, d)");
  const k = matrix("K", K, "(d_head, d)");
  const who = d === null ? "Q has" : "the tokens have";
  d = d ?? q[1];
  for (const [name, shape] of Object.entries({ Q: q, K: k })) {
    if (shape[1] !== d) {
      throw new RangeError(`${name} must have shape (d_head, ${d}), as ${who} d = ${d}; got shape (${shape.join(", ")})`);
    }
  }
  if (q[0] !== k[0]) throw new RangeError(`K must have as many rows as Q, (${q[0]}, ${d}); got shape (${k.join(", ")})`);
  return q;
}

/** V, square, (d, d). */
export function value_matrix(V, d) {
  const shape = matrix("V", V, "(d, d)");
  if (shape[0] !== d || shape[1] !== d) throw new RangeError(`V must have shape (${d}, ${d}); got shape (${shape.join(", ")})`);
}

export function number(name, value, minimum = -Infinity) {
  if (typeof value !== "number") throw new RangeError(`${name} must be one number; got ${describe(value)}`);
  if (!Number.isFinite(value) || value < minimum) {
    const at_least = minimum === -Infinity ? "" : ` of at least ${minimum}`;
    throw new RangeError(`${name} must be one finite number${at_least}; got ${value}`);
  }
  return value;
}

/** A whole number from `minimum` to `maximum`; or null, where that is `optional`. */
export function whole(name, value, minimum = 0, maximum = Infinity, optional = false) {
  if (optional && value === null) return value;
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    const between = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new RangeError(`${name} must be ${optional ? "null or " : ""}a whole number ${between}; got ${describe(value)}`);
  }
  return value;
}

/** The index of one of `count` things, called `of`, from the front; negative ones count from the end. -1 for null. */
export function index(name, value, count, of) {
  if (value === null) return -1;
  if (!Number.isInteger(value) || value < -count || value >= count) {
    throw new RangeError(`${name} must be null or the index of one of the ${count} ${of}; got ${describe(value)}`);
  }
  return (value + count) % count;
}

export function flag(name, value) {
  if (typeof value !== "boolean") throw new RangeError(`${name} must be true or false; got ${describe(value)}`);
  return value;
}

export function choice(name, value, allowed) {
  if (!allowed.includes(value)) {
    throw new RangeError(`${name} must be one of ${allowed.map(describe).join(", ")}; got ${describe(value)}`);
  }
  return value;
}

/** A result, unless it overflowed; `what` says what gave it: "tokens and V give a content". */
export function finite(result, what) {
  for (const row of result) {
    for (const entry of row) {
      if (!Number.isFinite(entry)) throw new OutOfRange(`${what} too large for float64: use smaller values`);
    }
  }
  return result;
}

/** A state on its way, unless it left the range of numbers; `otherwise` is what is said then. */
export function held(state, otherwise) {
  if (!state.every((row) => row.every(Number.isFinite))) throw new OutOfRange(otherwise);
  return state;
}

/** A misspelt option would be left out in silence; Python refuses it, and so does this. */
export function options(given, known) {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw new RangeError(`${name} is not an option; the options are ${known.join(", ")}`);
  }
}

export function describe(value) {
  if (typeof value === "string") return `'${value}'`;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}

export function isList(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
