// What all widgets share, and the one place that says so. A widget's view.js ends in
//
//   export default widget({ view, className, title, names, presets, smooth, rules, build });
//
// and the page calls what that gives with { model, el, experimental }, as anywidget does. Then, in this order:
//
//   rules(model)      gives what a state may be, { measure, fallback, starts, settle } of store.js. It throws an Error with words where
//                     the model did not arrive whole: those words stand in the widget's place, and nothing below happens.
//   build(shared)     makes controls and pictures once, and gives a View. The state is known; nothing is drawn or has a width yet.
//   the address       a link to this widget (link.js) in the page's address sets the state, now and whenever the address changes.
//   draw(state, found)  once at the end of opening, then in the frame after a change, however many changes came before it. `found` is what
//                     `measure` made of the state. `draw` writes to the page; it changes no state.
//   rest()            before Reset, before a link of the text (tour.js) and before its Undo: what plays stops, what was said of a preset goes.
//   stop()            of each of the View's `parts`, when the page lets go of the widget. The frame that was asked for, the store, the
//                     question and the listeners are ended here, so a view stops only what it made.
//
// A view asks for a state with `change` or `tell`, which keep the last good one and say in words what was refused; it never writes to the
// model. What is a reader's guess, and what waits for it, is predict.js and guesses.js: a view gives what would tell the answer the class
// td-waits. Limits of numbers are in the widget's limits.json, which Python reads too (limits.js).
import { bench } from "./bench.js";
import { bringToSight, button, h, keepKeys } from "./dom.js";
import { reel } from "./film.js";
import { fullScreen } from "./full.js";
import { keysOf } from "./keys.js";
import { copyButton, linkTo, pythonLine } from "./link.js";
import { announcer, notice } from "./notice.js";
import { prediction } from "./predict.js";
import { embedCode } from "./save/embed.js";
import { saveMenu } from "./save/menu.js";
import { openStore } from "./store.js";
import { story } from "./story.js";
import { tour } from "./tour.js";

const UNHEARD =
  "Python no longer listens to this widget: it was restarted or has ended. What you change here stays here. Run the cell again for a widget that Python hears.";

/**
 * @typedef {object} Shared What a view gets.
 * @property {any} model anywidget's
 * @property {any} experimental what the page adds to it: `staticPage`, `asset`, and `python` where a cell of the page has made the widget
 * @property {HTMLElement} el where the widget stands
 * @property {any} root its section, which `body` will fill
 * @property {any} rules what `rules` gave
 * @property {ReturnType<typeof openStore>} store its `state` and what was `found` of it are those of now
 * @property {ReturnType<typeof notice>} about says what is wrong with a state as a whole; the view finds its place
 * @property {(words: string) => void} say to those who cannot see what changed
 * @property {(patch: object, where?: ReturnType<typeof notice>) => boolean} change ask for a state; words go to `where`, or to `about`
 * @property {(patch: object, where?: ReturnType<typeof notice>) => boolean} tell `change`, and say the View's summary
 * @property {(patch: object) => boolean} begin `tell`, and from now on Reset goes there
 * @property {HTMLElement} reset the button Reset
 * @property {(name: string) => void} openPanel for a state that belongs to a panel
 * @property {() => void} redraw ask for the next frame to draw: for a new width, a new theme
 *
 * @typedef {object} View What a view gives.
 * @property {any[]} picture what its controls change
 * @property {any[]} [transport] what sets the picture in motion and back
 * @property {any} [reading] the one number that matters now
 * @property {any[]} [said] where a refusal is read, or what has happened: it stands with the picture
 * @property {any[]} [notes] where it is read what a state means, above the panels
 * @property {Record<string, import("./bench.js").Panel>} panels its controls, and what is read at leisure
 * @property {string} [first] the panel that is open at first, where it is not the first
 * @property {(name: string) => void} [onPanel] hears which panel is open
 * @property {(name: string | null) => void} [onHold] hears that a slider of a panel is in a hand, and null when it is let go
 * @property {{ steps: any[], keep: string[], play: () => void }} [story] as story.js takes it
 * @property {any[]} [under] what is of use whichever panel is open: a legend
 * @property {(state: any, found: any) => void} draw
 * @property {() => string} [summary] what a change came to, in words
 * @property {() => void} [rest]
 * @property {() => void} [restart] what Reset does before it sets the state, where that is other than `rest`
 * @property {{ stop(): void }[]} [parts] what has to be stopped
 * @property {() => Iterable<any[]>} [numbers] what its picture and its charts are drawn from and no `output` holds, as rows of the table that is
 *   saved, [what, name, row, column, value] (save/rows.js)
 * @property {() => { states: object[], every?: number, framed?: (make: () => any) => any }} [film] of what plays, what is changed of the state in each
 *   frame of an animation, no more than MOST (film.js); `every` so many milliseconds; `framed` keeps the picture's scale. It may throw with words
 * @property {() => string} [python] the line of Python, where it is not the class with its state
 */

