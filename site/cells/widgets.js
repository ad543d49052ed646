// Widgets that Python has made, alive in the page and in step with it, by Jupyter's widget protocol over the kernel's comm messages.
//
// The book's own come with names in place of scripts, "book:force-lab.js": the page runs the scripts that it has itself. Any other script came
// out of Python, and the page does not run it.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { withBuffers } from "./buffers.js";
import { note } from "./output.js";
import { openSide } from "./python_side.js";
import { PythonWidget } from "./python_widget.js";

const PATIENCE = 3000; // ms in which Python takes a message, as a rule
const ELSEWHERE = "It lives where a notebook runs: in JupyterLab, on Binder or in Colab.";
const CLOSED = "Python has closed this widget.";

/**
 * `comm(message)` sends one to Python; `asset(name)` gives the address of a file in _static, and `version` is that of the widgets' files there;
 * `late(true)` hears that Python has not taken a message for long, and `late(false)` that it has.
 */
export const openWidgets = ({ asset, version, comm, late }) => new PythonWidgets({ script: scripts(asset, version), comm, late });

class PythonWidgets {
  constructor({ script, comm, late }) {
    this.script = script;
    this.comm = comm;
    this.late = late;
    this.widgets = new Map(); // comm id -> PythonWidget
    this.taking = []; // the ids of those whose messages Python has and has not taken, in their order
    this.timer = 0;
  }

  // ---------------------------------------------------------------- what Python says

  /** `ofCell`: a cell said it, and not what takes a message of the page's. */
  hear(event, ofCell) {
    const widget = this.widgets.get(event.comm_id);
    if (event.kind === "open" && event.target_name === "jupyter.widget") this.open(event);
    else if (event.kind === "taken") {
      this.taking.shift();
      this.rested();
      widget?.side.taken();
    } else if (event.kind === "close" && widget) {
      this.widgets.delete(widget.id);
      widget.close(CLOSED);
    } else if (event.kind === "msg" && widget) widget.told(event, !ofCell && this.taking[0] === widget.id);
  }

  open({ comm_id: id, data, buffers }) {
    const side = openSide((message) => {
      this.taking.push(id);
      this.timer ||= this.patience();
      this.comm({ comm_id: id, ...message });
    });
    const state = withBuffers(data.state, data.buffer_paths, buffers);
    this.widgets.set(id, new PythonWidget(id, { state, side, script: this.script }));
  }

  patience() {
    return setTimeout(this.late, PATIENCE, true);
  }

  /** No message waits any more, or another one does. */
  rested() {
    clearTimeout(this.timer);
    this.timer = this.taking.length ? this.patience() : 0;
    this.late(false);
  }

  /** Python is gone, and with it the other side of each. */
  end() {
    this.taking.length = 0;
    this.rested();
    for (const widget of [...this.widgets.values()]) {
      widget.lose();
      if (!widget.views.size) this.widgets.delete(widget.id);
    }
  }

  // ---------------------------------------------------------------- views

  /** What Python shows as the view of a widget: an element, or null where the view stands in `own`, a place that the page has for it. */
  view(id, own) {
    const widget = this.widgets.get(id);
    if (!widget) return note(CLOSED);
    if (!widget.kind) return note(`${widget.name}: this page shows the book’s own widgets alone. ${ELSEWHERE}`);
    const place = own ?? h("div", { class: "td-place" });
    this.leave(place, widget);
    widget.show(place);
    return own ? null : h("div", { class: "tc-widget td-live", "data-live": true }, place);
  }

  /** The view in a place ends, whosever it was; a widget that has no other lets its state go: Python has it. */
  leave(place, next = null) {
    for (const widget of [...this.widgets.values()]) {
      if (!widget.leave(place) || widget.views.size || widget === next) continue;
      widget.held = null;
      if (widget.gone) this.widgets.delete(widget.id);
    }
  }

  /** The views in an output that is emptied end. */
  leaveAll(output) {
    const places = [...this.widgets.values()].flatMap(({ views }) => [...views.keys()]);
    for (const place of places) if (output.contains(place)) this.leave(place);
  }

  /** Where the widget stands whose message Python takes: the place that was shown first. */
  spokenTo() {
    return this.widgets.get(this.taking[0])?.views.keys().next().value ?? null;
  }
}

/** script(kind) is the page's own script where it shows one of the kind, else a file of the book. */
function scripts(asset, version) {
  const files = {}; // kind -> promise of its module, out of a file

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

  return async (kind) => {
    const own = await window.tdHost.script(kind);
    if (!own) files[kind] ??= file(kind);
    return own ?? files[kind];
  };
}
