// What is drawn in the Force lab's plane: the landscape of the selected token, the field M∇φ, the two arrows at the
// token, and the lines of attention. `board` is a ui/plane; `found` is what maths/measures.js measured.
import { potential_at, potential_gradient_at } from "../maths/attention.js";
import { times } from "../maths/measures.js";
import { arrowOutline, fieldPath } from "../ui/arrows.js";
import { reducedMotion } from "../ui/dom.js";
import { flow } from "../ui/flow.js";
import { worded } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";
import { drawLandscape, gridPoints } from "./landscape.js";

const GRID = 46, // points of the landscape along a side
  HELD = 28; // while a token is dragged: the hand comes first
const LABELLED = 12; // with more tokens than this, weights are read in the list

/** A function that draws; it keeps the landscape for as long as nothing that shapes it has changed. */
export function picture(board) {
  let groundOf = "";

  /** `handed`: columns of a matrix stand in the picture, and weights leave them the room. */
  return function draw(state, found, colours, handed) {
    const seen = seenBy(state);
    const keys = state.tokens.filter((_, i) => i !== seen.exclude);
    const side = board.dragging ? HELD : GRID;
    const ground = JSON.stringify([side, keys, state.Q, state.K, seen, board.extent, board.size, colours]);
    if (ground !== groundOf) {
      const potential = potential_at(gridPoints(board.extent, side), state.tokens, state.Q, state.K, seen);
      drawLandscape(board.canvas, potential, colours, board.canvas.width / board.size);
      groundOf = ground;
    }
    drawField(board, state, found.M);
    drawArrows(board, state, found);
    drawAttention(board, state, found.weights, handed);
  };
}

/** The same field as specks that drift, for as long as nothing of it has changed: {draw(state, found, colour), stop}. */
export function drift(board) {
  const specks = flow(board);
  let drawn = "";
  return {
    draw(state, { M }, colour) {
      const { tokens, Q, K } = state;
      const now = JSON.stringify([state.flow, tokens, Q, K, M, seenBy(state), board.extent, board.size, colour]);
      if (now === drawn) return;
      drawn = now;
      specks.draw(state.flow ? (points) => fieldAt(points, state, M) : null, colour);
    },
    stop: specks.stop,
  };
}

/** How the selected token sees the others. */
const seenBy = ({ scale, include_self, selected }) => ({ scale, exclude: include_self ? null : selected });

/** M∇φ: where a token would go from each of `points`. */
const fieldAt = (points, state, M) =>
  potential_gradient_at(points, state.tokens, state.Q, state.K, seenBy(state)).map((gradient) => times(M, gradient));

/** Where the tokens of a play have been: `states` of all of them, one after another. */
export function drawTrails(board, states) {
  const paths = (states[0] ?? []).map(
    (_, i) => `M${states.map((tokens) => tokens[i].map((v, k) => (k ? board.y(v) : board.x(v)))).join("L")}`,
  );
  board.layer.trails
    .selectAll("path")
    .data(paths)
    .join("path")
    .attr("d", (d) => d);
}

/** The circle that a norm holds tokens on; none without one. */
export function drawRound(board, radius) {
  const { x, y } = board;
  board.layer.field
    .selectAll("circle")
    .data(radius ? [radius] : [])
    .join("circle")
    .attr("cx", x(0))
    .attr("cy", y(0))
    .attr("r", (d) => x(d) - x(0));
}

function drawField(board, state, M) {
  if (state.flow && !reducedMotion()) return board.layer.field.selectAll("path").remove(); // specks show the same
  const many = board.size > 420 ? 13 : 9;
  const side = board.size / many;
  const points = [];
  for (let i = 0; i < many; i++)
    for (let j = 0; j < many; j++) points.push([board.x.invert((i + 0.5) * side), board.y.invert((j + 0.5) * side)]);
  const vectors = fieldAt(points, state, M);
  const longest = Math.max(...vectors.map(([a, b]) => Math.hypot(a, b))) || 1;
  const arrows = vectors.map(([a, b], i) => {
    const length = Math.hypot(a, b) || 1;
    const pixels = (side * 0.8 * Math.sqrt(length / longest)) / length; // squeezed: the weak ones show too
    return { x: board.x(points[i][0]), y: board.y(points[i][1]), dx: a * pixels, dy: -b * pixels };
  });
  board.layer.field.selectAll("path").data([arrows]).join("path").attr("d", fieldPath);
}

