// Numbers by layer in rows that share one time axis, as lines named where they end. While time runs only the rule and
// the dots move: a row's line is drawn again when its values are others.
import { scaleLinear } from "d3-scale";
import { h } from "./dom.js";
import { layered, onWidth, sized, unit } from "./drawing.js";
import { write } from "./marks.js";
import { format } from "./numbers.js";
import { table } from "./save/rows.js";

const ROW = 70,
  LEFT = 52,
  RIGHT = 18,
  TOP = 22,
  BOTTOM = 26,
  PAD = 10;

/** The numbers of such rows, as they are saved. */
export const meterTable = (rows) =>
  rows.flatMap(({ name, series }) => series.flatMap((each) => table("meter", [name, each.name].filter(Boolean).join(": "), each.values)));

/**
 * @param {object} given
 * @param {string} given.label
 * @param {(layer: number) => void} [given.onScrub] hears where in time the charts are pressed
 * @param {() => void} given.onResize
 */
export function meterRows({ label, onScrub = () => {}, onResize }) {
  const { svg, layer } = layered(["grid", "lines", "now", "dots", "words"]);
  const element = h("div", { class: "td-meters" }, svg.node());
  const view = { element, width: 0, draw, stop: onWidth(element, resize) };
  const x = scaleLinear();
  let drawn = null,
    scales = [],
    last = 0;

  /** rows: {name, series: [{name, kind, values}], low, high}; a value that is not finite breaks its line. `first` is what 0 is called. */
  function draw(rows, end, current, time, first = 0) {
    if (!view.width || element.closest("[hidden]")) return; // in a panel that is not open
    const key = [view.width, end, time, ...rows.flatMap((row) => [row.name, ...row.series.map((s) => s.values)])];
    if (!drawn || key.length !== drawn.length || key.some((part, i) => part !== drawn[i])) {
      drawn = key;
      last = end;
      drawLines(rows, time, first);
    }
    const near = Math.min(last, Math.round(current));
    drawRule(layer.now, x(Math.min(current, last)), height(rows) - BOTTOM);
    drawDots(layer.dots, rows, scales, near, x(near));
  }

  function drawLines(rows, time, first) {
    sized(svg, view.width, height(rows));
    x.domain([0, Math.max(last, 1)]).range([LEFT, view.width - RIGHT]);
    scales = rows.map(scaleOf);
    const ticks = scales.flatMap((y) => y.domain().map((t) => ({ t, y: y(t) })));
    drawGrid(layer.grid, ticks, view.width - RIGHT);
    const every = x.ticks(Math.min(last, Math.max(2, Math.floor(view.width / 90)))).filter(Number.isInteger);
    const foot = height(rows) - 8;
    drawWords(layer.words, [
      ...ticks.map((d) => ({ x: LEFT - 6, y: d.y + 4, anchor: "end", text: format(d.t, 3) })),
      ...rows.map((row, r) => ({ x: LEFT, y: r * ROW + TOP - 7, anchor: "start", text: row.name, strong: true })),
      ...every.map((t) => ({ x: x(t), y: foot, anchor: "middle", text: t + first })),
      { x: LEFT - 10, y: foot, anchor: "end", text: time },
    ]);
    drawPaths(layer.lines, rows, x, scales);
    svg.attr("aria-label", `${label} ${rows.map(describe).join(" ")}`);
  }

  onPress(svg.node(), (left) => onScrub(Math.max(0, Math.min(last, Math.round(x.invert(left))))));

  function resize(width) {
    view.width = width;
    onResize();
  }
  return view;
}

const height = (rows) => rows.length * ROW + BOTTOM;

/** From a row's values to pixels down the chart. */
function scaleOf(row, r) {
  const all = row.series.flatMap((s) => s.values).filter(Number.isFinite);
  let low = Math.min(row.low ?? Infinity, ...all),
    high = Math.max(row.high ?? -Infinity, ...all);
  if (!(high - low > 1e-9 * Math.max(1, Math.abs(high)))) [low, high] = [low - 0.5, high + 0.5]; // a level line, or none
  return scaleLinear([low, high], [(r + 1) * ROW - PAD, r * ROW + TOP]);
}

function drawGrid(grid, ticks, right) {
  grid
    .selectAll("line")
    .data(ticks)
    .join("line")
    .attr("x1", LEFT)
    .attr("x2", right)
    .attr("y1", (d) => d.y)
    .attr("y2", (d) => d.y);
}

function drawWords(words, texts) {
  write(
    words
      .selectAll("text")
      .data(texts)
      .join("text")
      .classed("td-strong", (d) => Boolean(d.strong)),
  );
}

function drawPaths(lines, rows, x, scales) {
  const paths = rows.flatMap((row, r) => row.series.map((s) => ({ kind: s.kind, d: path(s.values, x, scales[r]) })));
  lines
    .selectAll("path")
    .data(paths)
    .join("path")
    .attr("class", (d) => `td-${d.kind}`)
    .attr("d", (d) => d.d);
}

function path(values, x, y) {
  let text = "",
    pen = "M";
  for (const [t, v] of values.entries()) {
    const there = Number.isFinite(v);
    if (there) text += `${pen}${x(t).toFixed(1)},${y(v).toFixed(1)}`;
    pen = there ? "L" : "M";
  }
  return text;
}

function drawRule(now, at, foot) {
  now
    .selectAll("line")
    .data([at])
    .join("line")
    .attr("x1", (d) => d)
    .attr("x2", (d) => d)
    .attr("y1", 4)
    .attr("y2", foot);
}

/** A dot on each line at the layer `near`, which is `at` across. */
function drawDots(dots, rows, scales, near, at) {
  const marks = rows
    .flatMap((row, r) => row.series.map((s) => ({ kind: s.kind, at: scales[r](s.values[near]), ok: Number.isFinite(s.values[near]) })))
    .filter((d) => d.ok);
  dots
    .selectAll("circle")
    .data(marks)
    .join("circle")
    .attr("class", (d) => `td-${d.kind}`)
    .attr("r", 4.5)
    .attr("cx", at)
    .attr("cy", (d) => d.at);
}

const describe = ({ name, series }) =>
  `${name}: ${series
    .map((s) => {
      const good = s.values.filter(Number.isFinite);
      return good.length ? `${s.name ? `${s.name} ` : ""}from ${format(good[0])} to ${format(good.at(-1))}` : "no numbers";
    })
    .join("; ")}.`;

/** `scrub(left)` hears where a chart is pressed, and where the pointer goes until it lets go, in units from its left edge. */
function onPress(chart, scrub) {
  const press = (event) => scrub((event.clientX - chart.getBoundingClientRect().left) / unit());
  let held = false;
  chart.addEventListener("pointerdown", (event) => {
    held = true;
    chart.setPointerCapture(event.pointerId);
    press(event);
  });
  chart.addEventListener("pointermove", (event) => held && press(event));
  for (const end of ["pointerup", "pointercancel"])
    chart.addEventListener(end, () => {
      held = false;
    });
}
