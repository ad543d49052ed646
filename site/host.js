// Brings the page's widgets to life with no kernel and no network.
//
// The build leaves two kinds of script tag: one with the state of all widgets of the page
// (application/vnd.jupyter.widget-state+json) and one a view (…widget-view+json) that names a model.
// For each view this script makes a model, imports the widget's own module from a blob, and calls its
// `render`: the front-end contract of anywidget (https://anywidget.dev/en/afm). What throws says so in its
// place and leaves the others alone.
//
// A widget may wait for a button (.td-begin, which names its model): its state has a file of its own, which is asked for when the button is
// pressed or a link sets the widget. Until then its picture stands there, and nothing of it is loaded.
import "katex/contrib/copy-tex"; // a copied formula is its TeX: not its letters twice, each on a line of its own
import { bringToSight } from "../src/tokendynamics/widgets/ui/dom.js";
import { makeModel } from "./widget_model.js";

const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

const models = new Map(); // model id -> {model, ready}
const views = new Map(); // place -> how the view that stands there is ended; null: the place is another's
const OURS = /^_esm:tokendynamics\.widgets\.(\w+)\.\w+$/; // as the build names the scripts of the book's widgets (site/book_widgets.py)
const modules = new Map(); // source text -> promise of the module
const styles = new Set();

// A blob, because a page opened from file:// may import nothing else.
function load(source) {
  if (!modules.has(source)) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    modules.set(
      source,
      import(address).then(async ({ default: made }) => (typeof made === "function" ? made() : made)),
    );
  }
  return modules.get(source);
}

function addStyle(css) {
  if (!css || styles.has(css)) return;
  styles.add(css);
  const element = document.createElement("style");
  element.textContent = css;
  document.head.append(element);
}

const {
  src: here,
  dataset: { state: apart, later },
} = /** @type {HTMLScriptElement} */ (document.currentScript);
const experimental = {
  staticPage: true,
  asset: (name) => new URL(name, here).href, // a file that stands beside this script, for what is loaded late
  invoke: () => Promise.reject(new Error("There is no Python behind this page. Open the notebook to run it.")),
};

/** The model of that id, and a promise of its widget: made for the first view that names it. */
function startModel(id, states, texts) {
  if (!models.has(id)) {
    const entry = states[id]?.state;
    if (!entry)
      throw new Error(
        apart
          ? "the page is older than the files beside it."
          : "the page holds no state for it. Building the book again may bring it back.",
      );
    if (!entry._esm) throw new Error("it has no script of its own, as widgets of anywidget have, and needs a notebook.");
    const { _esm, _css, ...state } = entry;
    const { model } = makeModel(state); // nobody else to tell
    addStyle(texts[_css] ?? _css);
    const ready = load(texts[_esm] ?? _esm).then(async (widget) => {
      if (typeof widget?.render !== "function") throw new Error("its script has no render function.");
      await widget.initialize?.({ model, experimental });
      return widget;
    });
    models.set(id, { model, ready });
  }
  return models.get(id);
}

/** What `stateIn` gives of the page's own widgets. Where they are in a file of their own (site/book_assets.py), it comes after the first paint. */
async function pageState() {
  if (apart) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return stateIn(apart);
}

let page = null; // promise of the state of its widgets, where it has some

// What the page's cells need to put a widget of Python's in the place of the page's own (cells/widgets.js): the same scripts, and the place.
window.tdHost = {
  experimental,
  /** The module of a kind of the book's widgets, such as "force-lab", where the page itself shows one; null where it does not. */
  async script(kind) {
    const { texts = {} } = (await page) ?? {};
    const [, text] = Object.entries(texts).find(([name]) => OURS.exec(name)?.[1].replaceAll("_", "-") === kind) ?? [];
    return text ? load(text) : null;
  },
  /** The state of the page's first widget of a kind, such as "heads_and_tasks", as the build left it; undefined where there is none. */
  async stateOf(kind) {
    const { states = {} } = (await page) ?? {};
    return Object.values(states).find(({ state }) => state?._anywidget_id?.includes(`.widgets.${kind}.`))?.state;
  },
  /** The page's own view in a place ends, or does not begin any more. */
  letGo(place) {
    views.get(place)?.();
    views.set(place, null);
  },
};

