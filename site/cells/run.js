// Runs the page's cells one after another, by the contract of site/python/README.md. Loaded at the first Run.
import { openOutput } from "./output.js";

const MILD = new Set(["store"]); // faults after which Python goes on

const state = (word) => (document.documentElement.dataset.python = word);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const ended = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);

/**
 * `kernel` is the file that Python is opened from; `mark(cell, line)` points at a line of a cell; `say(cell, words)` and `tellPage(words)` speak to the reader.
 */
export function openSession({ asset, kernel, say, tellPage, mark }) {
  const queue = []; // {cell, code}
  let open = null, // the kernel that is heard
    now = null, // what runs: {cell, code, id, output, line, told}
    began = false, // whether Python has it
    count = 0;

  // ---------------------------------------------------------------- the kernel's life

  /** Python is there, for `mine`, unless that was stopped meanwhile. */
  async function ready(mine) {
    if (document.documentElement.dataset.python !== "ready") state("loading");
    if (!open) {
      const { openKernel } = await import(asset(kernel)).catch(() => {
        throw new Error("a file of it did not come. Look whether there is a connection, or reload the page, and try again");
      });
      if (now !== mine) return;
      const opened = openKernel({ asset, hear: (event) => hear(event, opened) });
      open = opened;
    }
    await open.start();
    if (now === mine) state("ready");
  }

  // ---------------------------------------------------------------- the queue

  function run(cells) {
    for (const { cell, code } of cells) {
      if (now?.cell === cell || queue.some((each) => each.cell === cell)) continue;
      queue.push({ cell, code });
      say(cell, "Waits for its turn.");
      cell.bar?.running(true);
    }
    if (!now) next();
  }

  async function next() {
    const wanted = queue.shift();
    now = wanted ? { ...wanted, id: `${wanted.cell.id}/${++count}`, output: openOutput(wanted.cell) } : null;
    if (!now) return;
    const mine = now;
    began = false;
    mark(mine.cell, null);
    mine.output.state("running");
    say(mine.cell, "Starts.");
    try {
      await ready(mine);
      if (now !== mine) return; // it was stopped meanwhile
      state("busy");
      began = true;
      mine.output.started();
      say(mine.cell, "Runs.");
      open.run({ id: mine.id, code: mine.code, name: mine.cell.name });
    } catch (error) {
      if (now === mine) fail(`Python could not start: ${ended(error?.message ?? String(error))}`);
    }
  }

  /** The cell that runs is done; `words` are said at it. */
  function finish(how, words) {
    const { cell, output } = now;
    now = null;
    output.state(how);
    cell.bar?.running(false);
    if (cell.bar) say(cell, words);
    else if (how === "error") tellPage(`In a cell whose code is not shown: ${words}`);
  }

  function empty(words) {
    for (const { cell } of queue.splice(0)) {
      cell.bar?.running(false);
      say(cell, words);
    }
  }

  function fail(words) {
    const where = now?.cell;
    if (now) {
      now.output.words(words);
      finish("error", words);
    } else tellPage(words);
    empty(`Not run: ${where ? `${where.name} could not go on.` : "Python is not there."}`);
    state("failed"); // the next run starts anew
  }

  // ---------------------------------------------------------------- what it says

  const HEARD = {
    progress({ loaded, total, kept }) {
      if (!now || began) return;
      const known = kept > 0 && kept === loaded;
      now.output.progress(loaded, total, `${megabytes(loaded)} of ${megabytes(total)} MB`);
      if (now.told === known) return; // said once: whoever hears the page would hear every megabyte
      now.told = known;
      say(
        now.cell,
        known ? "Python comes from what your browser kept." : `Python is fetched, ${megabytes(total)} MB. Your browser keeps it.`,
      );
    },
    ready() {
      document.documentElement.dataset.pythonKept = "";
    },
    stream: ({ name, text }) => now.output.stream(name, text),
    display: ({ data, metadata }) => now.output.bundle(data, metadata),
    result: ({ data, metadata }) => now.output.bundle(data, metadata),
    clear: ({ wait }) => now.output.clear(wait),
    error({ lines, line }) {
      now.line = line;
      now.output.error(lines);
      mark(now.cell, line);
    },
    done({ status, seconds }) {
      const { cell, line } = now;
      const time = seconds < 0.05 ? "" : ` in ${seconds.toFixed(1)} s`;
      state("ready");
      if (status === "ok") finish("done", `Done${time}.`);
      else if (status === "stopped") stopped();
      else {
        finish("error", line ? `Error in line ${line}.` : "Error.");
        empty(`Not run: ${cell.name} ended in an error.`);
      }
      if (!now) next();
    },
  };

  function hear(event, from) {
    if (from !== open) return; // a kernel that was given up
    const [[kind, what]] = Object.entries(event);
    if (kind === "fault") return fault(what);
    if (kind === "comm") return; // widgets: a later step
    if ("id" in what && what.id !== now?.id) return; // of a run that was stopped
    HEARD[kind]?.(what);
  }

  function fault({ kind, words }) {
    if (MILD.has(kind)) return tellPage(words);
    fail(words);
  }

  // ---------------------------------------------------------------- what the reader asks for

  function stopped(words = "Stopped. What it knew is gone: the next Run starts anew.") {
    const { cell } = now;
    finish("error", words);
    empty(`Not run: ${cell.name} was stopped.`);
  }

  function stop() {
    if (!now) return;
    if (began) {
      stopped();
      open.stop();
      state("idle");
    } else {
      stopped("Stopped before Python was there. Run begins again.");
      open?.close();
      open = null;
      state("idle");
    }
  }

  async function restart() {
    if (now) stopped();
    if (!open) return tellPage("Python starts with the next Run.");
    tellPage("Python starts anew.");
    state("loading");
    try {
      await open.restart();
      await open.start();
      state("ready");
      tellPage("Python has started anew: it knows no names of before.");
    } catch (error) {
      if (open) fail(`Python could not start: ${ended(error?.message ?? String(error))}`);
    }
  }

  /** What Python knows, asked only while it has nothing else to do. */
  const ask = (what) => async (asked) => {
    if (document.documentElement.dataset.python !== "ready") return null;
    const tooLong = new Promise((done) => setTimeout(done, 1500, null));
    return Promise.race([open[what](asked), tooLong]).catch(() => null);
  };

  return { run, stop, restart, complete: ask("complete"), inspect: ask("inspect") };
}
