// The three directions at once, by plotly. Turned by the hand or by two sliders; the lengths of all axes are alike.
import { h } from "../ui/dom.js";
import { plot } from "../ui/plot.js";
import { slider } from "../ui/slider.js";
import { LIMITS } from "./state.js";
import { frameOf, ghostsOf, tracksOf } from "./tracks.js";

const COLOURS = ["query", "other", "ink", "reference"],
  SYMBOLS = ["circle", "square-open", "diamond", "diamond-open"],
  DASHES = ["solid", "dash", "dot", "dashdot"];
const FAR = 1.45;

/** `get()` is what is seen now, a state with its `data` and `ghost`; `onTurn([turn, tilt])` asks for another; `onLost()` hears that the picture cannot be drawn any more. */
export function space({ model, experimental, get, onTurn, onLost }) {
  const turn = slider({ label: "Turn", limits: LIMITS.turn, unit: "°", onInput: (v) => onTurn([v, get().turn[1]]) });
  const tilt = slider({ label: "Tilt", limits: LIMITS.tilt, unit: "°", onInput: (v) => onTurn([get().turn[0], v]) });
  const picture = plot({
    model,
    experimental,
    failed: "The plane shows two of the three directions.",
    onDrawn,
    figure: ({ colour }) => figure(get(), colour),
  });

  function onDrawn(place) {
    // Plotly tells of a turn when the button is let go, but its camera lags behind a quick hand: hear it again once it has caught up.
    // To ask for the state before would draw the picture there, and the turn would be lost.
    let lags = false,
      eye = null;
    place.addEventListener(
      "mouseup",
      (event) => {
        lags = event.isTrusted;
        if (lags) afterFrames(12, () => event.target.dispatchEvent(new MouseEvent("mouseup", { bubbles: true })));
      },
      { capture: true },
    );
    place.on("plotly_relayout", (change) => {
      eye = change["scene.camera"]?.eye ?? eye;
      if (lags || !eye) return;
      onTurn(turnOf(eye));
      eye = null;
    });
    place.on("plotly_webglcontextlost", onLost);
  }

  return {
    element: h("div", { class: "td-space" }, picture.element),
    controls: h("div", {}, turn.element, tilt.element),
    draw() {
      const { word, layer, shown } = get();
      turn.show(get().turn[0]);
      tilt.show(get().turn[1]);
      picture.label(
        `“${word}” in ${shown.length} sentences at layer ${Math.round(layer)}, in all three directions. The plane, by “Picture”, has each token as a button.`,
      );
      picture.draw();
    },
    stop: () => picture.stop(),
  };
}

function afterFrames(count, then) {
  requestAnimationFrame(() => (count > 1 ? afterFrames(count - 1, then) : then()));
}

export function eyeOf([turn, tilt]) {
  const y = (turn * Math.PI) / 180,
    p = (tilt * Math.PI) / 180;
  return { x: FAR * Math.cos(p) * Math.cos(y), y: FAR * Math.cos(p) * Math.sin(y), z: FAR * Math.sin(p) };
}

export function turnOf({ x, y, z }) {
  const degrees = (radians) => Math.round((radians * 180) / Math.PI);
  return [degrees(Math.atan2(y, x)), Math.max(LIMITS.tilt.min, Math.min(LIMITS.tilt.max, degrees(Math.atan2(z, Math.hypot(x, y)))))];
}

function figure({ data, ghost, ...state }, colour) {
  const tracks = tracksOf(data, state, [1, 2, 3]),
    ghosts = ghostsOf(data, ghost, state, [1, 2, 3]),
    { middle, half } = frameOf([...tracks, ...ghosts], 3);
  const senses = data.words[state.word].senses;
  const traces = senses.flatMap((sense, k) => {
    const mine = tracks.filter((track) => track.sense === k),
      style = k % COLOURS.length,
      hue = colour(COLOURS[style]);
    const trails = state.trails
      ? [true, false].map((main) => ({
          type: "scatter3d",
          mode: "lines",
          hoverinfo: "skip",
          showlegend: false,
          opacity: main ? 0.9 : 0.35,
          ...columns(mine.filter((track) => track.main === main).flatMap(({ path }) => [...path, [null, null, null]])),
          line: { color: hue, width: main ? 4 : 1.5, dash: DASHES[style] },
        }))
      : [];
    return [
      ...trails,
      {
        type: "scatter3d",
        mode: "markers+text",
        name: sense,
        ...columns(mine.map(({ at }) => at)),
        text: mine.map((t) => (t.named ? t.short : "")),
        hovertext: mine.map(({ about }) => about),
        hovertemplate: "%{hovertext}<extra></extra>",
        textposition: "top center",
        textfont: { color: colour("ink"), size: 13 },
        marker: { symbol: SYMBOLS[style], color: hue, size: mine.map(({ main }) => (main ? 7 : 3)), line: { color: hue, width: 1 } },
      },
    ];
  });
  const axis = (k) => ({
    title: { text: `direction ${k + 1}` },
    range: [middle[k] - half, middle[k] + half],
    gridcolor: colour("rule"),
    zerolinecolor: colour("control"),
    showbackground: false,
    nticks: 5,
    showspikes: false,
  });
  return {
    data: [...ghosts.map((track) => ghostLine(track, colour)), ...traces],
    layout: {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      legend: { orientation: "h", x: 0, y: 1, itemclick: false, itemdoubleclick: false },
      scene: {
        aspectmode: "cube",
        xaxis: axis(0),
        yaxis: axis(1),
        zaxis: axis(2),
        dragmode: "turntable",
        camera: { eye: eyeOf(state.turn), up: { x: 0, y: 0, z: 1 }, projection: { type: "orthographic" } },
      },
    },
  };
}

const ghostLine = ({ whole }, colour) => ({
  type: "scatter3d",
  mode: "lines",
  hoverinfo: "skip",
  showlegend: false,
  ...columns(whole),
  line: { color: colour("quiet"), width: 1.5, dash: "dot" },
});
const columns = (places) => ({ x: places.map((p) => p[0]), y: places.map((p) => p[1]), z: places.map((p) => p[2]) });
