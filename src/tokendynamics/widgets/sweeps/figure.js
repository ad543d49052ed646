// One sweep as plotly draws it: every seed a mark, the mean a line; or two arguments at once, a cell for each pair.

import { fixed } from "../ui/numbers.js";
import { means, values } from "./engine.js";

const STYLES = [
  ["query", "solid", "circle"],
  ["force", "dash", "square"],
  ["value", "dot", "triangle-up"],
  ["memory", "dashdot", "diamond"],
];
/** [hue, dash, symbol] of a line by its place. */
export const styleOf = (turn) => STYLES[turn % STYLES.length];
const APART = 0.009; // between seeds at one place, as a share of the axis

/** Traces and layout for `state`; `title` names the metric. */
export function lines(data, state, title, { width, letter, colour }) {
  const sweep = data.sweeps[state.sweep],
    all = sweep.lines.flatMap((line) => line.x),
    ticks = [...new Set(all)].sort((a, b) => a - b),
    plain = axis(colour, letter);
  const span = scale(sweep, Math.max(...all)) - scale(sweep, Math.min(...all)) || 1;
  const place = (line) => (at, i) => {
    const beside = scale(sweep, at) + (line.seed[i] - 3.5) * APART * span; // side by side, so that equal seeds can be counted
    return sweep.log ? 2 ** beside : beside;
  };
  const traces = sweep.lines.flatMap((line, turn) => {
    const [hue, dash, symbol] = styleOf(turn);
    const style = { symbol, color: colour(hue), sizes: [7, 12], opacity: 0.75, ring: { color: colour("ink"), width: 2 } };
    return [
      { ...throughMeans(line, state), line: { color: colour(hue), width: 2, dash } },
      {
        ...runs(sweep, line, state, title, { x: place(line), y: (value) => value, style }),
        name: `${line.name}: every seed`,
        legendgroup: line.name,
        showlegend: false,
      },
    ];
  });
  return {
    data: traces,
    layout: {
      ...shared(width),
      xaxis: {
        ...plain,
        title: { ...plain.title, text: sweep.across },
        type: sweep.log ? "log" : "linear",
        tickvals: ticks,
        ticktext: ticks.map((t) => t.toLocaleString("en")),
      },
      yaxis: { ...plain, range: data.metrics[state.metric].range ? [-0.04, 1.06] : undefined },
    },
  };
}

function throughMeans(line, { metric, length }) {
  const mean = means(line, metric, length);
  return {
    type: "scatter",
    mode: "lines",
    name: line.name,
    legendgroup: line.name,
    hoverinfo: "skip",
    x: mean.map((m) => m[0]),
    y: mean.map((m) => m[1]),
  };
}

/** Heads against sentences: the ground of a cell is as dark as its mean is large, and its runs stand in it, 0 at its foot and 1 at its top. */
export function diagram(data, state, title, page) {
  const { width, letter, colour } = page,
    sweep = data.sweeps[state.sweep],
    counts = [...new Set(sweep.lines[0].x)].sort((a, b) => a - b),
    part = partOf(data, state);
  const cells = sweep.lines.flatMap((line, i) => means(line, state.metric, state.length).map(([, mean], j) => ({ i, j, mean })));
  const style = { symbol: "circle", color: colour("ink"), sizes: [5, 10], opacity: 0.85, ring: { color: colour("key"), width: 3 } };
  const traces = sweep.lines.map((line, i) => {
    const x = (at, k) => counts.indexOf(at) + (line.seed[k] - 3.5) * 0.105,
      y = (value) => i - 0.4 + 0.62 * part(value);
    return { ...runs(sweep, line, state, title, { x, y, style }), name: line.name };
  });
  return {
    data: traces,
    layout: {
      ...shared(width),
      shapes: cells.map(({ i, j, mean }) => ({
        ...square(i, j),
        line: { width: 1, color: colour("rule") },
        fillcolor: colour("query"),
        opacity: 0.06 + 0.5 * part(mean),
      })),
      annotations:
        width < 480
          ? []
          : cells.map(({ i, j, mean }) => ({ x: j, y: i + 0.36, text: fixed(mean, 2), showarrow: false, font: { size: 0.92 * letter } })),
      ...named(sweep, counts, page),
    },
  };
}

const square = (i, j) => ({ type: "rect", layer: "below", x0: j - 0.5, x1: j + 0.5, y0: i - 0.5, y1: i + 0.5 });

/** The axes of a diagram: its columns and its rows by name. */
function named(sweep, counts, { width, height, letter, colour }) {
  const narrow = height < 40 * sweep.lines.length + 54; // rows too low for two lines of words
  const still = { ...axis(colour, letter), showgrid: false, zeroline: false };
  return {
    xaxis: {
      ...still,
      title: { ...still.title, text: sweep.across },
      tickangle: width < 480 ? -60 : 0,
      range: [-0.5, counts.length - 0.5],
      tickvals: counts.map((_, j) => j),
      ticktext: counts.map((n) => n.toLocaleString("en")),
    },
    yaxis: {
      ...still,
      range: [-0.5, sweep.lines.length - 0.5],
      tickvals: sweep.lines.map((_, i) => i),
      ticktext: sweep.lines.map((line) => (narrow ? line.name.split(" ")[0] : line.name.replace(" ", "<br>"))),
    },
  };
}

/** How far a value is from the least that the metric has here to the most: 0 to 1. */
function partOf(data, { sweep, metric, length }) {
  const seen = data.sweeps[sweep].lines.flatMap((line) => values(line, metric, length));
  const [low, high] = data.metrics[metric].range ?? [Math.min(...seen), Math.max(...seen)];
  return (value) => (value - low) / (high - low || 1);
}

/** The runs of a line, a mark each: that of the seed that is picked out is larger and ringed, and the others are then faint. */
function runs(sweep, line, state, title, { x, y, style }) {
  const found = values(line, state.metric, state.length),
    mine = line.seed.map((seed) => seed === state.seed);
  const { sizes, opacity, ring, ...plain } = style,
    [size, larger] = sizes;
  return {
    type: "scatter",
    mode: "markers",
    text: hover(sweep, line, found, title),
    hovertemplate: "%{text}<extra></extra>",
    x: line.x.map(x),
    y: found.map(y),
    marker: {
      ...plain,
      size: mine.map((m) => (m ? larger : size)),
      opacity: mine.map((m) => (m || state.seed < 0 ? opacity : 0.3)),
      line: { color: ring.color, width: mine.map((m) => (m ? ring.width : 0)) },
    },
  };
}

const scale = (sweep, x) => (sweep.log ? Math.log2(x) : x);

const hover = (sweep, line, y, title) =>
  line.x.map((x, i) =>
    [
      `<b>seed ${line.seed[i]}</b>, ${line.name}`,
      `${sweep.across}: ${x.toLocaleString("en")}`,
      `${title}: <b>${fixed(y[i], 3)}</b>`,
      ...(line.parameters ? [`${line.parameters[i].toLocaleString("en")} parameters`] : []),
    ].join("<br>"),
  );

// a finger scrolls the page, over the plot too: nothing is dragged or zoomed
const shared = (width) => ({
  showlegend: false,
  margin: { l: width < 480 ? 44 : 56, r: 12, t: 8, b: 46 },
  dragmode: false,
  hovermode: "closest",
});
const axis = (colour, letter) => ({
  fixedrange: true,
  gridcolor: colour("rule"),
  zerolinecolor: colour("rule"),
  linecolor: colour("control"),
  automargin: true,
  title: { standoff: 10, font: { size: 1.04 * letter } },
});
