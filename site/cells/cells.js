// The code cells of a page run where they stand. The build names them (site/book_cells.py); this script gives them buttons, shows what the
// reader made of them, and loads the rest late: what runs them (run.js) at the first Run, the editor (editor.js) at the first Edit.
import { addBar, say, tellPage } from "./bar.js";
import { readPage } from "./book.js";
import { linkTo, readLink } from "./cell_link.js";
import { keep, nameOf, recall } from "./kept.js";
import { saveNotebook } from "./notebook.js";

const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const asset = (name) => new URL(name, here).href; // a file that stands beside this script
const page = readPage();
const FOLDER = location.protocol === "file:"; // modules, workers and WebAssembly do not load from there

const codeOf = (cell) => cell.given ?? cell.mine ?? cell.book;
const withCode = (cells) => cells.filter((cell) => cell.root && cell.pre);

const late = {}; // name of a script -> promise of its module

/** A script of the page that is loaded when it is first needed; where it does not come it may be asked for again. */
function load(name) {
  late[name] ??= import(asset(page[name])).catch(() => {
    delete late[name];
    throw new Error("A file of this page did not come. Look whether there is a connection, or reload the page, and try again.");
  });
  return late[name];
}

// ------------------------------------------------------------------ what a cell shows

/** A cell as it now is: its code, whose that is, and the buttons that go with it. */
function show(cell) {
  const code = codeOf(cell);
  cell.pre.querySelector(".tc-line")?.remove();
  cell.original ??= [...cell.pre.childNodes];
  if (code === cell.book) cell.pre.replaceChildren(...cell.original.map((node) => node.cloneNode(true)));
  else cell.pre.replaceChildren(cell.coloured?.(code) ?? code, "\n");
  cell.root.dataset.edited = cell.given !== null ? "link" : cell.mine !== null ? "mine" : "";
  cell.bar.show({ edited: cell.mine !== null || cell.given !== null, undo: cell.before !== null, words: whose(cell) });
  if (cell.wrong) mark(cell, cell.wrong);
}

function whose(cell) {
  if (cell.given !== null) return "This code came with a link: somebody else wrote it. Read it before you run it. Reset puts it away.";
  if (cell.mine === null) return "";
  const changed = cell.of && cell.of !== cell.book ? " The book’s cell has changed since." : "";
  return `Your version.${cell.forgets ? " This browser keeps nothing for the page: it lasts until you leave." : ""}${changed}`;
}

/** Take the reader's code for a cell; `before` is what an Undo would bring. */
function take(cell, mine, before = cell.before) {
  cell.given = null;
  cell.mine = mine === cell.book ? null : mine;
  cell.before = before === (cell.mine ?? cell.book) ? null : before;
  cell.of = cell.book;
  cell.forgets = !keep(cell.id, cell) && cell.mine !== null;
}

/** Colours for code that is not the book's: the editor knows them. */
async function colour(cells) {
  if (!cells.length || FOLDER) return;
  const { coloured } = await load("editor");
  for (const cell of cells) {
    cell.coloured = coloured;
    if (!cell.editor) show(cell);
  }
}

// ------------------------------------------------------------------ what the buttons do

let session = null; // of run.js, once there was a Run
const RUN_FROM_FOLDER = `A page that was opened from a folder cannot run Python. ${
  page?.site ? `Read it at ${page.site}, or run` : "Run"
} “make serve” in the book’s folder and open the address that it says.`;

async function run(cells, at = cells[0]) {
  if (FOLDER) return say(at, RUN_FROM_FOLDER);
  const foreign = cells.length > 1 ? cells.find((cell) => cell.given !== null) : null;
  if (foreign) {
    cells = cells.slice(0, cells.indexOf(foreign));
    say(foreign, "What runs in a row stops before this cell: its code came with a link. Read it, and run it yourself or reset it.");
  }
  if (!cells.length) return;
  for (const cell of cells) {
    save(cell);
    cell.editor?.settle();
  }
  try {
    const { openSession } = await load("run");
    session ??= openSession({ asset, kernel: page.kernel, version: page.widgets, needs, say, tellPage, mark });
    session.run(cells.map((cell) => ({ cell, code: codeOf(cell) })));
  } catch (error) {
    say(at, error.message);
  }
}

/** The cells that a cell may build on: those above it, but for answers to exercises. */
function needs(cell) {
  return page.cells.slice(0, page.cells.indexOf(cell)).filter(({ root }) => !root?.dataset.exercise);
}

/** Point at a line of a cell, or at none. */
function mark(cell, line) {
  cell.wrong = line;
  cell.pre?.querySelector(".tc-line")?.remove();
  cell.editor?.mark(line);
  if (!line || !cell.pre) return;
  const at = Object.assign(document.createElement("span"), { className: "tc-line", ariaHidden: "true" });
  at.style.top = `calc(${getComputedStyle(cell.pre).paddingTop} + ${line - 1}lh)`;
  cell.pre.append(at);
}

/** Keep what stands in an open editor; it is kept a moment after each change anyway. */
function save(cell) {
  if (!cell.editor || cell.editor.code() === codeOf(cell)) return;
  const over = cell.given !== null && cell.mine !== null ? cell.mine : cell.before; // an edit of a link's code takes the place of one's own
  take(cell, cell.editor.code(), over);
  mark(cell, null);
  cell.bar.show({ edited: cell.mine !== null, undo: cell.before !== null, words: whose(cell) });
  cell.root.dataset.edited = cell.mine === null ? "" : "mine";
}

