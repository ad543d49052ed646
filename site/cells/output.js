// What a run shows, below its cell. Nothing that Python gives runs in the page: HTML is cleaned by DOMPurify of scripts, handlers, forms, frames
// and styles (the page's policy would not run them either), its names are kept apart from the page's, and SVG is shown as an image.
import DOMPurify from "dompurify";
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { showFigure } from "../plots/show.js";

const MOST = 200_000; // letters of a cell's output: an endless loop prints until it is stopped
const PIECES = 500; // of its pieces
const SHEET = 20_000; // letters that are shown at once
const LAST = 20; // pieces of a log
const LETTERS = 10_000; // of one of them
const CLEAN = {
  USE_PROFILES: { html: true, svg: true, mathMl: true },
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "option", "dialog", "audio", "video"],
  ALLOW_DATA_ATTR: false,
  ADD_ATTR: ["data-choice", "data-verdict"], // the book's own questions and verdicts have their look by these
  SANITIZE_NAMED_PROPS: true,
};
export const RIGHT = "Right.",
  OPEN = "Not answered yet."; // what is said of an answer
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g"); // of a terminal

/**
 * An output for a new run of a cell: the one before stays until this one has something to show. `widgets` are those of widgets.js. Of what comes
 * to a `log` the last is kept, and else the first.
 */
export const openOutput = (cell, widgets, log = null) => new Output(cell, widgets, log);

class Output {
  constructor(cell, widgets, log) {
    this.cell = cell;
    this.widgets = widgets;
    this.log = log;
    this.place = log ?? placeOf(cell);
    this.own = log ? [] : [...(cell.stored?.querySelectorAll(".td-live > .td-place") ?? [])]; // of widgets that the page shows for this cell
    this.took = false; // whether a widget of Python's took the place of the page's own
    this.fresh = true; // nothing shown yet
    this.clearing = false;
    this.length = 0;
    this.pieces = 0;
    this.full = false;
    this.printed = null; // {name, text}: not shown yet
    this.timer = 0;
    this.last = null; // {name, node}: a stream that goes on
  }

  /** Make room for what comes; what was stored goes out of sight at the first. */
  add(element, name = null, node = null) {
    if (this.fresh || this.clearing) this.empty();
    if (this.fresh && !this.log) this.cell.live?.show(true);
    this.fresh = this.clearing = false;
    this.last = name && { name, node };
    this.pieces += 1;
    this.place.append(element);
    reachable(element);
    if (!this.log) return;
    while (this.place.children.length > LAST) this.place.firstElementChild.remove();
    this.place.scrollTop = this.place.scrollHeight;
  }

  empty() {
    leave(this.place, this.widgets);
    this.place.replaceChildren();
  }

  enough(text) {
    if (this.log) return false;
    this.length += text.length;
    if (!this.full && (this.length > MOST || this.pieces > PIECES)) {
      this.add(note("More came than is shown here."));
      this.full = true;
    }
    return this.full;
  }

  /** What was printed a moment ago, at once: a program may print a thousand times before the page is drawn again. */
  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.printed) return;
    const { name, text } = this.printed;
    this.printed = null;
    if (this.enough(text)) return;
    if (this.last?.name === name && !this.clearing) this.goOn(text);
    else {
      const node = document.createTextNode(overwritten(text));
      this.add(lines(node, name === "stderr" ? "stream stderr" : "stream"), name, node);
    }
  }

  /** The stream that was printed last has more. */
  goOn(text) {
    const { node } = this.last;
    const whole = overwritten(node.data + text);
    node.data = this.log ? whole.slice(-LETTERS) : whole;
    reachable(node.parentElement);
    if (this.log) this.place.scrollTop = this.place.scrollHeight;
  }

  stream(name, text) {
    if (this.printed && (this.printed.name !== name || this.printed.text.length > SHEET)) this.flush();
    this.printed ??= { name, text: "" };
    this.printed.text += text.replace(COLOURS, "");
    this.timer ||= setTimeout(() => this.flush(), 30);
  }

  /** Whether it is a widget that took the place of the page's own. */
  bundle(data, metadata, name) {
    this.flush();
    if (this.enough(data["text/plain"] ?? "")) return false;
    const shown = drawn(data, metadata, { cell: this.cell, widgets: this.widgets, own: this.own[0] });
    if (!shown) {
      this.own.shift();
      this.took = true;
    } else {
      if (name) shown.dataset.displayId = name;
      this.add(shown);
    }
    return !shown;
  }

  error(text) {
    this.flush();
    this.add(lines(text.join("\n").replace(COLOURS, ""), "traceback"));
  }

  /** What the page itself has to say; what was stored stays. */
  words(text) {
    if (this.fresh) this.empty();
    this.place.append(note(text));
  }

  progress(loaded, total, words) {
    if (!this.place.querySelector("progress")) {
      this.place.prepend(h("p", { class: "tc-progress" }, h("progress", { "aria-label": "What is fetched" }), h("span", {})));
    }
    const bar = this.place.querySelector("progress");
    bar.max = total;
    bar.value = loaded;
    bar.nextSibling.textContent = words;
  }

  clear(wait) {
    this.flush();
    if (wait) this.clearing = true;
    else if (!this.fresh) this.empty();
    this.last = null;
  }

  /** In a few words, what a check has found of an answer; nothing where none was given. */
  verdict() {
    const shown = this.place.querySelector(".td-answer");
    const mistake = shown?.querySelector("strong em")?.textContent;
    if (this.fresh || !shown) return "";
    if (mistake) return `Not yet: ${mistake}.`;
    return { right: RIGHT, open: OPEN }[shown.dataset.verdict] ?? "Not yet.";
  }

  started() {
    this.place.querySelector(".tc-progress")?.remove();
  }

  state(word) {
    this.flush();
    if (word !== "running") this.started();
    if (word === "done" && this.fresh) {
      this.empty();
      this.cell.live?.show(true);
    }
    this.place.dataset.state = word;
  }
}

