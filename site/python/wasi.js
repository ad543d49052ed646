// WASI (preview 1) as far as Python asks for it: files in memory, a clock, chance, and nothing else. There is no network, no process and no
// thread behind it, so what runs inside can reach only what folders.js holds.
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md

import { file, folder, isFolder, resize, Unreadable, writeAt } from "./folders.js";

const OK = 0,
  BADF = 8,
  EXIST = 20,
  INVAL = 28,
  IO = 29,
  ISDIR = 31,
  NOENT = 44,
  NOTDIR = 54,
  NOTEMPTY = 55,
  NOTSUP = 58,
  SPIPE = 70,
  NOTCAPABLE = 76;
const CHARACTER_DEVICE = 2,
  DIRECTORY = 3,
  REGULAR_FILE = 4;
const CREATE = 1,
  ONLY_DIRECTORY = 2,
  EXCLUSIVE = 4,
  TRUNCATE = 8;
const APPEND = 1;
const ALL_RIGHTS = 0x1fffffffn;

/** Python asked to end the program. */
export class Exit extends Error {}

/** Why a call fails: WASI's number of it. */
class Refusal extends Error {
  constructor(code) {
    super(`errno ${code}`);
    this.code = code;
  }
}

const refuse = (code) => {
  throw new Refusal(code);
};

/**
 * @param {{ args: string[], env: string[], streams: object[], mounts: [string, object][] }} given streams are the nodes of stdin, stdout and stderr
 * @returns {{ imports: WebAssembly.ModuleImports, memory: (of: WebAssembly.Memory) => void }} memory is told once, after the module was made
 */