function drawArrows(board, { tokens, names, selected }, { force, content }) {
  const x0 = board.x(tokens[selected][0]),
    y0 = board.y(tokens[selected][1]);
  const per = board.size / (2 * board.extent),
    longest = 3 * board.size;
  const pixels = ([a, b]) => {
    const k = per * Math.min(1, longest / (Math.hypot(a, b) * per || 1));
    return [a * k, -b * k];
  };
  const arrows = [
    { kind: "force", text: "force", by: pixels(force), shape: { shaft: 7, head: 16 } },
    { kind: "motion", text: "motion", by: pixels(content), shape: { shaft: 4, head: 12 } },
  ];
  const within = (value, margin) => Math.max(margin, Math.min(board.size - margin, value));
  label(arrows, [x0, y0], within, boxesOf(board, tokens, names));
  board.layer.arrows
    .selectAll("path")
    .data(arrows)
    .join("path")
    .attr("class", (d) => `td-arrow-${d.kind}`)
    .attr("d", (d) => arrowOutline(x0, y0, d.by[0], d.by[1], d.shape));
  board.layer.arrows
    .selectAll("text")
    .data(arrows)
    .join("text")
    .attr("class", (d) => `td-label-${d.kind}`)
    .attr("text-anchor", "middle")
    .attr("x", (d) => d.at[0])
    .attr("y", (d) => d.at[1] + 4)
    .style("display", (d) => (Math.hypot(...d.by) < 3 ? "none" : null))
    .call(worded, (d) => d.text);
}

/** Give each arrow the place `at` of its label: beside its tip, beyond it or beside its middle, wherever it covers least of `boxes` and of the labels before. */
function label(arrows, [x0, y0], within, boxes) {
  for (const arrow of arrows) {
    const [a, b] = arrow.by,
      length = Math.hypot(a, b) || 1,
      half = [4 * arrow.text.length, 8];
    const places = [
      [1, -1],
      [1, 1],
      [1.2, 0],
      [0.5, -1],
      [0.5, 1],
      [0.8, -1.8],
      [0.8, 1.8],
    ].map(([along, side]) => {
      const off = (half[0] * Math.abs(b) + half[1] * Math.abs(a)) / length + 6; // so that its box is clear of the shaft
      const at = [x0 + along * a - (side * off * b) / length, y0 + along * b + (side * off * a) / length];
      const box = { at: [within(at[0], half[0] + 2), within(at[1], 12)], half };
      return { box, covers: boxes.reduce((sum, other) => sum + shared(box, other), 0) };
    });
    const { box } = places.reduce((best, each) => (each.covers < best.covers ? each : best));
    arrow.at = box.at;
    boxes.push(box);
  }
}

/** The boxes of tokens, their names and their weights: a middle and half of width and height. */
const boxesOf = (board, tokens, names) =>
  tokens.flatMap((token, i) => {
    const [x, y] = board.pixel(token),
      wide = 4.5 * names[i].length;
    return [
      { at: [x, y], half: [13, 13] },
      { at: [x + 12 + wide, y - 15], half: [wide, 8] },
      { at: [x, y + 20], half: [16, 8] },
    ];
  });

const shared = (one, other) =>
  [0, 1].map((k) => Math.max(0, one.half[k] + other.half[k] - Math.abs(one.at[k] - other.at[k]))).reduce((a, b) => a * b);

function drawAttention(board, { tokens, selected }, weights, handed) {
  const x0 = board.x(tokens[selected][0]),
    y0 = board.y(tokens[selected][1]);
  const others = tokens.map((at, k) => ({ x: board.x(at[0]), y: board.y(at[1]), k, weight: weights[k] })).filter(({ k }) => k !== selected);
  board.layer.links
    .selectAll("line")
    .data(others)
    .join("line")
    .attr("x1", x0)
    .attr("y1", y0)
    .attr("x2", (d) => d.x)
    .attr("y2", (d) => d.y)
    .attr("stroke-width", (d) => 0.5 + 11 * d.weight);
  board.layer.links
    .selectAll("text")
    .data(handed || others.length > LABELLED ? [] : others)
    .join("text")
    .attr("text-anchor", "middle")
    .attr("x", (d) => d.x)
    .attr("y", (d) => d.y + (d.y > board.size - 34 ? -26 : 24))
    .call(worded, (d) => fixed(d.weight));
}