/**
 * @param {object} given
 * @param {string} given.view the widget's name in links and in the page
 * @param {string} given.className its class in Python
 * @param {string} given.title its name for a screen reader
 * @param {string[]} given.names the traits that make up a state
 * @param {Record<string, { title: string }>} [given.presets]
 * @param {string[]} [given.smooth] the traits that a link of the text changes in a motion
 * @param {(model: any) => any} given.rules
 * @param {(shared: Shared) => View} given.build
 */
export const widget = (given) => ({ render: (page) => ending(open(given, page)) });

/** `end` for once: who keeps the way to close a view keeps nothing of it once it is closed. */
function ending(end) {
  return () => {
    end?.();
    end = null;
  };
}

/** Returns the way to close it; none where its model did not arrive whole. */
function open(given, page) {
  const root = sectionOf(given);
  const about = notice();
  let rules;
  try {
    rules = given.rules(page.model);
  } catch (error) {
    return refused(page.el, root, about, error.message);
  }
  const opened = new Opened(given, page, { root, about, rules });
  return () => opened.close();
}

function sectionOf({ view, title }) {
  const before = document.querySelectorAll(`[data-widget="${view}"]`).length; // of its kind: each place has a name of its own
  return h("section", { class: `td td-${view}`, "data-widget": view, "aria-label": before ? `${title} ${before + 1}` : title });
}

/** A widget in its place, until the page lets go of it. */
class Opened {
  said = announcer();
  tells = null; // its story, where it has one

  /** @param {Parameters<typeof widget>[0]} given */
  constructor(given, page, { root, about, rules }) {
    const { view, names, build, presets = {}, smooth = [] } = given,
      { model, el, experimental } = page;
    this.given = given;
    this.page = page;
    this.root = root;
    this.about = about;
    this.rules = rules;
    this.onPage = Boolean(experimental?.staticPage); // in a notebook a link would lead nowhere
    this.frames = framesOf(el, root, this.draw);
    this.store = openStore({ ...rules, model, view, names, about, redraw: this.frames.next, onPage: this.onPage });
    this.home = this.store.plain(); // where Reset goes
    this.made = build(this.shared());
    this.question = prediction(model.get("prediction"), view);
    this.full = fullScreen({ root, say: this.said.say });
    this.keys = keysOf({ root, title: given.title, full: this.full.toggle });
    this.share = this.shareLine();
    this.stands = this.benchOf(this.panels());
    this.heard = listening(model, el);
    root.append(this.heard.element, this.stands.element, this.said.element, this.keys.element);
    this.made.onPanel?.(this.stands.first);
    root.widgetState = this.store.plain;
    keepKeys(root);
    const { store, rest, shown } = this;
    this.guide = tour({ root, place: this.stands.hand, store, smooth, titles: presets, rest, onFound: shown });
    if (this.made.story) this.addStory(this.made.story);
    el.replaceChildren(root);
    if (!experimental?.python) this.fromAddress(); // what a cell makes is as the cell says
    addEventListener("hashchange", this.fromAddress);
    this.frames.begin();
    root.dataset.ready = "";
  }

  /** @returns {Shared} */
  shared() {
    const { root, about, rules, store, tell } = this;
    const { model, el, experimental } = this.page;
    return {
      model,
      experimental,
      el,
      root,
      rules,
      store,
      about,
      say: this.said.say,
      change: store.change,
      tell,
      begin: (patch) => {
        const taken = tell(patch);
        if (taken) this.home = store.plain();
        return taken;
      },
      reset: button("Reset", () => {
        (this.made.restart ?? this.rest)();
        if (store.change(this.home)) this.said.say("Back to the start.");
      }),
      redraw: this.frames.next,
      openPanel: (name) => {
        this.stands.open(name);
        this.stands.first = name; // a link need not say what its state says
      },
    };
  }

  draw = () => this.made.draw(this.store.state, this.store.found);

  tell = (patch, where) => {
    const taken = this.store.change(patch, where);
    if (taken) this.said.say(this.made.summary());
    return taken;
  };

  rest = () => this.made.rest?.();

  /** Whether the question waits for a guess. */
  asks() {
    return this.question && !("answered" in this.question.dataset);
  }

  /** The question's and the View's, and which of them is open at first. */
  panels() {
    const { question, made } = this;
    const panels = { ...(question ? { question: { title: "Guess", body: [question] } } : {}), ...made.panels };
    const wanted = this.page.model.get("panel");
    const [first] = [
      this.asks() ? "question" : null,
      Object.hasOwn(panels, wanted) ? wanted : null,
      made.first,
      ...Object.keys(made.panels),
    ].filter(Boolean);
    return { panels, first };
  }

