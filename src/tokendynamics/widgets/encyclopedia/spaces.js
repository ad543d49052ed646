// The two spaces: index on the left, content on the right. A token, or the question, is dragged in either, and the
// other follows; on the right stand also the squares, where M puts each.
import { line as shape } from "d3-shape";
import { transpose } from "../maths/measures.js";
import { arrowOutline } from "../ui/arrows.js";
import { h } from "../ui/dom.js";
import { felt } from "../ui/felt.js";
import { hands } from "../ui/hands.js";
import { fixed } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";
import { spread } from "./labels.js";

const CIRCLE = Array.from({ length: 73 }, (_, i) => [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)]);
const FAR = 4; // an answer this many times further out than any content is left off the picture
const SMALL = 240; // a plane narrower than this, px, has smaller marks and names
const SUB = ["₁", "₂"];

/** `onMove(space, i, at)`, `onPlace(space, at)`, `onAsk(i)` and `onV(matrix)` say what the reader wants; a space is "index" or "content". */
export function spaces({ onMove, onAsk, onPlace, onV, onResize }) {
  const board = (space, label) =>
    plane({
      label: `${label} The question and each entry are buttons: arrow keys move one, Enter on an entry asks about it.`,
      onMove: (i, at) => onMove(space, i, at),
      onSelect: onAsk,
      onAdd: (at) => onPlace(space, at),
      onResize,
    });
  const index = board("index", "Index space.");
  const content = board("content", "Content space.");
  const figure = (title, formula, { element }, space, more = null) =>
    h(
      "figure",
      { class: `td-space td-space-${space}` },
      h("figcaption", {}, h("span", {}, h("strong", {}, title), " ", formula), more),
      element,
    );
  const element = h(
    "div",
    { class: "td-spaces" },
    figure("Index space", "QᵀK t", index, "index", h("span", { class: "td-bridge", "aria-hidden": "true" }, "M →")),
    figure("Content space", "V t", content, "content"),
  );
  let scale = 1;
  const images = content.layer.arrows.append("g"), // of the index directions, by M
    answers = content.layer.arrows.append("g");

  // Q turns the index directions, K what each token has along them, V the plane of the contents
  const turned = felt(index, (line) => {
    const along = (u) => line(scaled(u, -2 * index.extent), scaled(u, 2 * index.extent));
    const axes = ({ directions }) => directions.map(along).join("");
    const parts = ({ directions, index: places }) =>
      places.flatMap((at) => directions.map((u) => line(at, scaled(u, at[0] * u[0] + at[1] * u[1])))).join("");
    return {
      Q: (found) => ({ path: axes(found), dots: [] }),
      K: (found) => ({ path: axes(found) + parts(found), dots: [] }),
    };
  });
  const grid = felt(content);
  const byHand = hands(content, (_, matrix) => onV(matrix));

  /** `taken` is whether V is to be taken by hand. */
  function draw(state, found, taken) {
    if (!index.size || !content.size) return;
    scale = index.size < SMALL ? 0.9 : 1;
    element.classList.toggle("td-small", scale < 1);
    index.fit([...found.index, [1.3, 0]]);
    const widest = FAR * Math.max(1, ...found.contents.map(size));
    content.fit([...found.contents, ...(taken ? transpose(state.V) : []), ...found.answers.filter((at) => size(at) <= widest)]);
    drawIndex(state, found);
    drawContent(state, found, taken);
    byHand.draw(taken ? "V" : null, taken ? state.V : null);
  }

  function drawIndex(state, found) {
    const n = state.tokens.length,
      at = found.index[n];
    rounds(index, [
      { kind: "unit", points: CIRCLE },
      { kind: "blur", points: CIRCLE.map(([a, b]) => [at[0] + found.radius * a, at[1] + found.radius * b]) },
    ]);
    const tips = arrows(
      index,
      index.layer.arrows,
      found.directions.map((by, r) => ({
        kind: found.loudness[r] > 0 ? "u" : "none",
        text: `u${SUB[r]}`,
        by,
        shaft: 6,
        head: 14,
      })),
    );
    drawTokens(index, state, found, found.index, state.names, [], tips);
  }

  function drawContent(state, found, taken) {
    const { M, contents, gaps } = found;
    const n = state.tokens.length,
      at = found.answers[n];
    const ellipse = CIRCLE.map(([a, b]) => [M[0][0] * a + M[0][1] * b, M[1][0] * a + M[1][1] * b]);
    rounds(content, [
      { kind: "unit", points: ellipse },
      { kind: "blur", points: ellipse.map(([a, b]) => [at[0] + found.radius * a, at[1] + found.radius * b]) },
    ]);
    const tips = arrows(
      content,
      images,
      found.images.map((by, r) => {
        const shaft = Math.min(3 + 2.2 * found.loudness[r], 22);
        return { kind: "image", text: found.loudness[r] > 0 ? `M u${SUB[r]}` : "", by, shaft, head: 10 + 1.3 * shaft };
      }),
    );

    const pairs = contents.map((at, k) => ({ from: pixel(content, at), to: pixel(content, found.answers[k]), asked: k === n }));
    content.layer.links
      .selectAll("line")
      .data(pairs)
      .join("line")
      .attr("class", (d) => (d.asked ? "td-gap" : "td-gap td-faint"))
      .attr("x1", (d) => d.from.x)
      .attr("y1", (d) => d.from.y)
      .attr("x2", (d) => d.to.x)
      .attr("y2", (d) => d.to.y);
    answers
      .selectAll("rect")
      .data(pairs)
      .join("rect")
      .attr("class", (d) => (d.asked ? "td-answer td-asked" : "td-answer"))
      .attr("x", -9 * scale)
      .attr("y", -9 * scale)
      .attr("width", 18 * scale)
      .attr("height", 18 * scale)
      .attr("transform", ({ to }) => `translate(${to.x},${to.y})`);

    const { from, to } = pairs[n];
    const apart = Math.hypot(to.x - from.x, to.y - from.y);
    const said = apart > 30 ? [{ ...middle(from, to), text: `gap ${fixed(gaps[n])}`, kind: "gap", away: 12 }] : [];
    const marks = [...pairs.map(({ to }) => ({ ...to, r: 8 * scale })), ...(taken ? tipsOf(state.V) : [])];
    drawTokens(content, state, found, contents, state.answers, marks, [...tips, ...said]);
  }

  /** What the tips of V and their names cover (ui/hands.js). */
  const tipsOf = (V) =>
    transpose(V).flatMap((column) => {
      const { x, y } = pixel(content, column);
      const { x: x0, y: y0 } = pixel(content, [0, 0]);
      const name = { x: x + (x < x0 ? -24 : 24), y: y + (y > y0 ? 12 : -12), r: 11 };
      return [{ x, y, r: 9 }, name];
    });

  /** The tokens as dots, and all names of the picture at once, the asked first: none hides another where there is room. */
  function drawTokens(view, state, found, places, words, marks, others) {
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

  for (const view of [index, content]) view.layer.names = view.layer.arrows.append("g").attr("class", "td-names");
  const each = (name) => () => {
    for (const view of [index, content]) view[name]();
  };
  const feels = [turned, grid];
  return {
    element,
    draw,
    reset: each("reset"),
    /** What Q, K or V does, shown for a moment, or for as long as a hand holds its slider. */
    feel: (name, state, found) => (name === "V" ? grid.show(name, state) : turned.show(name, found)),
    hold(held) {
      for (const each of feels) each.hold(held);
    },
    stop() {
      for (const each of [index, content, ...feels]) each.stop();
    },
  };
}

/** The entry that the question is, or −1 for a place of its own. */
export const named = ({ tokens, question }) => tokens.findIndex((t) => t[0] === question[0] && t[1] === question[1]);

const place = ([a, b]) => `${fixed(a)}, ${fixed(b)}`;

/** A token in words; the last of `found` is the question. */
export function describe(state, found, i) {
  const asked = i === state.tokens.length;
  const which = named(state);
  const of = asked ? which : i; // both words, as each plane shows one of them
  const words = of < 0 ? [] : [state.names[of], state.answers[of]];
  const name = (asked ? ["your question", ...words] : words).join(", ");
  return `${name}: index at ${place(found.index[i])}, content at ${place(found.contents[i])}, M answers ${place(found.answers[i])}, gap ${fixed(found.gaps[i])}`;
}

function rounds(view, data) {
  const draw = shape()
    .x((p) => view.x(p[0]))
    .y((p) => view.y(p[1]));
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

const scaled = (vector, by) => vector.map((x) => by * x);
const size = ([a, b]) => Math.hypot(a, b);
const pixel = (view, [a, b]) => ({ x: view.x(a), y: view.y(b) });
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const within = (view, value) => Math.max(8, Math.min(view.size - 8, value));
