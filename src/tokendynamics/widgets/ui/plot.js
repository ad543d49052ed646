// A plotly plot in a widget: loaded when reached, drawn again when its place or the theme changes, in the page's colours.
import { h } from "./dom.js";
import { unit } from "./drawing.js";
import { notice } from "./notice.js";
import { plotly, whenReached } from "./plotly.js";
import { onTheme } from "./theme.js";

const CONFIG = { displayModeBar: false, displaylogo: false, showTips: false, responsive: false };
const CLEAR = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };

/**
 * @param {object} given
 * @param {any} given.model
 * @param {any} given.experimental
 * @param {(page: { width: number, height: number, letter: number, colour: (name: string) => string }) => { data: any[], layout: any }} given.figure
 * @param {string} given.failed
 * @param {object} [given.config] what is not as everywhere
 * @param {(place: any) => void} [given.onDrawn]
 * @param {typeof plotly} [given.build] what brings plotly.js
 *
 * `figure({ width, height, letter, colour })` gives plotly's {data, layout} for what is to be seen now, as large as the style sheet makes its place,
 * in units (drawing.js); `letter` is the size of its words in pixels, `colour(name)` the page's --td-NAME. `onDrawn(element)` hears of the first drawing. `failed` is what to say besides why, where plotly.js does not come.
 */
export function plot({ model, experimental, figure, failed, config = {}, onDrawn = () => {}, build = plotly }) {
  const place = h("div", { class: "td-plot", role: "img" });
  const about = notice();
  const element = h("div", { class: "td-plot-place" }, place, about.element);
  let Plotly = null,
    drawn = "", // the size
    first = true,
    stopWaiting = null;

  /** Draw what is to be seen now, or, before plotly.js is here, see to it that it comes. */
  function draw() {
    if (Plotly) paint();
    else stopWaiting ??= whenReached(place, load);
  }

  async function load() {
    about.say("The plot is on its way.", "note");
    try {
      Plotly = await build({ model, experimental });
      about.clear();
      paint();
    } catch (error) {
      about.say(`${error.message} ${failed}`);
      stopWaiting = null;
    }
  }

  function paint() {
    const { clientWidth: width, clientHeight: height } = place;
    drawn = width ? sizeNow() : ""; // not to be seen: the observer asks again, and what changed until then is drawn whatever the size
    if (!width) return;
    const style = getComputedStyle(place);
    const colour = (name) => style.getPropertyValue(`--td-${name}`).trim();
    const { data, layout } = figure({ width: width / unit(), height: height / unit(), letter: 12.5 * unit(), colour });
    const font = { family: style.fontFamily, size: 12.5 * unit(), color: colour("ink") };
    const whole = { width, height, ...CLEAR, font, hoverlabel: { font }, ...layout };
    place.again = layout.scene && (() => Plotly.toImage({ data, layout: whole }, { format: "png", width, height, scale: 2 })); // save/svg.js
    Plotly.react(place, data, whole, { ...CONFIG, ...config }).then(() => {
      if (first) onDrawn(place);
      first = false;
      place.dataset.drawn = "";
    });
  }

  const sizeNow = () => `${place.clientWidth} × ${place.clientHeight}`;
  const watch = new ResizeObserver(() => Plotly && sizeNow() !== drawn && paint());
  watch.observe(place);
  const stopTheme = onTheme(() => Plotly && paint());
  function stop() {
    watch.disconnect();
    stopTheme();
    stopWaiting?.();
    const canvases = [...place.querySelectorAll("canvas")];
    Plotly?.purge(place);
    canvases.forEach(giveBack);
  }
  return { element, label: (words) => place.setAttribute("aria-label", words), draw, stop };
}

/** Give a canvas's WebGL back at once: a page has little of it, and what nobody holds is collected late. True where there was some. */
export function giveBack(canvas) {
  const context = canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

/** Whether this browser can draw in three dimensions at all. */
export function hasWebGL() {
  try {
    return giveBack(document.createElement("canvas"));
  } catch {
    return false;
  }
}
