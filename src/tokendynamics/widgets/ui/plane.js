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
      rescale(view);
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
  const byHand = movable(view, { onMove, onSelect, onRemove });

  function pixel(at) {
    return [x(at[0]), y(at[1])];
  }
  function place(px, py) {
    return [inside(view, x.invert(px)), inside(view, y.invert(py))];
  }
  function fit(tokens, smallest = SMALLEST) {
    fitTo(view, tokens, smallest);
  }
  /** `make()` while the plane shows all of `points`, and neither more nor less. */
  function framed(points, smallest, make) {
    return held(view, () => fit(points, smallest), make).finally(() => rescale(view));
  }
  /** Find the size again that shows all. */
  function reset() {
    view.extent = SMALLEST / 4;
  }

  /** Tokens as focusable, named, draggable things; `say(index)` is what each is called to a screen reader. */
  function drawTokens(tokens, names, selected, say) {
    const data = tokens.map((at, index) => ({ at, index, name: names[index], on: index === selected, about: say(index) }));
    const drawn = layer.tokens.selectAll("g.td-token").data(data);
    drawn.join((enter) => newTokens(enter).call(byHand)).call(putTokens, view);
  }

  view.svg.on("dblclick", (event) => {
    if (event.target.closest(".td-token")) return;
    const [px, py] = pointer(event, view.svg.node());
    onAdd(place(px, py));
  });
  return view;
}

/** A coordinate that lies in the plane, in thousandths. */
const inside = ({ extent }, value) => Math.round(Math.max(-extent, Math.min(extent, value)) * 1000) / 1000;

function rescale(view) {
  const { x, y, size, extent } = view;
  x.domain([-extent, extent]).range([0, size]);
  y.domain([-extent, extent]).range([size, 0]);
  const ticks = x.ticks(size < 240 ? 2 : 6).filter((t) => t !== 0 && Math.abs(t) < extent * 0.95);
  drawAxes(view, { across: ticks, up: ticks, print: (t) => fixed(t, t % 1 ? 1 : 0) });
}

/** Zoom out at once when a token leaves; zoom in only when all have come well inside, and no further than to `smallest`. */
function fitTo(view, tokens, smallest) {
  if (view.dragging || view.held) return;
  const reach = 1.12 * Math.max(...tokens.map(([a, b]) => Math.max(Math.abs(a), Math.abs(b))));
  let extent = view.extent;
  while (extent < reach && extent < 1e9) extent *= 2;
  while (extent > smallest && extent / 2.6 > reach) extent /= 2;
  if (extent === view.extent) return;
  view.extent = extent;
  rescale(view);
}

/** For `selection.call`: tokens that move by pointer, touch and arrow keys, and are selected and removed. */
function movable(view, { onMove, onSelect, onRemove }) {
  const dragging = draggable(view, {
    at: (d) => view.pixel(d.at),
    to: (event) => view.place(event.x, event.y),
    onMove,
  });
  const select = (d) => onSelect(d.index),
    remove = (d) => onRemove(d.index);
  const key = movedByKeys({
    step(d, towards, fast) {
      const far = (view.extent / SMALLEST) * (fast ? 0.5 : 0.1);
      return [0, 1].map((k) => inside(view, d.at[k] + far * towards[k]));
    },
    onMove,
    others: { Enter: select, " ": select, Delete: remove, Backspace: remove },
  });
  return (tokens) =>
    tokens
      .call(dragging)
      .on("click", (_, d) => select(d))
      .on("keydown", key);
}

function newTokens(enter) {
  const g = enter.append("g").attr("class", "td-token").attr("tabindex", 0).attr("role", "button");
  g.append("circle").attr("class", "td-target").attr("r", TARGET);
  g.append("circle").attr("class", "td-ring").attr("r", 13);
  g.append("circle").attr("class", "td-dot").attr("r", 7);
  g.append("text").attr("x", 12).attr("y", -10);
  return g;
}

/** Each token where it is and as it is; its name stands where the plane leaves room for it. */
function putTokens(tokens, { x, y, size }) {
  const atEdge = (d) => x(d.at[0]) > size - 70;
  tokens
    .attr("transform", (d) => `translate(${x(d.at[0])},${y(d.at[1])})`)
    .attr("aria-pressed", (d) => String(d.on))
    .attr("aria-label", (d) => d.about)
    .attr("data-token", (d) => d.index)
    .classed("td-selected", (d) => d.on)
    .select("text")
    .attr("x", (d) => (atEdge(d) ? -12 : 12))
    .attr("text-anchor", (d) => (atEdge(d) ? "end" : "start"))
    .attr("y", (d) => (y(d.at[1]) < 26 ? 20 : -10))
    .call(worded, (d) => d.name);
}
