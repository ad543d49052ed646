// Up to four runs as lines over the steps of training, each named where it ends.
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { h } from "../ui/dom.js";
import { write } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";
import { onWidth } from "../ui/width.js";

const HEIGHT = 230,
  LEFT = 40,
  RIGHT = 34,
  TOP = 12,
  BOTTOM = 38;

export function curves({ onResize }) {
  const svg = select(document.createElementNS("http://www.w3.org/2000/svg", "svg")).attr("role", "img");
  svg.attr("height", HEIGHT); // from the first: to grow while its width is heard is an error to a ResizeObserver
  const layer = Object.fromEntries(["grid", "lines", "names"].map((name) => [name, svg.append("g").attr("class", `td-${name}`)]));
  const element = h("div", { class: "td-chart td-curves" }, svg.node());
  const view = { element, width: 0 };

  /** runs: {number, title, points: [step, value]}; chance: a dashed line, or null. */
  view.draw = ({ label, runs, steps, chance }) => {
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
      ...y.ticks(5).map((t) => ({ x: from - 6, y: y(t) + 4, anchor: "end", text: fixed(t, log ? 1 : 1) })),
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
  };

  view.stop = onWidth(element, (width) => {
    view.width = width;
    svg.attr("width", width).attr("viewBox", `0 0 ${width} ${HEIGHT}`);
    onResize();
  });
  return view;
}
