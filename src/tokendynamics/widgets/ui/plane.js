// A square piece of the plane that can be dragged in: a canvas for the landscape, an SVG on top for what has
// edges, tokens that move by pointer, touch and arrow keys. It knows pixels; it knows nothing of attention.
import { pointer } from "d3-selection";
import { h } from "./dom.js";
import { drawAxes, square } from "./drawing.js";
import { held } from "./film.js";
import { draggable, movedByKeys } from "./handles.js";
import { worded } from "./marks.js";
import { fixed } from "./numbers.js";

const SMALLEST = 3; // half the side of the plane, in the tokens' units
const TARGET = 22; // radius of what a finger hits, px

/**
 * @param {object} given
 * @param {string} given.label
 * @param {(index: number, at: number[] | null) => void} given.onMove null when it is let go
 * @param {(index: number) => void} given.onSelect
 * @param {(index: number) => void} [given.onRemove]
 * @param {(at: number[]) => void} given.onAdd
 * @param {() => void} given.onResize
 */
export function plane({ label, onMove, onSelect, onRemove = () => {}, onAdd, onResize }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const board = square({
    label,
    layers: ["axes", "field", "felt", "trails", "links", "arrows", "tokens", "hands"],
    canvas,
    onSize() {
      rescale();
      onResize();
    },
  });
  const view = Object.assign(board, {
    canvas,
    extent: SMALLEST,
    dragging: false,
    held: false,
    fit,
    framed,
    drawTokens,
    reset,
    pixel,
    place,
  });
  const { x, y, layer } = view;

  function pixel(at) {
    return [x(at[0]), y(at[1])];
  }
  function place(px, py) {
    return [inside(x.invert(px)), inside(y.invert(py))];
  }

  function rescale() {
    x.domain([-view.extent, view.extent]).range([0, view.size]);
    y.domain([-view.extent, view.extent]).range([view.size, 0]);
    const ticks = x.ticks(view.size < 240 ? 2 : 6).filter((t) => t !== 0 && Math.abs(t) < view.extent * 0.95);
    drawAxes(view, { across: ticks, up: ticks, print: (t) => fixed(t, t % 1 ? 1 : 0) });
  }

  /** Zoom out at once when a token leaves; zoom in only when all have come well inside, and no further than to `smallest`. */
  function fit(tokens, smallest = SMALLEST) {
    if (view.dragging || view.held) return;
    const reach = 1.12 * Math.max(...tokens.map(([a, b]) => Math.max(Math.abs(a), Math.abs(b))));
    let extent = view.extent;
    while (extent < reach && extent < 1e9) extent *= 2;
    while (extent > smallest && extent / 2.6 > reach) extent /= 2;
    if (extent === view.extent) return;
    view.extent = extent;
    rescale();
  }

  /** `make()` while the plane shows all of `points`, and neither more nor less. */
  function framed(points, smallest, make) {
    return held(view, () => fit(points, smallest), make).finally(rescale);
  }

  /** Find the size again that shows all. */
  function reset() {
    view.extent = SMALLEST / 4;
  }

  const inside = (value) => Math.round(Math.max(-view.extent, Math.min(view.extent, value)) * 1000) / 1000;
  const dragging = draggable(view, {
    at: (d) => pixel(d.at),
    to: (event) => place(event.x, event.y),
    onMove,
  });
  const select = (d) => onSelect(d.index),
    remove = (d) => onRemove(d.index);
  const key = movedByKeys({
    step(d, towards, fast) {
      const far = (view.extent / SMALLEST) * (fast ? 0.5 : 0.1);
      return [0, 1].map((k) => inside(d.at[k] + far * towards[k]));
    },
    onMove,
    others: { Enter: select, " ": select, Delete: remove, Backspace: remove },
  });

  /** Tokens as focusable, named, draggable things; `say(index)` is what each is called to a screen reader. */
  function drawTokens(tokens, names, selected, say) {
    const data = tokens.map((at, index) => ({ at, index, name: names[index], on: index === selected }));
    layer.tokens
      .selectAll("g.td-token")
      .data(data)
      .join((enter) => {
        const g = enter.append("g").attr("class", "td-token").attr("tabindex", 0).attr("role", "button");
        g.append("circle").attr("class", "td-target").attr("r", TARGET);
        g.append("circle").attr("class", "td-ring").attr("r", 13);
        g.append("circle").attr("class", "td-dot").attr("r", 7);
        g.append("text").attr("x", 12).attr("y", -10);
        return g
          .call(dragging)
          .on("click", (_, d) => onSelect(d.index))
          .on("keydown", key);
      })
      .attr("transform", (d) => `translate(${x(d.at[0])},${y(d.at[1])})`)
      .attr("aria-pressed", (d) => String(d.on))
      .attr("aria-label", (d) => say(d.index))
      .attr("data-token", (d) => d.index)
      .classed("td-selected", (d) => d.on)
      .select("text")
      .attr("x", (d) => (x(d.at[0]) > view.size - 70 ? -12 : 12))
      .attr("text-anchor", (d) => (x(d.at[0]) > view.size - 70 ? "end" : "start"))
      .attr("y", (d) => (y(d.at[1]) < 26 ? 20 : -10))
      .call(worded, (d) => d.name);
  }

  view.svg.on("dblclick", (event) => {
    if (event.target.closest(".td-token")) return;
    const [px, py] = pointer(event, view.svg.node());
    onAdd(place(px, py));
  });
  return view;
}
