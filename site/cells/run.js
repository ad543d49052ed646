// Runs the page's cells one after another, by the contract of site/python/README.md. Loaded at the first Run.
import { closeLog, OPEN, openLog, openOutput, RIGHT, update } from "./output.js";
import { openWidgets } from "./widgets.js";

const MILD = new Set(["store"]); // faults after which Python goes on

const state = (word) => (document.documentElement.dataset.python = word);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const ended = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);

/** What a cell's last value is called in the cells after it. */
function calledIn(code) {
  const [, name] = /(?:^|\n)([^\W\d]\w*)\s*$/u.exec(code) ?? [];
  return name ? ` There it is “${name}”.` : " There it is “_”, until a cell gives another result.";
}

/** For who keeps a record of the page's exercises (scorm/scorm.js). */
function tellAnswer({ root }, right) {
  const number = root?.dataset.exercise;
  if (number) document.dispatchEvent(new CustomEvent("td-answered", { detail: { number, answer: null, right } }));
}

/**
 * `kernel` is the file that Python is opened from, and `version` that of the widgets' files; `needs(cell)` are the cells that one builds on;
 * `mark(cell, line)` points at a line of a cell; `say(cell, words)` and `tellPage(words)` speak to the reader.
 */
export function openSession({ asset, kernel, version, needs, say, tellPage, mark }) {
  const queue = []; // {cell, code}
  const known = new Set(); // cells whose names Python knows
  const followed = new Set(); // cells with a widget that Python hears, where that was said
  const logs = new Map(); // id of a cell -> {cell, log}: of those that have run
  const widgets = openWidgets({ asset, version, comm: (message) => open?.comm(message), late });
  let open = null, // the kernel that is heard
    now = null, // what runs: {cell, code, id, output, error, line, told, model, begun, called}
    began = false, // whether Python has it
    isLate = false, // what observers of a widget do takes long, and that was said
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
    now = wanted ? { ...wanted, id: `${wanted.cell.id}/${++count}`, output: openOutput(wanted.cell, widgets) } : null;
    if (!now) return;
    const mine = now;
    began = false;
    closeLog(mine.cell, widgets);
    logs.delete(mine.cell.id); // and again as the last
    logs.set(mine.cell.id, { cell: mine.cell, log: null });
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

  /** Python is gone, and with it what it knew and the other side of the widgets; each says so itself. */
  function gone() {
    known.clear();
    widgets.end();
    for (const cell of followed) say(cell, "");
    followed.clear();
  }

  function late(so) {
    if (so && now) return; // a cell runs, which has its Stop
    if (so || isLate)
      tellPage(so ? "Python still works on what you changed in a widget. Restart ends it, and with it what Python knows." : "");
    isLate = so;
  }

  function empty(words) {
    for (const { cell } of queue.splice(0)) {
      cell.bar?.running(false);
      say(cell, words);
    }
  }

  function fail(words) {
    gone();
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
      if (!now) return;
      if (began) return model(loaded, total);
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
    began() {
      now.begun = true;
    },
    stream: ({ name, text }, output) => output.stream(name, text),
    display: ({ data, metadata, display_id }, output) => output.bundle(data, metadata, display_id),
    update: ({ data, metadata, display_id }) => update(display_id, { data, metadata, cell: now?.cell ?? { name: "a cell" }, widgets }),
    result({ data, metadata }, output) {
      if (output.bundle(data, metadata)) now.called = calledIn(now.code);
    },
    clear: ({ wait }, output) => output.clear(wait),
    error({ name, lines, line }, output) {
      output.error(lines);
      if (output !== now?.output) return;
      now.error = name;
      now.line = line;
      mark(now.cell, line);
    },
    done({ status, seconds }) {
      const { cell, line, error, output, called = "" } = now;
      const time = seconds < 0.05 ? "" : ` in ${seconds.toFixed(1)} s`;
      state("ready");
      if (status === "ok") {
        known.add(cell);
        if (output.took()) followed.add(cell);
        const follows = output.took() ? ` The widget below and Python now follow each other.${called}` : "";
        const found = output.verdict();
        finish("done", found || `Done${time}.${follows}`);
        if (found && found !== OPEN) tellAnswer(cell, found === RIGHT);
      } else if (status === "stopped") stopped();
      else {
        const lacks = error === "NameError" && !needs(cell).every((each) => known.has(each));
        finish("error", `Error${line ? ` in line ${line}` : ""}.${lacks ? " Not all cells above have run." : ""}`);
        if (lacks) cell.bar?.offerAbove();
        empty(`Not run: ${cell.name} ended in an error.`);
      }
      if (!now) next();
    },
  };

  /** A cell reads the packed model, and waits for it. */
  function model(loaded, total) {
    now.output.progress(loaded, total, `${megabytes(loaded)} of ${megabytes(total)} MB`);
    if (loaded === total) now.output.started();
    if (!now.model) say(now.cell, `Runs. The model is fetched, ${megabytes(total)} MB.`);
    now.model = true;
  }

  function hear(event, from) {
    if (from !== open) return; // a kernel that was given up
    const [[kind, what]] = Object.entries(event);
    if (kind === "fault") return fault(what);
    if (kind === "comm") return widgets.hear(what, Boolean(now?.begun));
    const ofNone = what.id === null;
    if ("id" in what && !ofNone && what.id !== now?.id) return; // of a run that was stopped
    HEARD[kind]?.(what, ofNone && kind !== "update" ? logOf(widgets.spokenTo()) : now?.output);
  }

  /** Where an observer is heard while no cell runs: below the widget that was used, or below the cell that ran last. */
  function logOf(place) {
    const found = logs.get(/** @type {any} */ (place?.closest("[data-cell]"))?.dataset.cell) ?? [...logs.values()].at(-1);
    found.log ??= openLog(found.cell, widgets);
    return found.log;
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
    gone();
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
    gone();
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
