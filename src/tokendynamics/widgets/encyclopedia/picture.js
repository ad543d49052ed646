// What is drawn in the two spaces: circles and what M makes of them, the arrows of the directions, tokens with their names, answers and gaps.
import { line as shape } from "d3-shape";
import { transpose } from "../maths/measures.js";
import { arrowOutline } from "../ui/arrows.js";
import { fixed } from "../ui/numbers.js";
import { spread } from "./labels.js";
import { describe, named } from "./words.js";

const CIRCLE = Array.from({ length: 73 }, (_, i) => [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)]);
const SUB = ["₁", "₂"];

/** `scale` is that of marks and names. */
export function drawIndex(view, state, found, scale) {
  rounds(view, CIRCLE, found.index.at(-1), found.radius);
  const tips = arrows(
    view,
    view.layer.arrows,
    found.directions.map((by, r) => ({
      kind: found.loudness[r] > 0 ? "u" : "none",
      text: `u${SUB[r]}`,
      by,
      shaft: 6,
      head: 14,
    })),
  );
  drawTokens(view, state, found, { places: found.index, words: state.names, others: tips, scale });
}

/** `taken` is whether V is to be taken by hand. */
export function drawContent(view, state, found, { scale, taken }) {
  const { M, contents, answers, gaps } = found;
  const ellipse = CIRCLE.map(([a, b]) => [M[0][0] * a + M[0][1] * b, M[1][0] * a + M[1][1] * b]);
  rounds(view, ellipse, answers.at(-1), found.radius);
  const tips = arrows(
    view,
    view.layer.images,
    found.images.map((by, r) => {
      const shaft = Math.min(3 + 2.2 * found.loudness[r], 22);
      return { kind: "image", text: found.loudness[r] > 0 ? `M u${SUB[r]}` : "", by, shaft, head: 10 + 1.3 * shaft };
    }),
  );
  const n = state.tokens.length;
  const pairs = contents.map((at, k) => ({ from: pixel(view, at), to: pixel(view, answers[k]), asked: k === n }));
  drawAnswers(view, pairs, scale);
  const { from, to } = pairs[n];
  const apart = Math.hypot(to.x - from.x, to.y - from.y);
  const said = apart > 30 ? [{ ...middle(from, to), text: `gap ${fixed(gaps[n])}`, kind: "gap", away: 12 }] : [];
  const marks = [...pairs.map(({ to }) => ({ ...to, r: 8 * scale })), ...(taken ? tipsOf(view, state.V) : [])];
  drawTokens(view, state, found, { places: contents, words: state.answers, marks, others: [...tips, ...said], scale });
}

/** The answers as squares, each with a line from the content that it should be. */
function drawAnswers({ layer }, pairs, scale) {
  layer.links
    .selectAll("line")
    .data(pairs)
    .join("line")
    .attr("class", (d) => (d.asked ? "td-gap" : "td-gap td-faint"))
    .attr("x1", (d) => d.from.x)
    .attr("y1", (d) => d.from.y)
    .attr("x2", (d) => d.to.x)
    .attr("y2", (d) => d.to.y);
  layer.answers
    .selectAll("rect")
    .data(pairs)
    .join("rect")
    .attr("class", (d) => (d.asked ? "td-answer td-asked" : "td-answer"))
    .attr("x", -9 * scale)
    .attr("y", -9 * scale)
    .attr("width", 18 * scale)
    .attr("height", 18 * scale)
    .attr("transform", ({ to }) => `translate(${to.x},${to.y})`);
}

/** What the tips of V and their names cover (ui/hands.js). */
const tipsOf = (view, V) =>
  transpose(V).flatMap((column) => {
    const { x, y } = pixel(view, column);
    const { x: x0, y: y0 } = pixel(view, [0, 0]);
    const name = { x: x + (x < x0 ? -24 : 24), y: y + (y > y0 ? 12 : -12), r: 11 };
    return [{ x, y, r: 9 }, name];
  });

/** The tokens as dots, and all names of the picture at once, the asked first: none hides another where there is room. */
function drawTokens(view, state, found, { places, words, marks = [], others, scale }) {
  const n = state.tokens.length,
    which = named(state);
  const names = [...words, which < 0 ? "your question" : ""];
  view.drawTokens(places, names, n, (i) => describe(state, found, i));
  const labels = places.map((at, i) => ({ ...pixel(view, at), text: names[i], away: scale * (i === n || i === which ? 16 : 11) }));
  const first = which < 0 ? n : which;
  const order = [labels[first], ...others, ...labels.filter((_, i) => i !== first)];
  const numbers = view.layer.axes
    .selectAll("text")
    .data()
    .map(({ x, y, anchor }) => ({ x: anchor === "start" ? x + 8 : x, y: y - 4, r: 9 }));
  const placed = spread(order, [...marks, ...numbers, ...places.map((at) => ({ ...pixel(view, at), r: 7 * scale }))], view.size, scale);
  const texts = placed.slice(1, 1 + others.length);
  const rest = placed.slice(1 + others.length);
  const own = labels.map((label, i) => ({ label, at: i === first ? placed[0] : rest[i > first ? i - 1 : i] }));
  view.layer.tokens
    .selectAll("g.td-token > text")
    .data(own)
    .attr("x", (d) => d.at.x - d.label.x)
    .attr("y", (d) => d.at.y - d.label.y)
    .attr("text-anchor", (d) => d.at.anchor);
  view.layer.names
    .selectAll("text")
    .data(others)
    .join("text")
    .attr("class", (d) => `td-label-${d.kind}`)
    .attr("text-anchor", (_, i) => texts[i].anchor)
    .attr("x", (_, i) => texts[i].x)
    .attr("y", (_, i) => texts[i].y)
    .text((d) => d.text);
}

/** The circle of length 1, or what M makes of it, and the same around `at`, of the noise's radius. */
function rounds(view, unit, at, radius) {
  const draw = shape()
    .x((p) => view.x(p[0]))
    .y((p) => view.y(p[1]));
  const data = [
    { kind: "unit", points: unit },
    { kind: "blur", points: unit.map(([a, b]) => [at[0] + radius * a, at[1] + radius * b]) },
  ];
  view.layer.field
    .selectAll("path")
    .data(data)
    .join("path")
    .attr("class", (d) => `td-round-${d.kind}`)
    .attr("d", (d) => draw(d.points));
}

/** Arrows from the origin; one that is longer than the picture runs out of it. Gives labels for their tips. */
function arrows(view, layer, data) {
  const per = view.size / (2 * view.extent),
    x0 = view.x(0),
    y0 = view.y(0);
  const ready = data.map((d) => {
    const length = size(d.by) * per,
      most = 2 * view.size;
    const k = per * (length > most ? most / length : 1);
    return { ...d, dx: d.by[0] * k, dy: -d.by[1] * k, length: Math.min(length, most) };
  });
  layer
    .selectAll("path")
    .data(ready)
    .join("path")
    .attr("class", (d) => `td-arrow-${d.kind}`)
    .attr("d", (d) => arrowOutline(x0, y0, d.dx, d.dy, { shaft: d.shaft, head: d.head }));
  return ready
    .filter((d) => d.text && d.length >= 3)
    .map((d) => ({
      x: within(view, x0 + d.dx),
      y: within(view, y0 + d.dy),
      text: d.text,
      kind: d.kind,
      away: 8 + d.shaft / 2,
    }));
}

export const size = ([a, b]) => Math.hypot(a, b);
const pixel = (view, [a, b]) => ({ x: view.x(a), y: view.y(b) });
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const within = (view, value) => Math.max(8, Math.min(view.size - 8, value));