/** The place of a cell's live output, made at its first run; a cell whose code is not shown has one that nobody sees. */
function placeOf(cell) {
  if (cell.live) return cell.live.place;
  const place = h("div", { class: "cell_output docutils container", "data-live-output": true });
  if (!cell.pre) return place;
  cell.root.querySelector(".tc-run").after(place);
  const widget = cell.stored?.querySelector(".td-live"); // it lives already, and stays
  cell.live = {
    place,
    show(live) {
      if (cell.stored && !widget) cell.stored.hidden = live;
      place.hidden = !live;
      cell.bar.stored(Boolean(cell.stored) && !widget, !live);
    },
    toggle: () => cell.live.show(!cell.stored.hidden),
  };
  return place;
}

/** A cell that runs begins without what was said since it ran. */
export function closeLog(cell, widgets) {
  if (cell.log) leave(cell.log, widgets);
  cell.log?.remove();
  cell.log = null;
}

/** Below all else of a cell: what observers of its widget print and raise while no cell runs. */
export function openLog(cell, widgets) {
  const words = "What Python says while the widget is used";
  cell.log = h("div", { class: "cell_output docutils container tc-log", role: "group", "aria-label": words, tabindex: 0 });
  cell.root?.append(cell.log);
  return openOutput(cell, widgets, cell.log);
}

function lines(content, kind) {
  return h("div", { class: `output ${kind} highlight-myst-ansi notranslate` }, h("div", { class: "highlight" }, h("pre", {}, content)));
}

export const note = (words) => h("p", { class: "tc-run-note" }, words);

/** As a terminal shows it: a line that is written again takes the place of the one before. */
function overwritten(text) {
  if (!text.includes("\r")) return text;
  const all = text.split("\n");
  return all.map((line, i) => again(i < all.length - 1 ? line.replace(/\r$/, "") : line)).join("\n");
}

const again = (line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1);

/** What is wider than its place can be scrolled by keys. */
function reachable(element) {
  for (const box of element.matches("pre, .text_html") ? [element] : element.querySelectorAll("pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

// ------------------------------------------------------------------ mime bundles, the richest first

const WIDGET = "application/vnd.jupyter.widget-view+json";
const PLOTLY = "application/vnd.plotly.v1+json";
const DRAWN = {
  "text/html": (text) => h("div", { class: "output text_html" }, DOMPurify.sanitize(text, { ...CLEAN, RETURN_DOM_FRAGMENT: true })),
  "image/svg+xml": (text, more) => image(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, more),
  "image/png": (text, more) => image(`data:image/png;base64,${text.replace(/\s/g, "")}`, more),
  "image/jpeg": (text, more) => image(`data:image/jpeg;base64,${text.replace(/\s/g, "")}`, more),
  "text/markdown": plain,
  "text/latex": plain,
  "text/plain": plain,
};

const whole = (text) => (Array.isArray(text) ? text.join("") : String(text));

/** An element; null where a widget's view stands in `own`, a place that the page has for it. */
function drawn(data, metadata, { cell, widgets, own = null }) {
  if (data[WIDGET]) return widgets.view(data[WIDGET].model_id, own);
  if (data[PLOTLY]) return live(data[PLOTLY], cell);
  const mime = Object.keys(DRAWN).find((each) => data[each] !== undefined);
  if (!mime) return note(`This page cannot show ${Object.keys(data).join(", ") || "what came"}.`);
  const words = whole(data["text/plain"] ?? "").replace(COLOURS, "");
  return DRAWN[mime](whole(data[mime]), { words, size: metadata?.[mime] ?? {}, cell });
}

const figures = new WeakMap(); // element -> how the Plotly figure in it is ended

function live(figure, cell) {
  const words = figure.layout?.meta?.alt ?? `A figure that ${cell.name} made.`;
  const { element, stop } = showFigure(figure, { words, experimental: window.tdHost.experimental });
  const holder = h("div", { class: "output td-figure" }, element);
  figures.set(holder, stop);
  return holder;
}

/** What lives in an output that is emptied ends; `only` where no more than that goes. */
function leave(place, widgets, only = place) {
  widgets.leaveAll(only);
  for (const holder of place.querySelectorAll(".td-figure")) if (only.contains(holder)) figures.get(holder)?.();
}

/** Show anew what was shown under a name. */
export function update(name, { data, metadata, cell, widgets }) {
  for (const before of document.querySelectorAll(`[data-display-id="${CSS.escape(name)}"]`)) {
    const after = drawn(data, metadata, { cell, widgets });
    after.dataset.displayId = name;
    leave(before.parentElement, widgets, before);
    before.replaceWith(after);
    reachable(after);
  }
}

function plain(text) {
  return lines(text.replace(COLOURS, ""), "text_plain");
}

function image(src, { words, size, cell }) {
  const alt = /^(<|$)/.test(words) ? `A picture that ${cell.name} made` : words;
  return h("div", { class: "output image_png" }, h("img", { src, alt, width: size.width, height: size.height }));
}
