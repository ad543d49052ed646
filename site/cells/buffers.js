// A widget's state on its way: bytes go beside it, and paths say where in it they belong (Jupyter's widget messaging protocol).

const isBytes = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** Put buffers into a state, at their paths. */
export function withBuffers(state, paths = [], buffers = []) {
  for (const [i, path] of paths.entries()) {
    const holder = path.slice(0, -1).reduce((at, key) => (at && Object.hasOwn(at, key) ? at[key] : null), state);
    if (holder) holder[path.at(-1)] = buffers[i];
  }
  return state;
}

/** {state, buffer_paths, buffers}: a copy of a state without its bytes; in a list, null stands for them. */
export function withoutBuffers(given) {
  const buffer_paths = [],
    buffers = [];
  const copy = (value, path) => {
    if (isBytes(value)) {
      buffer_paths.push(path);
      buffers.push(value);
      return null;
    }
    if (Array.isArray(value)) return value.map((each, i) => copy(each, [...path, i]));
    if (!value || typeof value !== "object") return value;
    const entries = Object.entries(value).map(([key, each]) => [key, copy(each, [...path, key]), isBytes(each)]);
    return Object.fromEntries(entries.filter(([, , left]) => !left));
  };
  return { state: copy(given, []), buffer_paths, buffers };
}
