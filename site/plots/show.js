// A Plotly figure in a place of a page: drawn when it is reached, turned by the hand or by arrow keys. Until then, and where it cannot be drawn,
// its still stands there.
import { hasWebGL, plot } from "../../src/tokendynamics/widgets/ui/plot.js";
import { plotly, plotlyOfThePlane } from "../../src/tokendynamics/widgets/ui/plotly.js";
import { DEEP, dressed, has, PLANE } from "./dress.js";

const DRAWN = ["scatter", ...PLANE, ...DEEP]; // by the two builds of plotly.js that the book has
const STEP = 10; // degrees of an arrow key
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const DEGREE = Math.PI / 180;

/** {element, stop}: `element` goes into the page at once. `words` say what is seen; `experimental` is the host's. */
export function showFigure(figure, { words, experimental }) {
  const strange = figure.data.map(({ type = "scatter" }) => type).filter((kind) => !DRAWN.includes(kind));
  if (strange.length)
    return {
      element: note(
        `A page draws ${DRAWN.join(", ")}. For ${strange[0]}, open this page as a notebook: in JupyterLab, on Binder or in Colab.`,
      ),
      stop() {},
    };
  const deep = has(figure, DEEP);
  if (deep && has(figure, PLANE))
    return { element: note("A page draws a figure in a plane or in space, and not in both at once."), stop() {} };
  if (deep && !hasWebGL()) return { element: note("This browser has no WebGL, which a figure to be turned needs."), stop() {} };
  const picture = plot({
    model: null,
    build: has(figure, PLANE) ? plotlyOfThePlane : plotly,
    experimental,
    failed: "Reload the page to try again.",
    config: { scrollZoom: false }, // the wheel scrolls the page
    figure: (page) => dressed(figure, page),
    onDrawn: (place) => deep && byKeys(place),
  });
  picture.label(deep ? `${words} Arrow keys turn it.` : words);
  picture.draw();
  return { element: picture.element, stop: picture.stop };
}

/** Arrow keys turn the scene of a figure about its middle. */
function byKeys(place) {
  place.tabIndex = 0;
  place.setAttribute("role", "application");
  place.addEventListener("keydown", (event) => {
    const by = KEYS[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { eye } = place._fullLayout.scene._scene.getCamera(); // the layout's lags behind a quick hand
    window.Plotly.relayout(place, { "scene.camera.eye": turned(eye, by[0] * STEP, by[1] * STEP) });
  });
}

/** Where a camera stands that is moved round the middle by degrees of turn and of tilt, at its distance. */
export function turned({ x, y, z }, turn, tilt) {
  const far = Math.hypot(x, y, z),
    round = Math.atan2(y, x) + turn * DEGREE,
    high = Math.max(-89, Math.min(89, Math.asin(z / far) / DEGREE + tilt)) * DEGREE;
  return { x: far * Math.cos(high) * Math.cos(round), y: far * Math.cos(high) * Math.sin(round), z: far * Math.sin(high) };
}

const note = (words) => Object.assign(document.createElement("p"), { className: "td-figure-note", textContent: words });
