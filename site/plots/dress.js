// A figure as Plotly has it, in the page's colours. What the figure says itself stays; what it leaves open comes from the page, as a template.

// the colours of the book's figures (figures/style.py) and what they are called in the page's style
const NAMES = {
  "#0072b2": "query",
  "#e69f00": "key",
  "#009e73": "value",
  "#d55e00": "force",
  "#cc79a7": "memory",
  "#767676": "reference",
  "#222222": "ink",
  "#ffffff": "page",
  "#f7fafd": "ground-low",
  "#8faac4": "ground-high",
};
const COLOURS = ["query", "force", "value", "memory", "key", "reference"]; // of traces without one, by turn
const BROAD = 1.3; // width for a height at which a scene is seen as the figure says
const CLEAR = "rgba(0,0,0,0)";

/** {data, layout} as `colour(name)`, the page's --td-NAME, has it; `letter` is the size of the page's words in pixels. */
export function dressed({ data, layout = {} }, { colour, letter, width: wide = BROAD, height: high = 1 }) {
  const { template, width, height, autosize, meta, ...own } = /** @type {any} */ (layout); // a size is the page's affair; a template was Plotly's own look
  const scene = own.scene ? { scene: from(worn(own.scene, colour), (BROAD * high) / wide) } : {};
  // with `uirevision` a figure that is drawn again stays turned
  return {
    data: worn(data, colour),
    layout: { ...worn(own, colour), ...scene, template: { data: shades(colour), layout: look(colour, letter) }, uirevision: "kept" },
  };
}

/** A scene from so much farther, where it would else be cut off at its sides. */
function from(scene, by) {
  const { eye } = scene.camera ?? {};
  if (!eye || by < 1) return scene;
  return { ...scene, camera: { ...scene.camera, eye: { x: by * eye.x, y: by * eye.y, z: by * eye.z } } };
}

/** Kinds of trace with three dimensions, which take WebGL, and those of the plane that take a build of their own. */
export const DEEP = ["scatter3d", "surface", "mesh3d", "cone", "streamtube", "isosurface", "volume"];
export const PLANE = ["bar", "box", "contour", "heatmap", "histogram"];

/** Whether one of a figure's traces is of such a kind. */
export const has = ({ data }, kinds) => data.some(({ type }) => kinds.includes(type));

/** The same with the page's colours for those of the book; numbers are left alone. */
function worn(value, colour) {
  if (typeof value === "string") {
    const name = NAMES[value.toLowerCase()];
    return name ? colour(name) : value;
  }
  if (Array.isArray(value)) return typeof value.at(-1) === "number" ? value : value.map((each) => worn(each, colour));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, worn(each, colour)]));
}

/** Of tables and levels that say no colours. */
function shades(colour) {
  const colorscale = ["ground-low", "ground-high"].map((name, i) => [i, colour(name)]);
  return { heatmap: [{ colorscale }], contour: [{ colorscale }] };
}

function look(colour, letter) {
  const lines = { gridcolor: colour("rule"), zerolinecolor: colour("rule"), linecolor: colour("reference") };
  const flat = { ...lines, automargin: true, title: { standoff: 10 } };
  const deep = { ...lines, showbackground: false, tickfont: { size: 0.88 * letter }, title: { font: { size: letter } } };
  return {
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    colorway: COLOURS.map(colour),
    hoverlabel: { bgcolor: colour("page"), bordercolor: colour("reference") },
    legend: { bgcolor: CLEAR },
    scene: { xaxis: deep, yaxis: deep, zaxis: deep },
    xaxis: flat,
    yaxis: flat,
    margin: { l: 56, r: 12, t: 24, b: 46 },
  };
}
