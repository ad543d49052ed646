// The plane, the space and the tables of a head: in one place, and one of them is to be seen.
import { notice } from "../ui/notice.js";
import { place } from "../ui/numbers.js";
import { hasWebGL } from "../ui/plot.js";
import { table } from "../ui/save/rows.js";
import { sideBySide } from "./attention_panel.js";
import { space } from "./space.js";
import { frameOf, ghostsOf, tracksOf } from "./tracks.js";
import { trailPlane } from "./trails.js";

export class Pictures {
  flat = notice();
  webgl = null; // whether there is WebGL: asked when it is needed

  /** `seen` is what can be drawn of the state that `get()` gives; `number(id)` is what a sentence is called. */
  constructor({ model, experimental, heads, seen, get, number, say, change, redraw }) {
    this.plane = trailPlane({
      label: "The word in each sentence, at this layer. Each is a button: arrow keys go from one to the next, Enter keeps its name open.",
      onResize: redraw,
      onFocus: ({ at, about }) => say(`${about}, at ${place(at)}`),
    });
    this.space = space({
      model,
      experimental,
      get: () => ({ ...get(), ...seen }),
      onTurn: (turn) => change({ turn }),
      onLost: () => {
        this.webgl = false;
        redraw();
      },
    });
    this.tables = sideBySide({ heads, change, number, redraw, get });
    this.elements = [this.plane.element, this.space.element, this.tables.picture];
  }

  /** The directions that are drawn: three where they are wanted and there is WebGL; else those of the plane, and a word about why. */
  components(state) {
    return this.deepens(state) ? [1, 2, 3] : state.components;
  }

  deepens({ dimensions, basis }) {
    if (dimensions === 2 || basis === "anchors") return this.flat.clear(); // two words span a plane
    this.webgl ??= hasWebGL();
    if (this.webgl) this.flat.clear();
    else
      this.flat.say(
        "This browser has no WebGL, which a picture in three dimensions needs. The plane shows the same states along two of the three directions.",
        "note",
      );
    return this.webgl;
  }

  /** `looks` where the tables are to be seen. */
  draw(state, components, layer, looks) {
    const deepens = components.length === 3;
    this.plane.element.hidden = deepens || looks;
    this.space.element.hidden = !deepens || looks;
    this.tables.picture.hidden = !looks;
    this.space.controls.hidden = !deepens;
    if (looks) this.tables.show(state, layer);
    else if (deepens) this.space.draw();
    else if (this.plane.size) {
      const tracks = tracksOf(state.data, state, components),
        ghosts = ghostsOf(state.data, state.ghost, state, components);
      this.plane.draw(tracks, frameOf([...tracks, ...ghosts], 2), axesOf(state, components), state.trails, ghosts);
    }
  }

  /** The same for a table. */
  rows(state, components) {
    const columns = axesOf(state, components);
    return tracksOf(state.data, state, components).flatMap(({ about, whole }) => table("track", about, whole, { columns }));
  }

  stop() {
    this.plane.stop();
    this.space.stop();
  }
}

const axesOf = ({ basis, anchors }, components) =>
  basis === "anchors" ? anchors.map((word) => `cosine with “${word}”`) : components.map((k) => `direction ${k}`);