export function openSystem({ args, env, streams, mounts }) {
  const calls = {};
  const system = { memory: null, open: new Map(), next: 0 };
  for (const node of streams) add(system, { node });
  for (const [path, node] of mounts) add(system, { node, path });
  for (const part of [words("args", args), words("environ", env), times, descriptors(system), transfers(system), paths(system)]) {
    Object.assign(calls, typeof part === "function" ? part() : part);
  }
  const imports = {};
  for (const [name, call] of Object.entries(calls)) imports[name] = guarded(system, call);
  for (const name of ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"]) imports[name] = () => NOTSUP;
  imports.proc_exit = (code) => {
    throw new Exit(`exit ${code}`);
  };
  return {
    imports,
    memory(of) {
      system.memory = of;
    },
  };
}

/** A call gets the memory as it is now, and may give nothing for OK. */
function guarded(system, call) {
  return (...given) => {
    try {
      return call(new DataView(system.memory.buffer), ...given) ?? OK;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      if (error instanceof Unreadable) return IO;
      throw error;
    }
  };
}

function add(system, opened) {
  const number = system.next++;
  system.open.set(number, { at: 0, flags: 0, rights: ALL_RIGHTS, ...opened });
  return number;
}

const bytesAt = (view, at, length) => new Uint8Array(view.buffer, at >>> 0, length);
const textAt = (view, at, length) => new TextDecoder().decode(bytesAt(view, at, length));

/** Arguments or the environment: how many and how long, and then the words themselves. */
function words(name, list) {
  const encoded = list.map((word) => new TextEncoder().encode(`${word}\0`));
  return {
    [`${name}_sizes_get`](view, count, length) {
      view.setUint32(count, encoded.length, true);
      view.setUint32(
        length,
        encoded.reduce((sum, word) => sum + word.length, 0),
        true,
      );
    },
    [`${name}_get`](view, pointers, at) {
      for (const [i, word] of encoded.entries()) {
        view.setUint32(pointers + 4 * i, at, true);
        bytesAt(view, at, word.length).set(word);
        at += word.length;
      }
    },
  };
}

const nanoseconds = (clock) => BigInt(Math.round((clock === 0 ? performance.timeOrigin + performance.now() : performance.now()) * 1e6));

function times() {
  return {
    clock_res_get: (view, _clock, result) => view.setBigUint64(result, 1000n, true),
    clock_time_get: (view, clock, _precision, result) => view.setBigUint64(result, nanoseconds(clock), true),
    sched_yield: () => OK,
    random_get(view, at, length) {
      for (let done = 0; done < length; done += 65536) crypto.getRandomValues(bytesAt(view, at + done, Math.min(65536, length - done)));
    },
    poll_oneoff,
  };
}

/** Python sleeps by it. Files are ready at once; among clocks the first to ring ends the wait. */
function poll_oneoff(view, subscriptions, events, count, result) {
  let first = null;
  for (let i = 0; i < count; i++) {
    const at = subscriptions + 48 * i;
    const kind = view.getUint8(at + 8);
    let wait = 0n;
    if (kind === 0) {
      const until = view.getBigUint64(at + 24, true);
      const absolute = view.getUint16(at + 40, true) & 1;
      wait = absolute ? until - nanoseconds(view.getUint32(at + 16, true)) : until;
    }
    if (!first || wait < first.wait) first = { at, kind, wait };
  }
  sleep(Number(first.wait) / 1e6);
  bytesAt(view, events, 32).fill(0);
  view.setBigUint64(events, view.getBigUint64(first.at, true), true);
  view.setUint8(events + 10, first.kind);
  view.setUint32(result, 1, true);
}

/** A worker can wait without turning only on shared memory, which not every page may have. */
function sleep(milliseconds) {
  if (milliseconds <= 0) return;
  try {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    Atomics.wait(new Int32Array(shared.buffer), 0, 0, milliseconds);
  } catch {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  }
}

const kindOf = (node) => (isFolder(node) ? DIRECTORY : node.read ? CHARACTER_DEVICE : REGULAR_FILE);

function writeStat(view, at, node) {
  const changed = BigInt(Math.round(node.changed)) * 1000000n;
  bytesAt(view, at, 64).fill(0);
  view.setBigUint64(at + 8, node.ino, true);
  view.setUint8(at + 16, kindOf(node));
  view.setBigUint64(at + 24, 1n, true);
  view.setBigUint64(at + 32, BigInt(node.size ?? 0), true);
  for (const offset of [40, 48, 56]) view.setBigUint64(at + offset, changed, true);
}

/** The pieces of memory that one read or write goes over. */
function pieces(view, vectors, count) {
  return Array.from({ length: count }, (_, i) => {
    const at = vectors + 8 * i;
    return bytesAt(view, view.getUint32(at, true), view.getUint32(at + 4, true));
  });
}

function readInto(node, at, parts) {
  let done = 0;
  for (const part of parts) {
    const bytes = node.read ? node.read(part.length) : node.bytes.subarray(at + done, Math.min(node.size, at + done + part.length));
    part.set(bytes);
    done += bytes.length;
    if (bytes.length < part.length) break;
  }
  return done;
}

function writeFrom(node, at, parts) {
  let done = 0;
  for (const part of parts) {
    if (node.write) node.write(part.slice());
    else writeAt(node, at + done, part);
    done += part.length;
  }
  return done;
}

/** An open file or folder by its number, or a refusal: any, one that is mounted, one with bytes, one with bytes at places. */
function openIn(system) {
  const opened = (number) => system.open.get(number) ?? refuse(BADF);
  const mounted = (number) => (opened(number).path === undefined ? refuse(BADF) : opened(number));
  const data = (number) => (isFolder(opened(number).node) ? refuse(ISDIR) : opened(number));
  const plain = (number) => (data(number).node.read ? refuse(SPIPE) : opened(number));
  return { opened, mounted, data, plain };
}

/** What is asked of an open file, and closing it. */
function descriptors(system) {
  const { opened, mounted, plain } = openIn(system);
  return {
    fd_advise: (_view, number) => void opened(number),
    fd_sync: (_view, number) => void opened(number),
    fd_datasync: (_view, number) => void opened(number),
    fd_close(_view, number) {
      opened(number);
      system.open.delete(number);
    },
    fd_fdstat_get(view, number, result) {
      const { node, flags, rights } = opened(number);
      view.setUint8(result, kindOf(node));
      view.setUint16(result + 2, flags, true);
      view.setBigUint64(result + 8, rights, true);
      view.setBigUint64(result + 16, ALL_RIGHTS, true);
    },
    fd_fdstat_set_flags(_view, number, flags) {
      opened(number).flags = flags;
    },
    fd_filestat_get: (view, number, result) => writeStat(view, result, opened(number).node),
    fd_filestat_set_size: (_view, number, size) => resize(plain(number).node, Number(size)),
    fd_filestat_set_times(_view, number, _accessed, changed, which) {
      setChanged(opened(number).node, changed, which);
    },
    fd_prestat_get(view, number, result) {
      view.setUint32(result, 0, true);
      view.setUint32(result + 4, new TextEncoder().encode(mounted(number).path).length, true);
    },
    fd_prestat_dir_name(view, number, at, length) {
      bytesAt(view, at, length).set(new TextEncoder().encode(mounted(number).path).subarray(0, length));
    },
    fd_readdir(view, number, at, length, cookie, result) {
      const { node } = opened(number);
      if (!isFolder(node)) refuse(NOTDIR);
      view.setUint32(result, listed(node, Number(cookie), bytesAt(view, at, length)), true);
    },
  };
}

/** Bytes from and to an open file, and where they go on. */
function transfers(system) {
  const { data, plain } = openIn(system);
  return {
    fd_read(view, number, vectors, count, result) {
      const it = data(number);
      const done = readInto(it.node, it.at, pieces(view, vectors, count));
      it.at += done;
      view.setUint32(result, done, true);
    },
    fd_pread(view, number, vectors, count, at, result) {
      view.setUint32(result, readInto(plain(number).node, Number(at), pieces(view, vectors, count)), true);
    },
    fd_write(view, number, vectors, count, result) {
      const it = data(number);
      if (it.flags & APPEND) it.at = it.node.size;
      const done = writeFrom(it.node, it.at, pieces(view, vectors, count));
      it.at += done;
      view.setUint32(result, done, true);
    },
    fd_pwrite(view, number, vectors, count, at, result) {
      view.setUint32(result, writeFrom(plain(number).node, Number(at), pieces(view, vectors, count)), true);
    },
    fd_seek(view, number, by, from, result) {
      const it = plain(number);
      const at = Number(by) + [0, it.at, it.node.size][from];
      if (!(at >= 0)) refuse(INVAL);
      it.at = at;
      view.setBigUint64(result, BigInt(at), true);
    },
    fd_tell: (view, number, result) => view.setBigUint64(result, BigInt(plain(number).at), true),
  };
}

/** The entries of a folder from one on, as many as there is room for; the last one may be cut, as WASI wants it. */
function listed(node, from, room) {
  const entries = [...node.entries].slice(from);
  let used = 0;
  for (const [i, [name, child]] of entries.entries()) {
    const encoded = new TextEncoder().encode(name);
    const entry = new Uint8Array(24 + encoded.length);
    const head = new DataView(entry.buffer);
    head.setBigUint64(0, BigInt(from + i + 1), true);
    head.setBigUint64(8, child.ino, true);
    head.setUint32(16, encoded.length, true);
    head.setUint8(20, kindOf(child));
    entry.set(encoded, 24);
    room.set(entry.subarray(0, room.length - used), used);
    used = Math.min(room.length, used + entry.length);
    if (used === room.length) break;
  }
  return used;
}

function setChanged(node, changed, which) {
  if (which & 8) node.changed = Date.now();
  else if (which & 4) node.changed = Number(changed / 1000000n);
}

/** Where a path leads: the folder that it ends in, the name there, and what stands under it (undefined for nothing). */
function find(from, path) {
  if (!isFolder(from)) refuse(NOTDIR);
  if (path.startsWith("/")) refuse(NOTCAPABLE);
  const way = [from];
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const [i, part] of parts.entries()) {
    const here = way.at(-1);
    if (part === "..") {
      way.pop();
      if (!way.length) refuse(NOTCAPABLE);
      continue;
    }
    if (!isFolder(here)) refuse(NOTDIR);
    const node = here.entries.get(part);
    if (i === parts.length - 1) {
      if (node && !isFolder(node) && path.endsWith("/")) refuse(NOTDIR);
      return { parent: here, name: part, node };
    }
    way.push(node ?? refuse(NOENT));
  }
  return { parent: null, name: ".", node: way.at(-1) };
}