/** {states, texts} of the widgets in a file, or in the page where there is none, or {fault}: why there are none. */
async function stateIn(file) {
  if (file) {
    const there = await new Promise((done) =>
      document.head.append(
        Object.assign(document.createElement("script"), {
          src: new URL(file, here).href,
          onload: () => done(true),
          onerror: () => done(false),
        }),
      ),
    );
    if (!there) return { fault: "the file with its state did not come." };
  }
  try {
    // the last: what a file has brought stands behind what was there
    const { state = {}, texts = {} } = JSON.parse([...document.querySelectorAll(STATE)].at(-1)?.textContent ?? "{}");
    return { states: state, texts };
  } catch (error) {
    return { fault: `the page’s widget state cannot be read (${error.message}).` };
  }
}

/** The widget that `named()` is the id of, in its place; false where it could not be, which is said there. */
async function show(named, place, page) {
  const whole = place.closest(".td-live, .td-later");
  let name = "This widget";
  try {
    const { states, texts, fault } = await page;
    if (fault) throw new Error(fault);
    const id = named();
    name = states[id]?.state?._anywidget_id?.split(".").at(-1) ?? name;
    const { model, ready } = startModel(id, states, texts);
    const widget = await ready;
    if (views.get(place) === null) return true;
    whole?.setAttribute("data-live", ""); // its picture goes first: a link scrolls to where the widget then stands
    const end = await widget.render({ model, el: place, experimental });
    if (views.get(place) === null) end?.();
    else views.set(place, end);
    stayAtHash();
    return true;
  } catch (error) {
    if (views.get(place) === null) return true;
    const said = document.createElement("div");
    said.className = "td-error";
    said.setAttribute("role", "alert");
    const rest = whole?.querySelector(".td-still") ? "The picture below and the rest of the page" : "The rest of the page";
    said.textContent = `${name} could not start: ${ended(error?.message ?? String(error))} Reload the page to try again. ${rest} will do without it.`;
    place.replaceChildren(said);
    whole?.removeAttribute("data-live");
    whole?.setAttribute("data-failed", "");
    return false;
  }
}

const coming = new Map(); // button -> promise of true once its widget is there, of false if it could not come

/** Bring the widget that a button names in the place of its picture. After a failure the button may be pressed again. */
function bring(button) {
  if (!coming.has(button)) coming.set(button, bringOnce(button));
  return coming.get(button);
}

async function bringOnce(button) {
  const whole = button.closest(".td-later"),
    words = button.textContent;
  whole.querySelector(":scope > .td-place")?.remove(); // the words of a failure
  whole.removeAttribute("data-failed");
  button.textContent = "Loading …";
  button.setAttribute("aria-busy", "true");
  const place = Object.assign(document.createElement("div"), { className: "td-place" });
  whole.append(place);
  const live = await show(() => button.dataset.model, place, stateIn(later));
  if (live) {
    whole.classList.add("td-live"); // from now on it is as any other
    button.remove();
  } else {
    button.textContent = words;
    button.removeAttribute("aria-busy");
    coming.delete(button);
  }
  return live;
}

/** The button of the widget that a link sets, while that widget waits. */
const waitingFor = (hash) => document.querySelector(`.td-begin[data-view="${setBy(hash)}"]`);
/** The view that a link sets, if it sets one. */
const setBy = (hash) => /^#([\w-]+)(?:(?:[.~]|%7e)[\w-]+)?(?:=|%3d)v\d+(?:[.!;]|%|$)/i.exec(hash)?.[1] ?? "";

/** Pressed by hand: the reader goes on in the widget, in the first field or button of the panel that is open. */
async function enter(button) {
  const whole = button.closest(".td-later");
  if (!(await bring(button))) return;
  whole.scrollIntoView({ block: "start" });
  const fields = ["textarea", "input", "select", "button"].flatMap((kind) => [...whole.querySelectorAll(`[role=tabpanel] ${kind}`)]);
  fields.find((field) => !field.disabled && field.checkVisibility())?.focus();
}

