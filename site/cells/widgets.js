// Widgets that Python has made, alive in the page and in step with it, by Jupyter's widget protocol over the kernel's comm messages.
//
// The book's own come with names in place of scripts, "book:force-lab.js": the page runs the scripts that it has itself. Any other script came
// out of Python, and the page does not run it.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { makeModel } from "../widget_model.js";
import { withBuffers } from "./buffers.js";
import { openSide } from "./python_side.js";

const OURS = /^book:([a-z-]+)\.js$/;
const ELSEWHERE = "It lives where a notebook runs: in JupyterLab, on Binder or in Colab.";
const PATIENCE = 3000; // ms in which Python takes a message, as a rule
const CLOSED = "Python has closed this widget.";

/**
 * `comm(message)` sends one to Python; `asset(name)` gives the address of a file in _static, and `version` is that of the widgets' files there;
 * `late(true)` hears that Python has not taken a message for long, and `late(false)` that it has.
 */
export function openWidgets({ asset, version, comm, late }) {
  const widgets = new Map(); // comm id -> {id, kind, name, side, held: its model, views: place -> {end}, gone}
  const taking = []; // the ids of those whose messages Python has and has not taken, in their order
  const host = window.tdHost;
  let timer = 0;
  const files = {}; // kind -> promise of its module, out of a file

  // ---------------------------------------------------------------- what Python says

  function open({ comm_id: id, data, buffers }) {
    const side = openSide((message) => {
      taking.push(id);
      timer ||= setTimeout(late, PATIENCE, true);
      comm({ comm_id: id, ...message });
    });
    const widget = { id, kind: null, name: "This widget", side, held: null, views: new Map(), gone: false };
    hold(widget, withBuffers(data.state, data.buffer_paths, buffers));
    widgets.set(id, widget);
  }

  function hold(widget, state) {
    const { _esm, _css, ...rest } = state;
    widget.kind = OURS.exec(_esm)?.[1] ?? null;
    widget.name = state._anywidget_id?.split(".").at(-1) ?? state._model_name?.replace(/Model$/, "") ?? widget.name;
    widget.held = makeModel(rest, widget.side);
  }

  /** `ofCell`: a cell said it, and not what takes a message of the page's. */
  function told(widget, { data, buffers }, ofCell) {
    if (data.method === "custom") widget.held?.heard(data.content, buffers);
    if (data.method !== "update") return;
    const state = withBuffers(data.state, data.buffer_paths, buffers);
    if (!widget.held && "_model_name" in state) again(widget, state); // all of it, which was asked for
    if (!widget.held) return;
    const answers = !ofCell && taking[0] === widget.id;
    widget.held.hear(Object.fromEntries(Object.entries(state).filter(([name]) => !widget.side.newer(name, answers))));
  }

  function hear(event, ofCell) {
    const widget = widgets.get(event.comm_id);
    if (event.kind === "open" && event.target_name === "jupyter.widget") open(event);
    else if (event.kind === "taken") {
      taking.shift();
      rested();
      widget?.side.taken();
    } else if (event.kind === "close") close(widget);
    else if (event.kind === "msg" && widget) told(widget, event, ofCell);
  }

  /** No message waits any more, or another one does. */
  function rested() {
    clearTimeout(timer);
    timer = taking.length ? setTimeout(late, PATIENCE, true) : 0;
    late(false);
  }

  function close(widget) {
    if (!widget) return;
    widgets.delete(widget.id);
    for (const [place, stands] of widget.views) {
      stands.end?.();
      place.replaceChildren(note(CLOSED));
    }
  }

  // ---------------------------------------------------------------- views

  /** What Python shows as the view of a widget: an element, or null where the view stands in `own`, a place that the page has for it. */
  function view(id, own) {
    const widget = widgets.get(id);
    if (!widget) return note(CLOSED);
    if (!widget.kind) return note(`${widget.name}: this page shows the book’s own widgets alone. ${ELSEWHERE}`);
    const place = own ?? h("div", { class: "td-place" });
    leave(place, widget);
    const stands = { end: null };
    widget.views.set(place, stands);
    if (widget.held) draw(widget, place, stands);
    else widget.side.ask();
    return own ? null : h("div", { class: "tc-widget td-live", "data-live": true }, place);
  }

  /** The state was let go with the last view: Python has sent it once more. */
  function again(widget, state) {
    hold(widget, state);
    for (const [place, stands] of widget.views) draw(widget, place, stands);
  }

  async function draw(widget, place, stands) {
    const wanted = () => widget.views.get(place) === stands;
    try {
      const { render } = await script(widget.kind);
      if (!wanted()) return;
      place.style.minHeight = `${place.offsetHeight}px`; // what is read below stays where it is
      host.letGo(place);
      place.closest(".td-live").removeAttribute("data-failed");
      place.closest(".td-live").setAttribute("data-live", "");
      stands.end = await render({ model: widget.held.model, el: place, experimental: { ...host.experimental, python: true } });
      if (!wanted()) stands.end();
      else if (widget.gone) widget.held.live(false);
    } catch (error) {
      if (wanted()) place.replaceChildren(note(`${widget.name} could not be shown: ${error?.message ?? error}`));
    }
    place.style.minHeight = "";
  }

  /** The view in a place ends, whosever it was; a widget that has no other lets its state go: Python has it. */
  function leave(place, next = null) {
    for (const widget of [...widgets.values()]) {
      const stands = widget.views.get(place);
      if (!stands) continue;
      widget.views.delete(place);
      stands.end?.();
      if (widget.views.size || widget === next) continue;
      widget.held = null;
      if (widget.gone) widgets.delete(widget.id);
    }
  }

  /** The page's own script where it shows one of the kind, else a file of the book. */
  async function script(kind) {
    const own = await host.script(kind);
    if (!own) files[kind] ??= file(kind);
    return own ?? files[kind];
  }

  async function file(kind) {
    const address = (end) => asset(`widgets/${kind}.${end}?v=${version}`);
    try {
      const style = new Promise((onload, onerror) =>
        document.head.append(h("link", { rel: "stylesheet", href: address("css"), onload, onerror })),
      );
      const [{ default: made }] = await Promise.all([import(address("js")), style]);
      return made;
    } catch {
      delete files[kind];
      throw new Error("a file of it did not come. Look whether there is a connection, and run the cell again.");
    }
  }

  /** Python is gone, and with it the other side of each: what is shown goes on as the page's own, and says so. */
  function end() {
    taking.length = 0;
    rested();
    for (const widget of [...widgets.values()]) {
      widget.gone = true;
      widget.held?.live(false);
      if (!widget.held)
        for (const place of widget.views.keys()) place.replaceChildren(note("Python was gone before this widget was shown."));
      if (!widget.views.size) widgets.delete(widget.id);
    }
  }

  return {
    hear,
    view,
    end,
    /** The views in an output that is emptied end. */
    leaveAll(output) {
      const places = [...widgets.values()].flatMap(({ views }) => [...views.keys()]);
      for (const place of places) if (output.contains(place)) leave(place);
    },
    /** Where the widget stands whose message Python takes: the place that was shown first. */
    spokenTo: () => widgets.get(taking[0])?.views.keys().next().value ?? null,
  };
}

const note = (words) => h("p", { class: "tc-run-note" }, words);