function paths(system) {
  const { opened } = openIn(system);
  const at = (view, number, path, length) => find(opened(number).node, textAt(view, path, length));
  const there = (...where) => {
    const found = at(...where);
    if (!found.node) refuse(NOENT);
    return found;
  };
  const changed = (node) => {
    node.changed = Date.now();
  };
  return {
    path_open(view, number, _look, path, length, how, rights, _inherited, flags, result) {
      const node = openedAt(at(view, number, path, length), how);
      view.setUint32(result, add(system, { node, flags, rights }), true);
    },
    path_filestat_get: (view, number, _look, path, length, result) => writeStat(view, result, there(view, number, path, length).node),
    path_filestat_set_times(view, number, _look, path, length, _accessed, when, which) {
      setChanged(there(view, number, path, length).node, when, which);
    },
    path_create_directory(view, number, path, length) {
      const { parent, name, node } = at(view, number, path, length);
      if (node) refuse(EXIST);
      parent.entries.set(name, folder());
      changed(parent);
    },
    path_remove_directory(view, number, path, length) {
      const { parent, name, node } = there(view, number, path, length);
      if (!isFolder(node)) refuse(NOTDIR);
      if (!parent) refuse(INVAL);
      if (node.entries.size) refuse(NOTEMPTY);
      parent.entries.delete(name);
      changed(parent);
    },
    path_unlink_file(view, number, path, length) {
      const { parent, name, node } = there(view, number, path, length);
      if (isFolder(node)) refuse(ISDIR);
      parent.entries.delete(name);
      changed(parent);
    },
    path_rename(view, number, path, length, newNumber, newPath, newLength) {
      const old = there(view, number, path, length);
      const to = at(view, newNumber, newPath, newLength);
      if (!old.parent || !to.parent) refuse(INVAL);
      if (to.node === old.node) return;
      if (to.node && isFolder(to.node) !== isFolder(old.node)) refuse(isFolder(to.node) ? ISDIR : NOTDIR);
      if (to.node && isFolder(to.node) && to.node.entries.size) refuse(NOTEMPTY);
      old.parent.entries.delete(old.name);
      to.parent.entries.set(to.name, old.node);
      changed(to.parent);
    },
    path_readlink: (view, number, path, length) => refuse(there(view, number, path, length) && INVAL), // there are no links
    path_link: () => NOTSUP,
    path_symlink: () => NOTSUP,
  };
}

/** The node that path_open opens; made where that is asked for. */
function openedAt({ parent, name, node }, how) {
  if (node && how & EXCLUSIVE) refuse(EXIST);
  if (!node) {
    if (!(how & CREATE)) refuse(NOENT);
    const made = file();
    parent.entries.set(name, made);
    parent.changed = Date.now();
    return made;
  }
  if (how & ONLY_DIRECTORY && !isFolder(node)) refuse(NOTDIR);
  if (how & TRUNCATE && isFolder(node)) refuse(ISDIR);
  if (how & TRUNCATE && !node.read) resize(node, 0);
  return node;
}
