// Runs the page's cells one after another, by the contract of site/python/README.md. Loaded at the first Run.
import { Run } from "./one_run.js";
import { closeLog, OPEN, openLog, openOutput, RIGHT, update } from "./output.js";
import { openWidgets } from "./widgets.js";

const MILD = new Set(["store"]); // faults after which Python goes on

const state = (word) => (document.documentElement.dataset.python = word);
const ended = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);

/** For who keeps a record of the page's exercises (scorm/scorm.js). */
function tellAnswer({ root }, right) {
  const number = root?.dataset.exercise;
  if (number) document.dispatchEvent(new CustomEvent("td-answered", { detail: { number, answer: null, right } }));
}

/**
 * `kernel` is the file that Python is opened from, and `version` that of the widgets' files; `needs(cell)` are the cells that one builds on;
 * `mark(cell, line)` points at a line of a cell; `say(cell, words)` and `tellPage(words)` speak to the reader.
 */
export const openSession = (given) => new Session(given);

class Session {
  constructor({ asset, kernel, version, needs, say, tellPage, mark }) {
    this.asset = asset;
    this.kernel = kernel;
    this.needs = needs;
    this.say = say;
    this.tellPage = tellPage;
    this.mark = mark;
    this.queue = []; // {cell, code}
    this.known = new Set(); // cells whose names Python knows
    this.followed = new Set(); // cells with a widget that Python hears, where that was said
    this.logs = new Map(); // id of a cell -> {cell, log}: of those that have run
    this.widgets = openWidgets({ asset, version, comm: (message) => this.open?.comm(message), late: (so) => this.late(so) });
    this.open = null; // the kernel that is heard
    this.now = null; // the Run that has its turn
    this.isLate = false; // what observers of a widget do takes long, and that was said
    this.count = 0;
  }

  // ---------------------------------------------------------------- the kernel's life

  /** Python is there, for `mine`, unless that was stopped meanwhile. */
  async ready(mine) {
    if (document.documentElement.dataset.python !== "ready") state("loading");
    if (!this.open) {
      const { openKernel } = await import(this.asset(this.kernel)).catch(() => {
        throw new Error("a file of it did not come. Look whether there is a connection, or reload the page, and try again");
      });
      if (this.now !== mine) return;
      const opened = openKernel({ asset: this.asset, hear: (event) => this.hear(event, opened) });
      this.open = opened;
    }
    await this.open.start();
    if (this.now === mine) state("ready");
  }

  /** Python is gone, and with it what it knew and the other side of the widgets; each says so itself. */
  gone() {
    this.known.clear();
    this.widgets.end();
    for (const cell of this.followed) this.say(cell, "");
    this.followed.clear();
  }

  late(so) {
    if (so && this.now) return; // a cell runs, which has its Stop
    if (so || this.isLate)
      this.tellPage(so ? "Python still works on what you changed in a widget. Restart ends it, and with it what Python knows." : "");
    this.isLate = so;
  }

  fault({ kind, words }) {
    if (MILD.has(kind)) this.tellPage(words);
    else this.fail(words);
  }

  fail(words) {
    this.gone();
    const where = this.now?.cell;
    if (this.now) {
      this.now.output.words(words);
      this.finish("error", words);
    } else this.tellPage(words);
    this.empty(`Not run: ${where ? `${where.name} could not go on.` : "Python is not there."}`);
    state("failed"); // the next run starts anew
  }

  failStart(error) {
    this.fail(`Python could not start: ${ended(error?.message ?? String(error))}`);
  }

  // ---------------------------------------------------------------- the queue

  run(cells) {
    for (const { cell, code } of cells) {
      if (this.now?.cell === cell || this.queue.some((each) => each.cell === cell)) continue;
      this.queue.push({ cell, code });
      this.say(cell, "Waits for its turn.");
      cell.bar?.running(true);
    }
    if (!this.now) this.next();
  }

  next() {
    const wanted = this.queue.shift();
    if (wanted) this.begin(wanted);
  }

  async begin({ cell, code }) {
    const { say, mark } = this;
    const mine = new Run({ cell, code, id: `${cell.id}/${++this.count}`, output: openOutput(cell, this.widgets), say, mark });
    this.now = mine;
    closeLog(cell, this.widgets);
    this.logs.delete(cell.id); // and again as the last
    this.logs.set(cell.id, { cell, log: null });
    mine.mark(null);
    mine.output.state("running");
    mine.say("Starts.");
    try {
      await this.ready(mine);
      if (this.now !== mine) return; // it was stopped meanwhile
      state("busy");
      mine.given = true;
      mine.output.started();
      mine.say("Runs.");
      this.open.run({ id: mine.id, code, name: cell.name });
    } catch (error) {
      if (this.now === mine) this.failStart(error);
    }
  }

