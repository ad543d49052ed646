// A stand-in for Python that keeps the contract of site/python/README.md: it reads a few lines of code as what to send. What it was asked for
// stands in window.__asked; window.__hold keeps it from starting, and window.__deaf from taking what widgets say. What window.__observe(message)
// gives is heard while a message is taken.
const asked = [];
window.__asked = asked;
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const tick = () => new Promise((done) => setTimeout(done));

export function openKernel({ asset, hear }) {
  let started = null,
    current = null,
    taken = Promise.resolve();
  asked.push(["open", asset("python/card.json")]);

  async function load() {
    for (const loaded of [1_000_000, 11_000_000, 22_000_000]) {
      hear({ progress: { loaded, total: 22_000_000, kept: false } });
      await tick();
      while (window.__hold) await tick();
    }
    if (window.__broken) {
      lost(window.__broken, "This browser cannot run Python: it is too old. Chrome 137, Firefox 131 and Safari 18.4 can.");
      throw new Error("no");
    }
    hear({ ready: { seconds: 1, bytes: 22_000_000 } });
  }

  /** Python is gone, its cell is done, and the next run starts anew. */
  function lost(kind, words) {
    const id = current;
    current = started = null;
    hear({ fault: { kind, words } });
    if (id) hear({ done: { id, status: "error", seconds: 0 } });
  }

  const LINES = [
    [/^print\("(.*)"\)$/, (id, text) => hear({ stream: { id, name: "stdout", text: `${text.replaceAll("\\r", "\r")}\n` } })],
    [/^warn\("(.*)"\)$/, (id, text) => hear({ stream: { id, name: "stderr", text: `${text}\n` } })],
    [/^html\('(.*)'\)$/, (id, html) => hear({ display: { id, data: { "text/html": html, "text/plain": "html" }, metadata: {} } })],
    [/^mime\('(.*)'\)$/, (id, data) => hear({ result: { id, data: JSON.parse(data), metadata: {} } })],
    [/^picture\(\)$/, (id) => hear({ display: { id, data: { "image/png": PNG, "text/plain": "A white point" }, metadata: {} } })],
    [/^flood\(\)$/, (id) => Array.from({ length: 30 }, () => hear({ stream: { id, name: "stdout", text: `${"x".repeat(9_999)}\n` } }))],
    [
      /^comm\('(.*)'\)$/,
      (_id, event) => hear({ comm: { target_name: "jupyter.widget", metadata: {}, buffers: [], ...JSON.parse(event) } }),
    ],
    [/^named\("(.*)", "(.*)"\)$/, (id, display_id, text) => hear({ display: { id, display_id, data: { "text/plain": text } } })],
    [/^anew\("(.*)", "(.*)"\)$/, (id, display_id, text) => hear({ update: { id, display_id, data: { "text/plain": text } } })],
    [/^clear\(\)$/, (id) => hear({ clear: { id, wait: true } })],
    [/^forget\(\)$/, () => lost("memory", "Python has no memory left. Its names are gone.")],
    [/^full\(\)$/, () => hear({ fault: { kind: "store", words: "The browser’s store is full: Python is fetched anew next time." } })],
  ];

  async function run({ id, code, name }) {
    asked.push(["run", code, name]);
    current = id;
    hear({ began: { id } });
    for (const [index, line] of code.split("\n").entries()) {
      await tick();
      if (line === "while True: pass") return;
      if (current !== id) return;
      for (const [pattern, send] of LINES) if (pattern.test(line)) send(id, ...pattern.exec(line).slice(1));
      if (line !== "1 / 0") continue;
      const lines = [`${name}, line ${index + 1}`, "    1 / 0", "ZeroDivisionError: division by zero"];
      hear({ error: { id, name: "ZeroDivisionError", value: "division by zero", lines, line: index + 1 } });
      hear({ done: { id, status: "error", seconds: 0.2 } });
      return;
    }
    if (current === id) hear({ done: { id, status: "ok", seconds: 0.2 } });
  }

  return {
    start: () => (started ??= load()),
    run,
    stop() {
      asked.push(["stop"]);
      const id = current;
      current = started = null;
      hear({ done: { id, status: "stopped", seconds: 0 } });
    },
    restart() {
      asked.push(["restart"]);
      current = null;
      started = load();
    },
    complete: async ({ code, cursor }) => ({
      from: cursor - 2,
      to: cursor,
      matches: [{ text: `${code.slice(cursor - 2, cursor)}_of_the_session`, kind: "variable" }],
    }),
    inspect: async ({ cursor }) => ({ text: `What stands at ${cursor}.` }),
    comm(message) {
      asked.push(["comm", message]);
      const mine = started;
      taken = taken.then(async () => {
        await tick();
        while (window.__deaf) await tick();
        if (mine !== started) return; // Python was stopped meanwhile
        for (const event of window.__observe?.(message) ?? []) hear(event);
        hear({ comm: { kind: "taken", comm_id: message.comm_id } });
      });
    },
    file() {},
    close: () => asked.push(["close"]),
  };
}