// Widgets have other heights than the places that were kept for them. Where the browser does not hold what is read in its place (Safari),
// a heading that the address leads to would move away; until the reader does something, the page follows it.
let moved = false;
for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  addEventListener(hand, () => (moved = true), { once: true, passive: true, capture: true });
}
function stayAtHash() {
  if (!moved) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

const ended = (sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

function start() {
  const tags = [...document.querySelectorAll(VIEW)];
  for (const button of document.querySelectorAll(".td-begin")) button.addEventListener("click", () => enter(button));
  addEventListener("hashchange", follow);
  if (!tags.length) return follow();
  page = pageState();
  const startAll = startInTurn(tags);
  holdLinks(startAll);
}

/**
 * What is near the reader first; the rest when the page is at rest.
 * @returns {() => Promise<any>} starts all at once: a promise of their being there
 */
function startInTurn(tags) {
  const near = (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) begin(target);
  };
  const watch = new IntersectionObserver(near, { rootMargin: "600px" });
  const waiting = new Map(),
    shown = [];
  const begin = (place) => {
    const tag = waiting.get(place);
    if (!tag) return;
    waiting.delete(place);
    watch.unobserve(place);
    shown.push(show(() => JSON.parse(tag.textContent).model_id, place, page));
  };
  for (const tag of tags) {
    const place = document.createElement("div");
    place.className = "td-place";
    tag.after(place);
    waiting.set(place, tag);
    watch.observe(place);
  }
  const rest = () => {
    const [next] = waiting.keys();
    if (!next) return Promise.all(shown).then(follow);
    begin(next);
    whenIdle(rest);
  };
  whenIdle(rest);
  return () => {
    for (const place of [...waiting.keys()]) begin(place);
    return Promise.all(shown);
  };
}

/** A link that sets a widget's state (widgets/ui/tour.js) is for the widget to follow. All that have not started yet start first. */
function holdLinks(startAll) {
  let allStarted = false;
  addEventListener("click", async (event) => {
    const link = /** @type {HTMLAnchorElement} */ (nearest(event, "a.td-show")),
      late = link && waitingFor(link.hash);
    if (
      !link ||
      (allStarted && !late) ||
      event.defaultPrevented ||
      event.button ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    await startAll();
    allStarted = true;
    if (!late || (await bring(late))) link.click();
  });
}

// Where each widget stands, for a link to one that is not on this page. Widgets read the links to themselves (widgets/ui/link.js).
const PLACES = {
  "force-lab": ["index.html", "on the first page"],
  encyclopedia: ["chapters/02_encyclopedia.html", "in Chapter 2"],
  trajectories: ["chapters/03_trajectories.html", "in Chapter 3"],
  "gravity-and-attention": ["chapters/03_trajectories.html", "in Chapter 3"],
  "heads-and-tasks": ["chapters/04_many_heads.html", "in Chapter 4"],
  "emergence-lab": ["chapters/05_emergence.html", "in Chapter 5"],
  sweeps: ["chapters/05_emergence.html", "in Chapter 5"],
  "real-trajectories": ["chapters/06_real_model.html", "in Chapter 6"],
};

/** A widget that the address sets is brought, if it waits on this page. */
async function follow() {
  const button = waitingFor(location.hash);
  if (button) await bring(button);
  tellStray();
}

/** Say where a widget stands that the address sets and this page does not have. */
function tellStray() {
  document.querySelector(".td-stray")?.remove();
  const view = setBy(location.hash);
  if (!view || document.querySelector(`[data-widget="${view}"], [data-failed]`)) return;
  const said = Object.assign(document.createElement("p"), { className: "td-error td-stray" });
  said.setAttribute("role", "alert");
  const [page, where] = Object.hasOwn(PLACES, view) ? PLACES[view] : [];
  said.append(`This link sets the widget “${view.slice(0, 40)}”, which `);
  if (page) {
    const href = new URL(`../${page}`, here).href + location.hash;
    said.append("is not on this page. It is ", Object.assign(document.createElement("a"), { href, textContent: where }), ".");
  } else said.append("this book does not have. The link may be cut or misspelt.");
  (document.querySelector("article") ?? document.body).prepend(said);
  bringToSight(said, { block: "center" });
}

/**
 * The element around what was clicked.
 * @returns {HTMLElement | null}
 */
function nearest({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

const whenIdle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1500 }) : setTimeout(work, 200));

// stills are printed in place of widgets; a lazy image that was never near the screen has to be asked for
addEventListener("beforeprint", () => {
  for (const image of document.querySelectorAll(".td-still img")) image.setAttribute("loading", "eager");
});

// an excerpt of each page found takes a request, which a page opened from a file may not make
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

if (typeof Search === "object") {
  // an excerpt is looked for by a selector, in which the dots of a function's name would be classes
  const { htmlToText } = Search;
  Search.htmlToText = (page, anchor) => htmlToText(page, anchor && `#${CSS.escape(anchor.slice(1))}`);
  // a word such as “constructor”, which every object of JavaScript has, is no entry of the index
  const bare = Object.assign(Object.create(null), { hasOwnProperty: Object.prototype.hasOwnProperty }); // all that Sphinx asks of it
  for (const entries of [Search._index.terms, Search._index.titleterms]) Object.setPrototypeOf(entries, bare);
}

// what the theme's buttons said in attributes
const DO = {
  print: () => print(),
  fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
};
addEventListener("click", (event) => DO[nearest(event, "[data-do]")?.dataset.do]?.());

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
