// Up to four runs as lines over the steps of training, each named where it ends, as large as their place.
import { scaleLinear } from "d3-scale";
import { h } from "../ui/dom.js";
import { layered, sized, unit } from "../ui/drawing.js";
import { write } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";

const LEFT = 36,
  RIGHT = 22,
  TOP = 8,
  BOTTOM = 22,
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

  /** runs: {number, title, points: [step, value]}; chance: a dashed line, or null. */
  function draw({ label, runs, steps, chance }) {
    if (!width) return;
    const begun = runs.filter(({ points }) => points.length);
    const values = begun.flatMap(({ points }) => points.map(([, value]) => value));
    const log = values.some((value) => value < 0);
    const x = scaleLinear([0, steps], [LEFT, width - RIGHT]);
    const y = scaleLinear(log ? [Math.min(-1, ...values), 0] : [0, 1], [height - BOTTOM, TOP]).nice(5);
    const ends = begun.map(({ title, points }) => `${title}: ${fixed(points.at(-1)[1])} at step ${points.at(-1)[0]}`);
    svg.attr("aria-label", `${label} over the steps of training. ${ends.join(". ") || "Nothing trained yet"}.`);
    drawGrid({ x, y, chance, empty: !begun.length });
    layer.lines
      .selectAll("path")
      .data(runs, (d) => d.number)
      .join("path")
      .attr("class", (d) => `td-run td-run-${d.number}`)
      .attr("d", ({ points }) => (points.length ? `M${points.map(([step, value]) => `${x(step)},${y(value)}`).join("L")}` : ""));
    layer.names
      .selectAll("text")
      .data(apart(begun.map(({ number, points }) => ({ number, x: x(points.at(-1)[0]) + 6, y: y(points.at(-1)[1]) + 4 }))), (d) => d.number)
      .join("text")
      .attr("class", (d) => `td-run-${d.number}`)
      .attr("x", (d) => d.x)
      .attr("y", (d) => d.y)
      .text((d) => d.number);
  }

  function drawGrid({ x, y, chance, empty }) {
    const [from, to] = x.range();
    const levels = y.ticks(height < 170 ? 3 : 5);
    const lines = [...levels.map((t) => ({ y: y(t), kind: "td-tick" })), ...(chance == null ? [] : [{ y: y(chance), kind: "td-chance" }])];
    layer.grid
      .selectAll("line")
      .data(lines)
      .join("line")
      .attr("class", (d) => d.kind)
      .attr("x1", from)
      .attr("x2", to)
      .attr("y1", (d) => d.y)
      .attr("y2", (d) => d.y);
    const marks = [
      ...levels.map((t) => ({ x: from - 6, y: y(t) + 4, anchor: "end", text: fixed(t, 1) })),
      ...x.ticks(width < 420 ? 3 : 6).map((t) => ({ x: x(t), y: height - 6, anchor: "middle", text: t })),
      { x: from - 8, y: height - 6, anchor: "end", text: "step" },
      ...(empty
        ? [{ x: (from + to) / 2, y: (height - BOTTOM + TOP) / 2 - 6, anchor: "middle", text: "Train draws a line here.", hint: true }]
        : []),
    ];
    write(
      layer.grid
        .selectAll("text")
        .data(marks)
        .join("text")
        .attr("class", (d) => (d.hint ? "td-waits" : null)),
    );
  }

  /** Names that would lie on one another, each below the last; the lowest stays above the foot. */
  function apart(names) {
    const sorted = names.toSorted((a, b) => a.y - b.y);
    const near = (a, b) => Math.abs(a.x - b.x) < APART;
    sorted.forEach((name, i) => {
      for (const above of sorted.slice(0, i)) if (near(name, above)) name.y = Math.max(name.y, above.y + APART);
    });
    sorted.toReversed().forEach((name, i, up) => {
      name.y = Math.min(name.y, height - BOTTOM + 4, ...up.slice(0, i).flatMap((below) => (near(name, below) ? [below.y - APART] : [])));
    });
    return names;
  }

  return { element, draw, stop: () => watch.disconnect() };
}
