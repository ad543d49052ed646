// Files in memory: what Python finds below “/”. A file of an archive is a view of the archive until it is written to.

let inodes = 1n;

export const isFolder = (node) => node.entries !== undefined;

export function folder(entries = {}) {
  return { ino: ++inodes, changed: Date.now(), entries: new Map(Object.entries(entries)) };
}

/** @param {Uint8Array} bytes not copied before they are written to */
export function file(bytes = new Uint8Array()) {
  return { ino: ++inodes, changed: Date.now(), bytes, size: bytes.length, own: false };
}

/** A file whose bytes could not be had. */
export class Unreadable extends Error {}

/** A file whose bytes are fetched when they are first wanted. */
export function laterFile(size, bytes) {
  const node = { ...file(), size };
  const keep = (value) => Object.defineProperty(node, "bytes", { value, writable: true });
  return Object.defineProperty(node, "bytes", { get: () => keep(bytes()).bytes, configurable: true });
}

/**
 * What is read and written somewhere else.
 * @param {{ read?: (length: number) => Uint8Array, write?: (bytes: Uint8Array) => void }} how
 */
export function device({ read = () => new Uint8Array(), write = () => {} }) {
  return { ino: ++inodes, changed: Date.now(), read, write };
}

/** Room for `size` bytes in a file that is its own; it grows by doubling, so that many small writes stay cheap. */
function room(node, size) {
  if (node.own && size <= node.bytes.length) return;
  const bytes = new Uint8Array(Math.max(size, node.own ? 2 * node.bytes.length : node.size));
  bytes.set(node.bytes.subarray(0, node.size));
  Object.assign(node, { bytes, own: true });
}

export function writeAt(node, at, bytes) {
  const end = at + bytes.length;
  room(node, end);
  node.bytes.set(bytes, at);
  node.size = Math.max(node.size, end);
  node.changed = Date.now();
}

export function resize(node, size) {
  room(node, size);
  if (size < node.size) node.bytes.fill(0, size, node.size);
  node.size = size;
  node.changed = Date.now();
}

/** The files of a zip whose members are stored as they are, put below a folder. */
export function unzip(zip, into) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const text = new TextDecoder();
  let end = zip.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [name, more, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const size = view.getUint32(at + 24, true),
      header = view.getUint32(at + 42, true);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    put(into, text.decode(zip.subarray(at + 46, at + 46 + name)), file(zip.subarray(start, start + size)));
    at += 46 + name + more + comment;
  }
  return into;
}

/** A node below a folder, by its path; folders on the way are made. */
export function put(root, path, node) {
  const parts = path.split("/");
  const last = parts.pop();
  let here = root;
  for (const part of parts) {
    if (!here.entries.has(part)) here.entries.set(part, folder());
    here = here.entries.get(part);
  }
  if (!last) return;
  here.entries.set(last, node);
  here.changed = Date.now(); // Python looks at a folder again only if it has
}
