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
  const sweep = data.sweeps[state.sweep];
  const all = sweep.lines.flatMap((line) => line.x),
    span = scale(sweep, Math.max(...all)) - scale(sweep, Math.min(...all)) || 1;
  const traces = sweep.lines.flatMap((line, turn) => {
    const [hue, dash, symbol] = styleOf(turn),
      mean = means(line, state.metric, state.length),
      y = values(line, state.metric, state.length);
    const beside = (i) => (line.seed[i] - 3.5) * APART * span; // side by side, so that equal seeds can be counted
    const x = line.x.map((at, i) => (sweep.log ? 2 ** (scale(sweep, at) + beside(i)) : at + beside(i)));
    const mine = line.seed.map((seed) => seed === state.seed);
    return [
      {
        type: "scatter",
        mode: "lines",
        name: line.name,
        legendgroup: line.name,
        hoverinfo: "skip",
        x: mean.map((m) => m[0]),
        y: mean.map((m) => m[1]),
        line: { color: colour(hue), width: 2, dash },
      },
      {
        type: "scatter",
        mode: "markers",
        name: `${line.name}: every seed`,
        legendgroup: line.name,
        showlegend: false,
        x,
        y,
        text: hover(sweep, line, y, title),
        hovertemplate: "%{text}<extra></extra>",
        marker: {
          symbol,
          color: colour(hue),
          size: mine.map((m) => (m ? 12 : 7)),
          opacity: mine.map((m) => (m || state.seed < 0 ? 0.75 : 0.3)),
          line: { color: colour("ink"), width: mine.map((m) => (m ? 2 : 0)) },
        },
      },
    ];
  });
  const ticks = [...new Set(all)].sort((a, b) => a - b);
  return {
    data: traces,
    layout: {
      ...shared(width),
      xaxis: {
        ...axis(colour, letter),
        title: { ...axis(colour, letter).title, text: sweep.across },
        type: sweep.log ? "log" : "linear",
        tickvals: ticks,
        ticktext: ticks.map((t) => t.toLocaleString("en")),
      },
      yaxis: { ...axis(colour, letter), range: data.metrics[state.metric].range ? [-0.04, 1.06] : undefined },
    },
  };
}

/** Heads against sentences: the ground of a cell is as dark as its mean is large, and its runs stand in it, 0 at its foot and 1 at its top. */
export function diagram(data, state, title, { width, height, letter, colour }) {
  const sweep = data.sweeps[state.sweep],
    counts = [...new Set(sweep.lines[0].x)].sort((a, b) => a - b);
  const rows = sweep.lines.map((line) => means(line, state.metric, state.length));
  const seen = sweep.lines.flatMap((line) => values(line, state.metric, state.length));
  const [low, high] = data.metrics[state.metric].range ?? [Math.min(...seen), Math.max(...seen)];
  const part = (v) => (v - low) / (high - low || 1);
  const cells = rows.flatMap((row, i) => row.map(([, mean], j) => ({ i, j, mean })));
  const shapes = cells.map(({ i, j, mean }) => ({
    type: "rect",
    layer: "below",
    x0: j - 0.5,
    x1: j + 0.5,
    y0: i - 0.5,
    y1: i + 0.5,
    line: { width: 1, color: colour("rule") },
    fillcolor: colour("query"),
    opacity: 0.06 + 0.5 * part(mean),
  }));
  const annotations =
    width < 480
      ? []
      : cells.map(({ i, j, mean }) => ({ x: j, y: i + 0.36, text: fixed(mean, 2), showarrow: false, font: { size: 0.92 * letter } }));
  const traces = sweep.lines.map((line, i) => {
    const y = values(line, state.metric, state.length),
      mine = line.seed.map((seed) => seed === state.seed);
    return {
      type: "scatter",
      mode: "markers",
      name: line.name,
      text: hover(sweep, line, y, title),
      hovertemplate: "%{text}<extra></extra>",
      x: line.x.map((at, k) => counts.indexOf(at) + (line.seed[k] - 3.5) * 0.105),
      y: y.map((v) => i - 0.4 + 0.62 * part(v)),
      marker: {
        symbol: "circle",
        color: colour("ink"),
        size: mine.map((m) => (m ? 10 : 5)),
        opacity: mine.map((m) => (m || state.seed < 0 ? 0.85 : 0.3)),
        line: { color: colour("key"), width: mine.map((m) => (m ? 3 : 0)) },
      },
    };
  });
  const narrow = height < 40 * sweep.lines.length + 54; // rows too low for two lines of words
  const still = { ...axis(colour, letter), showgrid: false, zeroline: false };
  return {
    data: traces,
    layout: {
      ...shared(width),
      shapes,
      annotations,
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