  /** The cell that runs is done; `words` are said at it. */
  finish(how, words) {
    const { cell, output } = this.now;
    this.now = null;
    output.state(how);
    cell.bar?.running(false);
    if (cell.bar) this.say(cell, words);
    else if (how === "error") this.tellPage(`In a cell whose code is not shown: ${words}`);
  }

  empty(words) {
    for (const { cell } of this.queue.splice(0)) {
      cell.bar?.running(false);
      this.say(cell, words);
    }
  }

  // ---------------------------------------------------------------- what it says

  hear(event, from) {
    if (from !== this.open) return; // a kernel that was given up
    const [[kind, what]] = Object.entries(event);
    if (kind === "fault") return this.fault(what);
    if (kind === "comm") return this.widgets.hear(what, Boolean(this.now?.begun));
    const ofNone = what.id === null;
    if ("id" in what && !ofNone && what.id !== this.now?.id) return; // of a run that was stopped
    this.heard[kind]?.(what, ofNone && kind !== "update" ? this.logOf(this.widgets.spokenTo()) : this.now?.output);
  }

  heard = {
    progress: (what) => this.now?.progress(what),
    ready: () => {
      document.documentElement.dataset.pythonKept = "";
    },
    began: () => {
      this.now.begun = true;
    },
    stream: ({ name, text }, output) => output.stream(name, text),
    display: ({ data, metadata, display_id }, output) => output.bundle(data, metadata, display_id),
    update: ({ data, metadata, display_id }) =>
      update(display_id, { data, metadata, cell: this.now?.cell ?? { name: "a cell" }, widgets: this.widgets }),
    result: ({ data, metadata }, output) => {
      if (output.bundle(data, metadata)) this.now.gaveWidget();
    },
    clear: ({ wait }, output) => output.clear(wait),
    error: (what, output) => {
      output.error(what.lines);
      if (output === this.now?.output) this.now.failed(what);
    },
    done: (what) => this.done(what),
  };

  done({ status, seconds }) {
    state("ready");
    if (status === "ok") this.succeeded(seconds);
    else if (status === "stopped") this.stopped();
    else this.failed();
    if (!this.now) this.next();
  }

  succeeded(seconds) {
    const { cell, output } = this.now;
    this.known.add(cell);
    if (output.took) this.followed.add(cell);
    const found = output.verdict();
    this.finish("done", found || this.now.success(seconds));
    if (found && found !== OPEN) tellAnswer(cell, found === RIGHT);
  }

  failed() {
    const { cell, line, error } = this.now;
    const lacks = error === "NameError" && !this.needs(cell).every((each) => this.known.has(each));
    this.finish("error", `Error${line ? ` in line ${line}` : ""}.${lacks ? " Not all cells above have run." : ""}`);
    if (lacks) cell.bar?.offerAbove();
    this.empty(`Not run: ${cell.name} ended in an error.`);
  }

  /** Where an observer is heard while no cell runs: below the widget that was used, or below the cell that ran last. */
  logOf(place) {
    const found = this.logs.get(/** @type {any} */ (place?.closest("[data-cell]"))?.dataset.cell) ?? [...this.logs.values()].at(-1);
    found.log ??= openLog(found.cell, this.widgets);
    return found.log;
  }

  // ---------------------------------------------------------------- what the reader asks for

  stopped(words = "Stopped. What it knew is gone: the next Run starts anew.") {
    const { cell } = this.now;
    this.finish("error", words);
    this.empty(`Not run: ${cell.name} was stopped.`);
  }

  stop() {
    if (!this.now) return;
    this.gone();
    if (this.now.given) {
      this.stopped();
      this.open.stop();
    } else {
      this.stopped("Stopped before Python was there. Run begins again.");
      this.open?.close();
      this.open = null;
    }
    state("idle");
  }

  async restart() {
    if (this.now) this.stopped();
    if (!this.open) return this.tellPage("Python starts with the next Run.");
    this.gone();
    this.tellPage("Python starts anew.");
    state("loading");
    try {
      await this.open.restart();
      await this.open.start();
      state("ready");
      this.tellPage("Python has started anew: it knows no names of before.");
    } catch (error) {
      if (this.open) this.failStart(error);
    }
  }

  complete(where) {
    return this.ask("complete", where);
  }

  inspect(where) {
    return this.ask("inspect", where);
  }

  /** What Python knows, asked only while it has nothing else to do. */
  async ask(what, where) {
    if (document.documentElement.dataset.python !== "ready") return null;
    const tooLong = new Promise((done) => setTimeout(done, 1500, null));
    return Promise.race([this.open[what](where), tooLong]).catch(() => null);
  }
}
