// A plane in which tokens of a real model (tokens.js) leave trails: two directions of a projection, one length scale for both.
import { drawAxes, square } from "../ui/drawing.js";
import { fixed } from "../ui/numbers.js";
import { senseClass } from "./sense_marks.js";
import { Tokens } from "./tokens.js";

export function trailPlane({ label, onResize, onFocus }) {
  const board = square({ label, layers: ["axes", "ghosts", "trails", "stops", "tokens", "names"], onSize: onResize });
  const tokens = new Tokens(board, onFocus);

  /**
   * tracks: {key, path, at, sense, main, name, about}: path in the plane up to now, `at` its end, `main` for the word
   * that is followed, `short` is written beside it where it is `named`. frame: {middle: [x, y], half}. axes: names of the two directions.
   * ghosts: tracks drawn beneath, whole.
   */
  function draw(tracks, frame, axes, trails, ghosts = []) {
    const { middle, half } = frame,
      [mx, my] = middle;
    board.x.domain([mx - half, mx + half]).range([0, board.size]);
    board.y.domain([my - half, my + half]).range([board.size, 0]);
    const numbers = drawFrame(board, axes);
    drawTrails(board, trails ? tracks : [], ghosts);
    tokens.draw(tracks, numbers);
  }

  return Object.assign(board, { draw });
}

/** The axes with their numbers and names. Gives where the numbers stand. */
function drawFrame(board, axes) {
  const { x, y, size } = board;
  const inside = (scale) => scale.ticks(5).filter((t) => scale(t) > 22 && scale(t) < size - 22);
  const across = inside(x),
    up = inside(y);
  const [one, next] = x.ticks(5),
    decimals = Math.max(0, Math.ceil(-Math.log10(next - one) - 1e-9)); // of a step from tick to tick: cosines are small
  drawAxes(board, {
    across,
    up,
    print: (t) => fixed(t, decimals),
    more: [
      { key: "xname", x: size - 8, y: size - 22, anchor: "end", text: `${axes[0]} →` },
      { key: "yname", x: 8, y: 16, anchor: "start", text: `↑ ${axes[1]}` },
    ],
  });
  return [
    ...across.map((t) => ({ left: x(t) - 12, right: x(t) + 12, top: size - 20, bottom: size })),
    ...up.map((t) => ({ left: 0, right: 26, top: y(t) - 8, bottom: y(t) + 8 })),
  ];
}

/** The ways of `tracks` up to now, the followed word's with a dot at each layer; beneath them those of `ghosts`, each with a ring where it stands. */
function drawTrails({ layer, x, y }, tracks, ghosts) {
  const line = (path) => (path.length > 1 ? `M${path.map(([a, b]) => `${round(x(a))},${round(y(b))}`).join("L")}` : "");
  const ring = ([a, b]) => `M${round(x(a)) - 4},${round(y(b))}a4,4,0,1,0,8,0a4,4,0,1,0,-8,0`;
  const dots = (path) => path.map(([a, b]) => `M${round(x(a))},${round(y(b))}h0`).join("");
  layer.ghosts
    .selectAll("path")
    .data(ghosts, (d) => d.key)
    .join("path")
    .attr("d", (d) => `${line(d.whole)}${ring(d.at)}`);
  layer.trails
    .selectAll("path")
    .data(tracks, (d) => d.key)
    .join("path")
    .attr("class", (d) => `td-trail ${senseClass(d.sense)}${d.main ? " td-main" : ""}`)
    .attr("d", (d) => line(d.path));
  layer.stops
    .selectAll("path")
    .data(
      tracks.filter((d) => d.main),
      (d) => d.key,
    )
    .join("path")
    .attr("class", (d) => senseClass(d.sense))
    .attr("d", (d) => dots(d.path.slice(0, -1)));
}

const round = (x) => Math.round(x * 10) / 10;
