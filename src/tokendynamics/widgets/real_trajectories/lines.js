// Numbers by layer as lines, named where they end; the current layer is a rule across them.
import { scaleLinear } from "d3-scale";
import { chart } from "../ui/drawing.js";
import { changed, worded, write } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";

const HEIGHT = 122,
  LEFT = 34,
  RIGHT = 110,
  TOP = 10,
  BOTTOM = 26;

/** series: {name, values, kind}; kind is "main", "second" or "control". A line with a NaN in it is left out. `from` is the first layer's number. */
export function lineChart({ onResize }) {
  const view = chart({ layers: ["grid", "now", "lines", "dots", "names"], height: HEIGHT, onResize });
  const { svg, layer } = view;

  function draw({ label, series, last, current, low, high, from = 0 }) {
    if (!view.width) return;
    const drawn = series.filter(({ values }) => values.every(Number.isFinite));
    const all = drawn.flatMap(({ values }) => values);
    const x = scaleLinear([0, last], [LEFT, view.width - RIGHT]);
    const y = scaleLinear([Math.min(low, ...all), Math.max(high, ...all)], [HEIGHT - BOTTOM, TOP]).nice(10);
    svg.attr(
      "aria-label",
      `${label} by layer. ${drawn.map(({ name, values }) => `${name}: ${values.map((v) => fixed(v)).join(", ")}`).join(". ")}.`,
    );
    drawGrid(layer, { x, y, layers: Array.from({ length: last + 1 }, (_, t) => t + from) });
    drawNow(layer, x(current));
    drawLines(layer, { x, y, drawn, near: Math.round(current) });
  }
  return { element: view.element, draw, stop: view.stop };
}

/** Rules at a few heights, with their numbers; below, those of the layers. */
function drawGrid(layer, { x, y, layers }) {
  const [left, to] = x.range();
  layer.grid.selectAll("line").data(y.ticks(3)).join("line").attr("x1", left).attr("x2", to).attr("y1", y).attr("y2", y);
  const marks = [
    ...y.ticks(3).map((t) => ({ x: left - 6, y: y(t) + 4, anchor: "end", text: fixed(t, 2) })),
    ...layers.map((number, t) => ({ x: x(t), y: HEIGHT - 8, anchor: "middle", text: number })),
    { x: to + 8, y: HEIGHT - 8, anchor: "start", text: "layer" },
  ];
  write(layer.grid.selectAll("text").data(marks).join("text"));
}

function drawNow(layer, across) {
  layer.now
    .selectAll("line")
    .data([across])
    .join("line")
    .attr("x1", (d) => d)
    .attr("x2", (d) => d)
    .attr("y1", TOP)
    .attr("y2", HEIGHT - BOTTOM);
}

/** The lines with a dot at each layer, the one at the `near` layer larger, and their names. */
function drawLines(layer, { x, y, drawn, near }) {
  layer.lines
    .selectAll("path")
    .data(drawn, (d) => d.name)
    .join("path")
    .attr("class", (d) => `td-${d.kind}`)
    .attr("d", ({ values }) => `M${values.map((v, t) => `${x(t)},${y(v)}`).join("L")}`);
  layer.dots
    .selectAll("circle")
    .data(drawn.flatMap((d) => d.values.map((v, t) => ({ ...d, v, t }))))
    .join("circle")
    .filter(changed((d) => `${d.kind} ${x(d.t)} ${y(d.v)} ${d.t === near}`))
    .attr("class", (d) => `td-${d.kind}`)
    .attr("cx", (d) => x(d.t))
    .attr("cy", (d) => y(d.v))
    .attr("r", (d) => (d.t === near ? 5 : 2.8));
  layer.names
    .selectAll("text")
    .data(apart(drawn.map((d) => ({ ...d, at: y(d.values.at(-1)) }))), (d) => d.name)
    .join("text")
    .attr("class", (d) => `td-${d.kind}`)
    .attr("x", x.range()[1] + 9)
    .attr("y", (d) => d.at + 4)
    .call(worded, (d) => d.name);
}

/** Names of lines that end close together, moved down to stand 15 px apart, and back up where they leave the chart. */
function apart(names) {
  const sorted = [...names].sort((a, b) => a.at - b.at);
  for (let i = 1; i < sorted.length; i++) sorted[i].at = Math.max(sorted[i].at, sorted[i - 1].at + 15);
  let floor = HEIGHT - BOTTOM;
  for (const each of sorted.reverse()) {
    each.at = Math.min(each.at, floor);
    floor = each.at - 15;
  }
  return sorted;
}
