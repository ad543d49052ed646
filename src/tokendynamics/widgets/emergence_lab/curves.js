// Up to four runs as lines over the steps of training, each named where it ends.
import { scaleLinear } from "d3-scale";
import { chart } from "../ui/drawing.js";
import { write } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";

const HEIGHT = 230,
  LEFT = 40,
  RIGHT = 34,
  TOP = 12,
  BOTTOM = 38;

export function curves({ onResize }) {
  const view = chart({ layers: ["grid", "lines", "names"], height: HEIGHT, className: "td-curves", onResize });
  const { svg, layer } = view;

  /** runs: {number, title, points: [step, value]}; chance: a dashed line, or null. */
  function draw({ label, runs, steps, chance }) {
    if (!view.width) return;
    const values = runs.flatMap(({ points }) => points.map(([, value]) => value));
    const log = values.some((value) => value < 0);
    const x = scaleLinear([0, steps], [LEFT, view.width - RIGHT]);
    const y = scaleLinear(log ? [Math.min(-1, ...values), 0] : [0, 1], [HEIGHT - BOTTOM, TOP]).nice(5);
    const ends = runs
      .filter(({ points }) => points.length)
      .map(({ title, points }) => `${title}: ${fixed(points.at(-1)[1])} at step ${points.at(-1)[0]}`);
    svg.attr("aria-label", `${label} over the steps of training. ${ends.join(". ") || "Nothing trained yet"}.`);
    const [from, to] = x.range();
    const lines = [
      ...y.ticks(5).map((t) => ({ y: y(t), kind: "td-tick" })),
      ...(chance == null ? [] : [{ y: y(chance), kind: "td-chance" }]),
    ];
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
      ...y.ticks(5).map((t) => ({ x: from - 6, y: y(t) + 4, anchor: "end", text: fixed(t, 1) })),
      ...x.ticks(view.width < 420 ? 3 : 6).map((t) => ({ x: x(t), y: HEIGHT - 20, anchor: "middle", text: t })),
      { x: (from + to) / 2, y: HEIGHT - 4, anchor: "middle", text: "steps of training" },
      ...(chance == null ? [] : [{ x: to, y: y(chance) - 5, anchor: "end", text: "chance" }]),
    ];
    write(layer.grid.selectAll("text").data(marks).join("text"));
    layer.lines
      .selectAll("path")
      .data(runs, (d) => d.number)
      .join("path")
      .attr("class", (d) => `td-run td-run-${d.number}`)
      .attr("d", ({ points }) => (points.length ? `M${points.map(([step, value]) => `${x(step)},${y(value)}`).join("L")}` : ""));
    layer.names
      .selectAll("text")
      .data(
        runs.filter(({ points }) => points.length),
        (d) => d.number,
      )
      .join("text")
      .attr("class", (d) => `td-run-${d.number}`)
      .attr("x", ({ points }) => x(points.at(-1)[0]) + 6)
      .attr("y", ({ points }) => y(points.at(-1)[1]) + 4)
      .text((d) => d.number);
  }
  return { element: view.element, draw, stop: view.stop };
}
