// What a run shows, below its cell. Nothing that Python gives runs in the page: HTML is cleaned by DOMPurify of scripts, handlers, forms, frames
// and styles (the page's policy would not run them either), its names are kept apart from the page's, and SVG is shown as an image.
import DOMPurify from "dompurify";
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";

const MOST = 200_000; // letters of a cell's output: an endless loop prints until it is stopped
const PIECES = 500; // of its pieces
const SHEET = 20_000; // letters that are shown at once
const CLEAN = {
  USE_PROFILES: { html: true, svg: true, mathMl: true },
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "option", "dialog", "audio", "video"],
  ALLOW_DATA_ATTR: false,
  ADD_ATTR: ["data-choice", "data-verdict"], // the book's own questions and verdicts have their look by these
  SANITIZE_NAMED_PROPS: true,
};
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g"); // of a terminal

/** An output for a new run of a cell: the one before stays until this one has something to show. */
export function openOutput(cell) {
  const place = placeOf(cell);
  let fresh = true, // nothing shown yet
    clearing = false,
    length = 0,
    pieces = 0,
    printed = null, // {name, text}: not shown yet
    timer = 0,
    last = null, // {name, node}: a stream that goes on
    full = false;

  /** Make room for what comes; what was stored goes out of sight at the first. */
  function add(element, name = null, node = null) {
    if (fresh || clearing) place.replaceChildren();
    if (fresh) cell.live?.show(true);
    fresh = clearing = false;
    last = name && { name, node };
    pieces += 1;
    place.append(element);
    reachable(element);
  }

  function enough(text) {
    length += text.length;
    if (!full && (length > MOST || pieces > PIECES)) {
      add(note("More came than is shown here."));
      full = true;
    }
    return full;
  }

  /** What was printed a moment ago, at once: a program may print a thousand times before the page is drawn again. */
  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!printed) return;
    const { name, text } = printed;
    printed = null;
    if (enough(text)) return;
    if (last?.name === name && !clearing) {
      last.node.data = overwritten(last.node.data + text);
      reachable(last.node.parentElement);
    } else {
      const node = document.createTextNode(overwritten(text));
      add(lines(node, name === "stderr" ? "stream stderr" : "stream"), name, node);
    }
  }

  return {
    stream(name, text) {
      if (printed && (printed.name !== name || printed.text.length > SHEET)) flush();
      printed ??= { name, text: "" };
      printed.text += text.replace(COLOURS, "");
      timer ||= setTimeout(flush, 30);
    },
    bundle(data, metadata) {
      flush();
      if (enough(data["text/plain"] ?? "")) return;
      add(drawn(data, metadata ?? {}, cell));
    },
    error(text) {
      flush();
      add(lines(text.join("\n").replace(COLOURS, ""), "traceback"));
    },
    /** What the page itself has to say; what was stored stays. */
    words(text) {
      if (fresh) place.replaceChildren();
      place.append(note(text));
    },
    progress(loaded, total, words) {
      if (!place.querySelector("progress")) {
        place.prepend(h("p", { class: "tc-progress" }, h("progress", { "aria-label": "Python is fetched" }), h("span", {})));
      }
      const bar = place.querySelector("progress");
      bar.max = total;
      bar.value = loaded;
      bar.nextSibling.textContent = words;
    },
    clear(wait) {
      flush();
      if (wait) clearing = true;
      else if (!fresh) place.replaceChildren();
      last = null;
    },
    started: () => place.querySelector(".tc-progress")?.remove(),
    state(word) {
      flush();
      if (word !== "running") place.querySelector(".tc-progress")?.remove();
      if (word === "done" && fresh) {
        place.replaceChildren();
        cell.live?.show(true);
      }
      place.dataset.state = word;
    },
  };
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

function lines(content, kind) {
  return h("div", { class: `output ${kind} highlight-myst-ansi notranslate` }, h("div", { class: "highlight" }, h("pre", {}, content)));
}

const note = (words) => h("p", { class: "tc-run-note" }, words);

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
const DRAWN = {
  [WIDGET]: widgetView,
  "text/html": (text) => h("div", { class: "output text_html" }, DOMPurify.sanitize(text, { ...CLEAN, RETURN_DOM_FRAGMENT: true })),
  "image/svg+xml": (text, more) => image(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, more),
  "image/png": (text, more) => image(`data:image/png;base64,${text.replace(/\s/g, "")}`, more),
  "image/jpeg": (text, more) => image(`data:image/jpeg;base64,${text.replace(/\s/g, "")}`, more),
  "text/markdown": plain,
  "text/latex": plain,
  "text/plain": plain,
};

const whole = (text) => (Array.isArray(text) ? text.join("") : String(text));

function drawn(data, metadata, cell) {
  const mime = Object.keys(DRAWN).find((each) => data[each] !== undefined);
  if (!mime) return note(`This page cannot show ${Object.keys(data).join(", ") || "what came"}.`);
  const words = whole(data["text/plain"] ?? "").replace(COLOURS, "");
  return DRAWN[mime](whole(data[mime]), { words, size: metadata[mime] ?? {}, cell });
}

function plain(text) {
  return lines(text.replace(COLOURS, ""), "text_plain");
}

function image(src, { words, size, cell }) {
  const alt = /^(<|$)/.test(words) ? `A picture that ${cell.name} made` : words;
  return h("div", { class: "output image_png" }, h("img", { src, alt, width: size.width, height: size.height }));
}

/** A widget's view. Until Python and the page's widgets speak with each other, words stand for it. */
function widgetView(_view, { words, cell }) {
  if (cell.stored?.querySelector(".td-live"))
    return note("Python has made the widget too. The one below is the page’s own, and does not follow it.");
  return words ? plain(words) : note("A widget. Where a notebook runs, it is shown here.");
}
