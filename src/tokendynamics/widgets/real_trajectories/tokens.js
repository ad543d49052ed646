// The tokens of a plane as buttons: one tab stop for all, arrow keys from one to the next, Enter keeps a name open.
import { listStep } from "../ui/handles.js";
import { worded } from "../ui/marks.js";
import { SHAPES, senseClass } from "./sense_marks.js";
import { placed } from "./token_names.js";

/** `onFocus(track)` hears which token has the focus; `plane` as `square` of ui/drawing.js gives it. */
export class Tokens {
  kept = new Set(); // keys of tokens whose names stay
  near = null; // the key of the one that is pointed at
  current = null; // of the tab stop
  tracks = [];
  taken = []; // where no name may stand

  constructor(plane, onFocus) {
    this.plane = plane;
    this.onFocus = onFocus;
  }

  draw(tracks, taken) {
    const { layer, x, y } = this.plane;
    Object.assign(this, { tracks, taken });
    if (!tracks.some((d) => d.key === this.current)) this.current = (tracks.find((d) => d.main) ?? tracks[0])?.key;
    layer.tokens
      .selectAll("g")
      .data(tracks, (d) => d.key)
      .join((entering) => this.enter(entering))
      .attr("class", (d) => `td-token ${senseClass(d.sense)}${d.main ? " td-main" : ""}`)
      .attr("transform", (d) => `translate(${x(d.at[0])},${y(d.at[1])})`)
      .attr("aria-label", (d) => d.about)
      .attr("aria-pressed", (d) => String(this.kept.has(d.key)))
      .attr("tabindex", (d) => (d.key === this.current ? 0 : -1))
      .attr("data-token", (d) => d.key)
      .select(".td-shape")
      .attr("d", (d) => SHAPES[d.sense % SHAPES.length])
      .attr("transform", (d) => (d.main ? null : "scale(0.5)"));
    this.drawNames();
  }

  enter(entering) {
    const g = entering.append("g").attr("role", "button");
    g.append("circle")
      .attr("class", "td-target")
      .attr("r", (d) => (d.main ? 20 : 9));
    g.append("path").attr("class", "td-shape");
    return g
      .on("pointerenter", (_, d) => this.point(d.key))
      .on("pointerleave", () => this.point(null))
      .on("focus", (_, d) => {
        this.current = d.key;
        this.point(d.key);
        this.onFocus(d);
      })
      .on("blur", () => this.point(null))
      .on("click", (_, d) => this.keep(d.key))
      .on("keydown", (event, d) => this.press(event, d));
  }

  point(key) {
    this.near = key;
    this.drawNames();
  }

  keep(key) {
    if (!this.kept.delete(key)) this.kept.add(key);
    this.plane.layer.tokens.selectAll("g").attr("aria-pressed", (d) => String(this.kept.has(d.key)));
    this.drawNames();
  }

  press(event, { key }) {
    const by = listStep(event),
      count = this.tracks.length;
    if (by) this.focus(this.tracks[(this.tracks.findIndex((each) => each.key === key) + by + count) % count].key);
    else if (event.key === "Enter" || event.key === " ") this.keep(key);
    else return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
  }

  focus(key) {
    this.current = key;
    const groups = this.plane.layer.tokens.selectAll("g").attr("tabindex", (each) => (each.key === key ? 0 : -1));
    groups
      .filter((each) => each.key === key)
      .node()
      .focus();
  }

  /** What is named always; the full name of a token while it is pointed at, focused or kept open. */
  drawNames() {
    const whole = (track) => track.key === this.near || this.kept.has(track.key);
    const names = this.tracks
      .filter((track) => track.named || whole(track))
      .map((track) => ({ track, words: whole(track) ? track.name : track.short }));
    this.plane.layer.names
      .selectAll("text")
      .data(placed(names, this.plane, this.taken), ({ track }) => track.key)
      .join("text")
      .attr("x", (one) => one.left)
      .attr("y", (one) => one.top + 12)
      .classed("td-main", ({ track }) => track.main)
      .call(worded, ({ words }) => words);
  }
}
