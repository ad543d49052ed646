// One widget that Python has made: its state as the page holds it, and the views of it.
import { makeModel } from "../widget_model.js";
import { withBuffers } from "./buffers.js";
import { note } from "./output.js";

const OURS = /^book:([a-z-]+)\.js$/;

export class PythonWidget {
  /** `state` as Python sent it, with its buffers; `side` is its way to Python, and `script(kind)` a promise of the module of a kind. */
  constructor(id, { state, side, script }) {
    this.id = id;
    this.side = side;
    this.script = script;
    this.kind = null; // of the book's own, if it is one
    this.name = "This widget";
    this.held = null; // its model
    this.views = new Map(); // place -> {end}
    this.gone = false; // whether Python is
    this.hold(state);
  }

  hold(state) {
    const { _esm, _css, ...rest } = state;
    this.kind = OURS.exec(_esm)?.[1] ?? null;
    this.name = state._anywidget_id?.split(".").at(-1) ?? state._model_name?.replace(/Model$/, "") ?? this.name;
    this.held = makeModel(rest, this.side);
  }

  /** `answers`: Python says it while it takes a message of this widget's. */
  told({ data, buffers }, answers) {
    if (data.method === "custom") this.held?.heard(data.content, buffers);
    if (data.method !== "update") return;
    const state = withBuffers(data.state, data.buffer_paths, buffers);
    if (!this.held && "_model_name" in state) this.again(state); // all of it, which was asked for
    this.held?.hear(Object.fromEntries(Object.entries(state).filter(([name]) => !this.side.newer(name, answers))));
  }

  show(place) {
    const stands = { end: null };
    this.views.set(place, stands);
    if (this.held) this.draw(place, stands);
    else this.side.ask();
  }

  /** The state was let go with the last view: Python has sent it once more. */
  again(state) {
    this.hold(state);
    for (const [place, stands] of this.views) this.draw(place, stands);
  }

  async draw(place, stands) {
    const wanted = () => this.views.get(place) === stands;
    const host = window.tdHost;
    try {
      const { render } = await this.script(this.kind);
      if (!wanted()) return;
      place.style.minHeight = `${place.offsetHeight}px`; // what is read below stays where it is
      host.letGo(place);
      place.closest(".td-live").removeAttribute("data-failed");
      place.closest(".td-live").setAttribute("data-live", "");
      stands.end = await render({ model: this.held.model, el: place, experimental: { ...host.experimental, python: true } });
      if (!wanted()) stands.end();
      else if (this.gone) this.held.live(false);
    } catch (error) {
      if (wanted()) place.replaceChildren(note(`${this.name} could not be shown: ${error?.message ?? error}`));
    }
    place.style.minHeight = "";
  }

  /** The view in a place ends; whether one stood there. */
  leave(place) {
    const stands = this.views.get(place);
    this.views.delete(place);
    stands?.end?.();
    return Boolean(stands);
  }

  /** It is no more: `words` take the place of each view. */
  close(words) {
    for (const [place, stands] of this.views) {
      stands.end?.();
      place.replaceChildren(note(words));
    }
  }

  /** Python is gone: what is shown goes on as the page's own, and says so. */
  lose() {
    this.gone = true;
    this.held?.live(false);
    if (!this.held) for (const place of this.views.keys()) place.replaceChildren(note("Python was gone before this widget was shown."));
  }
}
