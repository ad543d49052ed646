// A square piece of the plane that can be dragged in: a canvas for the landscape, an SVG on top for what has
// edges, tokens that move by pointer, touch and arrow keys. It knows pixels; it knows nothing of attention.
import { drag } from "d3-drag";
import { scaleLinear } from "d3-scale";
import { pointer, select } from "d3-selection";
import { h } from "./dom.js";
import { worded, write } from "./marks.js";
import { fixed } from "./numbers.js";
import { onWidth } from "./width.js";

const SMALLEST = 3; // half the side of the plane, in the tokens' units
const TARGET = 22; // radius of what a finger hits, px

export function plane({ label, onMove, onSelect, onRemove, onAdd, onResize }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const svg = select(document.createElementNS("http://www.w3.org/2000/svg", "svg")).attr("role", "group").attr("aria-label", label);
  const layer = Object.fromEntries(
    ["axes", "field", "links", "arrows", "tokens"].map((name) => [
      name,
      svg
        .append("g")
        .attr("class", `td-${name}`)
        .attr("aria-hidden", name === "tokens" ? null : "true"),
    ]),
  );
  const element = h("div", { class: "td-plane" }, canvas, svg.node());
  const x = scaleLinear(),
    y = scaleLinear();
  const view = { element, canvas, layer, x, y, size: 0, extent: SMALLEST, dragging: false };

  function rescale() {
    x.domain([-view.extent, view.extent]).range([0, view.size]);
    y.domain([-view.extent, view.extent]).range([view.size, 0]);
    axes();
  }

  function axes() {
    const ticks = x.ticks(6).filter((t) => t !== 0 && Math.abs(t) < view.extent * 0.95);
    const marks = ticks.flatMap((t) => [
      { key: `x${t}`, x: x(t), y: view.size - 6, anchor: "middle", text: fixed(t, t % 1 ? 1 : 0) },
      { key: `y${t}`, x: 6, y: y(t) + 4, anchor: "start", text: fixed(t, t % 1 ? 1 : 0) },
    ]);
    layer.axes
      .selectAll("line")
      .data([
        ["x", x(0), 0, x(0), view.size],
        ["y", 0, y(0), view.size, y(0)],
      ])
      .join("line")
      .attr("x1", (d) => d[1])
      .attr("y1", (d) => d[2])
      .attr("x2", (d) => d[3])
      .attr("y2", (d) => d[4]);
    write(
      layer.axes
        .selectAll("text")
        .data(marks, (d) => d.key)
        .join("text"),
    );
  }

  /** Zoom out at once when a token leaves; zoom in only when all have come well inside. */
  view.fit = (tokens) => {
    if (view.dragging) return;
    const reach = 1.12 * Math.max(...tokens.map(([a, b]) => Math.max(Math.abs(a), Math.abs(b))));
    let extent = view.extent;
    while (extent < reach && extent < 1e9) extent *= 2;
    while (extent > SMALLEST && extent / 2.6 > reach) extent /= 2;
    if (extent === view.extent) return;
    view.extent = extent;
    rescale();
  };

  const inside = (value) => Math.round(Math.max(-view.extent, Math.min(view.extent, value)) * 1000) / 1000;
  const here = (event) => [inside(x.invert(event.x)), inside(y.invert(event.y))];

  const dragging = drag()
    .container(svg.node())
    .subject((event, d) => ({ x: x(d.at[0]), y: y(d.at[1]) }))
    .clickDistance(4)
    .on("start", () => (view.dragging = true))
    .on("drag", (event, d) => onMove(d.index, here(event)))
    .on("end", (event, d) => {
      view.dragging = false;
      onMove(d.index, null);
    });

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  function key(event, d) {
    const towards = steps[event.key];
    if (towards) {
      const far = (view.extent / SMALLEST) * (event.shiftKey ? 0.5 : 0.1);
      d.at = [inside(d.at[0] + far * towards[0]), inside(d.at[1] + far * towards[1])]; // a second key may come before the next frame
      onMove(d.index, d.at);
    } else if (event.key === "Enter" || event.key === " ") onSelect(d.index);
    else if (event.key === "Delete" || event.key === "Backspace") onRemove(d.index);
    else return;
    event.preventDefault();
  }

  /** Tokens as focusable, named, draggable things; `say(index)` is what each is called to a screen reader. */
  view.drawTokens = (tokens, names, selected, say) => {
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
          .on("click", (event, d) => onSelect(d.index))
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
  };

  svg.on("dblclick", (event) => {
    if (event.target.closest(".td-token")) return;
    const [px, py] = pointer(event, svg.node());
    onAdd([inside(x.invert(px)), inside(y.invert(py))]);
  });

  view.stop = onWidth(element, (size) => {
    view.size = size;
    const density = Math.min(devicePixelRatio || 1, 2);
    canvas.width = canvas.height = size * density;
    svg.attr("width", size).attr("height", size).attr("viewBox", `0 0 ${size} ${size}`);
    rescale();
    onResize();
  });
  return view;
}
