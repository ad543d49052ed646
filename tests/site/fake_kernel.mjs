// A stand-in for Python that keeps the contract of site/python/README.md: it reads a few lines of code as what to send. What it was asked for
// stands in window.__asked; window.__hold keeps it from starting, and window.__deaf from taking what widgets say. What window.__observe(message)
// gives is heard while a message is taken.
const asked = [];
window.__asked = asked;
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const tick = () => new Promise((done) => setTimeout(done));

/** What a line of code is read as: a pattern, and what is done with the kernel, the id of its run and what the pattern found. */
const LINES = [
  [/^print\("(.*)"\)$/, ({ hear }, id, text) => hear({ stream: { id, name: "stdout", text: `${text.replaceAll("\\r", "\r")}\n` } })],
  [/^warn\("(.*)"\)$/, ({ hear }, id, text) => hear({ stream: { id, name: "stderr", text: `${text}\n` } })],
  [/^html\('(.*)'\)$/, ({ hear }, id, html) => hear({ display: { id, data: { "text/html": html, "text/plain": "html" }, metadata: {} } })],
  [/^mime\('(.*)'\)$/, ({ hear }, id, data) => hear({ result: { id, data: JSON.parse(data), metadata: {} } })],
  [/^picture\(\)$/, ({ hear }, id) => hear({ display: { id, data: { "image/png": PNG, "text/plain": "A white point" }, metadata: {} } })],
  [
    /^flood\(\)$/,
    ({ hear }, id) => Array.from({ length: 30 }, () => hear({ stream: { id, name: "stdout", text: `${"x".repeat(9_999)}\n` } })),
  ],
  [
    /^comm\('(.*)'\)$/,
    ({ hear }, _id, event) => hear({ comm: { target_name: "jupyter.widget", metadata: {}, buffers: [], ...JSON.parse(event) } }),
  ],
  [/^named\("(.*)", "(.*)"\)$/, ({ hear }, id, display_id, text) => hear({ display: { id, display_id, data: { "text/plain": text } } })],
  [/^anew\("(.*)", "(.*)"\)$/, ({ hear }, id, display_id, text) => hear({ update: { id, display_id, data: { "text/plain": text } } })],
  [/^clear\(\)$/, ({ hear }, id) => hear({ clear: { id, wait: true } })],
  [/^forget\(\)$/, (kernel) => kernel.lost("memory", "Python has no memory left. Its names are gone.")],
  [/^full\(\)$/, ({ hear }) => hear({ fault: { kind: "store", words: "The browser’s store is full: Python is fetched anew next time." } })],
];

export function openKernel({ asset, hear }) {
  asked.push(["open", asset("python/card.json")]);
  return new StandIn(hear);
}

class StandIn {
  started = null;
  current = null;
  taken = Promise.resolve();

  constructor(hear) {
    this.hear = hear;
  }

  async load() {
    for (const loaded of [1_000_000, 11_000_000, 22_000_000]) {
      this.hear({ progress: { loaded, total: 22_000_000, kept: false } });
      await tick();
      while (window.__hold) await tick();
    }
    if (window.__broken) {
      this.lost(window.__broken, "This browser cannot run Python: it is too old. Chrome 137, Firefox 131 and Safari 18.4 can.");
      throw new Error("no");
    }
    this.hear({ ready: { seconds: 1, bytes: 22_000_000 } });
  }

  /** Python is gone, its cell is done, and the next run starts anew. */
  lost(kind, words) {
    const id = this.current;
    this.current = this.started = null;
    this.hear({ fault: { kind, words } });
    if (id) this.hear({ done: { id, status: "error", seconds: 0 } });
  }

  start() {
    this.started ??= this.load();
    return this.started;
  }

  async run({ id, code, name }) {
    asked.push(["run", code, name]);
    this.current = id;
    this.hear({ began: { id } });
    for (const [index, line] of code.split("\n").entries()) {
      await tick();
      if (line === "while True: pass") return;
      if (this.current !== id) return;
      for (const [pattern, act] of LINES) if (pattern.test(line)) act(this, id, ...pattern.exec(line).slice(1));
      if (line !== "1 / 0") continue;
      const lines = [`${name}, line ${index + 1}`, "    1 / 0", "ZeroDivisionError: division by zero"];
      this.hear({ error: { id, name: "ZeroDivisionError", value: "division by zero", lines, line: index + 1 } });
      this.hear({ done: { id, status: "error", seconds: 0.2 } });
      return;
    }
    if (this.current === id) this.hear({ done: { id, status: "ok", seconds: 0.2 } });
  }

  stop() {
    asked.push(["stop"]);
    const id = this.current;
    this.current = this.started = null;
    this.hear({ done: { id, status: "stopped", seconds: 0 } });
  }

  restart() {
    asked.push(["restart"]);
    this.current = null;
    this.started = this.load();
  }

  async complete({ code, cursor }) {
    return {
      from: cursor - 2,
      to: cursor,
      matches: [{ text: `${code.slice(cursor - 2, cursor)}_of_the_session`, kind: "variable" }],
    };
  }

  async inspect({ cursor }) {
    return { text: `What stands at ${cursor}.` };
  }

  comm(message) {
    asked.push(["comm", message]);
    const mine = this.started;
    this.taken = this.taken.then(async () => {
      await tick();
      while (window.__deaf) await tick();
      if (mine !== this.started) return; // Python was stopped meanwhile
      for (const event of window.__observe?.(message) ?? []) this.hear(event);
      this.hear({ comm: { kind: "taken", comm_id: message.comm_id } });
    });
  }

  file() {}

  close() {
    asked.push(["close"]);
  }
}