  benchOf({ panels, first }) {
    const { made, share } = this;
    return bench({
      title: this.given.title,
      picture: made.picture,
      transport: made.transport ?? [],
      reading: made.reading,
      said: made.said ?? [],
      notes: made.notes ?? [],
      panels,
      under: [...(made.under ?? []), share],
      first,
      onOpen: (name) => made.onPanel?.(name),
      onHold: (name) => made.onHold?.(name),
    });
  }

  /** What a link says: the state, and what is open or told where that is not so from the first. */
  seen() {
    const { store, stands, tells } = this;
    return {
      ...store.plain(),
      ...(stands.opened === stands.first ? {} : { panel: stands.opened }),
      ...(tells?.told() ? { story: tells.told() } : {}),
    };
  }

  shareLine() {
    const { root, rules, onPage, store, made, draw } = this;
    const { view, className, title } = this.given;
    const { model, experimental } = this.page,
      { say } = this.said;
    const python = made.python ?? (() => pythonLine(className, store.plain(), store.starts));
    const link = () => linkTo(view, model.get("key"), this.seen(), store.starts);
    const alone = onPage && model.get("embed"); // its page alone, which the build names where that page shows the same (site/book_embed.py)
    const embed = () => embedCode(linkTo(view, "", this.seen(), store.starts, experimental.asset(`../${alone}`)), title);
    return h(
      "div",
      { class: "td-line td-share" },
      onPage ? copyButton("Copy link", link, say) : null,
      copyButton("Copy Python", python, say),
      this.full.control,
      this.keys.control,
      saveMenu({
        page: { model, experimental },
        root,
        title,
        view,
        source: onPage ? link : python,
        state: store.plain,
        numbers: () => (this.asks() ? [] : (made.numbers?.() ?? [])), // they would tell the answer
        film: made.film ? () => reel({ store, measure: rules.measure, draw: made.draw, film: made.film() }) : null,
        draw,
        say,
        embed: alone ? embed : null,
      }),
    );
  }

  addStory({ steps, keep, play }) {
    const { store, guide, rest, stands } = this;
    const tells = story({ steps, keep, store, move: guide.move, rest, open: stands.open, play });
    this.tells = tells;
    stands.hand.prepend(tells.element);
    if (this.page.model.get("story")) this.share.prepend(button(`A story in ${steps.length} steps`, () => tells.go(1)));
  }

  /** What a link asks for besides a state. */
  shown = ({ panel, step }) => {
    if (this.stands.has(panel)) this.stands.open(panel);
    if (step) this.tells?.go(step);
  };

  fromAddress = () => {
    const found = this.store.fromAddress();
    if (found?.taken) {
      this.shown(found);
      bringToSight(this.root, { block: "start" });
    } else if (found) bringToSight(this.about.element, { block: "center" }); // why not, where the reader sees it
  };

  close() {
    for (const part of this.made.parts ?? []) part.stop();
    this.frames.stop();
    removeEventListener("hashchange", this.fromAddress);
    this.heard.stop();
    this.full.stop();
    this.question?.stopAsking();
    this.guide.stop();
    this.tells?.stop();
    this.store.stop();
    this.root.remove();
  }
}

/** When `draw` is called: at once as the widget opens, `begin`, and then in the frame after one is asked for, `next`. */
function framesOf(el, root, draw) {
  let frame = 0,
    missed = false; // a drawing, while the element was not in the page: what is read of it there, colours and sizes, is not so
  function now() {
    frame = 0;
    missed = !el.isConnected;
    if (missed && "ready" in root.dataset) return;
    draw();
  }
  function next() {
    frame ||= requestAnimationFrame(now);
  }
  const returns = new ResizeObserver(() => missed && next()); // a notebook takes cells out of the page and puts them in again
  return {
    next,
    begin() {
      returns.observe(root);
      now();
    },
    stop() {
      cancelAnimationFrame(frame);
      returns.disconnect();
    },
  };
}

/**
 * Says so where no Python hears the widget. Jupyter marks the element of a view that opens so, and tells of what changes with an event of the
 * model, whose context is the view.
 */
function listening(model, el) {
  const { element, say, clear } = notice();
  /** @this {any} */
  function look() {
    if (this?.model?.comm_live) clear();
    else say(UNHEARD);
  }
  if (el.closest(".jupyter-widgets-disconnected")) say(UNHEARD);
  model.on("comm_live_update", look);
  return { element, stop: () => model.off("comm_live_update", look) };
}

/** Words in place of a widget whose model did not arrive whole. */
function refused(el, root, about, words) {
  about.say(words);
  root.append(about.element);
  root.widgetState = () => null;
  el.replaceChildren(root);
  root.dataset.ready = "";
}
