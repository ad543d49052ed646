// Up to four runs as lines over the steps of training, by one measure or by two, each named where it ends, as large as their place.
import { scaleLinear } from "d3-scale";
import { h } from "../ui/dom.js";
import { layered, sized, unit } from "../ui/drawing.js";
import { write } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";

const LEFT = 36,
  RIGHT = 22,
  TOP = 8,
  BOTTOM = 22,
  GAP = 16, // between two measures
  APART = 14; // of two names

export function curves({ onResize }) {
  const { svg, layer } = layered(["grid", "lines", "names"]);
  const element = h("div", { class: "td-curves" }, svg.node());
  let width = 0,
    height = 0;
  const watch = new ResizeObserver(() => {
    const [wide, high] = [element.clientWidth, element.clientHeight].map((pixels) => pixels / unit());
    if (!wide || (wide === width && high === height)) return;
    [width, height] = [wide, high];
    sized(svg, width, height);
    onResize();
  });
  watch.observe(element);

  /**
   * bands: one or two measures, one below the other over the same steps: {label, points(run): [step, value], chance: a dashed line, or null}.
   * runs: {number, title, records}.
   */
  function draw({ bands, runs, steps }) {
    if (!width) return;
    const begun = runs.filter(({ records }) => records.length);
    const x = scaleLinear([0, steps], [LEFT, width - RIGHT]),
      drawn = laid(bands, begun, height);
    svg.attr("aria-label", drawn.map(told).join(" "));
    drawGrid(layer.grid, drawn, { x, width, height, empty: !begun.length });
    drawLines(layer.lines, drawn, x);
    drawNames(layer.names, drawn, x);
  }

  return { element, draw, stop: () => watch.disconnect() };
}

/** Each band with its lines, its scale, and where it stands. */
function laid(bands, runs, height) {
  const high = (height - TOP - BOTTOM - GAP * (bands.length - 1)) / bands.length;
  return bands.map(({ label, points, chance }, i) => {
    const lines = runs.map((run) => ({ ...run, band: i, points: points(run) })),
      values = lines.flatMap((line) => line.points.map(([, value]) => value));
    const top = TOP + i * (high + GAP),
      bottom = top + high;
    const y = scaleLinear(values.some((value) => value < 0) ? [Math.min(-1, ...values), 0] : [0, 1], [bottom, top]).nice(5);
    return { label, chance, lines, y, top, bottom };
  });
}

/** A band in words. */
function told({ label, lines }) {
  const ends = lines.map(({ title, points }) => `${title}: ${fixed(points.at(-1)[1])} at step ${points.at(-1)[0]}`);
  return `${label} over the steps of training. ${ends.join(". ") || "Nothing trained yet"}.`;
}

function drawGrid(grid, drawn, { x, width, height, empty }) {
  const [from, to] = x.range();
  const levels = drawn.flatMap(({ y, top, bottom }) => y.ticks(bottom - top < 140 ? 3 : 5).map((t) => ({ t, y: y(t) })));
  const chances = drawn.filter(({ chance }) => chance != null).map(({ y, chance }) => ({ y: y(chance), kind: "td-chance" }));
  grid
    .selectAll("line")
    .data([...levels.map((level) => ({ ...level, kind: "td-tick" })), ...chances])
    .join("line")
    .attr("class", (d) => d.kind)
    .attr("x1", from)
    .attr("x2", to)
    .attr("y1", (d) => d.y)
    .attr("y2", (d) => d.y);
  const marks = [
    ...levels.map(({ t, y }) => ({ x: from - 6, y: y + 4, anchor: "end", text: fixed(t, 1) })),
    ...x.ticks(width < 420 ? 3 : 6).map((t) => ({ x: x(t), y: height - 6, anchor: "middle", text: t })),
    { x: from - 8, y: height - 6, anchor: "end", text: "step" },
    ...(empty
      ? [{ x: (from + to) / 2, y: (height - BOTTOM + TOP) / 2 - 6, anchor: "middle", text: "Train draws a line here.", hint: true }]
      : []),
  ];
  write(
    grid
      .selectAll("text")
      .data(marks)
      .join("text")
      .attr("class", (d) => (d.hint ? "td-waits" : null)),
  );
}

const keyed = (d) => `${d.number} ${d.band}`;

function drawLines(layer, drawn, x) {
  layer
    .selectAll("path")
    .data(
      drawn.flatMap(({ lines, y }) => lines.map((line) => ({ ...line, y }))),
      keyed,
    )
    .join("path")
    .attr("class", (d) => `td-run td-run-${d.number}`)
    .attr("d", ({ points, y }) => `M${points.map(([step, value]) => `${x(step)},${y(value)}`).join("L")}`);
}

function drawNames(layer, drawn, x) {
  const names = drawn.flatMap(({ lines, y, bottom }) =>
    apart(
      lines.map(({ number, band, points }) => ({ number, band, x: x(points.at(-1)[0]) + 6, y: y(points.at(-1)[1]) + 4 })),
      bottom,
    ),
  );
  layer
    .selectAll("text")
    .data(names, keyed)
    .join("text")
    .attr("class", (d) => `td-run-${d.number}`)
    .attr("x", (d) => d.x)
    .attr("y", (d) => d.y)
    .text((d) => d.number);
}

/** Names that would lie on one another, each below the last; the lowest stays above the foot of its band. */
function apart(names, foot) {
  const sorted = names.toSorted((a, b) => a.y - b.y);
  const near = (a, b) => Math.abs(a.x - b.x) < APART;
  sorted.forEach((name, i) => {
    for (const above of sorted.slice(0, i)) if (near(name, above)) name.y = Math.max(name.y, above.y + APART);
  });
  sorted.toReversed().forEach((name, i, up) => {
    name.y = Math.min(name.y, foot + 4, ...up.slice(0, i).flatMap((below) => (near(name, below) ? [below.y - APART] : [])));
  });
  return names;
}