async function edit(cell) {
  if (FOLDER) return say(cell, RUN_FROM_FOLDER);
  if (cell.editor) return leave(cell);
  if (cell.opening) return;
  cell.opening = true;
  try {
    const { openEditor, coloured } = await load("editor");
    cell.coloured = coloured;
    cell.pre.closest("details")?.setAttribute("open", "");
    cell.editor = openEditor({
      place: cell.pre.parentElement,
      code: codeOf(cell),
      label: `Code of cell ${cell.number}`,
      hole: cell.root.dataset.exercise ? "..." : "",
      changed: later(() => save(cell)),
      leave: () => leave(cell),
      complete: (asked) => session?.complete(asked) ?? null,
      inspect: (asked) => session?.inspect(asked) ?? null,
    });
    cell.pre.hidden = true;
    cell.bar.editing(true);
  } catch (error) {
    say(cell, error.message);
  }
  cell.opening = false;
}

/** Close the editor; the reader goes on at its button. */
function leave(cell) {
  save(cell);
  cell.editor.close();
  cell.editor = null;
  cell.pre.hidden = false;
  cell.bar.editing(false);
  show(cell);
}

function later(work) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, 250);
  };
}

/** The cell in another version, in the editor too where that is open. */
function change(cell, mine, before, words) {
  mark(cell, null);
  take(cell, mine, before);
  cell.editor?.take(codeOf(cell));
  show(cell);
  colour(cell.mine === null ? [] : [cell]).catch(() => {});
  say(cell, words);
}

const DO = {
  run: (cell) => run([cell]),
  stop: () => session?.stop(),
  edit,
  reset(cell) {
    save(cell);
    if (cell.given !== null) change(cell, cell.mine ?? cell.book, cell.before, "The code from the link is put away.");
    else change(cell, cell.book, cell.mine, "The book’s cell is back. Undo brings yours.");
  },
  undo: (cell) => change(cell, cell.before, cell.mine ?? cell.book, "Undone. Undo again brings the other back."),
  stored: (cell) => cell.live?.toggle(),
  "run-above": (cell) => (cell.number > 1 ? run(page.cells.slice(0, page.cells.indexOf(cell)), cell) : say(cell, "No cell stands above.")),
  "run-through": (cell) => run([...needs(cell), cell], cell),
  async link(cell) {
    save(cell);
    const address = linkTo(cell, codeOf(cell));
    try {
      await navigator.clipboard.writeText(address);
      say(cell, "The link is copied. It carries the code of this cell.");
    } catch {
      cell.bar.offer(address);
    }
  },
};

const PAGE = {
  "run-all": () => run(page.cells, withCode(page.cells)[0]),
  restart: () => (session ? session.restart() : tellPage(FOLDER ? RUN_FROM_FOLDER : "Nothing has run yet.")),
  async "open-notebook"() {
    for (const cell of withCode(page.cells)) save(cell);
    try {
      await saveNotebook(page);
    } catch {
      tellPage("The notebook did not come. Its link at the top of the page gives it without your changes.");
    }
  },
};

// ------------------------------------------------------------------ keys, links, other tabs

function press(event, cell) {
  if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  event.stopPropagation(); // before the editor takes it for a new line
  run([cell]);
  if (!event.shiftKey) return;
  const cells = withCode(page.cells);
  cells[cells.indexOf(cell) + 1]?.bar.focus();
}

function follow() {
  const found = readLink(location.hash, withCode(page.cells));
  if (!found) return;
  if (found.error) return tellPage(found.error);
  const { cell, code } = found;
  if (cell.editor) leave(cell);
  cell.given = code === (cell.mine ?? cell.book) ? null : code;
  show(cell);
  colour(cell.given === null ? [] : [cell]).catch(() => {});
  cell.pre.closest("details")?.setAttribute("open", "");
  cell.root.scrollIntoView({ block: "center" });
}

function start() {
  document.documentElement.dataset.python = "idle";
  const cells = withCode(page.cells);
  for (const cell of cells) {
    Object.assign(cell, recall(cell.id));
    if (cell.mine === cell.book) cell.mine = null;
    addBar(cell, DO, page);
    cell.root.addEventListener("keydown", (event) => press(event, cell), { capture: true });
    if (cell.mine !== null || cell.before !== null) show(cell);
  }
  for (const [name, act] of Object.entries(PAGE)) {
    document.querySelector(`.tc-run-page [data-do="${name}"]`)?.addEventListener("click", act);
  }
  addEventListener("hashchange", follow);
  for (const name of ["pagehide", "td-save"]) addEventListener(name, () => cells.forEach(save));
  addEventListener("storage", ({ key }) => {
    for (const cell of cells) {
      if (key !== nameOf(cell.id)) continue;
      const found = recall(cell.id);
      if (cell.editor)
        cell.before = found.mine ?? cell.before; // what is written there is not lost to what is written here
      else show(Object.assign(cell, found));
    }
  });
  follow();
  const own = cells.filter((cell) => cell.mine !== null);
  if (own.length) setTimeout(() => colour(own).catch(() => {}), 500); // their text is there; the colours may come later
}

if (page) start();
