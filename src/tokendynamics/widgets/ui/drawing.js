// An SVG in named layers, as wide as its place: what charts and planes are drawn on.
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { h } from "./dom.js";
import { write } from "./marks.js";

/** A group a layer, td-NAME each. */
export function layered(names, role = "img") {
  const svg = select(document.createElementNS("http://www.w3.org/2000/svg", "svg")).attr("role", role);
  const layer = Object.fromEntries(names.map((name) => [name, svg.append("g").attr("class", `td-${name}`)]));
  return { svg, layer };
}

/**
 * How much larger than usual the reader has text: 1 where the browser is left at 16 px. A drawing, its words and what a finger hits, grows as
 * much: it is made in units of so many pixels.
 */
export const unit = () => Math.max(1, Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);

/** Say its size in units. Only where it is another: to say it again lays the page out again. */
export function sized(svg, width, height) {
  const box = `0 0 ${width} ${height}`,
    wide = width * unit();
  if (svg.attr("viewBox") === box && Number(svg.attr("width")) === wide) return;
  svg
    .attr("width", wide)
    .attr("height", height * unit())
    .attr("viewBox", box);
}

/** A chart of a fixed height: {element, svg, layer, width, stop}; `onResize()` hears of a width. */
export function chart({ layers, height, className = "", onResize }) {
  const { svg, layer } = layered(layers);
  svg.attr("height", height * unit()); // from the first: to grow while its width is heard is an error to a ResizeObserver
  const element = h("div", { class: `td-chart ${className}`.trim() }, svg.node());
  const view = { element, svg, layer, width: 0, stop() {} };
  view.stop = onWidth(element, (width) => {
    view.width = width;
    sized(svg, width, height);
    onResize();
  });
  return view;
}

/**
 * A square piece of a plane, with its scales: {element, svg, layer, x, y, size, stop}. Of its layers the tokens and the hands are read out.
 * `canvas` lies under it, as fine as the screen; `onSize(size)` hears of a width, and of another screen.
 */
export function square({ label, layers, canvas = null, className = "", onSize }) {
  const { svg, layer } = layered(layers, "group");
  svg.attr("aria-label", label);
  for (const name of layers) if (name !== "tokens" && name !== "hands") layer[name].attr("aria-hidden", "true");
  const element = h("div", { class: `td-plane ${className}`.trim() }, canvas, svg.node());
  const view = { element, svg, layer, x: scaleLinear(), y: scaleLinear(), size: 0, stop() {} };
  function fit() {
    sized(svg, view.size, view.size);
    if (canvas) canvas.width = canvas.height = view.size * unit() * Math.min(devicePixelRatio || 1, 2);
    onSize(view.size);
  }
  const stops = [
    onWidth(element, (size) => {
      view.size = size;
      fit();
    }),
    onDensity(() => canvas && view.size && fit()),
  ];
  view.stop = () => {
    for (const stop of stops) stop();
  };
  return view;
}

/** The two axes of a square through its origin, with the numbers `across` and `up` along its edges; `more` are words beside them. */
export function drawAxes({ layer, x, y, size }, { across, up, print, more = [] }) {
  const lines = [
    [x(0), 0, x(0), size],
    [0, y(0), size, y(0)],
  ];
  layer.axes
    .selectAll("line")
    .data(lines)
    .join("line")
    .attr("x1", (d) => d[0])
    .attr("y1", (d) => d[1])
    .attr("x2", (d) => d[2])
    .attr("y2", (d) => d[3]);
  const marks = [
    ...across.map((t) => ({ key: `x${t}`, x: x(t), y: size - 6, anchor: "middle", text: print(t) })),
    ...up.map((t) => ({ key: `y${t}`, x: 6, y: y(t) + 4, anchor: "start", text: print(t) })),
    ...more,
  ];
  write(
    layer.axes
      .selectAll("text")
      .data(marks, (d) => d.key)
      .join("text"),
  );
}

/** `onChange(width)` hears of each new width of `element`, in whole units; hidden, it has none. Returns the way to stop. */
export function onWidth(element, onChange) {
  let known = "";
  const watch = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth / unit());
    const now = `${width} of ${unit()}`;
    if (!width || now === known) return;
    known = now;
    onChange(width);
  });
  watch.observe(element);
  return () => watch.disconnect();
}

/** `onChange()` hears that a pixel of the screen is another: the window went to another screen, or the page was zoomed. Returns the way to stop. */
function onDensity(onChange) {
  let query;
  function listen() {
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", heard, { once: true });
  }
  function heard() {
    listen();
    onChange();
  }
  listen();
  return () => query.removeEventListener("change", heard);
}
